import { rowOf } from '@reprieve/query/test-support'
import fc from 'fast-check'
import { type SortBy, type SortField, uuidText } from '../src/index.js'
import { seen, type Told } from './fill.js'

export const NAMES = ['web-1', 'web-10', 'Web-2', 'é', 'z', '日本', '𝒳', 'ｚ', 'a'] as const
const SEVERITIES = ['unknown', 'none', 'low', 'medium', 'high', 'critical'] as const
const FIELDS: readonly SortField[] = ['severity', 'cvss', 'epss', 'firstSeen', 'asset.name', 'vulnerability']

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 4 })
export const idOf = (words: readonly number[]) => uuidText(words.map((word) => word >>> 0))

/** All of a row that orders look at, but for its id. */
export const sortedValues = fc.record({
  severity: fc.constantFrom(...SEVERITIES),
  cvss: maybe(fc.constantFrom(0, 5, 9.8, 10)),
  epss: maybe(fc.constantFrom(0, 0.00001, 1)),
  firstSeen: maybe(fc.integer({ min: 0, max: 3 }).map((day) => new Date(day * 86_400_000))),
  'asset.name': fc.constantFrom(...NAMES),
  vulnerability: fc.constantFrom(...NAMES),
})

/** Rows that are alike in much, ids too. */
export const sortedRow = fc
  .record({
    id: fc.tuple(fc.constantFrom(0, 1, 0xffff_ffff), fc.nat(1), fc.constantFrom(0, 0x8000_0000), fc.nat(0xffff_ffff)),
    values: sortedValues,
    feed: fc.record({ cvss: maybe(fc.constantFrom(5, 9.9)), epss: fc.constant(null), kev: fc.constant(null) }),
    open: fc.boolean(),
  })
  .map(({ id, values, feed, open }) => ({ row: rowOf({ ...values, id: idOf(id) }), feed, open }))

export const sortOrder = fc
  .uniqueArray(fc.constantFrom(...FIELDS), { minLength: 1, maxLength: 3 })
  .chain((fields) =>
    fc.tuple(...fields.map((field) => fc.boolean().map((descending): SortBy => ({ field, descending })))),
  )

/** As positions have it: of severity the rank, of a time milliseconds. */
export function valueIn(one: Told, field: SortField): string | number | null {
  const row = seen(one)
  if (field === 'severity') return SEVERITIES.indexOf(row.severity as (typeof SEVERITIES)[number])
  if (field === 'firstSeen') return row.firstSeen?.getTime() ?? null
  return row[field]
}

/** As PostgreSQL does: texts by their bytes, what is missing last, ties by id in the direction of the first field. */
export function compared(a: Told, b: Told, by: readonly SortBy[]): number {
  for (const { field, descending } of by) {
    const left = valueIn(a, field)
    const right = valueIn(b, field)
    if (left === right) continue
    if (left === null || right === null) return left === null ? 1 : -1
    const order =
      typeof left === 'number' ? left - Number(right) : Buffer.compare(Buffer.from(left), Buffer.from(String(right)))
    if (order !== 0) return descending ? -order : order
  }
  const order = (a.row.id ?? '') < (b.row.id ?? '') ? -1 : 1
  return by[0]?.descending ? -order : order
}
