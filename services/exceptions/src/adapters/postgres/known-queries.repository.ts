import type { Database } from '@reprieve/database'
import type { KnownQueries, KnownQuery } from '../../application/known-queries.port.js'
import { newer, type Version } from './newer.js'
import type { ExceptionsTables } from './tables.js'

export interface ToldQuery extends KnownQuery {
  name: string
  deleted: boolean
}

/** What `scope.v1` tells of saved queries; only the newest of each. */
export class KnownQueriesRepository implements KnownQueries {
  readonly #database: Database<ExceptionsTables>

  constructor(database: Database<ExceptionsTables>) {
    this.#database = database
  }

  async find(id: string): Promise<KnownQuery | null> {
    const row = await this.#database.db
      .selectFrom('known_query')
      .select(['id', 'expression'])
      .where('id', '=', id)
      .where('deleted', '=', false)
      .executeTakeFirst()
    return row ?? null
  }

  async keep({ id, name, expression, deleted }: ToldQuery, version: Version): Promise<void> {
    const values = { id, name, expression, deleted, ...version }
    await this.#database.db
      .insertInto('known_query')
      .values(values)
      .onConflict((conflict) => conflict.column('id').doUpdateSet(values).where(newer('known_query')))
      .execute()
  }
}
