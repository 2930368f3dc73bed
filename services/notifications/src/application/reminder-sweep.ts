import type { Clock } from '@reprieve/clock'
import type { Database } from '@reprieve/database'
import { traceHeaders } from '@reprieve/telemetry'
import type { NotificationsTables } from '../adapters/postgres/tables.js'
import { noticesOfReminder } from '../domain/notices-of.js'
import { toTell } from '../domain/reminders.js'
import type { NoticeStore } from './notice-store.port.js'
import type { NoticeWriter } from './notice-writer.js'
import type { ReminderStore } from './reminder-store.port.js'

const AT_ONCE = 200

export interface ReminderSweepParts {
  database: Database<NotificationsTables>
  store: NoticeStore
  reminders: ReminderStore
  writer: NoticeWriter
  clock: Clock
}

/** Writes the reminders that are due, however long nothing ran before. */
export class ReminderSweep {
  readonly #parts: ReminderSweepParts

  constructor(parts: ReminderSweepParts) {
    this.#parts = parts
  }

  async run(): Promise<void> {
    const { reminders, writer, clock } = this.#parts
    for (;;) {
      const due = await reminders.due(clock.now(), AT_ONCE)
      for (const exceptionId of due) await this.#remind(exceptionId)
      if (due.length > 0) writer.wake()
      if (due.length < AT_ONCE) return
    }
  }

  async #remind(exceptionId: string): Promise<void> {
    const { database, store, reminders, writer, clock } = this.#parts
    await database.transaction(async (tx) => {
      // Against an event that ends it or moves its end, and against other processes of this service.
      await store.lock(tx, [exceptionId])
      const now = clock.now()
      const due = await reminders.take(tx, exceptionId, now)
      const exception = (await store.exceptions(tx, [exceptionId])).get(exceptionId)
      const reminder = toTell(due, now)
      if (reminder === null || exception === undefined || !exception.active) return
      const notices = noticesOfReminder(exception, reminder.kind, reminder.endsAt, now)
      await writer.write(tx, [{ subjectId: exceptionId, notices, trace: traceHeaders() }])
    })
  }
}
