import type { Clock } from '@reprieve/clock'
import type { Database } from '@reprieve/database'
import type { TicketsTables } from '../adapters/postgres/tables.js'
import { followPolicy } from '../domain/changes.js'
import type { Day } from '../domain/day.js'
import { type DueDatePolicy, dueDateBy, FIRST_POLICY } from '../domain/due-date-policy.js'
import type { SettingsStore } from './settings.port.js'
import type { Tickets } from './tickets.port.js'

// One transaction: locks are held for some tens of milliseconds.
const BATCH = 200
const READ_AT_ONCE = 500
/** How many tickets a trial names; the rest it counts. */
export const MOST_NAMED = 200
const BEFORE_ALL_IDS = '00000000-0000-0000-0000-000000000000'

export interface WouldMove {
  id: string
  title: string
  dueDate: Day | null
  newDueDate: Day
}

/** Holds tickets that the policy governs against its newest version, whether anything was running when it was made or not. */
export class ApplyPolicy {
  readonly #database: Database<TicketsTables>
  readonly #tickets: Tickets
  readonly #settings: SettingsStore
  readonly #clock: Clock

  constructor(database: Database<TicketsTables>, tickets: Tickets, settings: SettingsStore, clock: Clock) {
    this.#database = database
    this.#tickets = tickets
    this.#settings = settings
    this.#clock = clock
  }

  /** Several processes may do this at once, and share the work. @returns how many tickets were looked at */
  async applyNewest(): Promise<number> {
    let looked = 0
    for (let batch = BATCH; batch === BATCH; ) {
      batch = await this.#database.transaction(async (tx) => {
        const { version, settings } = await this.#settings.newest('dueDates', FIRST_POLICY, tx)
        const behind = await this.#tickets.lockBehindPolicy(tx, version, BATCH)
        const now = this.#clock.now()
        await this.#tickets.record(
          tx,
          behind.flatMap(({ ticket, counts }) => {
            return followPolicy(ticket, dueDateBy(settings, counts.tally), version, now) ?? []
          }),
        )
        await this.#tickets.savePolicyVersion(
          tx,
          behind.map(({ ticket }) => ticket.id),
          version,
        )
        return behind.length
      })
      looked += batch
    }
    return looked
  }

  /** Which tickets a policy would move if it were saved now: the first by id are named. */
  async trial(settings: DueDatePolicy, version: number): Promise<{ tickets: WouldMove[]; count: number }> {
    const named: WouldMove[] = []
    let count = 0
    for (let after = BEFORE_ALL_IDS; ; ) {
      const records = await this.#tickets.governedAfter(after, READ_AT_ONCE)
      const last = records.at(-1)
      if (last === undefined) return { tickets: named, count }
      after = last.ticket.id
      for (const { ticket, counts } of records) {
        const moved = followPolicy(ticket, dueDateBy(settings, counts.tally), version, this.#clock.now())?.move
        if (moved === null || moved === undefined) continue
        count += 1
        if (named.length < MOST_NAMED) {
          named.push({ id: ticket.id, title: ticket.title, dueDate: moved.from, newDueDate: moved.to })
        }
      }
    }
  }
}
