import type { scanner as events } from '@reprieve/contracts'
import { assetNaming } from './asset-naming.js'
import { formats } from './formats.js'
import { JsonScanner } from './json/json-scanner.js'
import { newScope, type OutlineSink, OutlineWalker, type PointerOf, parseTaken, type Scope } from './json/outline.js'
import { EventMaker, Unusable } from './observed-event.js'
import { FormatRecogniser } from './recognise-format.js'
import { ReportFault } from './report-fault.js'
import type {
  FormatReader,
  ReadFinding,
  Reading,
  ReportAsset,
  ReportFormat,
  ReportFormatName,
  ReportItem,
  ReportLimits,
  ReportOptions,
} from './report-format.port.js'
import { reportLimits } from './report-limits.js'
import { Utf8Gate } from './utf8-gate.js'
import { type WaitingFinding, WaitingFindings } from './waiting-findings.js'

/** What an asset costs in memory while its findings are counted. */
const ASSET_BYTES = 1000

interface Tally {
  readonly asset: events.Asset
  observed: number
  rejected: number
}

/** One reading of one report: bytes are pushed in, items taken out. */
export class ReportReading implements OutlineSink {
  readonly #options: ReportOptions
  readonly #limits: ReportLimits
  readonly #inspecting: boolean
  readonly #gate = new Utf8Gate()
  readonly #recogniser: FormatRecogniser
  /** What came before the format was known. */
  #pending: Buffer[] = []
  #format: ReportFormat | undefined
  #scanner: JsonScanner | undefined
  #reader: FormatReader | undefined
  readonly #root = newScope('report', undefined)
  readonly #waiting: WaitingFindings
  readonly #events: EventMaker
  readonly #tallies = new Map<string, Tally>()
  /** Rejected findings of which it cannot be told on which asset they are: any scan may lack them. */
  #rejectedSomewhere = 0
  #items: ReportItem[] = []
  #sequence = 0
  #bytes = 0
  #kept = 0

  constructor(options: ReportOptions, inspecting: boolean) {
    this.#options = options
    this.#limits = { ...reportLimits, ...options.limits }
    this.#inspecting = inspecting
    this.#recogniser = new FormatRecogniser(this.#limits.maxDepth)
    this.#waiting = new WaitingFindings(this.#limits.maxWaitingBytes, this.#limits.temporaryFolder)
    this.#events = new EventMaker(options)
  }

  /** Whether findings wait for what they refer to. */
  get waits(): boolean {
    return this.#waiting.count > 0
  }

  push(chunk: Uint8Array): void {
    this.#bytes += chunk.length
    if (this.#bytes > this.#limits.maxBytes)
      throw new ReportFault('TOO_LARGE', `The report is larger than ${mebibytes(this.#limits.maxBytes)}.`)
    this.#scan(this.#gate.pass(chunk))
  }

  /** The report has ended. */
  end(): ReportFormatName {
    this.#scan(this.#gate.end())
    if (!this.#scanner || !this.#reader || !this.#format) return this.#recogniser.end()
    this.#scanner.end()
    this.#root.closed = true
    for (const asset of this.#reader.finish(this.#root)) this.#tally(asset)
    return this.#format.name
  }

  /** What can be told so far. */
  take(): ReportItem[] {
    const items = this.#items
    if (items.length > 0) this.#items = []
    return items
  }

  /** What can be told of the findings that waited, and the move of the others out of memory. */
  async *takeWaiting(): AsyncGenerator<ReportItem> {
    const ready = (scope: Scope) => this.#ready(scope)
    for await (const { of, scope, pointer, body } of this.#waiting.take(ready)) {
      this.#read(of, body, scope, () => pointer)
      for (const item of this.take()) yield item
    }
    await this.#waiting.settle()
  }

  /** The end of each asset's scan, unless the report is only a part of one. */
  *completed(): Generator<ReportItem> {
    if (this.#options.partial) return
    for (const { asset, observed, rejected } of this.#tallies.values())
      yield { kind: 'completed', event: this.#events.completed(asset, observed + rejected + this.#rejectedSomewhere) }
  }

  close(): Promise<void> {
    return this.#waiting.close()
  }

  finding(of: string, bytes: Buffer | undefined, scope: Scope, pointer: PointerOf): void {
    const body = bytes ?? `The finding is longer than ${mebibytes(this.#limits.maxFindingBytes)}.`
    if (this.#waiting.count === 0 && this.#ready(scope)) this.#read(of, body, scope, pointer)
    else this.#wait({ scope, of, pointer: pointer(), body })
  }

  misplaced(scope: Scope, pointer: PointerOf, what: string): void {
    if (!this.#inspecting) this.#waiting.add({ scope, of: '', pointer: pointer(), body: `Expected ${what} here.` })
  }

  item(of: string, value: unknown, scope: Scope): void {
    this.#reader?.item?.(of, value, scope)
  }

  closed(scope: Scope): void {
    this.#reader?.closed?.(scope)
  }

  #ready(scope: Scope): boolean {
    return this.#root.closed || this.#reader?.ready(scope) === true
  }

  #scan(bytes: Buffer): void {
    if (bytes.length === 0) return
    if (this.#scanner) {
      this.#scanner.push(bytes)
      return
    }
    const name = this.#recogniser.look(bytes)
    if (name === undefined) {
      this.#pending.push(Buffer.from(bytes))
      return
    }
    const scanner = this.#begin(formats[name])
    for (const earlier of this.#pending) scanner.push(earlier)
    this.#pending = []
    scanner.push(bytes)
  }

  #begin(format: ReportFormat): JsonScanner {
    const outlines = { object: format.outline('object'), array: format.outline('array'), scalar: undefined }
    // OCSF names assets in its findings, so one must be read to know that it names any.
    const skips = this.#inspecting ? () => !format.manyDocuments || this.#sequence > 0 : undefined
    const walker = new OutlineWalker((type) => outlines[type], this, this.#root, format.manyDocuments, skips)
    this.#format = format
    this.#scanner = new JsonScanner(walker, {
      maxDepth: this.#limits.maxDepth,
      maxTakenBytes: this.#limits.maxFindingBytes,
      manyDocuments: format.manyDocuments,
    })
    this.#reader = format.reader({ naming: assetNaming(this.#options.asset), keep: (bytes) => this.#keep(bytes) })
    this.#items.push({ kind: 'format', format: format.name })
    return this.#scanner
  }

  #keep(bytes: number): void {
    this.#kept += bytes
    if (this.#kept > this.#limits.maxContextBytes)
      throw new ReportFault(
        'TOO_LARGE',
        `What the report's findings refer to takes more than ${mebibytes(this.#limits.maxContextBytes)}.`,
      )
  }

  #read(of: string, body: Buffer | string, scope: Scope, pointer: PointerOf): void {
    if (typeof body === 'string') {
      this.#reject(body, pointer(), undefined)
      return
    }
    const value = parseTaken(body, pointer)
    for (const reading of this.#reader?.read(of, value, scope) ?? []) this.#give(reading, pointer)
  }

  #give(reading: Reading, pointer: PointerOf): void {
    if ('finding' in reading) this.#observe(reading.finding, pointer)
    else if ('ignored' in reading) {
      if (reading.asset) this.#tally(reading.asset)
      this.#items.push({ kind: 'ignored', sequence: this.#next(), pointer: pointer(), reason: reading.ignored })
    } else this.#reject(reading.rejected, pointer() + (reading.at ?? ''), reading.asset)
  }

  #observe(finding: ReadFinding, pointer: PointerOf): void {
    try {
      const event = this.#events.observed(finding, this.#sequence)
      const tally = this.#tally(finding.asset)
      this.#items.push({ kind: 'observed', sequence: this.#next(), event })
      if (tally) tally.observed++
    } catch (fault) {
      if (!(fault instanceof Unusable)) throw fault
      this.#reject(fault.message, pointer(), finding.asset)
    }
  }

  #reject(reason: string, pointer: string, asset: ReportAsset | undefined): void {
    const tally = asset && this.#tally(asset)
    if (tally) tally.rejected++
    else this.#rejectedSomewhere++
    this.#items.push({ kind: 'rejected', sequence: this.#next(), pointer, reason })
  }

  /** The count of an asset's findings; `undefined` for an asset that cannot be told of. */
  #tally(asset: ReportAsset): Tally | undefined {
    let event: events.Asset
    try {
      event = this.#events.asset(asset)
    } catch (fault) {
      if (fault instanceof Unusable) return undefined
      throw fault
    }
    const id = event.id ?? ''
    const known = this.#tallies.get(id)
    if (known) return known
    this.#keep(ASSET_BYTES)
    const tally: Tally = { asset: event, observed: 0, rejected: 0 }
    this.#tallies.set(id, tally)
    return tally
  }

  #wait(finding: WaitingFinding): void {
    this.#waiting.add(finding)
    this.#bound(this.#sequence + this.#waiting.count)
  }

  #next(): number {
    this.#bound(this.#sequence + 1)
    return this.#sequence++
  }

  #bound(findings: number): void {
    if (findings > this.#limits.maxFindings)
      throw new ReportFault('TOO_LARGE', `The report has more than ${this.#limits.maxFindings} findings.`)
  }
}

function mebibytes(bytes: number): string {
  return bytes >= 1024 * 1024 ? `${Math.round(bytes / 1024 / 1024)} MiB` : `${bytes} bytes`
}
