import type { Clock } from '@reprieve/clock'
import type { Outbox } from '@reprieve/outbox'
import { nextFlip } from '@reprieve/query'
import type { Logger } from '@reprieve/telemetry'
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { reconciliationEvent } from '../messaging/scope-events.js'
import { nextRange } from '../postgres/instance-range.js'
import type { LiveException } from '../postgres/live-queries.js'
import { type MatchRow, matchRowsWhere } from '../postgres/match-rows.js'
import type { MembershipWriter } from '../postgres/membership.writer.js'
import type { MembershipGate } from '../postgres/membership-gate.js'
import { isOnlyOne } from '../postgres/only-one.js'
import type { ScopeDatabase, Tx } from '../postgres/tables.js'
import type { ChunkedJob } from './chunked-job.js'

// Instances in one transaction, with all that they are members of: of 24 exceptions each, it takes a tenth of a second.
const CHUNK = 1_024
// Two MiB, some 25 000 members: as long.
const BLOCKS = 256
const MOST_EXAMPLES = 20
const CLOCKS_DIFFER_MS = 60_000

interface Example {
  readonly instanceId: string
  readonly exceptionId: string
  readonly what: 'missing' | 'surplus'
}

/** Proves that stored membership is what the queries say: goes over all instances, tells every difference, and mends it. */
export class ReconcileJob implements ChunkedJob {
  constructor(
    private readonly database: ScopeDatabase,
    private readonly gate: MembershipGate,
    private readonly membership: MembershipWriter,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** Begins one if the last one is longer ago than this. */
  async startIfDue(everyMs: number): Promise<boolean> {
    const now = this.clock.now()
    const id = uuidv7()
    return await this.database.transaction(async (tx) => {
      const { numAffectedRows } = await sql`
        INSERT INTO reconciliation (id, cause, started_at, status)
        SELECT ${id}, 'schedule', ${now}, 'running'
        WHERE NOT EXISTS (SELECT FROM reconciliation WHERE started_at > ${new Date(now.getTime() - everyMs)})
          AND EXISTS (SELECT FROM instance)
        ON CONFLICT DO NOTHING`.execute(tx)
      if (numAffectedRows !== 1n) return false
      const begun = await tx.selectFrom('reconciliation').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
      await this.outbox.append(tx, reconciliationEvent(begun, null))
      return true
    })
  }

  async step(): Promise<boolean> {
    if (await this.database.transaction((tx) => this.#deleteOrphans(tx))) return true
    return await this.database.transaction((tx) => this.#chunk(tx))
  }

  /**
   * First of all: members that are no instances, or of no exception. One statement sees instances and members as of one time, so nobody has
   * to be kept out.
   * @returns false once there is nothing left of them, or another process is at it
   */
  async #deleteOrphans(tx: Tx): Promise<boolean> {
    if (!(await isOnlyOne(tx, 'reconcile'))) return false
    const running = await tx
      .selectFrom('reconciliation')
      .select(['id', 'members_from_block as from'])
      .where('status', '=', 'running')
      .where('members_from_block', 'is not', null)
      .forUpdate()
      .executeTakeFirst()
    if (running === undefined) return false
    const from = running.from ?? 0
    const to = from + BLOCKS
    // Each looked up by itself (OFFSET 0): PostgreSQL would rather go over all instances for each part.
    await sql`
      WITH deleted AS (
        DELETE FROM membership m WHERE m.ctid >= ${`(${from},0)`}::tid AND m.ctid < ${`(${to},0)`}::tid AND (
          NOT EXISTS (SELECT FROM instance i WHERE i.asset_key = m.asset_key AND i.key = m.instance_key OFFSET 0)
          OR NOT EXISTS (SELECT FROM exception e WHERE e.key = m.exception_key OFFSET 0))
        RETURNING 1
      )
      UPDATE reconciliation SET surplus = surplus + (SELECT count(*) FROM deleted),
        members_from_block = CASE WHEN ${to} < pg_relation_size('membership') / current_setting('block_size')::int8
          THEN ${to}::int8 END
      WHERE id = ${running.id}`.execute(tx)
    return true
  }

  async #chunk(tx: Tx): Promise<boolean> {
    if (!(await isOnlyOne(tx, 'reconcile'))) return false
    await this.gate.enter(tx)
    const running = await tx
      .selectFrom('reconciliation')
      .selectAll()
      .where('status', '=', 'running')
      .forUpdate()
      .executeTakeFirst()
    if (running === undefined) return false
    if (await this.#isBusy(tx)) return false
    const range = await nextRange(tx, { asset: running.after_asset, instance: running.after_instance }, CHUNK)
    if (range === null) {
      const done = await tx
        .updateTable('reconciliation')
        .set({ status: 'done', finished_at: this.clock.now() })
        .where('id', '=', running.id)
        .returningAll()
        .executeTakeFirstOrThrow()
      await this.outbox.append(tx, reconciliationEvent(done, null))
      await sql`INSERT INTO reach_due (exception_key, due_at) SELECT key, ${this.clock.now()} FROM exception WHERE live`.execute(
        tx,
      )
      const { id, instances, missing, surplus } = running
      if (missing + surplus === 0) this.logger.info({ id, instances }, 'membership is what the queries say')
      else this.logger.error({ id, instances, missing, surplus }, 'membership was not what the queries say; it is now')
      return false
    }
    // One that is still being filled in misses what it has not come to.
    const synced = await tx
      .selectFrom('exception')
      .innerJoin('query_set', (join) => join.onTrue())
      .select('key')
      .select((eb) => eb.fn<Date>('greatest', ['joined_at', 'flipped_until']).as('flippedUntil'))
      .where('live', '=', true)
      .where('synced_at', 'is not', null)
      .execute()
    const flippedUntil = new Map(synced.map((row) => [row.key, row.flippedUntil]))
    const rows = await matchRowsWhere(tx, range.condition)
    const strays = await this.membership.endStrays(tx, rows)
    const { added, ended, now } = await this.membership.bringUpToDate(tx, rows, { only: new Set(flippedUntil.keys()) })
    // Noted while the rows were read: what differs is that job's, and is no difference.
    const isNoted = added.length + ended.length > 0 && (await this.#isBusy(tx))
    const isDrift = ({ row, exception }: { row: MatchRow; exception: LiveException }) => {
      const until = flippedUntil.get(exception.key)
      const flip = until === undefined ? null : nextFlip(exception.query, row, until)
      // What time alone has changed since, or is about to by the clock of another process, the flips would have brought.
      return flip === null || flip.getTime() > now.getTime() + CLOCKS_DIFFER_MS
    }
    const missing = isNoted ? [] : added.filter(isDrift)
    const surplus = [...(isNoted ? [] : ended.filter(isDrift)), ...strays]
    const examples: Example[] = [
      ...(running.examples as unknown as Example[]),
      ...missing.map(({ row, exception }) => ({
        instanceId: row.id,
        exceptionId: exception.id,
        what: 'missing' as const,
      })),
      ...surplus.map(({ row, exception }) => ({
        instanceId: row.id,
        exceptionId: exception.id,
        what: 'surplus' as const,
      })),
    ]
    await tx
      .updateTable('reconciliation')
      .set({
        after_asset: range.to.asset,
        after_instance: range.to.instance,
        instances: running.instances + range.count,
        exceptions: flippedUntil.size,
        missing: running.missing + missing.length,
        surplus: running.surplus + surplus.length,
        examples: JSON.stringify(examples.slice(0, MOST_EXAMPLES)),
      })
      .where('id', '=', running.id)
      .execute()
    return true
  }

  /** What another job is just about to change is no difference yet. */
  async #isBusy(tx: Tx): Promise<boolean> {
    const { rows } = await sql<{ busy: boolean }>`SELECT EXISTS (SELECT FROM rematch) AS busy`.execute(tx)
    return rows[0]?.busy ?? false
  }
}
