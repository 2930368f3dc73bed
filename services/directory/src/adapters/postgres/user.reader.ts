import type { Database } from '@reprieve/database'
import { type List, type PageRequest, readPage } from '@reprieve/http-kit'
import { sql } from 'kysely'
import type { User, UserKind } from '../../domain/user.js'
import { containing } from './containing.js'
import type { DirectoryTables } from './tables.js'
import { toUser, USER_COLUMNS } from './user.repository.js'

type Sort = 'name' | 'email' | 'role' | 'createdAt'

export interface UserFilters {
  role?: readonly string[] | undefined
  kind?: readonly UserKind[] | undefined
  active?: boolean | undefined
  group?: string | undefined
  text?: string | undefined
}

/** Users for the screen. */
export class UserReader {
  readonly #db: Database<DirectoryTables>['db']

  constructor(database: Database<DirectoryTables>) {
    this.#db = database.db
  }

  async find(id: string): Promise<User | null> {
    const row = await this.#db.selectFrom('app_user').select(USER_COLUMNS).where('id', '=', id).executeTakeFirst()
    return row === undefined ? null : toUser(row)
  }

  async list({ role, kind, active, group, text, ...page }: UserFilters & PageRequest<Sort>): Promise<List<User>> {
    let query = this.#db.selectFrom('app_user').select(USER_COLUMNS)
    if (role !== undefined) query = query.where('role', 'in', role)
    if (kind !== undefined) query = query.where('kind', 'in', kind)
    if (active !== undefined) query = query.where('active', '=', active)
    if (group !== undefined) {
      query = query.where('id', 'in', (members) =>
        members.selectFrom('user_group_member').select('user_id').where('group_id', '=', group),
      )
    }
    if (text !== undefined) {
      const pattern = containing(text)
      query = query.where((where) => where.or([where('name', 'ilike', pattern), where('email', 'ilike', pattern)]))
    }
    const { items, ...rest } = await readPage(this.#db, query, page, {
      columns: {
        name: { by: sql`lower(app_user.name)`, type: 'text' },
        email: { by: sql`lower(app_user.email)`, type: 'text', nullable: true },
        role: { by: 'app_user.role', type: 'text' },
        createdAt: { by: 'app_user.created_at', type: 'timestamptz' },
      },
      id: 'app_user.id',
    })
    return { items: items.map(toUser), ...rest }
  }
}
