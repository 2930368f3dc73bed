import type { Database } from '@reprieve/database'
import { type List, type PageRequest, readPage } from '@reprieve/http-kit'
import { sql } from 'kysely'
import type { Token } from '../../domain/token.js'
import type { DirectoryTables } from './tables.js'
import { toToken } from './token.repository.js'

/** Access tokens for the screen. */
export class TokenReader {
  readonly #db: Database<DirectoryTables>['db']

  constructor(database: Database<DirectoryTables>) {
    this.#db = database.db
  }

  async list(userId: string, page: PageRequest<'createdAt' | 'expiresAt' | 'name'>): Promise<List<Token>> {
    const query = this.#db.selectFrom('token').selectAll().where('user_id', '=', userId).where('kind', '=', 'access')
    const { items, ...rest } = await readPage(this.#db, query, page, {
      columns: {
        createdAt: { by: 'token.created_at', type: 'timestamptz' },
        expiresAt: { by: 'token.expires_at', type: 'timestamptz' },
        name: { by: sql`lower(token.name)`, type: 'text' },
      },
      id: 'token.id',
    })
    return { items: items.map(toToken), ...rest }
  }
}
