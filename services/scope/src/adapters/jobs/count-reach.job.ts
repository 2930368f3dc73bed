import type { Clock } from '@reprieve/clock'
import type { Outbox } from '@reprieve/outbox'
import { sql } from 'kysely'
import { restAfterCounting } from '../../domain/exceptions/counting-rest.js'
import { reachEvent } from '../messaging/scope-events.js'
import { inForce } from '../postgres/live-queries.js'
import type { ScopeDatabase, Tx } from '../postgres/tables.js'
import type { ChunkedJob } from './chunked-job.js'

const MOST_AT_ONCE = 500
// Members counted in one transaction, as far as is known before: some tens of milliseconds.
const MEMBERS_AT_ONCE = 50_000

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
    const keys = await this.#due()
    if (keys.length === 0) return false
    const started = performance.now()
    await this.database.transaction((tx) => this.#count(tx, keys))
    const took = (performance.now() - started) / keys.length
    const rest = restAfterCounting(took)
    for (const key of keys) this.#notBefore.set(key, performance.now() + rest)
    return true
  }

  /** As many as are counted at once: the largest come alone. */
  async #due(): Promise<number[]> {
    const { rows } = await sql<{ key: number; instances: number }>`
      SELECT due.key, CASE WHEN due.unknown THEN coalesce(reach.instances, 0) ELSE 0 END AS instances
      FROM (SELECT exception_key AS key, bool_or(change IS NULL) AS unknown FROM reach_due
        WHERE EXISTS (SELECT FROM exception e WHERE e.key = exception_key AND e.effect <> 'none') AND exception_key <> ALL(${this.#resting()}::int4[]) GROUP BY exception_key LIMIT ${MOST_AT_ONCE}) AS due
      LEFT JOIN reach ON reach.exception_key = due.key
      ORDER BY instances, key`.execute(this.database.db)
    let sum = 0
    return rows
      .filter(({ instances }, index) => {
        sum += instances
        return index === 0 || sum <= MEMBERS_AT_ONCE
      })
      .map(({ key }) => key)
  }

  #resting(): number[] {
    const now = performance.now()
    for (const [key, at] of this.#notBefore) if (at <= now) this.#notBefore.delete(key)
    return [...this.#notBefore.keys()]
  }

  async #count(tx: Tx, keys: readonly number[]): Promise<void> {
    const exceptions = await tx
      .selectFrom('exception')
      .select(['key', 'id', 'live', 'status', 'active_from', 'active_until', 'synced', 'sync_total', 'synced_at'])
      .where('key', 'in', keys)
      .orderBy('key')
      .forNoKeyUpdate()
      .execute()
    const stored = await tx.selectFrom('reach').selectAll().where('exception_key', 'in', keys).execute()
    const before = new Map(stored.map((reach) => [reach.exception_key, reach]))
    const moves = await takeMoves(
      tx,
      exceptions.map(({ key }) => key),
    )
    const now = this.clock.now()
    const counted = exceptions.map((exception) => {
      const earlier = before.get(exception.key)
      const { synced_at, active_from } = exception
      const force = { status: exception.status, activeFrom: active_from, activeUntil: exception.active_until }
      const reach = {
        exception_key: exception.key,
        // What has ended keeps the number it ended with.
        instances: exception.live
          ? instancesAfter(earlier?.instances ?? 0, moves.get(exception.key))
          : (earlier?.instances ?? 0),
        as_of: now,
        in_force_since:
          inForce(force, now) && synced_at !== null && active_from !== null
            ? new Date(Math.max(active_from.getTime(), synced_at.getTime()))
            : null,
        synced: exception.synced,
        total: exception.sync_total ?? exception.synced,
      }
      const isSame =
        earlier !== undefined &&
        earlier.instances === reach.instances &&
        earlier.in_force_since?.getTime() === reach.in_force_since?.getTime() &&
        earlier.synced === reach.synced &&
        earlier.total === reach.total
      return {
        exceptionId: exception.id,
        isSame,
        reach: { ...reach, version: (earlier?.version ?? 0) + (isSame ? 0 : 1) },
      }
    })
    await tx
      .insertInto('reach')
      .values(counted.map(({ reach }) => reach))
      .onConflict((conflict) =>
        conflict.column('exception_key').doUpdateSet(({ ref }) => ({
          instances: ref('excluded.instances'),
          as_of: ref('excluded.as_of'),
          in_force_since: ref('excluded.in_force_since'),
          synced: ref('excluded.synced'),
          total: ref('excluded.total'),
          version: ref('excluded.version'),
        })),
      )
      .execute()
    const events = counted.flatMap(({ exceptionId, isSame, reach }) =>
      isSame
        ? []
        : [
            reachEvent({
              exceptionId,
              instances: reach.instances,
              asOf: now,
              inForceSince: reach.in_force_since,
              synced: reach.synced,
              total: reach.total,
              version: reach.version,
            }),
          ],
    )
    await this.outbox.append(tx, ...events)
  }
}

interface Move {
  readonly key: number
  readonly change: number
  /** All open ones, where the change is not known. */
  readonly counted: number | null
}

const instancesAfter = (before: number, move: Move | undefined): number =>
  move === undefined ? before : (move.counted ?? before + move.change)

/**
 * What has been appended since the last time, taken away. In one statement, so that what is counted is counted as of the same snapshot:
 * whatever changes after it appends again.
 */
async function takeMoves(tx: Tx, keys: readonly number[]): Promise<Map<number, Move>> {
  const { rows } = await sql<Move>`
    WITH taken AS (DELETE FROM reach_due WHERE exception_key = ANY(${keys}::int4[]) RETURNING exception_key, change),
    moved AS (
      SELECT exception_key AS key, coalesce(sum(change), 0)::int8 AS change, bool_or(change IS NULL) AS unknown
      FROM taken GROUP BY exception_key
    )
    SELECT key, change, CASE WHEN unknown THEN (
      SELECT count(*) FROM membership m
      JOIN instance i ON i.asset_key = m.asset_key AND i.key = m.instance_key AND i.open
      WHERE m.exception_key = moved.key AND m.until IS NULL) END AS counted
    FROM moved`.execute(tx)
  return new Map(rows.map((row) => [row.key, row]))
}
