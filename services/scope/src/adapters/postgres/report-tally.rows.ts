import { sql } from 'kysely'
import type { ScanFault, Tally } from '../../domain/ingest/apply-records.js'
import { bulkRows } from './bulk-rows.js'
import type { Tx } from './tables.js'

/** Faults told of one report at most: whoever has more than these has read enough of them. */
export const MOST_FAULTS = 100

const COUNTS = ['created', 'updated', 'unchanged', 'merged', 'rejected', 'closed', 'completions'] as const

/** Adds to what was counted of reports, in the transaction that did what is counted. */
export async function saveTallies(tx: Tx, partition: number, tallies: ReadonlyMap<string, Tally>): Promise<void> {
  const entries = [...tallies].sort(([a], [b]) => (a < b ? -1 : 1))
  if (entries.length === 0) return
  const list = sql.join(COUNTS.map((count) => sql.id(count)))
  await sql`
    INSERT INTO report_tally AS stored (report_id, partition, ${list})
    SELECT report_id, ${partition}, ${list} FROM ${bulkRows('given', entries, {
      report_id: ['uuid', ([id]) => id],
      ...Object.fromEntries(COUNTS.map((count) => [count, ['int8', ([, tally]: [string, Tally]) => tally[count]]])),
    })}
    -- What comes again after a report is done has been counted.
    WHERE EXISTS (SELECT FROM report WHERE report.id = given.report_id AND report.status = 'processing')
    ON CONFLICT (report_id, partition) DO UPDATE SET
      (${list}) = (${sql.join(COUNTS.map((count) => sql`stored.${sql.id(count)} + excluded.${sql.id(count)}`))})`.execute(
    tx,
  )
}

export async function saveFaults(tx: Tx, faults: readonly ScanFault[]): Promise<void> {
  if (faults.length === 0) return
  await sql`
    INSERT INTO report_fault (report_id, code, detail)
    SELECT given.report_id, 'SCAN_INCOMPLETE', asset.name || ': ' || given.detail
    FROM ${bulkRows('given', faults, {
      report_id: ['uuid', (fault) => fault.reportId],
      asset_key: ['int4', (fault) => fault.asset],
      detail: ['text', (fault) => fault.detail],
    })} JOIN asset ON asset.key = given.asset_key
    WHERE (SELECT count(*) FROM report_fault told WHERE told.report_id = given.report_id) < ${MOST_FAULTS}
    ORDER BY given.n LIMIT ${MOST_FAULTS}`.execute(tx)
}
