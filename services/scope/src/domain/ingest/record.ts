import type { AssetType, Severity } from '../identity/index.js'

/** What a source says of an asset. Null is: it does not say. */
export interface AssetFacts {
  readonly name: string
  readonly type: AssetType
  readonly os: string | null
  readonly owner: string | null
  readonly businessUnit: string | null
  readonly environment: string | null
  readonly exposure: 'internet' | 'internal' | 'isolated' | null
  readonly criticality: 'critical' | 'high' | 'medium' | 'low' | null
  /** Sorted, each once. */
  readonly tags: readonly string[] | null
}

/** What one scanner says of one instance: everything that matters, and nothing that changes with each scan. */
export interface FindingFacts {
  readonly severity: Severity
  readonly scannerSeverity: string | null
  readonly title: string | null
  readonly cvss: number | null
  readonly cvssVector: string | null
  readonly epss: number | null
  readonly kev: boolean | null
  readonly fixAvailable: boolean | null
  readonly fixedVersions: readonly string[]
  readonly componentName: string | null
  readonly componentVersion: string | null
  readonly componentPurl: string | null
  readonly location: string | null
  /** The place as a person reads it; not part of the identity. */
  readonly locationText: string | null
  readonly port: number | null
  /** Marked by the report itself as suppressed or accepted; for information. */
  readonly suppressed: boolean
}

/** Who says it, of which scan, about which asset. Times are milliseconds since the epoch. */
interface Told {
  readonly scanner: string
  readonly scanId: string
  readonly assetId: string
  readonly asset: AssetFacts
  readonly at: number
  readonly reportId: string | null
}

/** A vulnerability and where it is: with the asset an instance's identity. */
export interface Finding {
  /** The canonical id first, then all its other ids. */
  readonly vulnerability: readonly [string, ...string[]]
  /** Digest of component and location. */
  readonly place: string
}

export interface Observed extends Told, Finding {
  readonly kind: 'observed'
  readonly facts: FindingFacts
  /** Over `facts`. */
  readonly hash: number
  readonly description: string | null
  readonly link: string | null
  /** What tells this record from every other one of the scan, and equals when it comes again. */
  readonly arrival: number
}

export interface Resolved extends Told, Finding {
  readonly kind: 'resolved'
  readonly componentVersion: string | null
}

export interface Completed extends Told {
  readonly kind: 'completed'
  readonly announced: number
}

/** An event that was found whole and sound. */
export type IngestRecord = Observed | Resolved | Completed

/** An event that is not, and as much of where it belongs as could be made out: its scan must not be taken for whole. */
export interface Refused {
  readonly kind: 'refused'
  readonly reason: string
  readonly scan: Pick<Observed, 'scanner' | 'scanId' | 'assetId' | 'asset' | 'at' | 'reportId' | 'arrival'> | null
}
