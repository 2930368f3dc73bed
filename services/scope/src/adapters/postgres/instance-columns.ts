import { type Columns, type InstanceColumns, leavesOf, type Query } from '@reprieve/query'
import { type RawBuilder, sql } from 'kysely'

/** Ranks as stored, in the words of the query language. */
const SEVERITY = `(ARRAY['unknown', 'none', 'low', 'medium', 'high', 'critical'])[i.severity + 1]`

/** A feed's score before the scanners'. */
export const CVSS = 'coalesce(v.cvss, i.cvss)'
export const EPSS = 'coalesce(v.epss, i.epss)'
/** True if the catalogue or any scanner says so; no silence or ignorance of one may make an instance look better than it is. */
export const KEV = 'coalesce(v.kev OR i.kev, v.kev, i.kev)'

/**
 * Where each field of a query comes from, over `instance i`, `asset a` and `vulnerability v`. Lists filter by these expressions and the
 * matcher's rows are read by them, so that both see the same values.
 */
export const INSTANCE_COLUMNS: InstanceColumns = {
  id: { sql: 'i.id', type: 'uuid' },
  vulnerability: { sql: 'v.canonical', type: 'text' },
  aliases: { sql: 'v.ids', type: 'text[]' },
  title: { sql: 'i.title', type: 'text' },
  severity: { sql: SEVERITY, type: 'text' },
  scannerSeverity: { sql: 'i.scanner_severity', type: 'text' },
  cvss: { sql: CVSS, type: 'float8' },
  epss: { sql: EPSS, type: 'float8' },
  kev: { sql: KEV, type: 'boolean' },
  fixAvailable: { sql: 'i.fix_available', type: 'boolean' },
  'asset.id': { sql: 'a.id', type: 'text' },
  'asset.name': { sql: 'a.name', type: 'text' },
  'asset.type': { sql: 'a.type', type: 'text' },
  'asset.os': { sql: 'a.os', type: 'text' },
  'asset.owner': { sql: 'a.owner', type: 'text' },
  'asset.businessUnit': { sql: 'a.business_unit', type: 'text' },
  'asset.environment': { sql: 'a.environment', type: 'text' },
  'asset.exposure': { sql: 'a.exposure', type: 'text' },
  'asset.criticality': { sql: 'a.criticality', type: 'text' },
  'asset.tags': { sql: 'a.tags', type: 'text[]' },
  'component.name': { sql: 'i.component_name', type: 'text' },
  'component.version': { sql: 'i.component_version', type: 'text' },
  'component.purl': { sql: 'i.component_purl', type: 'text' },
  location: { sql: 'i.location', type: 'text' },
  port: { sql: 'i.port', type: 'int8' },
  scanners: { sql: 'i.scanners', type: 'text[]' },
  firstSeen: { sql: 'i.first_seen', type: 'timestamptz' },
}

/** For FROM: everything that `INSTANCE_COLUMNS` names. */
export const INSTANCE_TABLES: RawBuilder<unknown> = sql`
  instance i JOIN asset a ON a.key = i.asset_key JOIN vulnerability v ON v.key = i.vulnerability_key`

/** Which of the tables an expression reads. */
export const tablesNamed = (expression: string): ReadonlySet<string> => new Set(expression.match(/\b[iav](?=\.)/g))

/** For FROM: only those of the tables that a query needs. Every instance has one row in each. */
export function tablesOf(query: Query): RawBuilder<unknown> {
  const columns: Columns = INSTANCE_COLUMNS
  const named = tablesNamed(
    leavesOf(query)
      .map(({ field }) => columns[field]?.sql)
      .join(' '),
  )
  const asset = named.has('a') ? sql`JOIN asset a ON a.key = i.asset_key` : sql``
  const vulnerability = named.has('v') ? sql`JOIN vulnerability v ON v.key = i.vulnerability_key` : sql``
  return sql`instance i ${asset} ${vulnerability}`
}
