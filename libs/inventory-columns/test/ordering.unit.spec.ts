import { rowOf } from '@reprieve/query/test-support'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { InventoryColumns, type Position, type SortBy, type SortField, uuidText } from '../src/index.js'
import { put, seen, type Told } from './fill.js'

const NAMES = ['web-1', 'web-10', 'Web-2', 'é', 'z', '日本', '𝒳', 'ｚ', 'a'] as const
const SEVERITIES = ['unknown', 'none', 'low', 'medium', 'high', 'critical'] as const
const FIELDS: readonly SortField[] = ['severity', 'cvss', 'epss', 'firstSeen', 'asset.name', 'vulnerability']

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 4 })
const idOf = (words: readonly number[]) => uuidText(words.map((word) => word >>> 0))
const told = fc
  .record({
    id: fc.tuple(fc.constantFrom(0, 1, 0xffff_ffff), fc.nat(1), fc.constantFrom(0, 0x8000_0000), fc.nat(0xffff_ffff)),
    severity: fc.constantFrom(...SEVERITIES),
    cvss: maybe(fc.constantFrom(0, 5, 9.8, 10)),
    epss: maybe(fc.constantFrom(0, 0.00001, 1)),
    firstSeen: fc.integer({ min: 0, max: 3 }).map((day) => new Date(day * 86_400_000)),
    'asset.name': fc.constantFrom(...NAMES),
    vulnerability: fc.constantFrom(...NAMES),
    feed: fc.record({
      cvss: maybe(fc.constantFrom(5, 9.9)),
      epss: fc.constant(null),
      kev: fc.constant(null),
    }),
  })
  .map(({ id, feed, ...values }, ..._) => ({ row: rowOf({ ...values, id: idOf(id) }), feed }))
const sort = fc
  .uniqueArray(fc.constantFrom(...FIELDS), { minLength: 1, maxLength: 3 })
  .chain((fields) =>
    fc.tuple(...fields.map((field) => fc.boolean().map((descending): SortBy => ({ field, descending })))),
  )

function valueIn(one: Told, field: SortField): string | number | null {
  const row = seen(one)
  if (field === 'severity') return SEVERITIES.indexOf(row.severity as (typeof SEVERITIES)[number])
  if (field === 'firstSeen') return row.firstSeen?.getTime() ?? null
  return row[field]
}

/** As PostgreSQL does: texts by their bytes, what is missing last, ties by id in the direction of the first field. */
function compared(a: Told, b: Told, by: readonly SortBy[]): number {
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

it('pages in any order are those of a sorted list, none twice and none left out', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(told, { minLength: 1, maxLength: 120, size: 'max', selector: ({ row }) => row.id }),
      sort,
      fc.integer({ min: 1, max: 9 }),
      (rows, by, limit) => {
        const inventory = new InventoryColumns(5)
        const stored = rows.map((one, index): Told => ({ key: index + 1, ...one }))
        for (const one of stored) put(inventory, one)
        const selection = inventory.select({
          query: null,
          status: 'all',
          coverage: 'all',
          memberOf: null,
          now: 0,
        })
        const found: number[] = []
        let after: Position | null = null
        for (;;) {
          const page: number[] = inventory
            .first(selection, by, after, limit)
            .map((slot) => inventory.rows.keys.get(slot))
          found.push(...page)
          const last = stored[(page.at(-1) ?? 0) - 1]
          if (last === undefined) break
          after = { values: by.map(({ field }) => valueIn(last, field)), id: last.row.id ?? '' }
        }
        expect(found).toEqual(stored.toSorted((a, b) => compared(a, b, by)).map(({ key }) => key))
      },
    ),
    { numRuns: 150 },
  )
})

it('a page goes on behind a text that no row has any more', () => {
  const inventory = new InventoryColumns(5)
  NAMES.forEach((name, index) => {
    put(inventory, { key: index + 1, row: rowOf({ 'asset.name': name, id: idOf([index, 0, 0, 0]) }) })
  })
  const selection = inventory.select({ query: null, status: 'all', coverage: 'all', memberOf: null, now: 0 })
  const names = (after: string, descending: boolean) =>
    inventory
      .first(selection, [{ field: 'asset.name', descending }], { values: [after], id: idOf([0, 0, 0, 0]) }, 3)
      .map((slot) => NAMES[inventory.rows.keys.get(slot) - 1])
  expect(names('web-11', false)).toEqual(['z', 'é', '日本'])
  expect(names('web-11', true)).toEqual(['web-10', 'web-1', 'a'])
})
