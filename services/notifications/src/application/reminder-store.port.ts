import type { Tx } from '../adapters/postgres/tables.js'
import type { Reminder } from '../domain/reminders.js'

export interface RemindersOfException {
  exceptionId: string
  reminders: readonly Reminder[]
  /** Those due until then count as told. */
  doneUpTo: Date | null
}

export interface ReminderStore {
  /** Makes these the reminders of each exception: those of another end go, those that are there stay as they are. */
  set(tx: Tx, reminders: readonly RemindersOfException[]): Promise<void>
  /** Exceptions of which a reminder is due, the longest overdue first. */
  due(now: Date, limit: number): Promise<string[]>
  /** Those of one exception that are due, marked as done. */
  take(tx: Tx, exceptionId: string, now: Date): Promise<Reminder[]>
}
