import type { Clock } from '@reprieve/clock'
import type { Places } from '@reprieve/inventory-columns'
import { compileQuery, type Query } from '@reprieve/query'
import { type RawBuilder, sql } from 'kysely'
import type { InstanceColumnsReader } from '../columns/instance-columns.reader.js'
import { lockAssetKeys } from '../postgres/asset.rows.js'
import { bulkRows } from '../postgres/bulk-rows.js'
import { tablesOf } from '../postgres/instance-columns.js'
import { nextRange } from '../postgres/instance-range.js'
import { matchRowsWhere } from '../postgres/match-rows.js'
import { type MembershipWriter, markReachDue } from '../postgres/membership.writer.js'
import type { MembershipGate } from '../postgres/membership-gate.js'
import { isOnlyOne } from '../postgres/only-one.js'
import { heldExpression, queryCondition } from '../postgres/query-condition.js'
import type { ScopeDatabase, Tx } from '../postgres/tables.js'
import type { ChunkedJob } from './chunked-job.js'

// Instances in one transaction: their assets are locked for as long as it takes, a few tens of milliseconds.
const CHUNK = 10_000
// More queries at once are matched row by row in this process: PostgreSQL would go over the chunk once for each of them.
const BY_SQL = 8
const START = { asset: 0, instance: 0 }
const NOTHING = { goesOn: false, synced: false }
// A query that selects no more is filled in by itself: its instances are looked up, and the others left alone.
const FEW = 50_000
// To tell "synced n of m" while it goes on. Counting a million takes 0.2 s, for which others would wait.
const INSTANCES_ABOUT = sql<number>`(
  SELECT CASE WHEN sum(part.reltuples) > 1e5 THEN sum(part.reltuples)::int8 ELSE (SELECT count(*) FROM instance) END
  FROM pg_inherits JOIN pg_class part ON part.oid = inhrelid WHERE inhparent = 'instance'::regclass)`

// With the inventory in memory it is known at once which they are, and up to this share of all it is worth it to look each up: of ten million,
// 50 000 are filled in after 3 s instead of the 47 that a round takes, 500 000 after 9 instead of 39, two million after 31 instead of 38.
const FEW_SHARE = 0.2
// Each takes up to 0.2 s of ten million; a round for more than a few, row by row, six minutes.
const BY_COLUMNS = 100
// Between two transactions, which whoever wants to stop waits for.
const LOOKED_UP_AT_ONCE = 8
// Places in memory, of 12 bytes; beyond, whoever is looked up next waits.
const MOST_KEPT = 2_000_000

const PLACE = {
  asset_key: ['int4', (row: Place) => row.asset],
  key: ['int8', (row: Place) => row.instance],
} as const

interface Place {
  readonly asset: number
  readonly instance: number
}

/** The instances that a query selects, as far as they are to be filled in still: from `next` on. */
interface ToFill extends Places {
  next: number
}

interface Joining {
  key: number
  expression: string
}

/**
 * Back-fill: goes over the stored instances for exceptions that have joined. New and changed ones are matched by ingest from the moment
 * they joined; this is for those that were there before. Other systems are told of its members once all are there (FollowExceptionsJob): what
 * an exception covers is in force the sooner.
 *
 * It goes round and round, and whoever joins gets on where it stands and off after one whole round: many that join one after the other
 * are filled in together, in a round or two. One of few that selects few instances need not go round.
 */
export class SyncExceptionsJob implements ChunkedJob {
  /** Joined exceptions of which no writer is left that does not know them. */
  readonly #drained = new Set<number>()
  /** Those that select more than a few instances. */
  readonly #many = new Set<number>()
  /** Those that do not. */
  readonly #few = new Map<number, ToFill>()

  constructor(
    private readonly database: ScopeDatabase,
    private readonly gate: MembershipGate,
    private readonly membership: MembershipWriter,
    private readonly columns: InstanceColumnsReader,
    private readonly clock: Clock,
    private readonly onSynced: () => void,
  ) {}

  async step(): Promise<boolean> {
    const rows = await this.database.db
      .selectFrom('exception')
      .select('key')
      .where('live', '=', true)
      .where('synced_at', 'is', null)
      .execute()
    const waiting = rows.map(({ key }) => key)
    if (waiting.length === 0) {
      this.#drained.clear()
      this.#many.clear()
      this.#few.clear()
      return false
    }
    if (waiting.some((key) => !this.#drained.has(key))) {
      await this.gate.drain()
      for (const key of waiting) this.#drained.add(key)
    }
    const unknown = this.#toLookUp(waiting)
    for (let looked = 0; looked < LOOKED_UP_AT_ONCE && this.#kept < MOST_KEPT; looked++) {
      const key = unknown.shift()
      if (key !== undefined) await this.#lookUp(key)
    }
    let goesOn = unknown.length > 0
    const onRound = waiting.filter((key) => !this.#few.has(key) && !unknown.includes(key))
    for (const [key, toFill] of this.#few) {
      const { next, isOver } = await this.database.transaction((tx) => this.#fillNext(tx, key, toFill))
      // Only now is it kept what was filled in.
      toFill.next = next
      if (isOver) this.#few.delete(key)
      else goesOn = true
      if (isOver && next === toFill.assets.length) this.onSynced()
    }
    if (onRound.length === 0) return goesOn
    const chunk = await this.database.transaction((tx) => this.#chunk(tx, onRound))
    if (chunk.synced) this.onSynced()
    return goesOn || chunk.goesOn
  }

  get #kept(): number {
    let places = 0
    for (const { assets } of this.#few.values()) places += assets.length
    return places
  }

  /** Those of which it is worth it to find out whether they select few. */
  #toLookUp(waiting: readonly number[]): number[] {
    if (waiting.length > (this.columns.isReady ? BY_COLUMNS : BY_SQL)) return []
    return waiting.filter((key) => !this.#many.has(key) && !this.#few.has(key))
  }

  /**
   * Finds out which instances one selects, outside of any transaction that writes, so that nobody waits for it: what the query did not
   * select by then, it can only come to select by a change, and whoever makes one knows the exception.
   */
  async #lookUp(key: number): Promise<void> {
    const row = await this.database.db
      .selectFrom('exception')
      .innerJoin('query_set', (join) => join.onTrue())
      .select(['expression', 'as_of'])
      .where('key', '=', key)
      .executeTakeFirst()
    const compiled = row === undefined ? null : compileQuery(row.expression)
    if (row === undefined || compiled === null || !compiled.ok) {
      this.#many.add(key)
      return
    }
    // Not as of an earlier time than it joined at: what time changes after that is swept up.
    const now = new Date(Math.max(this.clock.now().getTime(), row.as_of.getTime()))
    const places =
      (await this.columns.placesFor(key, compiled.query, { now, share: FEW_SHARE, few: FEW })) ??
      (await this.#placesBySql(compiled.query, now))
    if (places === 'many') this.#many.add(key)
    else this.#few.set(key, { ...places, next: 0 })
  }

  async #placesBySql(query: Query, now: Date): Promise<Places | 'many'> {
    const { rows } = await sql<Place>`
      SELECT i.asset_key AS asset, i.key AS instance FROM ${tablesOf(query)} WHERE ${queryCondition(query, now)}
      LIMIT ${FEW + 1}`.execute(this.database.db)
    if (rows.length > FEW) return 'many'
    return {
      assets: Int32Array.from(rows, ({ asset }) => asset),
      instances: Float64Array.from(rows, ({ instance }) => instance),
    }
  }

  /**
   * Fills in the next of those that one selects.
   * @returns from where on to go on; that it is over once all are there, or where it has left or another process is at it
   */
  async #fillNext(
    tx: Tx,
    key: number,
    { assets, instances, next }: ToFill,
  ): Promise<{ next: number; isOver: boolean }> {
    if (!(await isOnlyOne(tx, 'sync'))) return { next, isOver: true }
    await this.gate.enter(tx)
    const [exception] = await this.#joining(tx, [key])
    if (exception === undefined) return { next, isOver: true }
    const to = Math.min(assets.length, next + CHUNK)
    const part = Array.from({ length: to - next }, (_, index): Place => {
      return { asset: assets[next + index] as number, instance: instances[next + index] as number }
    })
    await lockAssetKeys(
      tx,
      part.map(({ asset }) => asset),
    )
    const { now } = await this.gate.catchUp(tx)
    const isPart = sql<boolean>`(i.asset_key, i.key) IN (SELECT asset_key, key FROM ${bulkRows('part', part, PLACE)})`
    await this.#fillBySql(tx, exception, isPart, now)
    const isLast = to === assets.length
    await sql`UPDATE exception SET sync_total = total, synced = round(total * ${isLast ? 1 : to / assets.length}::float8),
        synced_at = ${isLast ? now : null}
      FROM (SELECT ${INSTANCES_ABOUT} AS total) AS counted WHERE key = ${key}`.execute(tx)
    if (isLast) await markReachDue(tx, new Map([[key, 0]]), now)
    return { next: to, isOver: isLast }
  }

  /** The next piece of the round, for these. */
  async #chunk(tx: Tx, onRound: readonly number[]): Promise<{ goesOn: boolean; synced: boolean }> {
    if (!(await isOnlyOne(tx, 'sync'))) return NOTHING
    await this.gate.enter(tx)
    const joining = await this.#joining(tx, onRound)
    if (joining.length === 0) return NOTHING
    const keys = joining.map(({ key }) => key)
    const round = await tx.selectFrom('sync_round').selectAll().executeTakeFirstOrThrow()
    const at = { asset: round.at_asset, instance: round.at_instance }
    await sql`UPDATE exception SET sync_from_asset = ${at.asset}, sync_from_instance = ${at.instance},
        sync_total = ${INSTANCES_ABOUT}
      WHERE key = ANY(${keys}::int4[]) AND sync_from_asset IS NULL`.execute(tx)
    const range = await nextRange(tx, at, CHUNK)
    const { now } = await this.gate.catchUp(tx)
    if (range === null) {
      await sql`UPDATE exception SET sync_passed_end = true WHERE key = ANY(${keys}::int4[])`.execute(tx)
    } else {
      if (joining.length > BY_SQL) {
        const rows = await matchRowsWhere(tx, range.condition)
        await this.membership.bringUpToDate(tx, rows, { only: new Set(keys), isFillIn: true })
      } else {
        for (const exception of joining) await this.#fillBySql(tx, exception, range.condition, now)
      }
      await sql`UPDATE exception SET synced = synced + ${range.count},
          sync_total = greatest(sync_total, synced + ${range.count}) WHERE key = ANY(${keys}::int4[])`.execute(tx)
    }
    const to = range === null ? START : range.to
    await tx.updateTable('sync_round').set({ at_asset: to.asset, at_instance: to.instance }).execute()
    const { rows: done } = await sql<{ key: number }>`
      UPDATE exception SET synced_at = ${now}, sync_total = synced
      WHERE key = ANY(${keys}::int4[]) AND sync_passed_end
        AND (${to.asset}::int4, ${to.instance}::int8) >= (sync_from_asset, sync_from_instance)
      RETURNING key`.execute(tx)
    await markReachDue(tx, new Map(done.map(({ key }) => [key, 0])), now)
    return { goesOn: true, synced: done.length > 0 }
  }

  /** Those of them that still wait, locked. */
  async #joining(tx: Tx, among: readonly number[]): Promise<Joining[]> {
    const { rows } = await sql<Joining>`
      SELECT key, expression FROM exception
      WHERE live AND synced_at IS NULL AND key = ANY(${among}::int4[])
      ORDER BY key FOR NO KEY UPDATE`.execute(tx)
    return rows
  }

  async #fillBySql(tx: Tx, exception: Joining, where: RawBuilder<boolean>, now: Date): Promise<void> {
    const compiled = compileQuery(exception.expression)
    if (!compiled.ok) return
    const { query } = compiled
    const { rows } = await sql<{ selected: number; added: number; open: number }>`
      WITH selected AS MATERIALIZED (
        SELECT i.key, i.asset_key, i.open, ${heldExpression(query, now)} AS held FROM ${tablesOf(query)}
        WHERE ${where} AND (${queryCondition(query, now)})
        ORDER BY i.asset_key, i.key
      ), added AS (
        INSERT INTO membership (instance_key, asset_key, exception_key, since, held)
        SELECT key, asset_key, ${exception.key}, ${now}, held FROM selected
        ON CONFLICT (exception_key, asset_key, instance_key) WHERE until IS NULL DO NOTHING
        RETURNING 1
      )
      SELECT (SELECT count(*) FROM selected) AS selected, (SELECT count(*) FROM added) AS added,
        (SELECT count(*) FROM selected WHERE open) AS open`.execute(tx)
    const { selected, added, open } = rows[0] ?? { selected: 0, added: 0, open: 0 }
    if (added === 0) return
    // Where some were members already, how many of the others are open is not known.
    await markReachDue(tx, new Map([[exception.key, added === selected ? open : null]]), now)
  }
}
