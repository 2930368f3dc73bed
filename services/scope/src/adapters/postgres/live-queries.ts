import { setImmediate as nextTurn } from 'node:timers/promises'
import { compileQuery, type Matcher, type Query } from '@reprieve/query'
import { ThresholdsInUse } from '../../domain/feeds/thresholds.js'
import type { Grouping } from '../../domain/tickets/known-ticket.js'
import type { MatchRow } from './match-rows.js'
import type { Tx } from './tables.js'

/** An exception whose query is matched: pending or active. So is an open ticket's. */
export interface LiveException {
  readonly key: number
  readonly id: string
  /** none: a ticket's query, which covers nothing. */
  readonly effect: 'suppress' | 'defer' | 'none'
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

/**
 * When other systems are to be told of a member that began or ended at a time, null where they are not. What ends is told even where the
 * clock has ended the exception before: until its owner says so, nobody else would tell it. What begins is told even where the owner's
 * clock is ahead.
 */
export function toldAt(
  exception: { status: string; activeFrom: Date | null; activeUntil: Date | null },
  begins: boolean,
  now: Date,
): Date | null {
  const { status, activeFrom, activeUntil } = exception
  if (status !== 'active' || activeFrom === null) return null
  const isOver = activeUntil !== null && activeUntil <= now
  if (begins) return isOver ? null : now < activeFrom ? activeFrom : now
  return isOver ? activeUntil : now
}

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
  #groupings: ReadonlySet<Grouping> = new Set()
  #filters: readonly Query[] = []
  #hasTickets = false
  #thresholds: { of: number; thresholds: ThresholdsInUse } | null = null

  constructor(private readonly matcher: Matcher) {}

  get epoch(): number {
    return this.#epoch
  }

  /** Reads what changed since this process looked last. What it reads may be newer than `epoch`. */
  async refresh(tx: Tx, epoch: number): Promise<void> {
    if (epoch <= this.#epoch) return
    const rules = await tx.selectFrom('grouping_rule').select(['by', 'filter']).where('enabled', '=', true).execute()
    const rows = await tx
      .selectFrom('exception')
      .select(['key', 'id', 'effect', 'status', 'active_from', 'active_until', 'expression', 'live', 'epoch'])
      .where('epoch', '>', this.#epoch)
      .execute()
    this.#groupings = new Set(rules.map(({ by }) => by as Grouping))
    this.#filters = rules.flatMap(({ filter }) => {
      const compiled = filter === '' ? null : compileQuery(filter)
      return compiled?.ok ? [compiled.query] : []
    })
    this.#changes += 1
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
    this.#hasTickets = [...this.#byId.values()].some(({ effect }) => effect === 'none')
    this.#epoch = rows.reduce((newest, row) => Math.max(newest, row.epoch), Math.max(this.#epoch, epoch))
  }

  /** Forgets everything, so that the next refresh reads it all. */
  clear(): void {
    for (const id of this.#byId.keys()) this.matcher.remove(id)
    this.#byId.clear()
    this.#byKey.clear()
    this.#epoch = 0
    this.#changes += 1
  }

  get(key: number): LiveException | null {
    return this.#byKey.get(key)?.exception ?? null
  }

  get size(): number {
    return this.#byId.size
  }

  /** Whether any of the live ones is a ticket's. */
  get hasTickets(): boolean {
    return this.#hasTickets
  }

  /** By what rules in use put instances together. */
  get groupings(): ReadonlySet<Grouping> {
    return this.#groupings
  }

  /** By which changes of feeds' scores some live query may select something else. */
  thresholds(): ThresholdsInUse {
    if (this.#thresholds?.of !== this.#changes) {
      const queries = [...[...this.#byId.values()].map(({ query }) => query), ...this.#filters]
      // Due dates follow from it.
      const kev = this.#groupings.size > 0 || this.#hasTickets
      this.#thresholds = { of: this.#changes, thresholds: new ThresholdsInUse(queries, { kev }) }
    }
    return this.#thresholds.thresholds
  }

  /**
   * Which live exceptions select which rows, at one time.
   * @returns the pairs, and the exceptions that were asked: of no other do the pairs say anything. Null where another transaction has
   * brought the set up to date since the epoch: then neither time nor slices belong together
   */
  async match(
    rows: readonly MatchRow[],
    { now, epoch }: { readonly now: Date; readonly epoch: number },
  ): Promise<{ members: MatchedMember[]; asked: (key: number) => boolean } | null> {
    const members: MatchedMember[] = []
    for (let start = 0; start < rows.length; start += SLICE) {
      if (start > 0) await nextTurn()
      if (epoch !== this.#epoch) return null
      const slice = rows.slice(start, start + SLICE)
      const { rows: indices, slots, idOf } = this.matcher.match(slice, now)
      slots.forEach((slot, pair) => {
        const row = slice[indices[pair] ?? -1]
        const exception = this.#byId.get(idOf(slot))
        if (row !== undefined && exception !== undefined) members.push({ row, exception })
      })
    }
    return { members, asked: (key) => this.get(key) !== null }
  }
}
