import type { Tx } from '../adapters/postgres/tables.js'
import type { Reminder } from '../domain/reminders.js'

export interface ReminderStore {
  /**
   * Makes these the reminders of an exception: those of another end go, those that are there stay as they are.
   * @param doneUpTo those due until then count as told
   */
  set(tx: Tx, exceptionId: string, reminders: readonly Reminder[], doneUpTo: Date | null): Promise<void>
  /** Exceptions of which a reminder is due, the longest overdue first. */
  due(now: Date, limit: number): Promise<string[]>
  /** Those of one exception that are due, marked as done. */
  take(tx: Tx, exceptionId: string, now: Date): Promise<Reminder[]>
}
