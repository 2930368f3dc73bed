import type { Clock } from '@reprieve/clock'
import type { Outbox } from '@reprieve/outbox'
import { measure } from '@reprieve/telemetry'
import { sql } from 'kysely'
import { lockAssetKeys } from '../postgres/asset.rows.js'
import { bulkRows } from '../postgres/bulk-rows.js'
import { appendCoverage } from '../postgres/coverage-events.js'
import type { MembershipGate } from '../postgres/membership-gate.js'
import { isOnlyOne } from '../postgres/only-one.js'
import type { ScopeDatabase, Tx } from '../postgres/tables.js'
import type { ChunkedJob } from './chunked-job.js'

// Members in one transaction, of as many exceptions as it takes: their assets are locked for some tens of milliseconds.
const CHUNK = 5_000
const MOST_AT_ONCE = 500

interface Aftermath {
  key: number
  exception_key: number
  exception_id: string
  effect: string
  what: 'covered' | 'ended'
  was_in_force: boolean
  at: Date
  after_asset: number
  after_instance: number
}

interface MemberKey {
  /** The aftermath's. */
  key: number
  asset_key: number
  instance_key: number
}

const MEMBER_KEY = {
  key: ['int8', ({ key }: MemberKey) => key],
  asset_key: ['int4', (row: MemberKey) => row.asset_key],
  instance_key: ['int8', (row: MemberKey) => row.instance_key],
} as const

interface MemberRow extends MemberKey {
  id: string
  revision: number
  /** Where its row is. Nobody moves it: its asset is locked. */
  place: string
  /** When it became covered, or stopped being so: not before it was a member. */
  at: Date
}

const ENDING = {
  place: ['text', ({ place }: MemberRow) => place],
  at: ['timestamptz', ({ at }: MemberRow) => at],
} as const

/**
 * What is not followed yet is left where it is until it can be: of an exception that still fills in, the members that are not there yet could
 * never be told otherwise. One that has ended meanwhile is filled in no more.
 */
const IS_DUE = sql<boolean>`(what = 'ended' OR EXISTS (SELECT FROM exception
  WHERE exception.key = aftermath.exception_key AND (synced_at IS NOT NULL OR NOT live)))`

/** Whether there is anything to follow. */
export const FOLLOWS_DUE = sql<boolean>`EXISTS (SELECT FROM aftermath WHERE ${IS_DUE})`

/**
 * What follows when an exception comes into force or ends: other systems are told instance by instance, and membership of what has ended
 * is closed. Coverage itself has changed at that very second already: readers go by the exception's own times.
 */
export class FollowExceptionsJob implements ChunkedJob {
  readonly #drained = new Set<number>()

  constructor(
    private readonly database: ScopeDatabase,
    private readonly gate: MembershipGate,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  async step(): Promise<boolean> {
    const waiting = await this.database.db.selectFrom('aftermath').select('key').where(IS_DUE).execute()
    if (waiting.length === 0) {
      this.#drained.clear()
      return false
    }
    // A writer that does not know of the change yet could still add a member behind our back, or tell what is no longer so.
    if (waiting.some(({ key }) => !this.#drained.has(key))) {
      await this.gate.drain()
      for (const { key } of waiting) this.#drained.add(key)
    }
    const followed = await this.database.transaction((tx) => this.#chunk(tx))
    const now = this.clock.now().getTime()
    for (const { at, what } of followed ?? []) {
      if (what === 'covered') measure('reprieve.coverage.freshness', (now - at.getTime()) / 1_000, {})
    }
    return followed !== null
  }

  /** @returns those that nothing is left of; null where there was nothing to do */
  async #chunk(tx: Tx): Promise<Aftermath[] | null> {
    if (!(await isOnlyOne(tx, 'follow'))) return null
    await this.gate.enter(tx)
    const { rows: all } = await sql<Aftermath>`
      SELECT aftermath.*, exception.id AS exception_id, exception.effect
      FROM aftermath JOIN exception ON exception.key = aftermath.exception_key
      WHERE aftermath.key = ANY(${[...this.#drained]}::int8[])
      ORDER BY aftermath.key LIMIT ${MOST_AT_ONCE}`.execute(tx)
    if (all.length === 0) return null
    const found = await this.#lockNext(tx, all)
    // The last one reached may have more members than were looked at; those behind it were not looked at.
    const last = found.length === CHUNK ? found.at(-1) : undefined
    const reached = last === undefined ? all : all.filter(({ key }) => key <= last.key)
    const members = await this.#members(tx, found)
    await this.#tell(tx, reached, members)
    await this.#end(tx, reached, members)
    const followed = reached.filter(({ key }) => key !== last?.key)
    const done = followed.map(({ key }) => key)
    if (done.length > 0) await tx.deleteFrom('aftermath').where('key', 'in', done).execute()
    if (last !== undefined) {
      await tx
        .updateTable('aftermath')
        .set({ after_asset: last.asset_key, after_instance: last.instance_key })
        .where('key', '=', last.key)
        .execute()
    }
    return followed
  }

  /** The next members in order, at most a chunk, their assets locked: what is told of each is the last word, before or after any other writer's. */
  async #lockNext(tx: Tx, all: readonly Aftermath[]): Promise<MemberKey[]> {
    const { rows } = await sql<MemberKey>`
      SELECT a.key, m.asset_key, m.instance_key
      FROM aftermath a CROSS JOIN LATERAL (
        SELECT asset_key, instance_key FROM membership
        WHERE exception_key = a.exception_key AND until IS NULL AND (asset_key, instance_key) > (a.after_asset, a.after_instance)
        ORDER BY asset_key, instance_key LIMIT ${CHUNK}
      ) m
      WHERE a.key = ANY(${all.map(({ key }) => key)}::int8[])
      ORDER BY a.key, m.asset_key, m.instance_key LIMIT ${CHUNK}`.execute(tx)
    await lockAssetKeys(
      tx,
      rows.map(({ asset_key }) => asset_key),
    )
    return rows
  }

  /** Those of them that still are, read again now that nobody else can change them. */
  async #members(tx: Tx, found: readonly MemberKey[]): Promise<MemberRow[]> {
    if (found.length === 0) return []
    const { rows } = await sql<MemberRow>`
      SELECT given.key, given.asset_key, given.instance_key, i.id, i.revision, m.ctid::text AS place, greatest(m.since, a.at) AS at
      FROM ${bulkRows('given', found, MEMBER_KEY)}
      JOIN aftermath a ON a.key = given.key
      -- Each looked up by itself: no other order of joining is left to be chosen by what is not known yet of new members.
      CROSS JOIN LATERAL (
        SELECT ctid, since FROM membership m WHERE m.exception_key = a.exception_key AND m.until IS NULL
          AND m.asset_key = given.asset_key AND m.instance_key = given.instance_key OFFSET 0) m
      CROSS JOIN LATERAL (
        SELECT id, revision FROM instance WHERE asset_key = given.asset_key AND key = given.instance_key OFFSET 0) i
      ORDER BY given.n`.execute(tx)
    return rows
  }

  async #tell(tx: Tx, reached: readonly Aftermath[], members: readonly MemberRow[]): Promise<void> {
    const told = new Map(
      reached.filter(({ was_in_force }) => was_in_force).map((aftermath) => [aftermath.key, aftermath]),
    )
    await appendCoverage(
      this.outbox,
      tx,
      members.flatMap(({ key, id, revision, at }) => {
        const aftermath = told.get(key)
        if (aftermath === undefined) return []
        return {
          instanceId: id,
          revision,
          exceptionId: aftermath.exception_id,
          effect: aftermath.effect as 'suppress' | 'defer',
          covered: aftermath.what === 'covered',
          at,
        }
      }),
    )
  }

  async #end(tx: Tx, reached: readonly Aftermath[], members: readonly MemberRow[]): Promise<void> {
    const ended = new Set(reached.filter(({ what }) => what === 'ended').map(({ key }) => key))
    const rows = members.filter(({ key }) => ended.has(key))
    if (rows.length === 0) return
    await sql`
      UPDATE membership SET until = greatest(membership.since, found.at)
      FROM (SELECT place::tid AS place, at FROM ${bulkRows('given', rows, ENDING)}) AS found
      WHERE membership.ctid = found.place`.execute(tx)
  }
}
