import type { Clock } from '@reprieve/clock'
import { compileQuery } from '@reprieve/query'
import { type RawBuilder, sql } from 'kysely'
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

const PLACE = {
  asset_key: ['int4', (row: { asset_key: number }) => row.asset_key],
  key: ['int8', (row: { key: number }) => row.key],
} as const

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
 * are filled in together, in a round or two. One that comes alone and selects few instances need not go round.
 */
export class SyncExceptionsJob implements ChunkedJob {
  /** Joined exceptions of which no writer is left that does not know them. */
  readonly #drained = new Set<number>()
  /** Those that select more than a few instances. */
  readonly #many = new Set<number>()

  constructor(
    private readonly database: ScopeDatabase,
    private readonly gate: MembershipGate,
    private readonly membership: MembershipWriter,
    private readonly clock: Clock,
    private readonly onSynced: () => void,
  ) {}

  async step(): Promise<boolean> {
    const waiting = await this.database.db
      .selectFrom('exception')
      .select('key')
      .where('live', '=', true)
      .where('synced_at', 'is', null)
      .execute()
    if (waiting.length === 0) {
      this.#drained.clear()
      this.#many.clear()
      return false
    }
    if (waiting.some(({ key }) => !this.#drained.has(key))) {
      await this.gate.drain()
      for (const { key } of waiting) this.#drained.add(key)
    }
    if (waiting.length <= BY_SQL) {
      for (const { key } of waiting) if (!this.#many.has(key)) await this.#fillFew(key)
    }
    const { goesOn, synced } = await this.database.transaction((tx) => this.#chunk(tx))
    if (synced) this.onSynced()
    return goesOn
  }

  /**
   * One whose query selects few instances. Which they are is asked outside of any transaction that writes, so that nobody waits for it: what
   * the query did not select by then, it can only come to select by a change, and whoever makes one knows the exception.
   */
  async #fillFew(key: number): Promise<void> {
    const found = await this.#few(key)
    if (found === null) {
      this.#many.add(key)
      return
    }
    for (let start = 0; start === 0 || start < found.length; start += CHUNK) {
      const part = found.slice(start, start + CHUNK)
      const isLast = start + CHUNK >= found.length
      const goesOn = await this.database.transaction(async (tx) => {
        if (!(await isOnlyOne(tx, 'sync'))) return false
        await this.gate.enter(tx)
        const [exception] = await this.#joining(tx, [key])
        if (exception === undefined) return false
        await lockAssetKeys(
          tx,
          part.map(({ asset_key }) => asset_key),
        )
        const { now } = await this.gate.catchUp(tx)
        const isPart = sql<boolean>`(i.asset_key, i.key) IN (SELECT asset_key, key FROM ${bulkRows('part', part, PLACE)})`
        await this.#fillBySql(tx, exception, isPart, now)
        if (!isLast) return true
        await sql`UPDATE exception SET synced_at = ${now}, synced = total, sync_total = total
          FROM (SELECT ${INSTANCES_ABOUT} AS total) AS counted WHERE key = ${key}`.execute(tx)
        await markReachDue(tx, new Map([[key, 0]]), now)
        return false
      })
      if (!goesOn) break
    }
    this.onSynced()
  }

  /** The instances that it selects; null where they are more than a few, or it has left meanwhile. */
  async #few(key: number): Promise<{ asset_key: number; key: number }[] | null> {
    const { db } = this.database
    const row = await db
      .selectFrom('exception')
      .innerJoin('query_set', (join) => join.onTrue())
      .select(['expression', 'as_of'])
      .where('key', '=', key)
      .executeTakeFirst()
    const compiled = row === undefined ? null : compileQuery(row.expression)
    if (row === undefined || compiled === null || !compiled.ok) return null
    // Not as of an earlier time than it joined at: what time changes after that is swept up.
    const now = new Date(Math.max(this.clock.now().getTime(), row.as_of.getTime()))
    const { rows } = await sql<{ asset_key: number; key: number }>`
      SELECT i.asset_key, i.key FROM ${tablesOf(compiled.query)} WHERE ${queryCondition(compiled.query, now)} LIMIT ${FEW + 1}`.execute(
      db,
    )
    return rows.length > FEW ? null : rows
  }

  async #chunk(tx: Tx): Promise<{ goesOn: boolean; synced: boolean }> {
    if (!(await isOnlyOne(tx, 'sync'))) return NOTHING
    await this.gate.enter(tx)
    const joining = await this.#joining(tx, [...this.#drained])
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
