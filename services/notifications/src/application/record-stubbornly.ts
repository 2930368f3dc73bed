import { setTimeout as sleep } from 'node:timers/promises'

// Between the receiver's answer and our record a message is neither sent nor unsent: this long we try to write it down.
const RETRY_MS = [50, 200, 500, 1_000, 2_000, 5_000, 10_000]

/** Writes down what cannot be undone, through a short absence of the database. @throws what the last try threw */
export async function recordStubbornly(record: () => Promise<void>): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await record()
    } catch (error) {
      const pause = RETRY_MS[attempt]
      if (pause === undefined) throw error
      await sleep(pause)
    }
  }
}
