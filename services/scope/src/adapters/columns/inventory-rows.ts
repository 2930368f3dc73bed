import { type CodedInstance, codeOfBool, type InventoryColumns } from '@reprieve/inventory-columns'
import type { CopiedRow } from './copy-decoder.js'

// What is read of each table, in this order. What a query sees of it is in instance-columns.ts; the scores of feeds come with the vulnerability.

export const ASSET_COLUMNS =
  'a.key, a.id, a.name, a.type, a.os, a.owner, a.business_unit, a.environment, a.exposure, a.criticality, a.tags'
export const ASSET_FIELDS = 11

export const VULNERABILITY_COLUMNS = 'v.key, v.canonical, v.ids, v.cvss, v.epss, v.kev'
export const VULNERABILITY_FIELDS = 6

export const INSTANCE_COLUMNS =
  'i.key, i.asset_key, i.vulnerability_key, i.id, i.open, i.severity, i.kev, i.fix_available, i.first_seen, ' +
  'i.scanner_severity, i.title, i.cvss, i.epss, i.component_name, i.component_version, i.component_purl, i.location, ' +
  'i.port, i.scanners'
export const INSTANCE_FIELDS = 19

export const MEMBER_COLUMNS = 'm.exception_key, m.instance_key'
export const MEMBER_FIELDS = 2

export function putAsset(inventory: InventoryColumns, row: CopiedRow): void {
  inventory.rows.assets.put(row.int4(0), {
    id: row.text(1),
    name: row.text(2),
    type: row.text(3),
    os: row.text(4),
    owner: row.text(5),
    businessUnit: row.text(6),
    environment: row.text(7),
    exposure: row.text(8),
    criticality: row.text(9),
    tags: row.texts(10),
  })
}

export function putVulnerability(inventory: InventoryColumns, row: CopiedRow): void {
  inventory.rows.vulnerabilities.put(row.int4(0), {
    canonical: row.text(1),
    ids: row.texts(2),
    cvss: row.float8(3),
    epss: row.float8(4),
    kev: row.bool(5),
  })
}

/** Puts instances in as they are copied: their texts go into the dictionaries as the bytes that came, none is made a string. */
export class InstanceCoder {
  readonly #coded: CodedInstance = {
    key: 0,
    asset: 0,
    vulnerability: 0,
    id: new Uint32Array(4),
    open: false,
    severity: 0,
    kev: 0,
    fixAvailable: 0,
    firstSeen: 0,
    scannerSeverity: 0,
    title: 0,
    cvss: 0,
    epss: 0,
    componentName: 0,
    componentVersion: 0,
    componentPurl: 0,
    location: 0,
    port: 0,
    scanners: 0,
  }
  #scanners = new Int32Array(16)

  constructor(private readonly inventory: InventoryColumns) {}

  put(row: CopiedRow): number {
    const coded = this.#coded
    const { dictionaries } = this.inventory.rows
    coded.key = row.int8(0)
    coded.asset = row.int4(1)
    coded.vulnerability = row.int4(2)
    const id = row.start(3)
    for (let word = 0; word < 4; word++) coded.id[word] = row.bytes.readUInt32BE(id + word * 4)
    coded.open = row.bool(4) === true
    coded.severity = row.int2(5)
    coded.kev = codeOfBool(row.bool(6))
    coded.fixAvailable = codeOfBool(row.bool(7))
    coded.firstSeen = row.time(8)
    coded.scannerSeverity = textIn(dictionaries.scannerSeverity, row, 9)
    coded.title = textIn(dictionaries.title, row, 10)
    coded.cvss = dictionaries.cvss.codeOfNumber(row.float8(11))
    coded.epss = dictionaries.epss.codeOfNumber(row.float8(12))
    coded.componentName = textIn(dictionaries.componentName, row, 13)
    coded.componentVersion = textIn(dictionaries.componentVersion, row, 14)
    coded.componentPurl = textIn(dictionaries.componentPurl, row, 15)
    coded.location = textIn(dictionaries.location, row, 16)
    coded.port = row.isNull(17) ? 0 : dictionaries.port.codeOfNumber(row.int4(17))
    coded.scanners = this.#listIn(row, 18)
    this.inventory.rows.put(coded)
    return coded.key
  }

  #listIn(row: CopiedRow, field: number): number {
    if (row.isNull(field)) return 0
    const { scanners } = this.inventory.rows.dictionaries
    const count = row.forEachOf(field, (start, end, index) => {
      if (index === this.#scanners.length) {
        const larger = new Int32Array(index * 2)
        larger.set(this.#scanners)
        this.#scanners = larger
      }
      this.#scanners[index] = scanners.elements.codeOf(row.bytes, start, end)
    })
    return scanners.codeOfElements(this.#scanners, count)
  }
}

type TextDictionary = InventoryColumns['rows']['dictionaries']['title']

function textIn(dictionary: TextDictionary, row: CopiedRow, field: number): number {
  return row.isNull(field) ? 0 : dictionary.codeOf(row.bytes, row.start(field), row.end(field))
}
