import type { Sighting } from './scan-part.js'

export type ScanOutcome = 'open' | 'whole' | 'incomplete' | 'superseded'

/** A stored scan: one scanner, one scan, one asset. Times are milliseconds since the epoch. */
export interface StoredScan {
  readonly key: number
  readonly asset: number
  readonly scanner: number
  readonly scanId: string
  readonly reportId: string | null
  readonly startedAt: number
  readonly announced: number | null
  readonly completedAt: number | null
  readonly outcome: ScanOutcome
  readonly closed: number
  /** All that was kept of what arrived in it. */
  readonly sightings: readonly Sighting[]
}

// A scan that has said nothing for so long while another one was whole will not say anything more.
const ABANDONED_MS = 24 * 3_600_000

/** What is known of one scan while a batch is worked through. */
export class ScanState {
  readonly stored: StoredScan
  announced: number | null
  completedAt: number | null
  outcome: ScanOutcome
  closed: number
  /** When each instance was seen in it last. */
  readonly seen = new Map<number, number>()
  /** What this batch adds. */
  readonly added: Sighting[] = []
  readonly #arrivals = new Set<number>()
  #rejected = 0

  constructor(stored: StoredScan) {
    this.stored = stored
    this.announced = stored.announced
    this.completedAt = stored.completedAt
    this.outcome = stored.outcome
    this.closed = stored.closed
    for (const sighting of stored.sightings) this.#take(sighting)
  }

  /** @returns null if this very record arrived before: then it must do nothing. `later`: the same once more, seen at a later time */
  arrive(sighting: Sighting): 'first' | 'later' | null {
    const isKnown = this.#arrivals.has(sighting.arrival)
    // What came before may be taken for another instance by now, since that was updated meanwhile: it is still what came before.
    if (isKnown && sighting.at <= (this.seen.get(sighting.instance) ?? sighting.at)) return null
    this.#take(sighting)
    this.added.push(sighting)
    return isKnown ? 'later' : 'first'
  }

  complete(announced: number, at: number): void {
    if (this.outcome === 'whole') return
    this.announced = announced
    this.completedAt = at
  }

  /** Whether it tells of a later state of the asset than another scan: of scans of one time the one that came later does. */
  isLaterThan(other: ScanState): boolean {
    const mine = this.completedAt ?? Number.NEGATIVE_INFINITY
    const others = other.completedAt ?? Number.NEGATIVE_INFINITY
    return mine > others || (mine === others && this.stored.key > other.stored.key)
  }

  get arrived(): number {
    return this.#arrivals.size - this.#rejected
  }

  get rejected(): number {
    return this.#rejected
  }

  /** Everything announced is here and sound: what this scanner does not report here any more is gone. */
  get isWhole(): boolean {
    return this.announced === this.arrived && this.#rejected === 0
  }

  /** Why an announced scan is not whole, for people. */
  get lack(): string {
    const parts = [`${this.announced} findings were announced`, `${this.arrived} arrived whole`]
    if (this.#rejected > 0) parts.push(`${this.#rejected} were rejected`)
    return parts.join(', ')
  }

  #take({ instance, at, arrival }: Sighting): void {
    if (instance === 0 && !this.#arrivals.has(arrival)) this.#rejected++
    this.#arrivals.add(arrival)
    if (instance === 0) return
    this.seen.set(instance, Math.max(at, this.seen.get(instance) ?? at))
  }
}

/** All scans that one scanner made of one asset, as far as anything is kept of them. */
export class ScannerOnAsset {
  readonly scans: Map<string, ScanState>
  readonly #sightings = new Map<number, number>()
  #latest = Number.NEGATIVE_INFINITY

  constructor(
    readonly asset: number,
    readonly scanner: number,
    stored: readonly StoredScan[],
  ) {
    this.scans = new Map(stored.map((scan) => [scan.scanId, new ScanState(scan)]))
    for (const scan of this.scans.values()) for (const [instance, at] of scan.seen) this.sight(instance, at)
  }

  scan(scanId: string): ScanState {
    const scan = this.scans.get(scanId)
    if (scan === undefined) throw new Error(`scan ${scanId} was not loaded`)
    return scan
  }

  sight(instance: number, at: number): void {
    this.#latest = Math.max(this.#latest, at)
    if (at > (this.#sightings.get(instance) ?? Number.NEGATIVE_INFINITY)) this.#sightings.set(instance, at)
  }

  /** When the scanner last saw an instance, as far as that is only noted in scans. */
  sightedAt(instance: number): number {
    return this.#sightings.get(instance) ?? Number.NEGATIVE_INFINITY
  }

  /** When it last saw anything here. */
  get latest(): number {
    return this.#latest
  }

  /** When the latest whole scan ended, if that was no earlier than a time and it has not seen the instance; else null. */
  goneSince(instance: number, at: number): number | null {
    const whole = [...this.scans.values()].filter(({ outcome }) => outcome === 'whole')
    // All that the others saw may have been forgotten; what the latest saw is kept.
    const latest = whole.reduce<ScanState | null>(
      (late, scan) => (late === null || scan.isLaterThan(late) ? scan : late),
      null,
    )
    if (latest === null || latest.completedAt === null || latest.completedAt < at) return null
    return latest.seen.has(instance) ? null : latest.completedAt
  }

  /** Whether a scan that tells of a later state was whole: then this one closes nothing any more. */
  isOvertaken(scan: ScanState): boolean {
    return [...this.scans.values()].some(
      (other) => other !== scan && other.outcome === 'whole' && other.isLaterThan(scan),
    )
  }

  /**
   * Scans that need not be remembered now that this one is whole: whatever they saw that is still open was seen in this one, too, and
   * not earlier.
   */
  needlessAfter(whole: ScanState): ScanState[] {
    const earliest = [...whole.seen.values()].reduce((first, at) => Math.min(first, at), whole.completedAt ?? 0)
    return [...this.scans.values()].filter((other) => {
      if (other === whole) return false
      if (other.outcome === 'open' && other.stored.startedAt > whole.stored.startedAt - ABANDONED_MS) return false
      return [...other.seen.values()].every((at) => at <= earliest)
    })
  }
}
