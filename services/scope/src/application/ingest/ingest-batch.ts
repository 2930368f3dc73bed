import type { Clock } from '@reprieve/clock'
import { emptyTally, RecordApplier, type Step, type Tally } from '../../domain/ingest/apply-records.js'
import type { AssetFacts, IngestRecord, Observed, Refused, Resolved } from '../../domain/ingest/record.js'
import { type Candidate, InstanceResolver, type KeyedFinding, spotOf } from '../../domain/ingest/resolve-instances.js'
import type { ScannerOnAsset, ScanState } from '../../domain/ingest/scan-state.js'
import { addsNothing, mergeSources, saidNow, sameFacts } from '../../domain/inventory/asset.js'
import type {
  BatchOutcome,
  BatchPosition,
  IngestSession,
  IngestStore,
  NewInstance,
  ScanOf,
  StoredAsset,
  VulnerabilityStatement,
} from './ingest-store.port.js'

type ScanRefused = NonNullable<Refused['scan']>
type Entry = IngestRecord | { readonly kind: 'refused'; readonly scan: ScanRefused }

/** What a batch has done, for whoever waits for it. */
export interface BatchResult {
  /** Reports whose counts have moved. */
  readonly reports: readonly string[]
  readonly total: Tally
}

/**
 * Takes one batch of one partition in: everything it changes, and the position after it, in one transaction. A crash at any point
 * repeats nothing visible.
 */
export class IngestBatch {
  constructor(
    private readonly store: IngestStore,
    private readonly clock: Clock,
    private readonly makeId: () => string,
  ) {}

  async run(records: readonly (IngestRecord | Refused)[], position: BatchPosition): Promise<BatchResult> {
    const entries: Entry[] = records.flatMap((record): Entry[] =>
      record.kind !== 'refused' ? [record] : record.scan === null ? [] : [{ kind: 'refused', scan: record.scan }],
    )
    const findings = entries.filter((entry): entry is Observed | Resolved => 'vulnerability' in entry)
    const scanners = await this.store.scannerKeys([...new Set(entries.map((entry) => toldOf(entry).scanner))])
    await this.store.joinVulnerabilities(statementsOf(findings))
    return await this.store.transaction(async (session) => {
      await session.movePosition(position)
      if (entries.length === 0) return { reports: [], total: emptyTally() }
      return await new BatchWork(session, entries, findings, scanners, this.makeId).run(
        position.partition,
        this.clock.now(),
      )
    })
  }
}

/** One attempt at one batch. */
class BatchWork {
  readonly #pairs = new Map<string, ScannerOnAsset>()
  #assets: ReadonlyMap<string, StoredAsset> = new Map()
  #vulnerabilities: ReadonlyMap<string, number> = new Map()

  constructor(
    private readonly session: IngestSession,
    private readonly entries: readonly Entry[],
    private readonly findings: readonly (Observed | Resolved)[],
    private readonly scanners: ReadonlyMap<string, number>,
    private readonly makeId: () => string,
  ) {}

  async run(partition: number, now: Date): Promise<BatchResult> {
    const { session, entries } = this
    this.#assets = await session.lockAssets(firstFacts(entries))
    this.#vulnerabilities = await session.vulnerabilityKeys([
      ...new Set(this.findings.map(({ vulnerability }) => vulnerability[0])),
    ])
    for (const pair of await session.loadScans(this.#scans(), now)) {
      this.#pairs.set(`${pair.asset} ${pair.scanner}`, pair)
    }
    const keyed = this.findings.map((record) => this.#keyed(record))
    const spots = new Map(
      keyed.map(({ asset, vulnerability, record }) => [
        spotOf(asset, vulnerability, record.place),
        { asset, vulnerability, place: record.place },
      ]),
    )
    const newAssets = new Set([...this.#assets.values()].filter(({ isNew }) => isNew).map(({ key }) => key))
    const stored = await session.candidates(
      [...spots.values()].filter(({ asset }) => !newAssets.has(asset)),
      [...new Set(keyed.map(({ scanner }) => scanner))],
    )
    // Once for the number of new instances, then with their keys: the resolver asks nobody, so both runs come to the same.
    let wanted = 0
    let taken = 0
    const counting = this.#steps(new InstanceResolver(stored, keyed, this.#pairOf, () => -++wanted))
    const keys = wanted === 0 ? [] : await session.instanceKeys(wanted)
    const steps =
      wanted === 0
        ? counting
        : this.#steps(new InstanceResolver(stored, keyed, this.#pairOf, () => keyAt(keys, taken++)))

    const closable = await this.#closable(steps)
    const load = new Map<number, { asset: number; instance: number }>()
    for (const step of steps) {
      if ((step.kind !== 'observed' && step.kind !== 'resolved') || step.instance === null) continue
      if (mayChange(step.finding, step.instance)) {
        load.set(step.instance.key, { asset: step.instance.asset, instance: step.instance.key })
      }
    }
    for (const [pair, instances] of closable) {
      for (const instance of instances) load.set(instance, { asset: pair.asset, instance })
    }
    const applier = new RecordApplier(
      await session.loadInstances([...load.values()]),
      this.#pairOf,
      (pair) => closable.get(pair) ?? [],
    )
    const applied = applier.apply(steps)
    const outcome: BatchOutcome = {
      applied,
      made: this.#made(steps),
      pairs: [...this.#pairs.values()],
      scannerNames: new Map([...this.scanners].map(([name, key]) => [key, name])),
      assets: this.#assetChanges(),
    }
    await session.save(outcome, partition, now)
    return { reports: [...applied.tallies.keys()], total: applied.total }
  }

  #steps(resolver: InstanceResolver): Step[] {
    return this.entries.map((entry) => this.#step(entry, resolver))
  }

  #step(entry: Entry, resolver: InstanceResolver): Step {
    switch (entry.kind) {
      case 'observed': {
        const finding = this.#keyed(entry)
        return { kind: 'observed', finding, instance: resolver.observed(finding) }
      }
      case 'resolved': {
        const finding = this.#keyed(entry)
        return { kind: 'resolved', finding, instance: resolver.resolved(finding) }
      }
      case 'completed':
        return { kind: 'completed', completion: { record: entry, ...this.#keysOf(entry) } }
      case 'refused':
        return { kind: 'refused', refusal: { record: entry.scan, ...this.#keysOf(entry.scan) } }
    }
  }

  /**
   * For scans that are or may become complete: what their scanner has open there and has not reported in one of them. What all of them
   * have seen stays as it is and need not be loaded.
   */
  async #closable(steps: readonly Step[]): Promise<Map<ScannerOnAsset, number[]>> {
    const completing = new Map<ScannerOnAsset, Set<ScanState>>()
    const seenNow = new Map<ScanState, Set<number>>()
    const here = new Map<ScannerOnAsset, Set<number>>()
    for (const step of steps) {
      if (step.kind !== 'completed' && step.kind !== 'observed') continue
      const { record, asset, scanner } = step.kind === 'completed' ? step.completion : step.finding
      const pair = this.#pairOf(asset, scanner)
      const scan = pair.scan(record.scanId)
      // One that is announced and still lacks something may be whole after any record.
      if (step.kind === 'completed' || scan.outcome === 'incomplete') {
        completing.set(pair, (completing.get(pair) ?? new Set()).add(scan))
      }
      if (step.kind === 'completed') continue
      seenNow.set(scan, (seenNow.get(scan) ?? new Set()).add(step.instance.key))
      here.set(pair, (here.get(pair) ?? new Set()).add(step.instance.key))
    }
    const open = await this.session.openAttributions([...completing.keys()])
    for (const { asset, scanner, instance } of open) {
      const pair = this.#pairOf(asset, scanner)
      here.set(pair, (here.get(pair) ?? new Set()).add(instance))
    }
    const missedBy = (scan: ScanState, instance: number) =>
      !scan.seen.has(instance) && !seenNow.get(scan)?.has(instance)
    return new Map(
      [...completing].map(([pair, scans]) => [
        pair,
        [...(here.get(pair) ?? [])].filter((instance) => [...scans].some((scan) => missedBy(scan, instance))),
      ]),
    )
  }

  #made(steps: readonly Step[]): Map<number, NewInstance> {
    const made = new Map<number, NewInstance>()
    for (const step of steps) {
      if (step.kind !== 'observed' || !step.instance.isNew || made.has(step.instance.key)) continue
      const { key, asset, vulnerability, place, variant } = step.instance
      made.set(key, { key, asset, vulnerability, place, variant, id: this.makeId() })
    }
    return made
  }

  #assetChanges(): BatchOutcome['assets'] {
    const byAsset = new Map<string, Map<number, StoredAsset['sources'][number]>>()
    const touched = new Set<string>()
    for (const entry of this.entries) {
      const told = toldOf(entry)
      const asset = this.#asset(told.assetId)
      const scanner = this.#scanner(told.scanner)
      const sources = byAsset.get(told.assetId) ?? new Map(asset.sources.map((source) => [source.scanner, source]))
      byAsset.set(told.assetId, sources)
      const before = sources.get(scanner)
      if (before !== undefined && (told.at < before.saidAt || addsNothing(before.facts, told.asset))) continue
      const facts = before === undefined ? told.asset : saidNow(before.facts, told.asset)
      sources.set(scanner, { scanner, facts, saidAt: told.at })
      touched.add(told.assetId)
    }
    return [...touched].map((id) => {
      const asset = this.#asset(id)
      const before = new Set(asset.sources)
      const sources = [...(byAsset.get(id)?.values() ?? [])]
      const facts = mergeSources(sources as [StoredAsset['sources'][number], ...StoredAsset['sources']])
      return {
        key: asset.key,
        facts,
        changed: !sameFacts(asset.facts, facts),
        sources: sources.filter((source) => !before.has(source)),
      }
    })
  }

  #scans(): ScanOf[] {
    const scans = new Map<string, ScanOf>()
    for (const entry of this.entries) {
      const told = toldOf(entry)
      const { asset, scanner } = this.#keysOf(told)
      // A word that something is gone is no part of a scan's count, but what is kept of other scans is wanted for it, too.
      const scanId = entry.kind === 'resolved' ? null : told.scanId
      const key = JSON.stringify([asset, scanner, scanId])
      const { reportId } = told
      if (!scans.has(key)) scans.set(key, { asset, scanner, scanId, reportId })
    }
    return [...scans.values()]
  }

  #keyed<Record extends Observed | Resolved>(record: Record): KeyedFinding<Record> {
    const vulnerability = this.#vulnerabilities.get(record.vulnerability[0])
    if (vulnerability === undefined) throw new Error(`${record.vulnerability[0]} has no class`)
    return { record, vulnerability, ...this.#keysOf(record) }
  }

  #keysOf(told: { assetId: string; scanner: string }): { asset: number; scanner: number } {
    return { asset: this.#asset(told.assetId).key, scanner: this.#scanner(told.scanner) }
  }

  #asset(id: string): StoredAsset {
    const asset = this.#assets.get(id)
    if (asset === undefined) throw new Error(`asset ${id} was not locked`)
    return asset
  }

  #scanner(name: string): number {
    const key = this.scanners.get(name)
    if (key === undefined) throw new Error(`scanner ${name} has no key`)
    return key
  }

  readonly #pairOf = (asset: number, scanner: number): ScannerOnAsset => {
    const pair = this.#pairs.get(`${asset} ${scanner}`)
    if (pair === undefined) throw new Error(`scans of ${scanner} on ${asset} were not loaded`)
    return pair
  }
}

const toldOf = (entry: Entry): ScanRefused | IngestRecord => (entry.kind === 'refused' ? entry.scan : entry)

function keyAt(keys: readonly number[], index: number): number {
  const key = keys[index]
  if (key === undefined) throw new Error('too few instance keys were taken')
  return key
}

/** Whether a record may leave more behind than that it was seen. */
function mayChange({ record, scanner }: KeyedFinding, instance: Candidate): boolean {
  if (instance.isNew) return false
  const known = instance.attributions.get(scanner)
  if (record.kind === 'resolved') return known?.open === true
  return known === undefined || !known.open || known.hash !== record.hash
}

/** Of each asset what is said first, in case it is new. */
function firstFacts(entries: readonly Entry[]): Map<string, AssetFacts> {
  const facts = new Map<string, AssetFacts>()
  for (const entry of entries) {
    const told = toldOf(entry)
    if (!facts.has(told.assetId)) facts.set(told.assetId, told.asset)
  }
  return facts
}

function statementsOf(findings: readonly (Observed | Resolved)[]): VulnerabilityStatement[] {
  const statements = new Map<string, VulnerabilityStatement>()
  for (const finding of findings) {
    const key = finding.vulnerability.join(' ')
    if (statements.has(key)) continue
    statements.set(key, {
      ids: finding.vulnerability,
      description: finding.kind === 'observed' ? finding.description : null,
      link: finding.kind === 'observed' ? finding.link : null,
    })
  }
  return [...statements.values()]
}
