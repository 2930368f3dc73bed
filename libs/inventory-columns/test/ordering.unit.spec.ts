import { rowOf } from '@reprieve/query/test-support'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Filter, InventoryColumns, type Position } from '../src/index.js'
import { put, type Told } from './fill.js'
import { compared, idOf, NAMES, sortedRow, sortedValues, sortOrder, valueIn } from './sorted.js'

const all: Filter = { query: null, status: 'all', coverage: 'all', memberOf: null, now: 0 }

it('pages in any order are those of a sorted list, none twice and none left out, whatever rows have become', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(sortedRow, { minLength: 1, maxLength: 120, size: 'max', selector: ({ row }) => row.id }),
      fc.array(fc.tuple(fc.nat(119), sortedValues), { maxLength: 60, size: 'max' }),
      fc.array(fc.nat(119), { maxLength: 10 }),
      fc.constantFrom('open', 'all' as const),
      fc.constantFrom(1, 19),
      sortOrder,
      fc.integer({ min: 1, max: 9 }),
      (rows, changes, removed, status, every, by, limit) => {
        const inventory = new InventoryColumns(5)
        const stored = new Map(rows.map((one, index) => [index + 1, { key: index + 1, ...one } as Told]))
        for (const one of stored.values()) put(inventory, one)
        for (const [index, values] of changes) {
          const before = stored.get(index + 1)
          if (before === undefined) continue
          const after = { ...before, row: { ...before.row, ...values } }
          stored.set(after.key, after)
          put(inventory, after)
        }
        for (const index of removed) {
          stored.delete(index + 1)
          inventory.rows.remove(index + 1)
        }
        for (const key of stored.keys()) if (key % every === 0) inventory.members.add(1, key)
        const selection = inventory.select({ ...all, status, memberOf: 1 })
        const found: number[] = []
        let after: Position | null = null
        for (;;) {
          const page: number[] = inventory
            .first(selection, by, after, limit)
            .map((slot) => inventory.rows.keys.get(slot))
          found.push(...page)
          const last = stored.get(page.at(-1) ?? 0)
          if (last === undefined) break
          after = { values: by.map(({ field }) => valueIn(last, field)), id: last.row.id ?? '' }
        }
        const expected = [...stored.values()].filter(({ key, open }) => key % every === 0 && (status === 'all' || open))
        expect(found).toEqual(expected.sort((a, b) => compared(a, b, by)).map(({ key }) => key))
      },
    ),
    { numRuns: 300 },
  )
})

it('a page goes on behind a text that no row has any more', () => {
  const inventory = new InventoryColumns(5)
  NAMES.forEach((name, index) => {
    put(inventory, { key: index + 1, row: rowOf({ 'asset.name': name, id: idOf([index, 0, 0, 0]) }) })
  })
  const selection = inventory.select(all)
  const names = (after: string, descending: boolean) =>
    inventory
      .first(selection, [{ field: 'asset.name', descending }], { values: [after], id: idOf([0, 0, 0, 0]) }, 3)
      .map((slot) => NAMES[inventory.rows.keys.get(slot) - 1])
  expect(names('web-11', false)).toEqual(['z', 'é', '日本'])
  expect(names('web-11', true)).toEqual(['web-10', 'web-1', 'a'])
})
