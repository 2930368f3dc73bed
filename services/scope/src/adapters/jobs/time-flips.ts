import type { Clock } from '@reprieve/clock'
import { compileQuery, type Leaf, leavesOf, type Query } from '@reprieve/query'
import { type RawBuilder, sql } from 'kysely'
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
    const exceptions = await this.database.db
      .selectFrom('exception')
      .select(['key', 'expression', 'flipped_until'])
      .where('live', '=', true)
      .where('time_relative', '=', true)
      .execute()
    const now = this.clock.now()
    const due: { key: number; condition: RawBuilder<boolean> }[] = []
    for (const { key, expression, flipped_until } of exceptions) {
      const query = this.#compile(expression)
      if (query === null || flipped_until === null) continue
      const condition = flippedWithin(query, flipped_until, now)
      const { rows } = await sql<{ any: boolean }>`
        SELECT EXISTS (SELECT FROM instance i WHERE ${condition}) AS any`.execute(this.database.db)
      // Where nothing has flipped, the window stays open: whatever turns up in it later is still found.
      if (rows[0]?.any) due.push({ key, condition })
    }
    if (due.length === 0) return 0
    // From here on nobody evaluates as of an earlier time, and whoever still does is waited for.
    await sql`UPDATE query_set SET as_of = greatest(as_of, ${now})`.execute(this.database.db)
    await this.gate.drain()
    for (const { key, condition } of due) await this.#sweep(key, condition, now)
    return due.length
  }

  async #sweep(key: number, condition: RawBuilder<boolean>, until: Date): Promise<void> {
    let after: { asset: number; instance: number } | null = { asset: 0, instance: 0 }
    while (after !== null) {
      const cursor: { asset: number; instance: number } = after
      after = await this.database.transaction(async (tx) => {
        if (!(await isOnlyOne(tx, 'flip'))) return null
        const now = await this.gate.enter(tx)
        const range = await nextRange(tx, cursor, CHUNK, condition)
        if (range === null) {
          await tx
            .updateTable('exception')
            .set({ flipped_until: until })
            .where('key', '=', key)
            .where('flipped_until', '<', until)
            .execute()
          return null
        }
        await this.membership.bringUpToDate(tx, await matchRowsWhere(tx, range.condition), now, new Set([key]))
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

/**
 * Instances (over `i`) for which the query may have changed after `from` and up to `to` by time alone. A few too many do no harm: they
 * are only evaluated again.
 */
function flippedWithin(query: Query, from: Date, to: Date): RawBuilder<boolean> {
  const parts = leavesOf(query).map((leaf) => flipOf(leaf, from.getTime(), to.getTime()))
  const windows = parts.filter((part) => part !== null)
  return windows.length === 0 ? sql<boolean>`false` : sql<boolean>`(${sql.join(windows, sql` OR `)})`
}

function flipOf(leaf: Leaf, from: number, to: number): RawBuilder<boolean> | null {
  // A comparison changes at its boundary or one millisecond after it.
  if (leaf.kind === 'clock') return leaf.at >= from && leaf.at <= to ? sql<boolean>`true` : null
  if (leaf.kind !== 'age') return null
  const earliest = new Date(from - leaf.milliseconds - 1)
  const latest = new Date(to - leaf.milliseconds)
  return sql<boolean>`(i.first_seen BETWEEN ${earliest} AND ${latest})`
}
