import type { Database } from '@reprieve/database'
import { sql } from 'kysely'
import type { ReminderStore } from '../../application/reminder-store.port.js'
import type { NoticeKind } from '../../domain/notice-kind.js'
import type { Reminder } from '../../domain/reminders.js'
import type { NotificationsTables, Tx } from './tables.js'

export class ReminderRepository implements ReminderStore {
  readonly #database: Database<NotificationsTables>

  constructor(database: Database<NotificationsTables>) {
    this.#database = database
  }

  async set(tx: Tx, exceptionId: string, reminders: readonly Reminder[], doneUpTo: Date | null): Promise<void> {
    const endsAt = reminders[0]?.endsAt
    let others = tx.deleteFrom('reminder').where('exception_id', '=', exceptionId)
    if (endsAt !== undefined) others = others.where('ends_at', '!=', endsAt)
    await others.execute()
    if (reminders.length === 0) return
    await tx
      .insertInto('reminder')
      .values(
        reminders.map((reminder) => ({
          exception_id: exceptionId,
          kind: reminder.kind,
          ends_at: reminder.endsAt,
          due_at: reminder.dueAt,
          done_at: doneUpTo !== null && reminder.dueAt <= doneUpTo ? doneUpTo : null,
        })),
      )
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
