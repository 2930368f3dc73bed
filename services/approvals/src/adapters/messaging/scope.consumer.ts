import { Controller, Inject } from '@nestjs/common'
import { EventPattern, Payload } from '@nestjs/microservices'
import type { scope } from '@reprieve/contracts'
import { KnownReachRepository } from '../postgres/known-reach.repository.js'
import { versionOf } from './event-version.js'

/** Keeps how many instances each request would cover: approvers see it in their list. */
@Controller()
export class ScopeConsumer {
  readonly #reach: KnownReachRepository

  constructor(@Inject(KnownReachRepository) reach: KnownReachRepository) {
    this.#reach = reach
  }

  @EventPattern('scope.v1')
  async scopeChanged(@Payload() { meta, subject }: scope.ScopeEvent): Promise<void> {
    if (subject.case !== 'reach') return
    const { exceptionId, instances } = subject.value
    await this.#reach.keep(exceptionId, Number(instances), versionOf(meta))
  }
}
