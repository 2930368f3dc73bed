import type { Database } from '@reprieve/database'
import { type List, type PageRequest, readPage } from '@reprieve/http-kit'
import type { Comment, Comments } from '../../application/comments.port.js'
import type { ExceptionsTables, Tx } from './tables.js'

export class CommentsRepository implements Comments {
  readonly #database: Database<ExceptionsTables>

  constructor(database: Database<ExceptionsTables>) {
    this.#database = database
  }

  async add(tx: Tx, exceptionId: string, { id, author, at, text }: Comment): Promise<void> {
    await tx
      .insertInto('exception_comment')
      .values({ id, exception_id: exceptionId, author_id: author.id, author_name: author.name, at, text })
      .execute()
  }

  async page(exceptionId: string, request: PageRequest<'at'>): Promise<List<Comment>> {
    const { db } = this.#database
    const query = db
      .selectFrom('exception_comment')
      .select(['id', 'author_id', 'author_name', 'at', 'text'])
      .where('exception_id', '=', exceptionId)
    const { items, ...rest } = await readPage(db, query, request, {
      columns: { at: { by: 'exception_comment.at', type: 'timestamptz' } },
      id: 'exception_comment.id',
    })
    return {
      items: items.map(({ id, author_id, author_name, at, text }) => ({
        id,
        author: { id: author_id, name: author_name },
        at,
        text,
      })),
      ...rest,
    }
  }
}
