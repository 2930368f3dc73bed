import type { Clock } from '@reprieve/clock'
import type { Outbox } from '@reprieve/outbox'
import { sql } from 'kysely'
import { reachEvent } from '../messaging/scope-events.js'
import { inForce } from '../postgres/live-queries.js'
import type { ScopeDatabase, Tx } from '../postgres/tables.js'
import type { ChunkedJob } from './chunked-job.js'

// A count may take one part in so many of the time: a reach of a million instances is counted the rarer.
const SHARE_OF_TIME = 10
const AT_ONCE = 500

/** Tells how many open instances each exception covers, or would cover: whenever it has changed, as often as counting can be afforded. */
export class CountReachJob implements ChunkedJob {
  /** When each may be counted again, by this process' own time: it bounds work, and no rule depends on it. */
  readonly #notBefore = new Map<number, number>()

  constructor(
    private readonly database: ScopeDatabase,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  async step(): Promise<boolean> {
    const { rows } = await sql<{ exception_key: number }>`
      SELECT DISTINCT exception_key FROM reach_due
      WHERE exception_key <> ALL(${this.#resting()}::int4[]) LIMIT ${AT_ONCE}`.execute(this.database.db)
    for (const { exception_key } of rows) {
      const started = performance.now()
      await this.database.transaction((tx) => this.#count(tx, exception_key))
      this.#notBefore.set(exception_key, started + (performance.now() - started) * SHARE_OF_TIME)
    }
    return rows.length > 0
  }

  #resting(): number[] {
    const now = performance.now()
    for (const [key, at] of this.#notBefore) if (at <= now) this.#notBefore.delete(key)
    return [...this.#notBefore.keys()]
  }

  async #count(tx: Tx, key: number): Promise<void> {
    const exception = await tx
      .selectFrom('exception')
      .select(['key', 'id', 'live', 'status', 'active_from', 'active_until', 'synced', 'sync_total', 'synced_at'])
      .where('key', '=', key)
      .forUpdate()
      .executeTakeFirst()
    // First: whatever changes after this marks it again.
    await sql`DELETE FROM reach_due WHERE exception_key = ${key}`.execute(tx)
    if (exception === undefined) return
    const before = await tx.selectFrom('reach').selectAll().where('exception_key', '=', key).executeTakeFirst()
    const now = this.clock.now()
    // What has ended keeps the number it ended with.
    const instances = exception.live ? await openMembers(tx, key) : (before?.instances ?? 0)
    const force = { status: exception.status, activeFrom: exception.active_from, activeUntil: exception.active_until }
    const { synced_at, active_from } = exception
    const inForceSince =
      inForce(force, now) && synced_at !== null && active_from !== null
        ? new Date(Math.max(active_from.getTime(), synced_at.getTime()))
        : null
    const total = exception.sync_total ?? exception.synced
    const isSame =
      before !== undefined &&
      before.instances === instances &&
      before.in_force_since?.getTime() === inForceSince?.getTime() &&
      before.synced === exception.synced &&
      before.total === total
    const told = {
      instances,
      as_of: now,
      in_force_since: inForceSince,
      synced: exception.synced,
      total,
      version: (before?.version ?? 0) + (isSame ? 0 : 1),
    }
    await tx
      .insertInto('reach')
      .values({ exception_key: key, ...told })
      .onConflict((conflict) => conflict.column('exception_key').doUpdateSet(told))
      .execute()
    if (isSame) return
    await this.outbox.append(
      tx,
      reachEvent({
        exceptionId: exception.id,
        instances,
        asOf: now,
        inForceSince,
        synced: told.synced,
        total,
        version: told.version,
      }),
    )
  }
}

async function openMembers(tx: Tx, key: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*) AS count FROM membership m
    JOIN instance i ON i.asset_key = m.asset_key AND i.key = m.instance_key AND i.open
    WHERE m.exception_key = ${key} AND m.until IS NULL`.execute(tx)
  return rows[0]?.count ?? 0
}
