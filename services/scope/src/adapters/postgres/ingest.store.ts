import { sql } from 'kysely'
import type {
  BatchOutcome,
  BatchPosition,
  IngestSession,
  IngestStore,
  OpenAttribution,
  ScanOf,
  Spot,
  StoredAsset,
  VulnerabilityStatement,
} from '../../application/ingest/ingest-store.port.js'
import type { StoredInstance } from '../../domain/ingest/apply-records.js'
import type { AssetFacts } from '../../domain/ingest/record.js'
import type { AttributionBrief, Candidate } from '../../domain/ingest/resolve-instances.js'
import type { ScannerOnAsset } from '../../domain/ingest/scan-state.js'
import { lockAssets, saveAssets } from './asset.rows.js'
import { bulkRows } from './bulk-rows.js'
import { markOwnersOf } from './group-marks.js'
import { loadInstances, saveInstances } from './instance.rows.js'
import { matchRowsOf, matchRowsWhere } from './match-rows.js'
import { type MembershipWriter, moveReachOf } from './membership.writer.js'
import type { MembershipGate } from './membership-gate.js'
import { movePosition } from './position.store.js'
import { saveFaults, saveTallies } from './report-tally.rows.js'
import { loadScans, saveScans } from './scan.rows.js'
import type { ScopeDatabase, Tx } from './tables.js'
import type { VulnerabilityRegistry } from './vulnerability.registry.js'

// An asset with more instances than this is gone over by a job when what is said of it changes, not within a batch.
const REMATCHED_AT_ONCE = 5_000

/** An instant as a number: the driver needs ten times as long for one that comes as text. */
const milliseconds = (column: string) => sql`round(date_part('epoch', ${sql.ref(column)}) * 1000)`

/** The inventory in PostgreSQL, as ingest needs it: everything by set, nothing row by row. */
export class PostgresIngestStore implements IngestStore {
  readonly #scanners = new Map<string, number>()

  constructor(
    private readonly database: ScopeDatabase,
    private readonly vulnerabilities: VulnerabilityRegistry,
    private readonly gate: MembershipGate,
    private readonly membership: MembershipWriter,
  ) {}

  async scannerKeys(names: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const missing = names.filter((name) => !this.#scanners.has(name)).sort()
    if (missing.length > 0) {
      const { rows } = await sql<{ name: string; key: number }>`
        WITH made AS (
          INSERT INTO scanner (name) SELECT name FROM unnest(${missing}::text[]) AS given(name)
          WHERE NOT EXISTS (SELECT FROM scanner WHERE scanner.name = given.name)
          ON CONFLICT DO NOTHING RETURNING name, key
        )
        SELECT name, key FROM made UNION ALL SELECT name, key FROM scanner WHERE name = ANY(${missing}::text[])`.execute(
        this.database.db,
      )
      for (const { name, key } of rows) this.#scanners.set(name, key)
      // Somebody else made one between our look and our insert.
      if (missing.some((name) => !this.#scanners.has(name))) return await this.scannerKeys(names)
    }
    return new Map(names.map((name) => [name, this.#scanners.get(name) as number]))
  }

  async joinVulnerabilities(statements: readonly VulnerabilityStatement[]): Promise<void> {
    await this.vulnerabilities.join(statements)
  }

  async transaction<T>(work: (session: IngestSession) => Promise<T>): Promise<T> {
    return await this.database.transaction(async (tx) => {
      await this.gate.enter(tx)
      return await work(new PostgresIngestSession(tx, this.membership))
    })
  }
}

class PostgresIngestSession implements IngestSession {
  constructor(
    private readonly tx: Tx,
    private readonly membership: MembershipWriter,
  ) {}

  async movePosition(position: BatchPosition): Promise<void> {
    await movePosition(this.tx, position)
  }

  async lockAssets(assets: ReadonlyMap<string, AssetFacts>): Promise<ReadonlyMap<string, StoredAsset>> {
    return await lockAssets(this.tx, assets)
  }

  async loadScans(scans: readonly ScanOf[], now: Date): Promise<ScannerOnAsset[]> {
    return await loadScans(this.tx, scans, now)
  }

  async vulnerabilityKeys(ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const rows = await this.tx
      .selectFrom('vulnerability_alias')
      .selectAll()
      .where('id', '=', sql<string>`ANY(${ids}::text[])`)
      .execute()
    return new Map(rows.map((row) => [row.id, row.vulnerability_key]))
  }

  async candidates(spots: readonly Spot[], scanners: readonly number[]): Promise<Candidate[]> {
    if (spots.length === 0) return []
    const { rows } = await sql<{
      key: number
      asset_key: number
      vulnerability_key: number
      place: string
      variant: string
      scanner_key: number | null
      open: boolean
      hash: number
      version: string | null
      last_seen: number
      closed_at: number | null
    }>`
      SELECT i.key, i.asset_key, i.vulnerability_key, i.place, i.variant,
        t.scanner_key, t.open, t.hash, t.version, ${milliseconds('t.last_seen')} AS last_seen,
        ${milliseconds('t.closed_at')} AS closed_at
      FROM ${bulkRows('given', spots, {
        asset_key: ['int4', (spot) => spot.asset],
        vulnerability_key: ['int4', (spot) => spot.vulnerability],
        place: ['uuid', (spot) => spot.place],
      })}
      JOIN instance i ON i.asset_key = given.asset_key AND i.vulnerability_key = given.vulnerability_key
        AND i.place = given.place
      LEFT JOIN attribution t ON t.asset_key = i.asset_key AND t.instance_key = i.key
        AND t.scanner_key = ANY(${scanners}::int4[])`.execute(this.tx)
    const candidates = new Map<number, Candidate & { attributions: Map<number, AttributionBrief> }>()
    for (const row of rows) {
      const candidate = candidates.get(row.key) ?? {
        key: row.key,
        asset: row.asset_key,
        vulnerability: row.vulnerability_key,
        place: row.place,
        variant: row.variant,
        attributions: new Map(),
        isNew: false,
      }
      candidates.set(row.key, candidate)
      if (row.scanner_key === null) continue
      candidate.attributions.set(row.scanner_key, {
        open: row.open,
        hash: row.hash,
        version: row.version,
        lastSeen: row.last_seen,
        closedAt: row.closed_at,
      })
    }
    return [...candidates.values()].sort((a, b) => a.key - b.key)
  }

  async instanceKeys(count: number): Promise<number[]> {
    const { rows } = await sql<{ key: number }>`
      SELECT nextval('instance_key') AS key FROM generate_series(1, ${count}::int4)`.execute(this.tx)
    return rows.map(({ key }) => key).sort((a, b) => a - b)
  }

  async openAttributions(pairs: readonly { asset: number; scanner: number }[]): Promise<OpenAttribution[]> {
    if (pairs.length === 0) return []
    const { rows } = await sql<OpenAttribution>`
      SELECT t.asset_key AS asset, t.scanner_key AS scanner, t.instance_key AS instance
      FROM ${bulkRows('given', pairs, {
        asset_key: ['int4', (pair) => pair.asset],
        scanner_key: ['int4', (pair) => pair.scanner],
      })}
      JOIN attribution t ON t.asset_key = given.asset_key AND t.scanner_key = given.scanner_key AND t.open`.execute(
      this.tx,
    )
    return rows
  }

  async loadInstances(keys: readonly { asset: number; instance: number }[]): Promise<StoredInstance[]> {
    return await loadInstances(this.tx, keys)
  }

  async save(outcome: BatchOutcome, partition: number, now: Date): Promise<void> {
    const { tx } = this
    const { applied, made, assets } = outcome
    await markOwnersOf(
      tx,
      assets.filter(({ changed }) => changed).map(({ key }) => key),
    )
    await saveAssets(tx, assets)
    await saveInstances(tx, applied.instances, made, outcome.scannerNames)
    await saveScans(tx, outcome.pairs, applied.whole)
    await this.#updateMembership(outcome, now)
    await saveTallies(tx, partition, applied.tallies)
    await saveFaults(tx, applied.faults)
  }

  async #updateMembership({ applied, assets, made }: BatchOutcome, now: Date): Promise<void> {
    const { tx } = this
    const flipped = applied.instances.filter(({ opennessChanged, isNew }) => opennessChanged && !isNew)
    const keysOf = (open: boolean) => flipped.filter(({ view }) => view.open === open).map(({ key }) => key)
    await moveReachOf(tx, { opened: keysOf(true), closed: keysOf(false) }, now)
    // To read rows is a tenth of taking them in.
    if (!(await this.membership.isAsked(tx))) return
    const different = applied.instances.filter((instance) => instance.looksDifferent)
    const rows = await matchRowsOf(
      tx,
      different.map(({ asset, key }) => ({ asset, instance: key })),
    )
    const changedAssets = assets.filter(({ changed }) => changed).map(({ key }) => key)
    if (changedAssets.length > 0) {
      rows.push(...(await this.#rowsOfAssets(changedAssets, new Set(different.map(({ key }) => key)))))
    }
    await this.membership.bringUpToDate(tx, rows, { made })
  }

  /** The other instances of assets that are something else now; of an asset with very many, a job takes care. */
  async #rowsOfAssets(assets: readonly number[], without: ReadonlySet<number>) {
    const { rows: sizes } = await sql<{ asset_key: number; large: boolean }>`
      SELECT given.asset_key, (SELECT count(*) FROM (SELECT FROM instance i WHERE i.asset_key = given.asset_key
        LIMIT ${REMATCHED_AT_ONCE + 1}) AS counted) > ${REMATCHED_AT_ONCE} AS large
      FROM unnest(${assets}::int4[]) AS given(asset_key)`.execute(this.tx)
    const large = sizes.filter((size) => size.large).map(({ asset_key }) => asset_key)
    if (large.length > 0) {
      await sql`INSERT INTO rematch (asset_key) SELECT key FROM unnest(${large}::int4[]) AS given(key)`.execute(this.tx)
    }
    const small = sizes.filter((size) => !size.large).map(({ asset_key }) => asset_key)
    const rows = await matchRowsWhere(this.tx, sql`i.asset_key = ANY(${small}::int4[])`)
    return rows.filter(({ key }) => !without.has(key))
  }
}
