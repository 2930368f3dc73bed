import type { Database } from '@reprieve/database'
import { sql } from 'kysely'
import type { ClaimedMail, FinalStatus, MailStore, NewMail } from '../../application/mail-store.port.js'
import { NOTICE_COLUMNS, toNotice } from './notice-row.js'
import type { NotificationsTables, Tx } from './tables.js'

// A server's words can be long; the first of them say it.
const MAX_WORDS = 1_000

export class MailRepository implements MailStore {
  readonly #database: Database<NotificationsTables>

  constructor(database: Database<NotificationsTables>) {
    this.#database = database
  }

  async add(tx: Tx, mails: readonly NewMail[], now: Date): Promise<void> {
    if (mails.length === 0) return
    await tx
      .insertInto('mail')
      .values(
        mails.map(({ id, recipientId, dropped }) => ({
          id,
          recipient_id: recipientId,
          digest: false,
          due_at: now,
          queued: true,
          status: dropped === null ? 'waiting' : 'dropped',
          last_error: dropped,
          created_at: now,
          finished_at: dropped === null ? null : now,
        })),
      )
      .execute()
    await tx
      .updateTable('notice')
      .set((row) => ({ mail_id: row.ref('id') }))
      .where(
        'id',
        'in',
        mails.map(({ id }) => id),
      )
      .execute()
  }

  async addToDigest(
    tx: Tx,
    notice: { id: string; recipientId: string },
    mailId: string,
    dueAt: Date,
    now: Date,
  ): Promise<boolean> {
    // Its row is locked until the notice is in: a process that sends it waits, and then reads the notice with it.
    const mail = await tx
      .insertInto('mail')
      .values({
        id: mailId,
        recipient_id: notice.recipientId,
        digest: true,
        due_at: dueAt,
        queued: false,
        status: 'waiting',
        created_at: now,
      })
      .onConflict((conflict) =>
        conflict
          .columns(['recipient_id', 'due_at'])
          .where('digest', '=', true)
          .doUpdateSet({ due_at: dueAt })
          // One that was tried may have arrived: what is added to it now could be taken for the same mail.
          .where('mail.status', '=', 'waiting')
          .where('mail.attempts', '=', 0),
      )
      .returning('id')
      .executeTakeFirst()
    if (mail === undefined) return false
    await tx.updateTable('notice').set({ mail_id: mail.id }).where('id', '=', notice.id).execute()
    return true
  }

  async takeDueDigests(tx: Tx, now: Date, limit: number): Promise<string[]> {
    const { rows } = await sql<{ id: string }>`
      UPDATE mail SET queued = true WHERE id IN (
        SELECT id FROM mail WHERE NOT queued AND due_at <= ${now} ORDER BY due_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)
      RETURNING id`.execute(tx)
    return rows.map(({ id }) => id)
  }

  async claim(mailId: string, claim: string, now: Date, staleBefore: Date): Promise<ClaimedMail | 'finished' | 'busy'> {
    const { db } = this.#database
    const claimed = await db
      .updateTable('mail')
      .set((row) => ({ status: 'sending', claim, claimed_at: now, attempts: row('attempts', '+', 1) }))
      .where('id', '=', mailId)
      .where((row) =>
        row.or([
          row('status', '=', 'waiting'),
          row.and([
            row('status', '=', 'sending'),
            row.or([row('claimed_at', '<=', staleBefore), row('claim', '=', claim)]),
          ]),
        ]),
      )
      .returning(['recipient_id', 'digest', 'due_at', 'attempts'])
      .executeTakeFirst()
    if (claimed === undefined) {
      const mail = await db.selectFrom('mail').select('status').where('id', '=', mailId).executeTakeFirst()
      return mail?.status === 'sending' || mail?.status === 'waiting' ? 'busy' : 'finished'
    }
    const notices = await db
      .selectFrom('notice')
      .select(NOTICE_COLUMNS)
      .where('mail_id', '=', mailId)
      .orderBy('notice.at')
      .orderBy('notice.id')
      .execute()
    return {
      id: mailId,
      recipientId: claimed.recipient_id,
      digest: claimed.digest,
      notices: notices.map(toNotice),
      dueAt: claimed.due_at,
      attempts: claimed.attempts,
    }
  }

  async release(mailId: string, claim: string, error: string): Promise<void> {
    await this.#database.db
      .updateTable('mail')
      .set({ status: 'waiting', claim: null, claimed_at: null, last_error: error.slice(0, MAX_WORDS) })
      .where('id', '=', mailId)
      .where('claim', '=', claim)
      .execute()
  }

  async finish(
    mailId: string,
    claim: string,
    { status, at, error, receipt }: { status: FinalStatus; at: Date; error: string | null; receipt: string | null },
  ): Promise<void> {
    await this.#database.db
      .updateTable('mail')
      .set({
        status,
        claim: null,
        claimed_at: null,
        finished_at: at,
        receipt: receipt?.slice(0, MAX_WORDS) ?? null,
        // What went wrong before stays on record.
        ...(error === null ? {} : { last_error: error.slice(0, MAX_WORDS) }),
      })
      .where('id', '=', mailId)
      .where('claim', '=', claim)
      .execute()
  }

  async oldestPending(now: Date): Promise<Date | null> {
    const row = await this.#database.db
      .selectFrom('mail')
      .select('due_at')
      .where('status', 'in', ['waiting', 'sending'])
      .where('due_at', '<=', now)
      .orderBy('due_at')
      .limit(1)
      .executeTakeFirst()
    return row?.due_at ?? null
  }
}
