import { sql } from 'kysely'
import type { ScanOf } from '../../application/ingest/ingest-store.port.js'
import { decodeSightings, encodeSightings, type Sighting } from '../../domain/ingest/scan-part.js'
import { ScannerOnAsset, type ScanOutcome, type ScanState, type StoredScan } from '../../domain/ingest/scan-state.js'
import { bulkRows } from './bulk-rows.js'
import type { Tx } from './tables.js'

// A scan that trickles in leaves a part for every batch: beyond this many they are put together.
const MOST_PARTS = 32

interface ScanRow {
  key: number
  asset_key: number
  scanner_key: number
  scan_id: string
  report_id: string | null
  started_at: Date
  announced: number | null
  completed_at: Date | null
  outcome: ScanOutcome
  closed: number
  parts: Buffer[] | null
}

/** How many parts each loaded scan is in, for whoever adds one. */
const partsOf = new WeakMap<StoredScan, number>()

/** Scans that are not stored yet: they are written once, with all that their first batch has come to. */
const fresh = new WeakSet<StoredScan>()

/** The scans, made where they are new, each beside all that is kept of the other scans of its scanner and asset. */
export async function loadScans(tx: Tx, wanted: readonly ScanOf[], now: Date): Promise<ScannerOnAsset[]> {
  const named = wanted.filter(({ scanId }) => scanId !== null)
  const pairs = new Map(wanted.map((scan) => [`${scan.asset} ${scan.scanner}`, scan]))
  const ofThese = bulkRows('named', named, {
    asset_key: ['int4', (scan) => scan.asset],
    scanner_key: ['int4', (scan) => scan.scanner],
    scan_id: ['text', (scan) => scan.scanId],
  })
  // Beside those named: those of which something is kept, and the last one that was whole.
  const { rows } = await sql<ScanRow>`
    SELECT scan.key, scan.asset_key, scan.scanner_key, scan.scan_id, scan.report_id, scan.started_at, scan.announced,
      scan.completed_at, scan.outcome, scan.closed,
      (SELECT array_agg(part.seen) FROM scan_part part WHERE part.asset_key = scan.asset_key
        AND part.scanner_key = scan.scanner_key AND part.scan_key = scan.key) AS parts
    FROM ${bulkRows('given', [...pairs.values()], {
      asset_key: ['int4', (scan) => scan.asset],
      scanner_key: ['int4', (scan) => scan.scanner],
    })}
    JOIN scan ON scan.asset_key = given.asset_key AND scan.scanner_key = given.scanner_key
    WHERE EXISTS (SELECT FROM scan_part part WHERE part.asset_key = scan.asset_key
        AND part.scanner_key = scan.scanner_key AND part.scan_key = scan.key)
      OR scan.key = (SELECT last.key FROM scan last WHERE last.asset_key = scan.asset_key
        AND last.scanner_key = scan.scanner_key AND last.outcome = 'whole' ORDER BY last.completed_at DESC, last.key DESC LIMIT 1)
      OR (scan.asset_key, scan.scanner_key, scan.scan_id) IN (SELECT asset_key, scanner_key, scan_id FROM ${ofThese})`.execute(
    tx,
  )
  const moved = await mergedInstances(
    tx,
    [...pairs.values()].map(({ asset }) => asset),
  )
  const scans = new Map<string, StoredScan[]>()
  for (const row of rows) {
    const pair = `${row.asset_key} ${row.scanner_key}`
    const of = scans.get(pair) ?? []
    scans.set(pair, of)
    of.push(storedScan(row, moved))
  }
  const known = new Set([...scans.values()].flat().map(identityOf))
  const missing = named.filter((scan) => !known.has(identityOf(scan)))
  for (const scan of await makeScans(tx, missing, now)) {
    const pair = `${scan.asset} ${scan.scanner}`
    scans.set(pair, [...(scans.get(pair) ?? []), scan])
  }
  return [...pairs].map(([key, { asset, scanner }]) => new ScannerOnAsset(asset, scanner, scans.get(key) ?? []))
}

const identityOf = ({ asset, scanner, scanId }: Pick<ScanOf, 'asset' | 'scanner' | 'scanId'>): string =>
  JSON.stringify([asset, scanner, scanId])

/** Nobody else can make them meanwhile: their assets are locked. */
async function makeScans(tx: Tx, missing: readonly ScanOf[], now: Date): Promise<StoredScan[]> {
  if (missing.length === 0) return []
  const { rows } = await sql<{ key: number }>`
    SELECT nextval('scan_key') AS key FROM generate_series(1, ${missing.length}::int4)`.execute(tx)
  return missing.map((scan, index) => {
    const made: StoredScan = {
      key: rows[index]?.key ?? 0,
      asset: scan.asset,
      scanner: scan.scanner,
      scanId: scan.scanId ?? '',
      reportId: scan.reportId,
      startedAt: now.getTime(),
      announced: null,
      completedAt: null,
      outcome: 'open',
      closed: 0,
      sightings: [],
    }
    fresh.add(made)
    return made
  })
}

function storedScan(row: ScanRow, moved: ReadonlyMap<number, number>): StoredScan {
  const sightings = (row.parts ?? []).flatMap(decodeSightings)
  const stored: StoredScan = {
    key: row.key,
    asset: row.asset_key,
    scanner: row.scanner_key,
    scanId: row.scan_id,
    reportId: row.report_id,
    startedAt: row.started_at.getTime(),
    announced: row.announced,
    completedAt: row.completed_at?.getTime() ?? null,
    outcome: row.outcome,
    closed: row.closed,
    sightings: moved.size === 0 ? sightings : sightings.map((sighting) => follow(sighting, moved)),
  }
  partsOf.set(stored, row.parts?.length ?? 0)
  return stored
}

const follow = (sighting: Sighting, moved: ReadonlyMap<number, number>): Sighting => {
  const into = moved.get(sighting.instance)
  return into === undefined ? sighting : { ...sighting, instance: into }
}

/** Instances of these assets that became one with another: parts still name them by their old keys. */
async function mergedInstances(tx: Tx, assets: readonly number[]): Promise<Map<number, number>> {
  const rows = await tx
    .selectFrom('instance_merged')
    .select(['from_key', 'into_key'])
    .where('asset_key', '=', sql<number>`ANY(${[...new Set(assets)]}::int4[])`)
    .execute()
  const into = new Map(rows.map((row) => [row.from_key, row.into_key]))
  const last = (key: number): number => {
    const next = into.get(key)
    return next === undefined ? key : last(next)
  }
  return new Map([...into.keys()].map((key) => [key, last(key)]))
}

/** Writes what the batch added to its scans, and forgets what a whole scan has made needless. */
export async function saveScans(tx: Tx, pairs: readonly ScannerOnAsset[], whole: readonly ScanState[]): Promise<void> {
  const touched = pairs.flatMap((pair) => [...pair.scans.values()]).filter(isTouched)
  if (touched.length === 0) return
  await writeScans(tx, touched)
  const parts = touched.filter(({ added }) => added.length > 0)
  const compacted = parts.filter((scan) => (partsOf.get(scan.stored) ?? 0) >= MOST_PARTS)
  await deleteParts(
    tx,
    compacted.map(({ stored }) => stored.key),
  )
  if (parts.length > 0) {
    const isCompacted = new Set(compacted)
    await sql`
      INSERT INTO scan_part (asset_key, scanner_key, scan_key, seen)
      SELECT asset_key, scanner_key, scan_key, seen FROM ${bulkRows('given', parts, {
        asset_key: ['int4', (scan) => scan.stored.asset],
        scanner_key: ['int4', (scan) => scan.stored.scanner],
        scan_key: ['int8', (scan) => scan.stored.key],
        seen: [
          'bytea',
          (scan) => encodeSightings(isCompacted.has(scan) ? [...scan.stored.sightings, ...scan.added] : scan.added),
        ],
      })}`.execute(tx)
  }
  await forgetOlder(tx, pairs, whole)
}

const STATE = {
  key: ['int8', (scan: ScanState) => scan.stored.key],
  arrived: ['int8', (scan: ScanState) => scan.arrived],
  rejected: ['int8', (scan: ScanState) => scan.rejected],
  announced: ['int8', (scan: ScanState) => scan.announced],
  completed_at: ['timestamptz', (scan: ScanState) => scan.completedAt],
  outcome: ['text', (scan: ScanState) => scan.outcome],
  closed: ['int8', (scan: ScanState) => scan.closed],
} as const

async function writeScans(tx: Tx, touched: readonly ScanState[]): Promise<void> {
  const made = touched.filter(({ stored }) => fresh.has(stored))
  if (made.length > 0) {
    await sql`
      INSERT INTO scan (key, asset_key, scanner_key, scan_id, report_id, started_at, arrived, rejected, announced, completed_at,
        outcome, closed)
      SELECT key, asset_key, scanner_key, scan_id, report_id, started_at, arrived, rejected, announced, completed_at, outcome, closed
      FROM ${bulkRows('given', made, {
        ...STATE,
        asset_key: ['int4', ({ stored }) => stored.asset],
        scanner_key: ['int4', ({ stored }) => stored.scanner],
        scan_id: ['text', ({ stored }) => stored.scanId],
        report_id: ['uuid', ({ stored }) => stored.reportId],
        started_at: ['timestamptz', ({ stored }) => stored.startedAt],
      })}`.execute(tx)
  }
  const known = touched.filter(({ stored }) => !fresh.has(stored))
  if (known.length === 0) return
  await sql`
    UPDATE scan SET arrived = given.arrived, rejected = given.rejected, announced = given.announced,
      completed_at = given.completed_at, outcome = given.outcome, closed = given.closed
    FROM ${bulkRows('given', known, STATE)} WHERE scan.key = given.key`.execute(tx)
}

const isTouched = (scan: ScanState): boolean =>
  scan.added.length > 0 ||
  scan.outcome !== scan.stored.outcome ||
  scan.announced !== scan.stored.announced ||
  scan.completedAt !== scan.stored.completedAt

/** Forgets what other scans saw, where a whole one has made it needless. */
async function forgetOlder(tx: Tx, pairs: readonly ScannerOnAsset[], whole: readonly ScanState[]): Promise<void> {
  if (whole.length === 0) return
  const forgotten = new Set(
    pairs.flatMap((pair) =>
      whole
        .filter(({ stored }) => stored.asset === pair.asset && stored.scanner === pair.scanner)
        .flatMap((scan) => pair.needlessAfter(scan)),
    ),
  )
  await deleteParts(
    tx,
    [...forgotten].map(({ stored }) => stored.key),
  )
  const abandoned = [...forgotten].filter(({ outcome }) => outcome === 'open')
  if (abandoned.length === 0) return
  await sql`UPDATE scan SET outcome = 'superseded'
    WHERE key = ANY(${abandoned.map(({ stored }) => stored.key)}::int8[])`.execute(tx)
}

async function deleteParts(tx: Tx, scans: readonly number[]): Promise<void> {
  if (scans.length === 0) return
  await sql`DELETE FROM scan_part USING scan
    WHERE scan.key = ANY(${scans}::int8[]) AND scan_part.asset_key = scan.asset_key
      AND scan_part.scanner_key = scan.scanner_key AND scan_part.scan_key = scan.key`.execute(tx)
}
