import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '@reprieve/database'
import type { ActiveSubscription, Carrier, InProcessCarrier, Subscription } from '@reprieve/messaging'
import type { OutboxTables } from '@reprieve/outbox'
import { sql } from 'kysely'

const WITHIN_MS = 30_000
const LOOK_EVERY_MS = 5

/** The in-process carrier, and who listens on it. */
export class WatchedCarrier implements Carrier {
  readonly kind = 'in-process'
  readonly #carrier: InProcessCarrier
  readonly #active: ActiveSubscription[] = []

  constructor(carrier: InProcessCarrier) {
    this.#carrier = carrier
  }

  async subscribe(subscription: Subscription): Promise<ActiveSubscription> {
    const active = await this.#carrier.subscribe(subscription)
    this.#active.push(active)
    return active
  }

  /** Records that somebody has not handled yet, and how many were handled in all. */
  progress(): { behind: number; handled: number; deadLettered: number } {
    const progress = { behind: 0, handled: 0, deadLettered: 0 }
    for (const active of this.#active) {
      const { lag, handled, deadLettered } = active.status()
      progress.behind += lag
      progress.handled += handled
      progress.deadLettered += deadLettered
    }
    return progress
  }

  partitionCounts: Carrier['partitionCounts'] = (topics) => this.#carrier.partitionCounts(topics)
  extents: Carrier['extents'] = (topic) => this.#carrier.extents(topic)
  publish: Carrier['publish'] = (messages) => this.#carrier.publish(messages)
  ensureTopics: Carrier['ensureTopics'] = (topics) => this.#carrier.ensureTopics(topics)
  trouble: Carrier['trouble'] = () => this.#carrier.trouble()
  close: Carrier['close'] = () => this.#carrier.close()
}

/** Waits until what was done has reached everybody. */
export class Settling {
  readonly #carrier: WatchedCarrier
  readonly #databases: ReadonlyArray<Database<OutboxTables>>

  constructor(carrier: WatchedCarrier, databases: ReadonlyArray<Database<OutboxTables>>) {
    this.#carrier = carrier
    this.#databases = databases
  }

  /** One look could fall between a handler and the event it writes: two in a row must find nothing, and nothing handled in between. */
  async done(): Promise<void> {
    const deadline = performance.now() + WITHIN_MS
    let quietAt = -1
    for (;;) {
      const waiting = await this.#waiting()
      const { behind, handled } = this.#carrier.progress()
      const quiet = waiting === 0 && behind === 0
      if (quiet && handled === quietAt) return
      quietAt = quiet ? handled : -1
      if (performance.now() > deadline) {
        throw new Error(`${waiting} events wait to be published and ${behind} to be handled, after ${WITHIN_MS} ms`)
      }
      await sleep(LOOK_EVERY_MS)
    }
  }

  async #waiting(): Promise<number> {
    const counts = await Promise.all(
      this.#databases.map(({ db }) => sql<{ count: number }>`SELECT count(*)::int AS count FROM outbox`.execute(db)),
    )
    return counts.reduce((sum, { rows }) => sum + (rows[0]?.count ?? 0), 0)
  }
}
