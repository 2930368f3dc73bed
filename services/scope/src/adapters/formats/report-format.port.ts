import type { scanner as events } from '@reprieve/contracts'
import type { AssetType } from '../../domain/identity/index.js'
import type { Outline, Scope } from './json/outline.js'

export const reportFormats = ['cyclonedx', 'sarif', 'ocsf', 'grype', 'trivy', 'osv-scanner'] as const
export type ReportFormatName = (typeof reportFormats)[number]

/** What keeps a report from taking more than its share. Bytes are of the report after decompression. */
export interface ReportLimits {
  readonly maxBytes: number
  /** How deep lists and objects may be nested. */
  readonly maxDepth: number
  /** A longer finding is rejected, the rest goes on. Also the bound of each kept part, such as `metadata`. */
  readonly maxFindingBytes: number
  /** More findings are a fault, so that a report of empty ones does not keep a process busy for hours. */
  readonly maxFindings: number
  /** Memory for what findings refer to (components, rules, assets); more is a fault. */
  readonly maxContextBytes: number
  /** Findings that stand before what they refer to wait in memory up to this, then in a temporary file. */
  readonly maxWaitingBytes: number
  /** Where that file is made. It has no name there from the moment it is open, and ends with the process. */
  readonly temporaryFolder: string
}

export interface ReportOptions {
  /** The scanner's name, as it shows in attributions. */
  readonly scanner: string
  /** The asset all findings are on; wins over any that the report names. */
  readonly asset?: string | undefined
  /** Not a complete scan: what it does not report is not closed. */
  readonly partial: boolean
  readonly reportId: string
  readonly scanId: string
  /** When the report arrived: the time of every observation in it. Scanners' own clocks are not gone by. */
  readonly receivedAt: Date
  readonly limits?: Partial<ReportLimits> | undefined
}

/**
 * What a report gives, in the order in which it stands there. `sequence` counts observed, ignored and rejected together
 * from 0, the same at every reading of the same bytes, so that an interrupted reading can be gone on with.
 */
export type ReportItem =
  | { readonly kind: 'format'; readonly format: ReportFormatName }
  | { readonly kind: 'observed'; readonly sequence: number; readonly event: events.Observed }
  /** No finding: a check that passed, a match the scanner itself left out. */
  | { readonly kind: 'ignored'; readonly sequence: number; readonly pointer: string; readonly reason: string }
  /** A finding that could not be read. Its asset's scan then counts as incomplete. */
  | { readonly kind: 'rejected'; readonly sequence: number; readonly pointer: string; readonly reason: string }
  | { readonly kind: 'completed'; readonly event: events.ScanCompleted }

/** An asset as a report names it. */
export interface ReportAsset {
  readonly id?: string | undefined
  readonly name: string
  readonly type: AssetType
  readonly os?: string | undefined
  readonly owner?: string | undefined
  readonly tags?: readonly string[] | undefined
}

/** A finding as a format reads it; lengths, characters and ranges are checked afterwards, for all formats alike. */
export interface ReadFinding {
  readonly asset: ReportAsset
  readonly vulnerability: {
    readonly id: string
    readonly aliases?: readonly string[] | undefined
    readonly title?: string | undefined
    readonly description?: string | undefined
    readonly link?: string | undefined
  }
  readonly component?:
    | { readonly name?: string | undefined; readonly version?: string | undefined; readonly purl?: string | undefined }
    | undefined
  readonly location?: string | undefined
  readonly locationText?: string | undefined
  readonly port?: number | undefined
  readonly severity?: string | undefined
  readonly cvss?: number | undefined
  readonly cvssVector?: string | undefined
  readonly epss?: number | undefined
  readonly kev?: boolean | undefined
  readonly fixAvailable?: boolean | undefined
  readonly fixedVersions?: readonly string[] | undefined
  readonly suppressed?: boolean | undefined
}

export type Reading =
  | { readonly finding: ReadFinding }
  /** `asset`: which one it says something about, so that it counts as scanned. */
  | { readonly ignored: string; readonly asset?: ReportAsset | undefined }
  /** `at`: where inside the value, as a JSON Pointer from it. */
  | { readonly rejected: string; readonly at?: string | undefined; readonly asset?: ReportAsset | undefined }

/** Finds the asset: the one the sender gave, or the one the report names. */
export interface AssetNaming {
  /** The sender named the asset: places inside the report's own assets must then show in the location. */
  readonly given: boolean
  /**
   * `named` with the given name in place of its own, if one was given (`type` where the report names none).
   * `undefined` if there is neither.
   */
  resolve(named: ReportAsset | undefined, type: AssetType): ReportAsset | undefined
  /** The same, but neither is a {@link ReportFault} `ASSET_UNKNOWN`; `why` ends the sentence "the report …". */
  require(named: ReportAsset | undefined, type: AssetType, why: string, pointer?: string): ReportAsset
}

export interface ReaderOptions {
  readonly naming: AssetNaming
  /** Accounts for memory kept until the end of the report; throws `TOO_LARGE` beyond its bound. */
  keep(bytes: number): void
}

/** Reads one report of one format. */
export interface FormatReader {
  /** All that a finding in this scope refers to has been read. Once true, it stays true. */
  ready(scope: Scope): boolean
  /** Reads one finding. Called only when its scope is ready. Never throws but a {@link ReportFault}. */
  read(of: string, value: unknown, scope: Scope): readonly Reading[]
  item?(of: string, value: unknown, scope: Scope): void
  /** The scope has ended; `made` and `slots` may still be read by findings that wait. */
  closed?(scope: Scope): void
  /** The report has ended. The assets it names, also those without findings. Throws if it is not of this format. */
  finish(root: Scope): readonly ReportAsset[]
}

/** One format of reports. */
export interface ReportFormat {
  readonly name: ReportFormatName
  /** What it is called in messages. */
  readonly title: string
  /** Several documents one after the other are one report. */
  readonly manyDocuments: boolean
  /** Where things stand in it, if the document is an object or a list. */
  outline(root: 'object' | 'array'): Outline | undefined
  reader(options: ReaderOptions): FormatReader
}
