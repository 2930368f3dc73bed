import type { Clock } from '@reprieve/clock'
import { compileQuery, type Leaf, leavesOf, type Query } from '@reprieve/query'
import { type RawBuilder, sql } from 'kysely'
import { bulkRows } from '../postgres/bulk-rows.js'
import { nextRange } from '../postgres/instance-range.js'
import { matchRowsWhere } from '../postgres/match-rows.js'
import type { MembershipWriter } from '../postgres/membership.writer.js'
import type { MembershipGate } from '../postgres/membership-gate.js'
import { isOnlyOne } from '../postgres/only-one.js'
import type { ScopeDatabase } from '../postgres/tables.js'

const CHUNK = 2_000

/**
 * Queries that depend on the time (`now - firstSeen > duration("720h")`) change for an instance at an instant that follows from when it
 * was first seen: the index of those times is the index of flips. What flips up to now is evaluated again; in between there is nothing
 * to do but to look whether anything has.
 */
export class TimeFlips {
  readonly #compiled = new Map<string, Query | null>()

  constructor(
    private readonly database: ScopeDatabase,
    private readonly gate: MembershipGate,
    private readonly membership: MembershipWriter,
    private readonly clock: Clock,
  ) {}

  /** @returns how many exceptions something was looked at for */
  async run(): Promise<number> {
    const now = this.clock.now()
    // Where nothing has flipped, the windows stay open: whatever turns up in them later is still found.
    if ((await this.#nonEmpty(together(await this.#windows(now)))).length === 0) return 0
    // From here on nobody evaluates as of an earlier time, and whoever still does is waited for. So from the second look on nothing turns up
    // any more: neither instances nor exceptions of which something before `now` was evaluated.
    await sql`UPDATE query_set SET as_of = greatest(as_of, ${now})`.execute(this.database.db)
    await this.gate.drain()
    const due = await this.#nonEmpty(await this.#windows(now))
    const keys = new Set(due.flatMap((window) => window.keys))
    await this.#sweep(keys, inAny(together(due)), now)
    return keys.size
  }

  /** When instances were first seen of which time alone may have changed a query; the same window of several exceptions once. */
  async #windows(now: Date): Promise<Window[]> {
    const exceptions = await this.database.db
      .selectFrom('exception')
      .innerJoin('query_set', (join) => join.onTrue())
      .select(['key', 'expression'])
      .select((eb) => eb.fn<Date>('greatest', ['joined_at', 'flipped_until']).as('flippedUntil'))
      .where('live', '=', true)
      .where('time_relative', '=', true)
      .execute()
    const windows = new Map<string, Window>()
    for (const { key, expression, flippedUntil } of exceptions) {
      const query = this.#compile(expression)
      if (query === null) continue
      for (const leaf of leavesOf(query)) {
        const span = flippedWithin(leaf, flippedUntil.getTime(), now.getTime())
        if (span === null) continue
        const name = `${span.from} ${span.to}`
        const window = windows.get(name) ?? { ...span, keys: [] }
        windows.set(name, window)
        window.keys.push(key)
      }
    }
    return [...windows.values()]
  }

  async #nonEmpty<Some extends Span>(spans: readonly Some[]): Promise<Some[]> {
    if (spans.length === 0) return []
    const { rows } = await sql<{ n: number }>`
      SELECT n FROM ${bulkRows('span', spans, SPAN)}
      WHERE EXISTS (SELECT FROM instance i WHERE i.first_seen BETWEEN span.earliest AND span.latest)`.execute(
      this.database.db,
    )
    return rows.flatMap(({ n }) => spans[n - 1] ?? [])
  }

  async #sweep(keys: ReadonlySet<number>, condition: RawBuilder<boolean>, until: Date): Promise<void> {
    let after: { asset: number; instance: number } | null = { asset: 0, instance: 0 }
    while (after !== null) {
      const cursor: { asset: number; instance: number } = after
      after = await this.database.transaction(async (tx) => {
        if (!(await isOnlyOne(tx, 'flip'))) return null
        await this.gate.enter(tx)
        const range = await nextRange(tx, cursor, CHUNK, condition)
        if (range === null) {
          await sql`UPDATE query_set SET flipped_until = greatest(flipped_until, ${until})`.execute(tx)
          return null
        }
        await this.membership.bringUpToDate(tx, await matchRowsWhere(tx, range.condition), { only: keys })
        return range.to
      })
    }
  }

  #compile(expression: string): Query | null {
    const known = this.#compiled.get(expression)
    if (known !== undefined) return known
    const compiled = compileQuery(expression)
    const query = compiled.ok ? compiled.query : null
    this.#compiled.set(expression, query)
    return query
  }
}

/** Times of first sight, in milliseconds, both ends included. */
interface Span {
  readonly from: number
  readonly to: number
}

interface Window extends Span {
  readonly keys: number[]
}

// All times that PostgreSQL and JavaScript have in common.
const EVER: Span = { from: Date.UTC(1970), to: Date.UTC(9999) }

/**
 * When instances were first seen for which a leaf may have changed after `from` and up to `to` by time alone; null where that is none. A
 * few too many do no harm: they are only evaluated again.
 */
function flippedWithin(leaf: Leaf, from: number, to: number): Span | null {
  // A comparison changes at its boundary or one millisecond after it.
  if (leaf.kind === 'clock') return leaf.at >= from && leaf.at <= to ? EVER : null
  if (leaf.kind !== 'age') return null
  const span = { from: from - leaf.milliseconds - 1, to: to - leaf.milliseconds }
  return span.to < EVER.from ? null : { from: Math.max(span.from, EVER.from), to: Math.min(span.to, EVER.to) }
}

/** The same times in as few spans as can be. */
function together(spans: readonly Span[]): Span[] {
  const merged: { from: number; to: number }[] = []
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1)
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to)
    else merged.push({ from, to })
  }
  return merged
}

const SPAN = {
  earliest: ['timestamptz', (span: Span) => span.from],
  latest: ['timestamptz', (span: Span) => span.to],
} as const

/** Over `i`. By the index of first sights, however many spans there are. */
const inAny = (spans: readonly Span[]): RawBuilder<boolean> =>
  sql<boolean>`(i.asset_key, i.key) IN (
    SELECT seen.asset_key, seen.key FROM ${bulkRows('span', spans, SPAN)}
    JOIN instance seen ON seen.first_seen BETWEEN span.earliest AND span.latest)`
