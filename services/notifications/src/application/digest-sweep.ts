import type { Clock } from '@reprieve/clock'
import type { Database } from '@reprieve/database'
import { traceHeaders } from '@reprieve/telemetry'
import type { NotificationsTables } from '../adapters/postgres/tables.js'
import type { MailQueue } from './mail-queue.port.js'
import type { MailStore } from './mail-store.port.js'

const AT_ONCE = 500

export interface DigestSweepParts {
  database: Database<NotificationsTables>
  mails: MailStore
  queue: MailQueue
  clock: Clock
}

/** Hands days' mails to the queue when they are due. */
export class DigestSweep {
  readonly #parts: DigestSweepParts

  constructor(parts: DigestSweepParts) {
    this.#parts = parts
  }

  async run(): Promise<void> {
    const { database, mails, queue, clock } = this.#parts
    for (;;) {
      const taken = await database.transaction(async (tx) => {
        const ids = await mails.takeDueDigests(tx, clock.now(), AT_ONCE)
        await queue.add(
          tx,
          ids.map((mailId) => ({ mailId, trace: traceHeaders() })),
        )
        return ids.length
      })
      if (taken > 0) queue.wake()
      if (taken < AT_ONCE) return
    }
  }
}
