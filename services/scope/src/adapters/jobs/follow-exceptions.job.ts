import type { Outbox } from '@reprieve/outbox'
import { sql } from 'kysely'
import { lockAssetKeys } from '../postgres/asset.rows.js'
import { bulkRows } from '../postgres/bulk-rows.js'
import { appendCoverage } from '../postgres/coverage-events.js'
import type { MembershipGate } from '../postgres/membership-gate.js'
import { isOnlyOne } from '../postgres/only-one.js'
import type { ScopeDatabase, Tx } from '../postgres/tables.js'
import type { ChunkedJob } from './chunked-job.js'

const CHUNK = 5_000

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

interface MemberRow {
  asset_key: number
  instance_key: number
  id: string
  revision: number
}

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
  ) {}

  async step(): Promise<boolean> {
    const waiting = await this.database.db.selectFrom('aftermath').select('key').execute()
    if (waiting.length === 0) {
      this.#drained.clear()
      return false
    }
    // A writer that does not know of the change yet could still add a member behind our back, or tell what is no longer so.
    if (waiting.some(({ key }) => !this.#drained.has(key))) {
      await this.gate.drain()
      for (const { key } of waiting) this.#drained.add(key)
    }
    return await this.database.transaction((tx) => this.#chunk(tx))
  }

  async #chunk(tx: Tx): Promise<boolean> {
    if (!(await isOnlyOne(tx, 'follow'))) return false
    await this.gate.enter(tx)
    const { rows } = await sql<Aftermath>`
      SELECT aftermath.*, exception.id AS exception_id, exception.effect
      FROM aftermath JOIN exception ON exception.key = aftermath.exception_key
      WHERE aftermath.key = ANY(${[...this.#drained]}::int8[])
      ORDER BY aftermath.key LIMIT 1`.execute(tx)
    const [aftermath] = rows
    if (aftermath === undefined) return false
    const members = await this.#members(tx, aftermath)
    const last = members.at(-1)
    if (last === undefined) {
      await tx.deleteFrom('aftermath').where('key', '=', aftermath.key).execute()
      return true
    }
    if (aftermath.was_in_force) {
      await appendCoverage(
        this.outbox,
        tx,
        members.map(({ id, revision }) => ({
          instanceId: id,
          revision,
          exceptionId: aftermath.exception_id,
          effect: aftermath.effect as 'suppress' | 'defer',
          covered: aftermath.what === 'covered',
        })),
        aftermath.at,
      )
    }
    if (aftermath.what === 'ended') {
      await sql`
        UPDATE membership SET until = greatest(membership.since, ${aftermath.at}::timestamptz)
        FROM ${bulkRows('given', members, {
          asset_key: ['int4', (row) => row.asset_key],
          instance_key: ['int8', (row) => row.instance_key],
        })}
        WHERE membership.exception_key = ${aftermath.exception_key} AND membership.until IS NULL
          AND membership.asset_key = given.asset_key AND membership.instance_key = given.instance_key`.execute(tx)
    }
    await tx
      .updateTable('aftermath')
      .set({ after_asset: last.asset_key, after_instance: last.instance_key })
      .where('key', '=', aftermath.key)
      .execute()
    return true
  }

  /** The next members in order, their assets locked: what is told of each is the last word, before or after any other writer's. */
  async #members(tx: Tx, aftermath: Aftermath): Promise<MemberRow[]> {
    const next = sql`
      SELECT m.asset_key, m.instance_key FROM membership m
      WHERE m.exception_key = ${aftermath.exception_key} AND m.until IS NULL
        AND (m.asset_key, m.instance_key) > (${aftermath.after_asset}, ${aftermath.after_instance})
      ORDER BY m.asset_key, m.instance_key LIMIT ${CHUNK}`
    const { rows: found } = await sql<{ asset_key: number; instance_key: number }>`${next}`.execute(tx)
    const last = found.at(-1)
    if (last === undefined) return []
    await lockAssetKeys(
      tx,
      found.map(({ asset_key }) => asset_key),
    )
    // Read again now that nobody else can change it.
    const { rows } = await sql<MemberRow>`
      SELECT m.asset_key, m.instance_key, i.id, i.revision
      FROM membership m JOIN instance i ON i.asset_key = m.asset_key AND i.key = m.instance_key
      WHERE m.exception_key = ${aftermath.exception_key} AND m.until IS NULL
        AND (m.asset_key, m.instance_key) > (${aftermath.after_asset}, ${aftermath.after_instance})
        AND (m.asset_key, m.instance_key) <= (${last.asset_key}, ${last.instance_key})
      ORDER BY m.asset_key, m.instance_key`.execute(tx)
    // All of them may have ended meanwhile, yet more may follow.
    return rows.length > 0
      ? rows
      : await this.#members(tx, {
          ...aftermath,
          after_asset: last.asset_key,
          after_instance: last.instance_key,
        })
  }
}
