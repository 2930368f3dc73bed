import { timestampDate } from '@bufbuild/protobuf/wkt'
import { Controller, Inject } from '@nestjs/common'
import { EventPattern, Payload } from '@nestjs/microservices'
import type { scope } from '@reprieve/contracts'
import { KnownQueriesRepository } from '../postgres/known-queries.repository.js'
import { ReachRepository } from '../postgres/reach.repository.js'
import { versionOf } from './event-version.js'

/** Keeps what this service knows of saved queries, and of the instances its exceptions cover. */
@Controller()
export class ScopeConsumer {
  readonly #queries: KnownQueriesRepository
  readonly #reach: ReachRepository

  constructor(
    @Inject(KnownQueriesRepository) queries: KnownQueriesRepository,
    @Inject(ReachRepository) reach: ReachRepository,
  ) {
    this.#queries = queries
    this.#reach = reach
  }

  @EventPattern('scope.v1')
  async scopeChanged(@Payload() { meta, subject }: scope.ScopeEvent): Promise<void> {
    const version = versionOf(meta)
    switch (subject.case) {
      case 'query': {
        const { id, name, expression, deleted } = subject.value
        return this.#queries.keep({ id, name, expression, deleted }, version)
      }
      case 'reach': {
        const { exceptionId, instances, inForceSince, asOf } = subject.value
        const reach = {
          instanceCount: Number(instances),
          inForceSince: inForceSince === undefined ? null : timestampDate(inForceSince),
          asOf: asOf === undefined ? null : timestampDate(asOf),
        }
        return this.#reach.keep(exceptionId, reach, version)
      }
      case undefined:
        // A kind of subject that a newer scope tells of and this service has no use for yet.
        return
    }
  }
}
