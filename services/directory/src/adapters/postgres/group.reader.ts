import type { Database } from '@reprieve/database'
import { type List, type PageRequest, readPage } from '@reprieve/http-kit'
import { sql } from 'kysely'
import type { Group } from '../../domain/group.js'
import { containing } from './containing.js'
import { MEMBERS, toGroup } from './group.repository.js'
import type { DirectoryTables } from './tables.js'

export interface GroupFilters {
  member?: string | undefined
  text?: string | undefined
}

/** Groups for the screen. */
export class GroupReader {
  readonly #db: Database<DirectoryTables>['db']

  constructor(database: Database<DirectoryTables>) {
    this.#db = database.db
  }

  async find(id: string): Promise<Group | null> {
    const row = await this.#db
      .selectFrom('user_group')
      .selectAll()
      .select(MEMBERS)
      .where('id', '=', id)
      .executeTakeFirst()
    return row === undefined ? null : toGroup(row)
  }

  async list({ member, text, ...page }: GroupFilters & PageRequest<'name' | 'createdAt'>): Promise<List<Group>> {
    let query = this.#db.selectFrom('user_group').selectAll().select(MEMBERS)
    if (member !== undefined) {
      query = query.where('id', 'in', (groups) =>
        groups.selectFrom('user_group_member').select('group_id').where('user_id', '=', member),
      )
    }
    if (text !== undefined) query = query.where('name', 'ilike', containing(text))
    const { items, ...rest } = await readPage(this.#db, query, page, {
      columns: {
        name: { by: sql`lower(user_group.name)`, type: 'text' },
        createdAt: { by: 'user_group.created_at', type: 'timestamptz' },
      },
      id: 'user_group.id',
    })
    return { items: items.map(toGroup), ...rest }
  }
}
