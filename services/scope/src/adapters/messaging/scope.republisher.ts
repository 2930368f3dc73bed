import type { Clock } from '@reprieve/clock'
import type { NewEvent } from '@reprieve/outbox'
import type { Republisher } from '@reprieve/service-host'
import type { ScopeDatabase } from '../postgres/tables.js'
import { queryEvent, reachEvent } from './scope-events.js'

const BATCH = 500

/** Everything on scope.v1: saved queries, deleted ones too, and what was last told of each exception's reach. */
export class ScopeRepublisher implements Republisher<'scope.v1'> {
  readonly topic = 'scope.v1'

  constructor(
    private readonly database: ScopeDatabase,
    private readonly clock: Clock,
  ) {}

  async *events(): AsyncGenerator<ReadonlyArray<Omit<NewEvent<'scope.v1'>, 'replay' | 'topic'>>> {
    yield* this.#queries()
    yield* this.#reaches()
  }

  async *#queries() {
    for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
      const rows = await this.database.db
        .selectFrom('saved_query')
        .selectAll()
        .where('id', '>', after)
        .orderBy('id')
        .limit(BATCH)
        .execute()
      const last = rows.at(-1)
      if (last === undefined) return
      yield rows.map((row) => queryEvent(row, null, this.clock.now()))
      after = last.id
    }
  }

  async *#reaches() {
    for (let after = 0; ; ) {
      const rows = await this.database.db
        .selectFrom('reach')
        .innerJoin('exception', 'exception.key', 'reach.exception_key')
        .select(['reach.exception_key', 'exception.id', 'instances', 'as_of', 'in_force_since', 'total'])
        .select(['reach.synced', 'reach.version'])
        .where('reach.exception_key', '>', after)
        .orderBy('reach.exception_key')
        .limit(BATCH)
        .execute()
      const last = rows.at(-1)
      if (last === undefined) return
      yield rows.map((row) =>
        reachEvent({
          exceptionId: row.id,
          instances: row.instances,
          asOf: row.as_of,
          inForceSince: row.in_force_since,
          synced: row.synced,
          total: row.total,
          version: row.version,
        }),
      )
      after = last.exception_key
    }
  }
}
