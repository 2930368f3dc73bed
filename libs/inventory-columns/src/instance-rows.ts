import { EntityTable, type EntityValues } from './entity-table.js'
import { KeyIndex } from './key-index.js'
import { ListDictionary } from './list-dictionary.js'
import { NumberDictionary } from './number-dictionary.js'
import { bytePages, codePages, numberPages, shortPages, wordPages } from './pages.js'
import { TextDictionary } from './text-dictionary.js'
import { uuidText } from './uuid.js'
import { blockBits, Zones } from './zones.js'

export const ASSET_FIELDS = {
  id: 'text',
  name: 'text',
  type: 'text',
  os: 'text',
  owner: 'text',
  businessUnit: 'text',
  environment: 'text',
  exposure: 'text',
  criticality: 'text',
  tags: 'list',
} as const

export const VULNERABILITY_FIELDS = {
  canonical: 'text',
  ids: 'list',
  // As feeds say, which goes before what scanners say.
  cvss: 'number',
  epss: 'number',
  kev: 'bool',
} as const

export type AssetValues = EntityValues<typeof ASSET_FIELDS>
export type VulnerabilityValues = EntityValues<typeof VULNERABILITY_FIELDS>

/** An instance with its texts, lists and numbers as their dictionaries number them. One object can be used again and again. */
export interface CodedInstance {
  /** Its own key, and those of its asset and vulnerability. */
  key: number
  asset: number
  vulnerability: number
  /** 128 bits, the highest first. */
  id: Uint32Array
  open: boolean
  /** 0 unknown … 5 critical. */
  severity: number
  /** 0 unknown, 1 false, 2 true. */
  kev: number
  fixAvailable: number
  /** In milliseconds since the epoch; NaN where it is unknown. */
  firstSeen: number
  scannerSeverity: number
  title: number
  cvss: number
  epss: number
  componentName: number
  componentVersion: number
  componentPurl: number
  location: number
  port: number
  scanners: number
}

export const SEVERITIES = ['unknown', 'none', 'low', 'medium', 'high', 'critical'] as const

/** Severity, KEV, fix and status in one byte: any question of only these is one look. */
export const flagsOf = (row: Pick<CodedInstance, 'severity' | 'kev' | 'fixAvailable' | 'open'>): number =>
  row.severity | (row.kev << 3) | (row.fixAvailable << 5) | (row.open ? 0x80 : 0)

// 50 bits of an id fit into one number with a severity.
const ID_SHARE = 2 ** 50

/** A number that orders by severity and then by the beginning of the id: its first two words. */
export const severityKey = (severity: number, high: number, low: number): number =>
  severity * ID_SHARE + high * 2 ** 18 + (low >>> 14)

/** The zone of a block's rows of one severity. */
export const severityZone = (block: number, severity: number): number => block * SEVERITIES.length + severity

export const severityOf = (flags: number): number => flags & 7
export const kevOf = (flags: number): number => (flags >>> 3) & 3
export const fixAvailableOf = (flags: number): number => (flags >>> 5) & 3
export const isOpen = (flags: number): boolean => flags >= 0x80

/** A row that is none: its severity is none of the six. */
export const NO_ROW = 7
export const isRow = (flags: number): boolean => severityOf(flags) < SEVERITIES.length

/** What is kept of every instance: about ninety bytes. */
export class InstanceRows {
  readonly assets = new EntityTable(ASSET_FIELDS)
  readonly vulnerabilities = new EntityTable(VULNERABILITY_FIELDS)
  readonly dictionaries = {
    scannerSeverity: new TextDictionary(),
    title: new TextDictionary(),
    cvss: new NumberDictionary(),
    epss: new NumberDictionary(),
    componentName: new TextDictionary(),
    componentVersion: new TextDictionary(),
    componentPurl: new TextDictionary(),
    location: new TextDictionary(),
    port: new NumberDictionary(),
    scanners: new ListDictionary(),
  }
  readonly columns
  readonly flags
  readonly firstSeen
  readonly ids
  readonly keys
  /** How many exceptions in force suppress, defer it. */
  readonly suppressed
  readonly deferred
  /** Of each block of rows: of those of one severity (`severityZone`) by `severityKey`, and of all by when they were seen first. */
  readonly zones = { severity: new Zones(), firstSeen: new Zones() }
  readonly #blockBits: number
  readonly #slots = new KeyIndex()
  #end = 1
  #count = 0

  /** @param bits a page has two to the power of this many rows */
  constructor(readonly bits: number) {
    this.columns = {
      asset: codePages(bits),
      vulnerability: codePages(bits),
      scannerSeverity: codePages(bits),
      title: codePages(bits),
      cvss: codePages(bits),
      epss: codePages(bits),
      componentName: codePages(bits),
      componentVersion: codePages(bits),
      componentPurl: codePages(bits),
      location: codePages(bits),
      port: codePages(bits),
      scanners: codePages(bits),
    }
    this.flags = bytePages(bits, NO_ROW)
    this.firstSeen = numberPages(bits, Number.NaN)
    this.ids = wordPages(bits, 4)
    this.keys = numberPages(bits)
    this.suppressed = shortPages(bits)
    this.deferred = shortPages(bits)
    this.#blockBits = blockBits(bits)
  }

  /** How many rows there are. */
  get count(): number {
    return this.#count
  }

  /** One more than the largest slot. Slots are not used again: a set that still names a removed row must not name another. */
  get size(): number {
    return this.#end
  }

  get bytes(): number {
    const { flags, firstSeen, ids, keys, suppressed, deferred, zones } = this
    const pages = [
      ...Object.values(this.columns),
      flags,
      firstSeen,
      ids,
      keys,
      suppressed,
      deferred,
      ...Object.values(zones),
    ]
    return [...pages, ...Object.values(this.dictionaries), this.assets, this.vulnerabilities, this.#slots].reduce(
      (sum, { bytes }) => sum + bytes,
      0,
    )
  }

  /** 0 where there is none. */
  slotOf(key: number): number {
    return this.#slots.find(key)
  }

  put(row: CodedInstance): void {
    let slot = this.#slots.find(row.key)
    if (slot === 0) {
      slot = this.#end++
      this.#slots.set(row.key, slot)
      this.keys.set(slot, row.key)
    }
    if (!isRow(this.flags.get(slot))) this.#count++
    const { columns } = this
    columns.asset.set(slot, this.assets.slotOf(row.asset))
    columns.vulnerability.set(slot, this.vulnerabilities.slotOf(row.vulnerability))
    columns.scannerSeverity.set(slot, row.scannerSeverity)
    columns.title.set(slot, row.title)
    columns.cvss.set(slot, row.cvss)
    columns.epss.set(slot, row.epss)
    columns.componentName.set(slot, row.componentName)
    columns.componentVersion.set(slot, row.componentVersion)
    columns.componentPurl.set(slot, row.componentPurl)
    columns.location.set(slot, row.location)
    columns.port.set(slot, row.port)
    columns.scanners.set(slot, row.scanners)
    this.firstSeen.set(slot, row.firstSeen)
    const page = this.ids.page(slot)
    page.set(row.id, (slot & (2 ** this.bits - 1)) * 4)
    this.suppressed.page(slot)
    this.deferred.page(slot)
    this.flags.set(slot, flagsOf(row))
    const block = slot >>> this.#blockBits
    const key = severityKey(row.severity, row.id[0] as number, row.id[1] as number)
    this.zones.severity.widen(severityZone(block, row.severity), key)
    if (!Number.isNaN(row.firstSeen)) this.zones.firstSeen.widen(block, row.firstSeen)
  }

  remove(key: number): void {
    const slot = this.#slots.find(key)
    if (slot === 0 || !isRow(this.flags.get(slot))) return
    this.flags.set(slot, NO_ROW)
    this.#count--
  }

  /** The keys of a row and of its asset. */
  at(slot: number): { asset: number; instance: number } {
    return { asset: this.assets.keyOf(this.columns.asset.get(slot)), instance: this.keys.get(slot) }
  }

  idOf(slot: number): string {
    return uuidText(Array.from({ length: 4 }, (_, word) => this.idWord(slot, word)))
  }

  /** A quarter (0 the highest) of a row's id. */
  idWord(slot: number, word: number): number {
    const page = this.ids.pages[slot >>> this.bits] as Uint32Array
    return page[(slot & (2 ** this.bits - 1)) * 4 + word] as number
  }
}
