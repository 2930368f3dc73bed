import type { Database } from '@reprieve/database'
import { sql } from 'kysely'
import type { Version } from '../../application/known-exceptions.port.js'
import type { ApprovalsTables } from './tables.js'

/** How many instances an exception covers or would cover, as `scope.v1` last told. */
export class KnownReachRepository {
  readonly #database: Database<ApprovalsTables>

  constructor(database: Database<ApprovalsTables>) {
    this.#database = database
  }

  async keep(exceptionId: string, instanceCount: number, version: Version): Promise<void> {
    const values = { exception_id: exceptionId, instance_count: instanceCount, ...version }
    await this.#database.db
      .insertInto('known_reach')
      .values(values)
      .onConflict((conflict) =>
        conflict
          .column('exception_id')
          .doUpdateSet(values)
          .where(
            sql<boolean>`(known_reach.incarnation, known_reach.version) < (excluded.incarnation, excluded.version)`,
          ),
      )
      .execute()
  }
}
