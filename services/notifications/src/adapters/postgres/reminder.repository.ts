import type { Database } from '@reprieve/database'
import { sql } from 'kysely'
import type { ReminderStore, RemindersOfException } from '../../application/reminder-store.port.js'
import type { NoticeKind } from '../../domain/notice-kind.js'
import type { Reminder } from '../../domain/reminders.js'
import type { NotificationsTables, Tx } from './tables.js'

export class ReminderRepository implements ReminderStore {
  readonly #database: Database<NotificationsTables>

  constructor(database: Database<NotificationsTables>) {
    this.#database = database
  }

  async set(tx: Tx, all: readonly RemindersOfException[]): Promise<void> {
    if (all.length === 0) return
    await sql`
      DELETE FROM reminder USING unnest(
        ${all.map(({ exceptionId }) => exceptionId)}::uuid[], ${all.map(({ reminders }) => reminders[0]?.endsAt ?? null)}::timestamptz[]
      ) AS kept(exception_id, ends_at)
      WHERE reminder.exception_id = kept.exception_id AND reminder.ends_at IS DISTINCT FROM kept.ends_at`.execute(tx)
    const rows = all.flatMap(({ exceptionId, reminders, doneUpTo }) =>
      reminders.map((reminder) => ({
        exception_id: exceptionId,
        kind: reminder.kind,
        ends_at: reminder.endsAt,
        due_at: reminder.dueAt,
        done_at: doneUpTo !== null && reminder.dueAt <= doneUpTo ? doneUpTo : null,
      })),
    )
    if (rows.length === 0) return
    await tx
      .insertInto('reminder')
      .values(rows)
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }

  async due(now: Date, limit: number): Promise<string[]> {
    const { rows } = await sql<{ exception_id: string }>`
      SELECT exception_id FROM reminder WHERE done_at IS NULL AND due_at <= ${now}
      GROUP BY exception_id ORDER BY min(due_at) LIMIT ${limit}`.execute(this.#database.db)
    return rows.map((row) => row.exception_id)
  }

  async take(tx: Tx, exceptionId: string, now: Date): Promise<Reminder[]> {
    const rows = await tx
      .updateTable('reminder')
      .set({ done_at: now })
      .where('exception_id', '=', exceptionId)
      .where('done_at', 'is', null)
      .where('due_at', '<=', now)
      .returning(['kind', 'ends_at', 'due_at'])
      .execute()
    return rows.map((row) => ({ kind: row.kind as NoticeKind, endsAt: row.ends_at, dueAt: row.due_at }))
  }
}
