import type { Database } from '@reprieve/database'
import { type List, type PageRequest, readPage } from '@reprieve/http-kit'
import { sql } from 'kysely'
import type { Role } from '../../domain/role.js'
import { containing } from './containing.js'
import { toRole } from './role.repository.js'
import type { DirectoryTables } from './tables.js'

/** Roles for the screen. */
export class RoleReader {
  readonly #db: Database<DirectoryTables>['db']

  constructor(database: Database<DirectoryTables>) {
    this.#db = database.db
  }

  async find(name: string): Promise<Role | null> {
    const row = await this.#db.selectFrom('role').selectAll().where('name', '=', name).executeTakeFirst()
    return row === undefined ? null : toRole(row)
  }

  async list({ text, ...page }: { text?: string | undefined } & PageRequest<'name'>): Promise<List<Role>> {
    let query = this.#db.selectFrom('role').selectAll()
    if (text !== undefined) query = query.where('name', 'ilike', containing(text))
    const { items, ...rest } = await readPage(this.#db, query, page, {
      columns: { name: { by: sql`lower(role.name)`, type: 'text' } },
      // Names are unique in any case, so the tiebreak never decides; it only has to be a uuid.
      id: sql`md5(role.name)::uuid`,
    })
    return { items: items.map(toRole), ...rest }
  }
}
