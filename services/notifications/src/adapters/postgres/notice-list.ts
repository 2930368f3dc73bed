import type { Database } from '@reprieve/database'
import { type BoundedCount, boundedCount, type List, type PageRequest, readPage } from '@reprieve/http-kit'
import type { Notice } from '../../domain/notice.js'
import type { NoticeKind } from '../../domain/notice-kind.js'
import { NOTICE_COLUMNS, toNotice } from './notice-row.js'
import type { NotificationsTables, Tx } from './tables.js'

export interface NoticeFilters {
  /** Only those, or with `false` only the others. */
  unread: boolean | undefined
  kind: readonly NoticeKind[] | undefined
  exceptionId: readonly string[] | undefined
}

export interface NoticeListed {
  notice: Notice
  readAt: Date | null
}

/** What a person has been told of, as they see it in the product. */
export class NoticeList {
  readonly #database: Database<NotificationsTables>

  constructor(database: Database<NotificationsTables>) {
    this.#database = database
  }

  async of(
    recipientId: string,
    { unread, kind, exceptionId }: NoticeFilters,
    page: PageRequest<'at'>,
  ): Promise<List<NoticeListed>> {
    let query = this.#of(recipientId).select([...NOTICE_COLUMNS, 'notice.read_at'])
    if (unread !== undefined) query = query.where('notice.read_at', unread ? 'is' : 'is not', null)
    if (kind !== undefined) query = query.where('notice.kind', 'in', [...kind])
    if (exceptionId !== undefined) query = query.where('notice.subject_id', 'in', [...exceptionId])
    const list = await readPage(this.#database.db, query, page, {
      columns: { at: { by: 'notice.at', type: 'timestamptz' } },
      id: 'notice.id',
    })
    return { ...list, items: list.items.map((row) => ({ notice: toNotice(row), readAt: row.read_at })) }
  }

  /** How many of all that a person was told of they have not read. */
  async unread(recipientId: string): Promise<BoundedCount> {
    return await boundedCount(this.#database.db, this.#of(recipientId).where('notice.read_at', 'is', null))
  }

  /**
   * @param which all of the person's if it names none
   * @param readAt null for unread
   * @returns how many were not like that before
   */
  async mark(
    tx: Tx,
    recipientId: string,
    which: { ids: readonly string[] | undefined; until: Date | undefined },
    readAt: Date | null,
  ): Promise<number> {
    let update = tx
      .updateTable('notice')
      .set({ read_at: readAt })
      .where('recipient_id', '=', recipientId)
      .where('in_app', '=', true)
      .where('read_at', readAt === null ? 'is not' : 'is', null)
    if (which.ids !== undefined) update = update.where('id', 'in', [...which.ids])
    if (which.until !== undefined) update = update.where('created_at', '<=', which.until)
    const { numUpdatedRows } = await update.executeTakeFirstOrThrow()
    return Number(numUpdatedRows)
  }

  #of(recipientId: string) {
    return this.#database.db
      .selectFrom('notice')
      .where('notice.recipient_id', '=', recipientId)
      .where('notice.in_app', '=', true)
  }
}
