import type { Database } from '@reprieve/database'
import { type List, type PageRequest, readPage } from '@reprieve/http-kit'
import type { Notice } from '../../domain/notice.js'
import { NOTICE_COLUMNS, toNotice } from './notice-row.js'
import type { NotificationsTables, Tx } from './tables.js'

/** What a person has been told of, as they see it in the product. */
export class NoticeList {
  readonly #database: Database<NotificationsTables>

  constructor(database: Database<NotificationsTables>) {
    this.#database = database
  }

  /** @param unread only those, or with `false` only the others */
  async of(
    recipientId: string,
    unread: boolean | undefined,
    page: PageRequest<'at'>,
  ): Promise<List<{ notice: Notice; readAt: Date | null }>> {
    let query = this.#database.db
      .selectFrom('notice')
      .select([...NOTICE_COLUMNS, 'notice.read_at'])
      .where('notice.recipient_id', '=', recipientId)
    if (unread !== undefined) query = query.where('notice.read_at', unread ? 'is' : 'is not', null)
    const list = await readPage(this.#database.db, query, page, {
      columns: { at: { by: 'notice.at', type: 'timestamptz' } },
      id: 'notice.id',
    })
    return { ...list, items: list.items.map((row) => ({ notice: toNotice(row), readAt: row.read_at })) }
  }

  /**
   * @param ids all of the person's if absent
   * @param readAt null for unread
   * @returns how many were not like that before
   */
  async mark(tx: Tx, recipientId: string, ids: readonly string[] | undefined, readAt: Date | null): Promise<number> {
    let update = tx
      .updateTable('notice')
      .set({ read_at: readAt })
      .where('recipient_id', '=', recipientId)
      .where('read_at', readAt === null ? 'is not' : 'is', null)
    if (ids !== undefined) update = update.where('id', 'in', [...ids])
    const { numUpdatedRows } = await update.executeTakeFirstOrThrow()
    return Number(numUpdatedRows)
  }
}
