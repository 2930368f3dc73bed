import { type Attribution, deriveInstance, type InstanceView, looksDifferent } from '../inventory/instance.js'
import type { Completed, Observed, Refused, Resolved } from './record.js'
import type { Candidate, Keyed, KeyedFinding } from './resolve-instances.js'
import type { ScannerOnAsset, ScanState } from './scan-state.js'

/** What became of one finding of a report. */
export type Fate = 'created' | 'updated' | 'unchanged' | 'merged' | 'rejected'

/** What ingest counts of one report. */
export type Tally = Record<Fate | 'closed' | 'completions', number>

export const emptyTally = (): Tally => ({
  created: 0,
  updated: 0,
  unchanged: 0,
  merged: 0,
  rejected: 0,
  closed: 0,
  completions: 0,
})

/** An instance with all that its scanners say of it, as stored. */
export interface StoredInstance {
  readonly key: number
  readonly asset: number
  readonly revision: number
  readonly attributions: readonly Attribution[]
}

export type Step =
  | { readonly kind: 'observed'; readonly finding: KeyedFinding<Observed>; readonly instance: Candidate }
  | { readonly kind: 'resolved'; readonly finding: KeyedFinding<Resolved>; readonly instance: Candidate | null }
  | { readonly kind: 'completed'; readonly completion: Keyed<Completed> }
  | { readonly kind: 'refused'; readonly refusal: Keyed<NonNullable<Refused['scan']>> }

export interface ChangedInstance {
  readonly key: number
  readonly asset: number
  readonly revision: number
  readonly isNew: boolean
  readonly view: InstanceView
  /** Whether a query may now say otherwise of it. */
  readonly looksDifferent: boolean
  readonly opennessChanged: boolean
  readonly attributions: readonly Attribution[]
}

export interface ScanFault {
  readonly reportId: string
  readonly asset: number
  readonly detail: string
}

export interface Applied {
  readonly instances: readonly ChangedInstance[]
  readonly tallies: ReadonlyMap<string, Tally>
  /** Of all findings, those of no report among them. */
  readonly total: Tally
  readonly faults: readonly ScanFault[]
  /** Scans that turned out whole: older ones of the same scanner and asset need not be remembered. */
  readonly whole: readonly ScanState[]
}

/**
 * Works through a batch in its order. Scans are changed in place; what happens to instances is in the answer.
 *
 * Time decides, not arrival: a record older than what is stored changes nothing. Of equal times the later arrival counts, except
 * within one scan, where the first word on an instance stands and the others are merged into it, so that sending the same scan again
 * finds nothing changed.
 */
export class RecordApplier {
  readonly #instances = new Map<number, InstanceDraft>()
  readonly #tallies = new Map<string, Tally>()
  readonly #total = emptyTally()
  readonly #faults: ScanFault[] = []
  readonly #whole = new Set<ScanState>()

  /**
   * @param stored every stored instance that may change: what a record does not leave as it is, and what a whole scan may close
   */
  constructor(
    stored: readonly StoredInstance[],
    private readonly pairOf: (asset: number, scanner: number) => ScannerOnAsset,
    /** Open attributions that a scan may close, as instance keys. */
    private readonly closable: (pair: ScannerOnAsset) => readonly number[],
  ) {
    for (const instance of stored) this.#instances.set(instance.key, new InstanceDraft(instance, false))
  }

  apply(steps: readonly Step[]): Applied {
    for (const step of steps) {
      switch (step.kind) {
        case 'observed':
          this.#observed(step.finding, step.instance)
          break
        case 'resolved':
          if (step.instance !== null) this.#resolved(step.finding, step.instance)
          break
        case 'completed':
          this.#completed(step.completion)
          break
        case 'refused':
          this.#refused(step.refusal)
          break
      }
    }
    return {
      instances: [...this.#instances.values()].map((draft) => draft.changes()).filter((change) => change !== null),
      tallies: this.#tallies,
      total: this.#total,
      faults: this.#faults,
      whole: [...this.#whole],
    }
  }

  #observed({ record, asset, scanner }: KeyedFinding<Observed>, candidate: Candidate): void {
    const pair = this.pairOf(asset, scanner)
    const scan = pair.scan(record.scanId)
    const before = scan.seen.get(candidate.key)
    const arrived = scan.arrive({ instance: candidate.key, at: record.at, arrival: record.arrival })
    if (arrived === null) return
    const fate = this.#see(record, scanner, pair, candidate, before)
    if (arrived === 'first') this.#count(record.reportId, before === undefined ? fate : 'merged')
    pair.sight(candidate.key, record.at)
    this.#conclude(pair, scan)
  }

  /** @param before when the same scan saw the same instance before, if it did */
  #see(
    record: Observed,
    scanner: number,
    pair: ScannerOnAsset,
    candidate: Candidate,
    before: number | undefined,
  ): Fate {
    const draft = this.#instances.get(candidate.key)
    const known = draft?.attribution(scanner) ?? candidate.attributions.get(scanner)
    // One that comes late may be gone already: a whole scan since then has not seen it.
    const gone = pair.goneSince(candidate.key, record.at)
    if (known === undefined) {
      const made = draft ?? this.#draftOf(candidate)
      const isFirst = made.isEmpty
      made.set({
        scanner,
        open: gone === null,
        hash: record.hash,
        facts: record.facts,
        firstSeen: record.at,
        lastSeen: record.at,
        scanId: record.scanId,
        closedAt: gone,
      })
      return isFirst ? 'created' : 'updated'
    }
    const stands = Math.max(known.lastSeen, known.closedAt ?? 0, pair.sightedAt(candidate.key))
    if (record.at < stands) return 'unchanged'
    const sameWord = known.hash === record.hash || (before !== undefined && record.at <= before)
    if (known.open && sameWord) return 'unchanged'
    const current = draft?.attribution(scanner)
    if (draft === undefined || current === undefined) throw new Error(`instance ${candidate.key} was not loaded`)
    draft.set({
      ...current,
      open: gone === null,
      closedAt: gone,
      hash: record.hash,
      facts: record.facts,
      lastSeen: record.at,
      scanId: record.scanId,
    })
    return 'updated'
  }

  #resolved({ record, asset, scanner }: KeyedFinding<Resolved>, candidate: Candidate): void {
    const pair = this.pairOf(asset, scanner)
    const draft = this.#instances.get(candidate.key)
    const current = draft?.attribution(scanner)
    if (draft === undefined || current === undefined || !current.open) return
    const lastSeen = Math.max(current.lastSeen, pair.sightedAt(candidate.key))
    if (record.at < lastSeen) return
    draft.set({ ...current, open: false, lastSeen, closedAt: record.at })
  }

  #completed({ record, asset, scanner }: Keyed<Completed>): void {
    const pair = this.pairOf(asset, scanner)
    const scan = pair.scan(record.scanId)
    // Told once, and counted once, however often it comes.
    const isFirst = scan.completedAt === null
    if (isFirst) this.#count(record.reportId, 'completions')
    scan.complete(record.announced, record.at)
    this.#conclude(pair, scan)
    if (record.reportId === null || scan.outcome === 'whole' || !isFirst) return
    const why = scan.outcome === 'superseded' ? 'a later scan of it was complete before' : scan.lack
    this.#faults.push({ reportId: record.reportId, asset, detail: `Nothing was closed: ${why}.` })
  }

  #refused({ record, asset, scanner }: Keyed<NonNullable<Refused['scan']>>): void {
    const pair = this.pairOf(asset, scanner)
    const scan = pair.scan(record.scanId)
    if (scan.arrive({ instance: 0, at: record.at, arrival: record.arrival }) === null) return
    this.#count(record.reportId, 'rejected')
    this.#conclude(pair, scan)
  }

  /** Once a scan is announced it is decided, and again with whatever arrives late, until it is whole. */
  #conclude(pair: ScannerOnAsset, scan: ScanState): void {
    if (scan.completedAt === null || scan.outcome === 'whole' || scan.outcome === 'superseded') return
    if (!scan.isWhole) {
      scan.outcome = 'incomplete'
      return
    }
    if (pair.isOvertaken(scan)) {
      scan.outcome = 'superseded'
      return
    }
    scan.outcome = 'whole'
    this.#whole.add(scan)
    for (const key of this.closable(pair)) {
      const draft = this.#instances.get(key)
      const current = draft?.attribution(pair.scanner)
      if (draft === undefined || current === undefined || !current.open || scan.seen.has(key)) continue
      const lastSeen = Math.max(current.lastSeen, pair.sightedAt(key))
      // Another scan has seen it since: that one's word stands, and is kept although the scan it came in may be forgotten.
      if (lastSeen > scan.completedAt) draft.set({ ...current, lastSeen })
      else {
        draft.set({ ...current, open: false, lastSeen, closedAt: scan.completedAt })
        scan.closed += 1
        this.#count(scan.stored.reportId, 'closed')
      }
    }
  }

  #draftOf(candidate: Candidate): InstanceDraft {
    if (!candidate.isNew) throw new Error(`instance ${candidate.key} was not loaded`)
    const draft = new InstanceDraft({ key: candidate.key, asset: candidate.asset, revision: 0, attributions: [] }, true)
    this.#instances.set(candidate.key, draft)
    return draft
  }

  #count(reportId: string | null, what: keyof Tally): void {
    this.#total[what] += 1
    if (reportId === null) return
    const tally = this.#tallies.get(reportId) ?? emptyTally()
    this.#tallies.set(reportId, tally)
    tally[what] += 1
  }
}

class InstanceDraft {
  readonly #before: InstanceView | null
  readonly #attributions: Map<number, Attribution>
  readonly #changed = new Set<number>()

  constructor(
    private readonly stored: StoredInstance,
    private readonly isNew: boolean,
  ) {
    this.#before = viewOf(stored.attributions)
    this.#attributions = new Map(stored.attributions.map((attribution) => [attribution.scanner, attribution]))
  }

  get isEmpty(): boolean {
    return this.#attributions.size === 0
  }

  attribution(scanner: number): Attribution | undefined {
    return this.#attributions.get(scanner)
  }

  set(attribution: Attribution): void {
    this.#attributions.set(attribution.scanner, attribution)
    this.#changed.add(attribution.scanner)
  }

  changes(): ChangedInstance | null {
    const view = viewOf([...this.#attributions.values()])
    if (this.#changed.size === 0 || view === null) return null
    return {
      key: this.stored.key,
      asset: this.stored.asset,
      revision: this.stored.revision + 1,
      isNew: this.isNew,
      view,
      looksDifferent: this.#before === null || looksDifferent(this.#before, view),
      opennessChanged: this.#before?.open !== view.open,
      attributions: [...this.#attributions.values()].filter(({ scanner }) => this.#changed.has(scanner)),
    }
  }
}

function viewOf(attributions: readonly Attribution[]): InstanceView | null {
  const [first, ...others] = attributions
  return first === undefined ? null : deriveInstance([first, ...others])
}
