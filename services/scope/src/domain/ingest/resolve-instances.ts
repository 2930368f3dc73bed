import type { Observed, Resolved } from './record.js'
import type { ScannerOnAsset } from './scan-state.js'

/** What is known of one scanner's attribution without its facts: enough to see that nothing has changed. */
export interface AttributionBrief {
  readonly open: boolean
  readonly hash: number
  /** The component's version in the scanner's words. */
  readonly version: string | null
  readonly lastSeen: number
  readonly closedAt: number | null
}

/** An instance that a record may be about: same asset, vulnerability and place. */
export interface Candidate {
  readonly key: number
  readonly asset: number
  readonly vulnerability: number
  readonly place: string
  /** The version, where one scan found several at this place; '' otherwise. */
  readonly variant: string
  /** By the scanner's key: those of the scanners in this batch. */
  readonly attributions: ReadonlyMap<number, AttributionBrief>
  readonly isNew: boolean
}

/** A record with the keys of what it names. */
export interface Keyed<Record> {
  readonly record: Record
  readonly asset: number
  readonly scanner: number
}

export interface KeyedFinding<Record extends Observed | Resolved = Observed | Resolved> extends Keyed<Record> {
  readonly vulnerability: number
}

export const spotOf = (asset: number, vulnerability: number, place: string): string =>
  `${asset} ${vulnerability} ${place}`

const versionOf = (record: Observed | Resolved): string | null =>
  record.kind === 'observed' ? record.facts.componentVersion : record.componentVersion

/**
 * Which instance each record is about. Normally there is one at a place, whatever its version: it stays the same instance when the
 * component is updated. Where one scan finds two versions at one place, each is an instance of its own.
 */
export class InstanceResolver {
  readonly #candidates = new Map<string, Candidate[]>()
  readonly #versionsInBatch = new Map<string, Set<string>>()
  /** Which version an instance has in a scan of this batch. */
  readonly #versionSeen = new Map<string, string | null>()

  constructor(
    stored: readonly Candidate[],
    findings: readonly KeyedFinding[],
    private readonly pairOf: (asset: number, scanner: number) => ScannerOnAsset,
    private readonly nextKey: () => number,
  ) {
    for (const candidate of stored) this.#add(candidate)
    for (const finding of findings) {
      const version = versionOf(finding.record)
      if (version === null || finding.record.kind !== 'observed') continue
      const group = this.#group(finding)
      const versions = this.#versionsInBatch.get(group) ?? new Set()
      this.#versionsInBatch.set(group, versions.add(version))
    }
  }

  /** The instance of an observation, made if there is none. */
  observed(finding: KeyedFinding<Observed>): Candidate {
    const version = versionOf(finding.record)
    const found =
      this.#find(finding, version) ?? this.#create(finding, this.#isTaken(finding, version) ? version : null)
    this.#versionSeen.set(`${finding.scanner} ${found.key} ${finding.record.scanId}`, version)
    return found
  }

  /** The instance of what is told to be gone; null where nothing is known of it. */
  resolved(finding: KeyedFinding<Resolved>): Candidate | null {
    return this.#find(finding, versionOf(finding.record))
  }

  #find(finding: KeyedFinding, version: string | null): Candidate | null {
    const here = this.#candidates.get(spotOf(finding.asset, finding.vulnerability, finding.record.place)) ?? []
    if (version !== null) {
      const exact =
        here.find(({ attributions }) => attributions.get(finding.scanner)?.version === version) ??
        here.find(
          ({ key }) => this.#versionSeen.get(`${finding.scanner} ${key} ${finding.record.scanId}`) === version,
        ) ??
        here.find(({ variant }) => variant === version)
      if (exact !== undefined) return exact
    }
    const base = here.find(({ variant }) => variant === '')
    return base === undefined || this.#isTaken(finding, version) ? null : base
  }

  /** Whether the one instance at this place is, in this scan, already that of another version. */
  #isTaken(finding: KeyedFinding, version: string | null): boolean {
    if (version === null || finding.record.kind === 'resolved') return false
    const here = this.#candidates.get(spotOf(finding.asset, finding.vulnerability, finding.record.place)) ?? []
    const base = here.find(({ variant }) => variant === '')
    if (base === undefined) return false
    const seenAs = this.#versionSeen.get(`${finding.scanner} ${base.key} ${finding.record.scanId}`)
    if (seenAs !== undefined) return seenAs !== version
    const had = base.attributions.get(finding.scanner)?.version ?? null
    if (had === null || had === version) return false
    const scan = this.pairOf(finding.asset, finding.scanner).scan(finding.record.scanId)
    // Seen in an earlier batch of this scan, or still to come in this batch, as what it was before.
    return scan.seen.has(base.key) || (this.#versionsInBatch.get(this.#group(finding))?.has(had) ?? false)
  }

  #create(finding: KeyedFinding<Observed>, variant: string | null): Candidate {
    const candidate: Candidate = {
      key: this.nextKey(),
      asset: finding.asset,
      vulnerability: finding.vulnerability,
      place: finding.record.place,
      variant: variant ?? '',
      attributions: new Map(),
      isNew: true,
    }
    this.#add(candidate)
    return candidate
  }

  #add(candidate: Candidate): void {
    const spot = spotOf(candidate.asset, candidate.vulnerability, candidate.place)
    const here = this.#candidates.get(spot)
    if (here === undefined) this.#candidates.set(spot, [candidate])
    else here.push(candidate)
  }

  #group({ asset, vulnerability, scanner, record }: KeyedFinding): string {
    return `${spotOf(asset, vulnerability, record.place)} ${scanner} ${record.scanId}`
  }
}
