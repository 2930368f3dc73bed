import type { Database } from '@reprieve/database'
import type { ClaimedDelivery, DeliveryStore, FinalStatus } from '../../application/delivery-store.port.js'
import { NOTICE_COLUMNS, toNotice } from './notice-row.js'
import type { NotificationsTables } from './tables.js'

// A server's words can be long; the first of them say it.
const MAX_WORDS = 1_000

export class DeliveryRepository implements DeliveryStore {
  readonly #database: Database<NotificationsTables>

  constructor(database: Database<NotificationsTables>) {
    this.#database = database
  }

  async claim(
    noticeId: string,
    claim: string,
    now: Date,
    staleBefore: Date,
  ): Promise<ClaimedDelivery | 'finished' | 'busy'> {
    const { db } = this.#database
    const claimed = await db
      .updateTable('delivery')
      .set((row) => ({ status: 'sending', claim, claimed_at: now, attempts: row('attempts', '+', 1) }))
      .where('notice_id', '=', noticeId)
      .where('channel', '=', 'mail')
      .where((row) =>
        row.or([
          row('status', '=', 'waiting'),
          row.and([row('status', '=', 'sending'), row('claimed_at', '<=', staleBefore)]),
        ]),
      )
      .returning('attempts')
      .executeTakeFirst()
    if (claimed === undefined) {
      const delivery = await db
        .selectFrom('delivery')
        .select('status')
        .where('notice_id', '=', noticeId)
        .where('channel', '=', 'mail')
        .executeTakeFirst()
      return delivery?.status === 'sending' || delivery?.status === 'waiting' ? 'busy' : 'finished'
    }
    const notice = await db
      .selectFrom('notice')
      .select([...NOTICE_COLUMNS, 'notice.created_at'])
      .where('id', '=', noticeId)
      .executeTakeFirstOrThrow()
    return {
      notice: toNotice(notice),
      createdAt: notice.created_at,
      attempts: claimed.attempts,
    }
  }

  async release(noticeId: string, claim: string, error: string): Promise<void> {
    await this.#database.db
      .updateTable('delivery')
      .set({ status: 'waiting', claim: null, claimed_at: null, last_error: error.slice(0, MAX_WORDS) })
      .where('notice_id', '=', noticeId)
      .where('claim', '=', claim)
      .execute()
  }

  async finish(
    noticeId: string,
    claim: string,
    { status, at, error, receipt }: { status: FinalStatus; at: Date; error: string | null; receipt: string | null },
  ): Promise<void> {
    await this.#database.db
      .updateTable('delivery')
      .set({
        status,
        claim: null,
        claimed_at: null,
        finished_at: at,
        receipt: receipt?.slice(0, MAX_WORDS) ?? null,
        // What went wrong before stays on record.
        ...(error === null ? {} : { last_error: error.slice(0, MAX_WORDS) }),
      })
      .where('notice_id', '=', noticeId)
      .where('claim', '=', claim)
      .execute()
  }

  async oldestPending(): Promise<Date | null> {
    // Ids are UUIDv7: the smallest is the oldest.
    const row = await this.#database.db
      .selectFrom('delivery')
      .innerJoin('notice', 'notice.id', 'delivery.notice_id')
      .select('notice.created_at')
      .where('delivery.status', 'in', ['waiting', 'sending'])
      .orderBy('delivery.notice_id')
      .limit(1)
      .executeTakeFirst()
    return row?.created_at ?? null
  }
}
