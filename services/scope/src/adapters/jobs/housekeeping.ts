import type { Clock } from '@reprieve/clock'
import { sql } from 'kysely'
import type { ReportBlob } from '../../application/reports/report-blob.port.js'
import { decodeSightings } from '../../domain/ingest/scan-part.js'
import { lockAssetKeys } from '../postgres/asset.rows.js'
import { bulkRows } from '../postgres/bulk-rows.js'
import { isOnlyOne } from '../postgres/only-one.js'
import type { ScopeDatabase, Tx } from '../postgres/tables.js'

export interface Retention {
  readonly reportMs: number
  readonly scanMs: number
  readonly membershipMs: number
}

// An upload that was cut off has left pieces without a report.
const ABANDONED_UPLOAD_MS = 24 * 3_600_000
const ROWS = 200
const MEMBERS_AT_ONCE = 5_000
const FEED_TAKE_KEPT_MS = 90 * 24 * 3_600_000

/** Lets go of what is not needed any more, a little at a time. */
export class Housekeeping {
  constructor(
    private readonly database: ScopeDatabase,
    private readonly blob: ReportBlob,
    private readonly clock: Clock,
    private readonly retention: Retention,
  ) {}

  async run(): Promise<void> {
    const now = this.clock.now().getTime()
    await this.#forgetReports(new Date(now - this.retention.reportMs), new Date(now - ABANDONED_UPLOAD_MS))
    while (await this.database.transaction((tx) => this.#forgetScans(tx, new Date(now - this.retention.scanMs)))) {
      // The next few.
    }
    await this.#forgetMembership(new Date(now - this.retention.membershipMs))
    await this.#forgetTakes(new Date(now - FEED_TAKE_KEPT_MS))
  }

  async #forgetReports(finishedBefore: Date, writtenBefore: Date): Promise<void> {
    const { rows } = await sql<{ report_id: string }>`
      SELECT DISTINCT part.report_id FROM report_part part LEFT JOIN report ON report.id = part.report_id
      WHERE part.part = 0 AND CASE WHEN report.id IS NULL THEN part.written_at < ${writtenBefore}
        ELSE report.finished_at < ${finishedBefore} END`.execute(this.database.db)
    for (const { report_id } of rows) await this.blob.remove(report_id)
  }

  /** What was a member long ago, exception by exception as the index has it. What is one still is never touched. */
  async #forgetMembership(endedBefore: Date): Promise<void> {
    const { rows } = await sql<{ key: number }>`
      SELECT key FROM exception e WHERE EXISTS (
        SELECT FROM membership m WHERE m.exception_key = e.key AND m.until < ${endedBefore})`.execute(this.database.db)
    for (const { key } of rows) {
      for (let deleted = MEMBERS_AT_ONCE; deleted === MEMBERS_AT_ONCE; ) {
        const { numAffectedRows } = await sql`
          DELETE FROM membership WHERE ctid = ANY(ARRAY(
            SELECT ctid FROM membership WHERE exception_key = ${key} AND until < ${endedBefore} LIMIT ${MEMBERS_AT_ONCE}))`.execute(
          this.database.db,
        )
        deleted = Number(numAffectedRows)
      }
    }
  }

  /** How feeds went, but for the last word on each. */
  async #forgetTakes(finishedBefore: Date): Promise<void> {
    await sql`DELETE FROM feed_take old WHERE finished_at < ${finishedBefore}
      AND EXISTS (SELECT FROM feed_take newer WHERE newer.feed = old.feed AND (newer.started_at, newer.id) > (old.started_at, old.id))`.execute(
      this.database.db,
    )
  }

  /** Old scans, but for the last whole one of each scanner on each asset: when things were seen last is known by that alone. */
  async #forgetScans(tx: Tx, startedBefore: Date): Promise<boolean> {
    if (!(await isOnlyOne(tx, 'house'))) return false
    const { rows: scans } = await sql<{ key: number; asset_key: number; scanner_key: number }>`
      SELECT scan.key, scan.asset_key, scan.scanner_key FROM scan
      WHERE scan.started_at < ${startedBefore}
        AND scan.key IS DISTINCT FROM (SELECT last.key FROM scan last WHERE last.asset_key = scan.asset_key
          AND last.scanner_key = scan.scanner_key AND last.outcome = 'whole' ORDER BY last.completed_at DESC, last.key DESC LIMIT 1)
      ORDER BY scan.started_at LIMIT ${ROWS}`.execute(tx)
    if (scans.length === 0) return false
    await lockAssetKeys(
      tx,
      scans.map(({ asset_key }) => asset_key),
    )
    const keys = scans.map(({ key }) => key)
    const parts = await tx
      .selectFrom('scan_part')
      .select(['asset_key', 'scanner_key', 'seen'])
      .where('scan_key', '=', sql<number>`ANY(${keys}::int8[])`)
      .execute()
    const seen = parts.flatMap(({ asset_key, scanner_key, seen }) =>
      decodeSightings(seen)
        .filter(({ instance }) => instance !== 0)
        .map(({ instance, at }) => ({ asset_key, scanner_key, instance, at })),
    )
    if (seen.length > 0) await noteLastSeen(tx, seen)
    await tx.deleteFrom('scan').where('key', '=', sql<number>`ANY(${keys}::int8[])`).execute()
    return true
  }
}

/** What was noted in a scan's own few bytes goes where it stays. */
async function noteLastSeen(
  tx: Tx,
  seen: readonly { asset_key: number; scanner_key: number; instance: number; at: number }[],
): Promise<void> {
  const given = bulkRows('given', seen, {
    asset_key: ['int4', (row) => row.asset_key],
    scanner_key: ['int4', (row) => row.scanner_key],
    instance_key: ['int8', (row) => row.instance],
    at: ['timestamptz', (row) => row.at],
  })
  await sql`
    WITH latest AS (
      SELECT asset_key, scanner_key, instance_key, max(at) AS at FROM ${given} GROUP BY 1, 2, 3
    ), noted AS (
      UPDATE attribution t SET last_seen = latest.at FROM latest
      WHERE t.asset_key = latest.asset_key AND t.instance_key = latest.instance_key AND t.scanner_key = latest.scanner_key
        AND t.last_seen < latest.at
    )
    UPDATE instance i SET last_seen = latest.at
    FROM (SELECT asset_key, instance_key, max(at) AS at FROM latest GROUP BY 1, 2) AS latest
    WHERE i.asset_key = latest.asset_key AND i.key = latest.instance_key AND i.last_seen < latest.at`.execute(tx)
}
