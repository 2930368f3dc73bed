import { type InstanceRow, instanceFields } from '@reprieve/query'
import fc from 'fast-check'

/** The instant that generated queries and rows are made around. */
export const NOW = new Date('2026-03-01T12:00:00.000Z')

const HOUR = 3_600_000

/** Texts that rows and queries both draw from, so that they meet; among them all that SQL, CEL or JSON could get wrong. */
export const TEXTS = [
  'production',
  'staging',
  'Production',
  'CVE-2024-0001',
  'CVE-2024-00010',
  'GHSA-aaaa-bbbb-cccc',
  'team:payments',
  'team:',
  '',
  ' ',
  'a%b',
  'a_b',
  'axb',
  '100%',
  'a\\b',
  'C:\\app\\',
  "it's",
  '"quoted"',
  'line\nbreak',
  'tab\t\u0001\u007f',
  'é',
  'e\u0301',
  'ﬁ',
  '日本語',
  '𝒳-asset',
  '🔥',
  '🔥🔥',
  'NULL',
  '{a,b}',
  '$1',
] as const

/** Ids of instances, which a database keeps as uuid. */
export const IDS = [
  '0198c0de-0000-7000-8000-000000000001',
  '0198c0de-0000-7000-8000-000000000002',
  '0198c0de-0000-7000-8000-00000000000a',
] as const

/** Thresholds that queries use, and the numbers just beside them. */
export const SCORES = [
  0, -0, 4, 6.999999999999999, 7, 7.000000000000001, 7.5, 9.8, 10, 0.1, 0.30000000000000004, 1e-7, 5e-324, -1, 1e21,
]

export const PORTS = [0, 22, 80, 443, 65535, -1]

/** Ages in milliseconds that queries compare with; rows lie on them and a millisecond to either side. */
export const AGES = [0, HOUR, 720 * HOUR, 720 * HOUR + 1, -HOUR, 24 * HOUR * 365]

const known = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 4 })
const text = fc.constantFrom(...TEXTS)
const texts = fc.array(text, { maxLength: 4 })
const time = fc
  .tuple(fc.constantFrom(...AGES), fc.constantFrom(-1, 0, 1, 0))
  .map(([age, beside]) => new Date(NOW.getTime() - age + beside))

// A few words that the registry does not have: what is stored does not depend on it.
const enumerated = (field: 'severity' | 'asset.type' | 'asset.exposure' | 'asset.criticality') =>
  known(fc.constantFrom(...instanceFields[field].values, 'other'))

/** Rows with missing values, NaN, −0, infinities, empty lists, duplicates and values at every threshold. */
export const instanceRow: fc.Arbitrary<InstanceRow> = fc.record({
  id: known(fc.constantFrom(...IDS)),
  vulnerability: known(text),
  aliases: known(texts),
  title: known(text),
  severity: enumerated('severity'),
  scannerSeverity: known(text),
  cvss: known(fc.constantFrom(...SCORES, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)),
  epss: known(fc.constantFrom(...SCORES, Number.NaN)),
  kev: known(fc.boolean()),
  fixAvailable: known(fc.boolean()),
  'asset.id': known(text),
  'asset.name': known(text),
  'asset.type': enumerated('asset.type'),
  'asset.os': known(text),
  'asset.owner': known(text),
  'asset.businessUnit': known(text),
  'asset.environment': known(text),
  'asset.exposure': enumerated('asset.exposure'),
  'asset.criticality': enumerated('asset.criticality'),
  'asset.tags': known(texts),
  'component.name': known(text),
  'component.version': known(text),
  'component.purl': known(text),
  location: known(text),
  port: known(fc.constantFrom(...PORTS)),
  scanners: known(texts),
  firstSeen: known(time),
})

/** A row of which only what is given is known. */
export function rowOf(values: Partial<InstanceRow> = {}): InstanceRow {
  const names = Object.keys(instanceFields).filter((name) => name !== 'now')
  const unknown = Object.fromEntries(names.map((name) => [name, null])) as unknown as InstanceRow
  return { ...unknown, ...values }
}
