import { type FeedEntry, FeedFault, instantOf } from '../../domain/feeds/feed.js'
import { kevEntry } from '../../domain/feeds/kev.js'
import { nvdEntry } from '../../domain/feeds/nvd.js'
import { type JsonConsumer, JsonScanner, type ValueType, type Wish } from '../formats/json/json-scanner.js'
import { ReportFault } from '../formats/report-fault.js'
import { Utf8Gate } from '../formats/utf8-gate.js'
import type { DocumentAbout, DocumentReading } from './document-reading.js'

const MAX_DEPTH = 64
const MAX_VALUE_BYTES = 1024 * 1024

type Members = Readonly<Record<string, unknown>>

interface Shape {
  /** Members of the document that are read. */
  readonly head: ReadonlySet<string>
  /** Where an entry's members stand: in the element itself, or in a member of it. */
  readonly inside: string | null
  readonly members: ReadonlySet<string>
}

/** A JSON document whose entries are the elements of its list `vulnerabilities`. What is not named is run over. */
abstract class JsonReading implements DocumentReading, JsonConsumer {
  readonly #gate = new Utf8Gate()
  readonly #scanner = new JsonScanner(this, {
    maxDepth: MAX_DEPTH,
    maxTakenBytes: MAX_VALUE_BYTES,
    manyDocuments: false,
  })
  readonly #levels: ('document' | 'list' | 'element' | 'inside')[] = []
  #head: Record<string, unknown> = {}
  #members: Record<string, unknown> = {}
  #key: string | undefined
  #hasList = false
  #entries: FeedEntry[] = []
  protected count = 0

  constructor(
    private readonly name: string,
    private readonly shape: Shape,
  ) {}

  protected abstract entry(members: Members): FeedEntry | string
  protected abstract about(head: Members): DocumentAbout

  push(chunk: Buffer): void {
    this.#told(() => this.#scanner.push(this.#gate.pass(chunk)))
  }

  take(): FeedEntry[] {
    const entries = this.#entries
    this.#entries = []
    return entries
  }

  end(): DocumentAbout {
    this.#told(() => {
      this.#scanner.push(this.#gate.end())
      this.#scanner.end()
    })
    if (!this.#hasList) this.fail('/vulnerabilities', 'the list of vulnerabilities is not there')
    return this.about(this.#head)
  }

  value(key: string | number | undefined, type: ValueType): Wish {
    const level = this.#levels.at(-1)
    const name = String(key)
    switch (level) {
      case undefined:
        if (type !== 'object') this.fail('', 'the document is no object')
        this.#levels.push('document')
        return 'enter'
      case 'document':
        if (name === 'vulnerabilities') {
          if (type !== 'array' || this.#hasList) this.fail('/vulnerabilities', 'here is no one list of vulnerabilities')
          this.#hasList = true
          this.#levels.push('list')
          return 'enter'
        }
        return this.#wanted(this.shape.head, name)
      case 'list':
        if (type !== 'object') this.fail(this.#place(), 'the entry is no object')
        this.#members = {}
        this.#levels.push('element')
        return 'enter'
      case 'element':
        if (this.shape.inside === null) return this.#wanted(this.shape.members, name)
        if (name !== this.shape.inside || type !== 'object') return 'skip'
        this.#levels.push('inside')
        return 'enter'
      case 'inside':
        return this.#wanted(this.shape.members, name)
    }
  }

  taken(bytes: Buffer | undefined): void {
    const key = this.#key ?? ''
    const inEntry = this.#levels.at(-1) !== 'document'
    const place = inEntry ? `${this.#place()}/${key}` : `/${key}`
    if (bytes === undefined) this.fail(place, `more than ${MAX_VALUE_BYTES} bytes stand here`)
    let value: unknown
    try {
      value = JSON.parse(bytes.toString('utf8'))
    } catch {
      this.fail(place, 'this is not JSON')
    }
    if (inEntry) this.#members[key] = value
    else this.#head[key] = value
  }

  left(): void {
    if (this.#levels.pop() !== 'element') return
    const entry = this.entry(this.#members)
    if (typeof entry === 'string') this.fail(this.#place(), entry)
    this.#entries.push(entry)
    this.count += 1
  }

  protected fail(pointer: string, what: string): never {
    throw new FeedFault('FEED_MALFORMED', `${this.name}, at ${pointer || 'the top'}: ${what}.`)
  }

  protected get isEmpty(): boolean {
    return this.count === 0
  }

  protected empty(): never {
    throw new FeedFault('FEED_EMPTY', `${this.name} has no entries.`)
  }

  #wanted(names: ReadonlySet<string>, name: string): Wish {
    if (!names.has(name)) return 'skip'
    this.#key = name
    return 'take'
  }

  #place(): string {
    return `/vulnerabilities/${this.count}`
  }

  #told(work: () => void): void {
    try {
      work()
    } catch (error) {
      if (!(error instanceof ReportFault)) throw error
      const detail = error.detail.replaceAll('The report', 'The document')
      const code = error.code === 'TRUNCATED' ? 'FEED_TRUNCATED' : 'FEED_MALFORMED'
      throw new FeedFault(code, `${this.name}, after ${this.count} entries: ${detail}`, { cause: error })
    }
  }
}

/** CISA's known_exploited_vulnerabilities.json. */
export class KevReading extends JsonReading {
  constructor(name: string) {
    super(name, { head: new Set(['dateReleased', 'count']), inside: null, members: new Set(['cveID']) })
  }

  protected entry({ cveID }: Members): FeedEntry | string {
    return kevEntry(cveID)
  }

  protected about({ dateReleased, count }: Members): DocumentAbout {
    const dated = instantOf(dateReleased)
    if (dated === null) this.fail('/dateReleased', 'there is no time here')
    if (this.isEmpty) this.empty()
    if (count !== undefined && count !== this.count) {
      this.fail('/count', `${JSON.stringify(count)} entries are announced, and ${this.count} are there`)
    }
    return { dated, entries: this.count, next: null }
  }
}

/** NVD's JSON 2.0: its files, and the pages of its API. */
export class NvdReading extends JsonReading {
  constructor(name: string) {
    super(name, {
      head: new Set(['timestamp', 'startIndex', 'totalResults', 'format', 'version']),
      inside: 'cve',
      members: new Set(['id', 'lastModified', 'vulnStatus', 'metrics']),
    })
  }

  protected entry(members: Members): FeedEntry | string {
    return nvdEntry(members)
  }

  protected about({ timestamp, startIndex, totalResults, version }: Members): DocumentAbout {
    const dated = instantOf(timestamp)
    if (dated === null) this.fail('/timestamp', 'there is no time here')
    if (version !== undefined && version !== '2.0') this.fail('/version', 'only version 2.0 is read')
    const read = (typeof startIndex === 'number' ? startIndex : 0) + this.count
    const more = typeof totalResults === 'number' && totalResults > read && !this.isEmpty
    return { dated, entries: this.count, next: more ? read : null }
  }
}
