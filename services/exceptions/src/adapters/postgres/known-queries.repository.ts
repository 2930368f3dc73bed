import type { Database } from '@reprieve/database'
import { sql } from 'kysely'
import type { KnownQueries, KnownQuery } from '../../application/known-queries.port.js'
import { newer, type Version } from './newer.js'
import type { ExceptionsTables } from './tables.js'

export interface ToldQuery extends KnownQuery, Version {
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

  /** Any number in one statement. */
  async keep(told: readonly ToldQuery[]): Promise<void> {
    if (told.length === 0) return
    const column = <K extends keyof ToldQuery>(name: K) => told.map((query) => query[name])
    await sql`
      INSERT INTO known_query (id, name, expression, deleted, incarnation, version)
      SELECT DISTINCT ON (id) * FROM unnest(
        ${column('id')}::uuid[], ${column('name')}::text[], ${column('expression')}::text[],
        ${column('deleted')}::boolean[], ${column('incarnation')}::int8[], ${column('version')}::int8[]
      ) AS t(id, name, expression, deleted, incarnation, version)
      ORDER BY id, incarnation DESC, version DESC
      ON CONFLICT (id) DO UPDATE SET
        name = excluded.name, expression = excluded.expression, deleted = excluded.deleted,
        incarnation = excluded.incarnation, version = excluded.version
      WHERE ${newer('known_query')}`.execute(this.#database.db)
  }
}
