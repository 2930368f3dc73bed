import { Controller, Inject } from '@nestjs/common'
import { EventPattern, Payload } from '@nestjs/microservices'
import type { directory } from '@reprieve/contracts'
import { PeopleReplica } from './people-replica.js'

/** Keeps this service's replica of the directory. It needs no inbox: every row knows the version it was made from. */
@Controller()
export class PeopleConsumer {
  readonly #replica: PeopleReplica

  constructor(@Inject(PeopleReplica) replica: PeopleReplica) {
    this.#replica = replica
  }

  @EventPattern('directory.v1')
  async directoryChanged(@Payload() event: directory.DirectoryEvent): Promise<void> {
    await this.#replica.apply(event)
  }
}
