import type { Applied, StoredInstance } from '../../domain/ingest/apply-records.js'
import type { AssetFacts } from '../../domain/ingest/record.js'
import type { Candidate } from '../../domain/ingest/resolve-instances.js'
import type { ScannerOnAsset } from '../../domain/ingest/scan-state.js'
import type { AssetSource } from '../../domain/inventory/asset.js'

/** Where in the topic a batch stands. */
export interface BatchPosition {
  readonly topic: string
  readonly partition: number
  /** What the store must still hold. */
  readonly from: bigint
  readonly next: bigint
}

export interface StoredAsset {
  readonly key: number
  readonly id: string
  readonly facts: AssetFacts
  readonly isNew: boolean
  readonly sources: readonly AssetSource[]
}

export interface ScanOf {
  readonly asset: number
  readonly scanner: number
  /** Null: no scan in particular, but what is kept of those there were. */
  readonly scanId: string | null
  readonly reportId: string | null
}

export interface Spot {
  readonly asset: number
  readonly vulnerability: number
  readonly place: string
}

export interface OpenAttribution {
  readonly asset: number
  readonly scanner: number
  readonly instance: number
}

/** What is known about a class of ids beside them: written once, never matched against. */
export interface VulnerabilityStatement {
  readonly ids: readonly [string, ...string[]]
  readonly description: string | null
  readonly link: string | null
}

export interface NewInstance {
  readonly key: number
  readonly asset: number
  readonly vulnerability: number
  readonly place: string
  readonly variant: string
  /** What the API calls it. */
  readonly id: string
}

/** What one batch leaves behind. */
export interface BatchOutcome {
  readonly applied: Applied
  readonly made: ReadonlyMap<number, NewInstance>
  readonly pairs: readonly ScannerOnAsset[]
  readonly scannerNames: ReadonlyMap<number, string>
  /** Assets of which the sources say something new. */
  readonly assets: ReadonlyArray<{ key: number; facts: AssetFacts; changed: boolean; sources: readonly AssetSource[] }>
}

/** The stored inventory, seen from within one transaction: what is read stays as it is until it ends. */
export interface IngestSession {
  /** @throws PositionConflictError where another member has moved the position */
  movePosition(position: BatchPosition): Promise<void>
  /** Makes the assets that are not there yet and locks all of them: nobody else changes anything of theirs meanwhile. */
  lockAssets(assets: ReadonlyMap<string, AssetFacts>): Promise<ReadonlyMap<string, StoredAsset>>
  /** The scans, made where they are new, each beside all that is kept of the other scans of its scanner and asset. */
  loadScans(scans: readonly ScanOf[], now: Date): Promise<ScannerOnAsset[]>
  /** The keys of classes, by one of their ids. */
  vulnerabilityKeys(ids: readonly string[]): Promise<ReadonlyMap<string, number>>
  /** Stored instances at these spots, with their attributions by these scanners. */
  candidates(spots: readonly Spot[], scanners: readonly number[]): Promise<Candidate[]>
  instanceKeys(count: number): Promise<number[]>
  openAttributions(pairs: readonly { asset: number; scanner: number }[]): Promise<OpenAttribution[]>
  loadInstances(keys: readonly { asset: number; instance: number }[]): Promise<StoredInstance[]>
  /** Writes what changed, brings membership up to date with it, and counts for the reports. */
  save(outcome: BatchOutcome, partition: number, now: Date): Promise<void>
}

export interface IngestStore {
  /** Keys of scanners by name; made where they are new. Outside of any transaction: a scanner is never taken back. */
  scannerKeys(names: readonly string[]): Promise<ReadonlyMap<string, number>>
  /** Brings the classes of ids up to date with what is said to be the same. Outside of any transaction, as scanners. */
  joinVulnerabilities(statements: readonly VulnerabilityStatement[]): Promise<void>
  /** @param work is run again after a deadlock, so it does nothing but by the session */
  transaction<T>(work: (session: IngestSession) => Promise<T>): Promise<T>
}
