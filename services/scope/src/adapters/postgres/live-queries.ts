import { setImmediate as nextTurn } from 'node:timers/promises'
import { compileQuery, type Matcher, type Query } from '@reprieve/query'
import { ThresholdsInUse } from '../../domain/feeds/thresholds.js'
import type { MatchRow } from './match-rows.js'
import type { Tx } from './tables.js'

/** An exception whose query is matched: pending or active. */
export interface LiveException {
  readonly key: number
  readonly id: string
  readonly effect: 'suppress' | 'defer'
  readonly status: 'pendingApproval' | 'active'
  readonly activeFrom: Date | null
  readonly activeUntil: Date | null
  readonly query: Query
}

/** Whether it is in force at a time. Nothing else decides that, and no row has to be touched for it to begin or end. */
export const inForce = (
  exception: { status: string; activeFrom: Date | null; activeUntil: Date | null },
  at: Date,
): boolean =>
  exception.status === 'active' &&
  exception.activeFrom !== null &&
  exception.activeFrom <= at &&
  (exception.activeUntil === null || at < exception.activeUntil)

export interface MatchedMember {
  readonly row: MatchRow
  readonly exception: LiveException
}

// Rows in one turn of the event loop.
const SLICE = 512

/** The set of live queries in this process, brought up to date whenever its epoch turns out to be behind. */
export class LiveQueries {
  readonly #byKey = new Map<number, { exception: LiveException | null; epoch: number }>()
  readonly #byId = new Map<string, LiveException>()
  #epoch = 0
  #changes = 0
  #thresholds: { of: number; thresholds: ThresholdsInUse } | null = null

  constructor(private readonly matcher: Matcher) {}

  /** Reads what changed since this process looked last. What it reads may be newer than `epoch`, which does no harm. */
  async refresh(tx: Tx, epoch: number): Promise<void> {
    if (epoch <= this.#epoch) return
    const rows = await tx
      .selectFrom('exception')
      .select(['key', 'id', 'effect', 'status', 'active_from', 'active_until', 'expression', 'live', 'epoch'])
      .where('epoch', '>', this.#epoch)
      .execute()
    for (const row of rows) {
      // Of two refreshes at once the one that read later may have been first to get here.
      if ((this.#byKey.get(row.key)?.epoch ?? 0) >= row.epoch) continue
      const compiled = row.live ? compileQuery(row.expression) : null
      const exception: LiveException | null = compiled?.ok
        ? {
            key: row.key,
            id: row.id,
            effect: row.effect as LiveException['effect'],
            status: row.status as LiveException['status'],
            activeFrom: row.active_from,
            activeUntil: row.active_until,
            query: compiled.query,
          }
        : null
      this.#byKey.set(row.key, { exception, epoch: row.epoch })
      if (exception === null) {
        this.matcher.remove(row.id)
        this.#byId.delete(row.id)
      } else {
        this.matcher.set(row.id, exception.query)
        this.#byId.set(row.id, exception)
      }
      this.#changes += 1
    }
    this.#epoch = Math.max(this.#epoch, epoch)
  }

  get(key: number): LiveException | null {
    return this.#byKey.get(key)?.exception ?? null
  }

  get size(): number {
    return this.#byId.size
  }

  /** By which changes of feeds' scores some live query may select something else. */
  thresholds(): ThresholdsInUse {
    if (this.#thresholds?.of !== this.#changes) {
      const queries = [...this.#byId.values()].map(({ query }) => query)
      this.#thresholds = { of: this.#changes, thresholds: new ThresholdsInUse(queries) }
    }
    return this.#thresholds.thresholds
  }

  /**
   * Which live exceptions select which rows, at one time.
   * @returns the pairs, and the exceptions that were asked: of no other do the pairs say anything
   */
  async match(
    rows: readonly MatchRow[],
    now: Date,
  ): Promise<{ members: MatchedMember[]; asked: (key: number) => boolean }> {
    for (;;) {
      const changes = this.#changes
      const members: MatchedMember[] = []
      for (let start = 0; start < rows.length; start += SLICE) {
        if (start > 0) await nextTurn()
        const slice = rows.slice(start, start + SLICE)
        const { rows: indices, slots, idOf } = this.matcher.match(slice, now)
        slots.forEach((slot, pair) => {
          const row = slice[indices[pair] ?? -1]
          const exception = this.#byId.get(idOf(slot))
          if (row !== undefined && exception !== undefined) members.push({ row, exception })
        })
      }
      // Another transaction may have brought the set up to date between two slices: then they do not belong together.
      if (changes === this.#changes) return { members, asked: (key) => this.get(key) !== null }
    }
  }
}
