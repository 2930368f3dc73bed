import { timestampDate } from '@bufbuild/protobuf/wkt'
import { Controller, Inject } from '@nestjs/common'
import { Payload } from '@nestjs/microservices'
import type { scope } from '@reprieve/contracts'
import { Consumes } from '@reprieve/messaging'
import { KnownQueriesRepository } from '../postgres/known-queries.repository.js'
import { ReachRepository } from '../postgres/reach.repository.js'
import { versionOf } from './event-version.js'

// Ten thousand counts that come in one burst are shown within seconds, and one that comes alone waits for nobody.
const MOST_AT_ONCE = 500

/** Keeps what this service knows of saved queries, and of the instances its exceptions cover. Rows know their versions: no inbox. */
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

  @Consumes('scope.v1', { batch: MOST_AT_ONCE })
  async scopeTold(@Payload() events: readonly scope.ScopeEvent[]): Promise<void> {
    // What a newer scope tells of and this service has no use for yet is neither.
    const queries = events.flatMap(({ meta, subject }) => {
      if (subject.case !== 'query') return []
      const { id, name, expression, deleted } = subject.value
      return [{ id, name, expression, deleted, ...versionOf(meta) }]
    })
    const reaches = events.flatMap(({ meta, subject }) => {
      if (subject.case !== 'reach') return []
      const { exceptionId, instances, inForceSince, asOf } = subject.value
      return [
        {
          exceptionId,
          instanceCount: Number(instances),
          inForceSince: inForceSince === undefined ? null : timestampDate(inForceSince),
          asOf: asOf === undefined ? null : timestampDate(asOf),
          ...versionOf(meta),
        },
      ]
    })
    await this.#queries.keep(queries)
    await this.#reach.keep(reaches)
  }
}
