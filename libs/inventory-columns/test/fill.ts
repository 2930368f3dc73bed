import type { InstanceRow } from '@reprieve/query'
import { codeOfBool, type InventoryColumns, uuidWords } from '../src/index.js'

const RANKS = ['unknown', 'none', 'low', 'medium', 'high', 'critical']

/** What a test says of a row: as queries see it, and what they do not. */
export interface Told {
  readonly key: number
  readonly row: InstanceRow
  readonly open?: boolean
  /** What the feeds say; the rest of the row is what scanners say. */
  readonly feed?: { readonly cvss: number | null; readonly epss: number | null; readonly kev: boolean | null }
  readonly asset?: number
  readonly vulnerability?: number
}

const NO_FEED = { cvss: null, epss: null, kev: null }

/** Puts a row in, with its asset and vulnerability; by default it has its own of either. */
export function put(inventory: InventoryColumns, told: Told): void {
  const { key, row, open = true, feed = NO_FEED, asset = key, vulnerability = key } = told
  const { rows } = inventory
  const { dictionaries } = rows
  rows.assets.put(asset, {
    id: row['asset.id'],
    name: row['asset.name'],
    type: row['asset.type'],
    os: row['asset.os'],
    owner: row['asset.owner'],
    businessUnit: row['asset.businessUnit'],
    environment: row['asset.environment'],
    exposure: row['asset.exposure'],
    criticality: row['asset.criticality'],
    tags: row['asset.tags'],
  })
  rows.vulnerabilities.put(vulnerability, { canonical: row.vulnerability, ids: row.aliases, ...feed })
  rows.put({
    key,
    asset,
    vulnerability,
    id: uuidWords(row.id ?? '') ?? new Uint32Array(4),
    open,
    severity: RANKS.indexOf(row.severity ?? 'unknown'),
    kev: codeOfBool(row.kev),
    fixAvailable: codeOfBool(row.fixAvailable),
    firstSeen: row.firstSeen?.getTime() ?? Number.NaN,
    scannerSeverity: dictionaries.scannerSeverity.codeOfText(row.scannerSeverity),
    title: dictionaries.title.codeOfText(row.title),
    cvss: dictionaries.cvss.codeOfNumber(row.cvss),
    epss: dictionaries.epss.codeOfNumber(row.epss),
    componentName: dictionaries.componentName.codeOfText(row['component.name']),
    componentVersion: dictionaries.componentVersion.codeOfText(row['component.version']),
    componentPurl: dictionaries.componentPurl.codeOfText(row['component.purl']),
    location: dictionaries.location.codeOfText(row.location),
    port: dictionaries.port.codeOfNumber(row.port),
    scanners: dictionaries.scanners.codeOfList(row.scanners),
  })
}

/** The row that SQL would make of what scanners and feeds say. */
export function seen({ row, feed = NO_FEED }: Told): InstanceRow {
  const known = (score: number | null) => score !== null && !Number.isNaN(score)
  return {
    ...row,
    cvss: known(feed.cvss) ? feed.cvss : row.cvss,
    epss: known(feed.epss) ? feed.epss : row.epss,
    kev: feed.kev === true || row.kev === true ? true : (feed.kev ?? row.kev),
  }
}
