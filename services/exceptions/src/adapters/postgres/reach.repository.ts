import type { Database } from '@reprieve/database'
import { sql } from 'kysely'
import type { Reach } from '../../application/exceptions.port.js'
import type { Version } from './newer.js'
import type { ExceptionsTables } from './tables.js'

/** What `scope.v1` tells of the instances an exception covers, kept beside it so that the table can be sorted by it. */
export class ReachRepository {
  readonly #database: Database<ExceptionsTables>

  constructor(database: Database<ExceptionsTables>) {
    this.#database = database
  }

  /** Older news, and news of exceptions that are not known here, change nothing. */
  async keep(exceptionId: string, reach: Reach, { incarnation, version }: Version): Promise<void> {
    await this.#database.db
      .updateTable('exception')
      .set({
        instance_count: reach.instanceCount,
        in_force_since: reach.inForceSince,
        reach_as_of: reach.asOf,
        reach_incarnation: incarnation,
        reach_version: version,
      })
      .where('id', '=', exceptionId)
      .where(sql<boolean>`(reach_incarnation, reach_version) < (${incarnation}::int8, ${version}::int8)`)
      .execute()
  }
}
