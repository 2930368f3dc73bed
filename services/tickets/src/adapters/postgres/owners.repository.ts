import type { Database } from '@reprieve/database'
import { sql } from 'kysely'
import type { PeopleByAddress } from '../../application/take-external-ticket.js'
import type { OwnersByName } from '../../application/take-in-counts.js'
import type { Person } from '../../domain/ticket.js'
import type { TicketsTables, Tx } from './tables.js'

/** People by what other systems call them, from the replica of the directory. */
export class OwnersRepository implements OwnersByName, PeopleByAddress {
  readonly #database: Database<TicketsTables>

  constructor(database: Database<TicketsTables>) {
    this.#database = database
  }

  async byAddress(email: string): Promise<Person | null> {
    const found = await this.#database.db
      .selectFrom('people_person')
      .select(['id', 'name'])
      .where('active', '=', true)
      .where(sql<boolean>`lower(email) = lower(${email})`)
      .executeTakeFirst()
    return found ?? null
  }

  async find(tx: Tx, names: readonly string[]): Promise<Map<string, Person>> {
    if (names.length === 0) return new Map()
    const { rows } = await sql<Person & { word: string }>`
      SELECT DISTINCT ON (t.word) t.word, person.id, person.name
      FROM unnest(${names.map((name) => name.toLowerCase())}::text[]) AS t(word)
      JOIN people_person AS person ON person.active AND (lower(person.email) = t.word OR lower(person.name) = t.word)
      -- An address is somebody's own; a name may be several people's.
      ORDER BY t.word, (lower(person.email) = t.word) DESC, person.id`.execute(tx)
    return new Map(rows.map(({ word, id, name }) => [word, { id, name }]))
  }

  async byId(tx: Tx, ids: readonly string[]): Promise<Map<string, Person>> {
    if (ids.length === 0) return new Map()
    const rows = await tx
      .selectFrom('people_person')
      .select(['id', 'name'])
      .where('id', '=', sql<string>`ANY(${[...ids]}::uuid[])`)
      .execute()
    return new Map(rows.map((row) => [row.id, row]))
  }
}
