import { compileQuery, evaluate, type InstanceRow, instanceFields, type Query } from '@reprieve/query'
import { generatedQuery, IDS, instanceRow, NOW, rowOf } from '@reprieve/query/test-support'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Filter, InventoryColumns, type Selection } from '../src/index.js'
import { put, seen, type Told } from './fill.js'

const NIGHTLY = process.env['REPRIEVE_TEST_SIZE'] === 'nightly'
// Pages of 32 rows: most tests have several.
const SMALL_PAGES = 5

const compiled = (text: string): Query => {
  const result = compileQuery(text)
  if (!result.ok) throw new Error(`${text}\n${JSON.stringify(result.faults)}`)
  return result.query
}

const query = generatedQuery.map(({ text }) => compiled(text))

/** As the inventory has them: each has an id and one of the six severities. */
const storedRow = fc
  .tuple(instanceRow, fc.constantFrom(...IDS), fc.constantFrom(...instanceFields.severity.values))
  .map(([row, id, severity]): InstanceRow => ({ ...row, id, severity }))

const score = fc.option(fc.constantFrom(0, 4, 7, 7.5, 9.8, 10, 0.1), { freq: 2 })
const feed = fc.record({ cvss: score, epss: score, kev: fc.option(fc.boolean(), { freq: 2 }) })
const told = fc.record({ row: storedRow, open: fc.boolean() })

const filterOf = (each: Query | null, more: Partial<Filter> = {}): Filter => ({
  query: each?.normal ?? null,
  status: 'all',
  coverage: 'all',
  memberOf: null,
  now: NOW.getTime(),
  ...more,
})

function keysIn(inventory: InventoryColumns, { bits }: Selection): number[] {
  const keys: number[] = []
  bits.forEach((word, index) => {
    for (let left = word; left !== 0; left &= left - 1) {
      keys.push(inventory.rows.keys.get(index * 32 + 31 - Math.clz32(left & -left)))
    }
  })
  return keys.sort((a, b) => a - b)
}

const selected = (inventory: InventoryColumns, filter: Filter): number[] => {
  const selection = inventory.select(filter)
  const keys = keysIn(inventory, selection)
  expect(selection.count).toBe(keys.length)
  return keys
}

describe('columns', { timeout: NIGHTLY ? 30 * 60_000 : 60_000 }, () => {
  it('select the rows that the interpreter does, while rows come, change and go', () => {
    let compared = 0
    const change = fc.record({ key: fc.integer({ min: 1, max: 80 }), told: fc.option(told, { freq: 6 }) })
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 1, maxLength: 120, size: 'max' }),
        fc.array(query, { minLength: 6, maxLength: 12, size: 'max' }),
        (changes, queries) => {
          const inventory = new InventoryColumns(SMALL_PAGES)
          const stored = new Map<number, Told>()
          changes.forEach(({ key, told: next }, index) => {
            if (next === null) {
              stored.delete(key)
              inventory.rows.remove(key)
            } else {
              stored.set(key, { key, ...next })
              put(inventory, { key, ...next })
            }
            if (index % 40 !== 0 && index < changes.length - 1) return
            expect(inventory.rows.count).toBe(stored.size)
            for (const each of queries) {
              expect(selected(inventory, filterOf(each)), JSON.stringify(each.root)).toEqual(
                [...stored.values()]
                  .filter((row) => evaluate(each, seen(row), NOW) === true)
                  .map(({ key: found }) => found)
                  .sort((a, b) => a - b),
              )
              compared += stored.size
            }
          })
        },
      ),
      { numRuns: NIGHTLY ? 4_000 : 160 },
    )
    expect(compared).toBeGreaterThan(NIGHTLY ? 1_000_000 : 50_000)
  })

  it('put what feeds say before what scanners say, as the database does', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(told, feed), { minLength: 40, maxLength: 40 }),
        fc.array(query, { minLength: 5, maxLength: 5 }),
        fc.constantFrom('kev', '!kev', 'has(kev)', '!has(kev)', 'cvss >= 7.0', '!(epss == 0.1)', '!has(cvss)'),
        (rows, queries, plain) => {
          const inventory = new InventoryColumns(SMALL_PAGES)
          const stored = rows.map(([one, said], index): Told => ({ key: index + 1, ...one, feed: said }))
          for (const one of stored) put(inventory, one)
          for (const each of [...queries, compiled(plain)]) {
            expect(selected(inventory, filterOf(each)), JSON.stringify(each.root)).toEqual(
              stored.filter((row) => evaluate(each, seen(row), NOW) === true).map(({ key }) => key),
            )
          }
        },
      ),
      { numRuns: NIGHTLY ? 4_000 : 60 },
    )
  })

  it('carry what an asset or a vulnerability has become to all its instances', () => {
    const inventory = new InventoryColumns(SMALL_PAGES)
    const values = { 'asset.owner': 'ann', 'asset.tags': ['red'], vulnerability: 'CVE-1', aliases: ['CVE-1'] }
    for (let key = 1; key <= 100; key++) {
      put(inventory, { key, row: rowOf(values), asset: 1 + (key % 3), vulnerability: 1 + (key % 5) })
    }
    expect(selected(inventory, filterOf(compiled('asset.owner == "bob"')))).toEqual([])
    const key = 101
    put(inventory, { key, row: rowOf({ ...values, 'asset.owner': 'bob' }), asset: 2, vulnerability: 1 })
    const ofSecond = Array.from({ length: 101 }, (_, index) => index + 1).filter(
      (each) => each === 101 || each % 3 === 1,
    )
    expect(selected(inventory, filterOf(compiled('asset.owner == "bob" && "red" in asset.tags')))).toEqual(ofSecond)
  })

  it('say where those rows of a selection are that are no members of an exception, asset by asset', () => {
    const inventory = new InventoryColumns(SMALL_PAGES)
    const keys = Array.from({ length: 200 }, (_, index) => index + 1)
    const assetOf = (key: number) => 10 * (1 + (key % 7))
    for (const key of keys) {
      put(inventory, { key, row: rowOf({ severity: key % 2 === 0 ? 'low' : 'high' }), asset: assetOf(key) })
    }
    for (const key of keys) if (key % 3 === 0) inventory.members.add(7, key)
    inventory.rows.remove(50)
    const places = (exception: number) => {
      const selection = inventory.select(filterOf(compiled('severity == "low"')))
      const { assets, instances } = inventory.placesOfOthers(selection, exception)
      return Array.from(instances, (instance, index) => ({ asset: assets[index], instance }))
    }
    const low = keys.filter((key) => key % 2 === 0 && key !== 50)
    const at = (some: readonly number[]) => some.map((key) => ({ asset: assetOf(key), instance: key }))
    const grouped = (found: ReturnType<typeof places>) => {
      const order = found.map(({ asset }) => asset)
      expect(order.filter((asset, index) => asset !== order[index - 1])).toHaveLength(new Set(order).size)
      return found.toSorted((a, b) => a.instance - b.instance)
    }
    expect(grouped(places(7))).toEqual(at(low.filter((key) => key % 3 !== 0)))
    expect(grouped(places(8))).toEqual(at(low))
  })

  it('know which rows are open, covered, deferred and members, as exceptions come into force and end', () => {
    const inventory = new InventoryColumns(SMALL_PAGES)
    for (let key = 1; key <= 90; key++) put(inventory, { key, row: rowOf(), open: key % 2 === 0 })
    for (let key = 1; key <= 90; key += 3) inventory.members.add(7, key)
    for (let key = 1; key <= 90; key += 5) inventory.members.add(8, key)
    for (let key = 1; key <= 10; key++) inventory.members.add(9, key)
    const of = (test: (key: number) => boolean) => Array.from({ length: 90 }, (_, index) => index + 1).filter(test)
    const coverage = (is: Filter['coverage']) => selected(inventory, filterOf(null, { coverage: is }))
    const seven = (key: number) => key % 3 === 1
    const eight = (key: number) => key % 5 === 1
    expect(coverage('covered')).toEqual([])
    inventory.members.setInForce([7, 8], [9])
    expect(coverage('covered')).toEqual(of((key) => seven(key) || eight(key)))
    expect(coverage('uncovered')).toEqual(of((key) => !seven(key) && !eight(key)))
    expect(coverage('deferred')).toEqual(of((key) => key <= 10))
    expect(selected(inventory, filterOf(null, { coverage: 'covered', status: 'open' }))).toEqual(
      of((key) => (seven(key) || eight(key)) && key % 2 === 0),
    )
    expect(selected(inventory, filterOf(null, { memberOf: 8 }))).toEqual(of(eight))
    inventory.members.remove(8, 1)
    inventory.members.remove(8, 6)
    inventory.members.add(8, 1)
    inventory.members.setInForce([8], [9])
    expect(coverage('covered')).toEqual(of((key) => eight(key) && key !== 6))
    inventory.members.setInForce([], [7])
    expect(coverage('covered')).toEqual([])
    expect(coverage('deferred')).toEqual(of(seven))
  })

  it('take texts that reach from one block of the dictionary into the next, and very many of them', () => {
    const inventory = new InventoryColumns(SMALL_PAGES)
    const long = 'x'.repeat(300_000)
    const locations = Array.from({ length: 12 }, (_, n) => `${n % 2 === 0 ? 'needle' : 'nothing'}${long}${n}need`)
    const rows = locations.map((location, index): Told => ({ key: index + 1, row: rowOf({ location }) }))
    for (const row of rows) put(inventory, row)
    for (let key = 13; key <= 3_000; key++) put(inventory, { key, row: rowOf({ location: `/srv/${key}/le` }) })
    const found = (text: string) => selected(inventory, filterOf(compiled(text)))
    expect(found('location.contains("needle")')).toEqual([1, 3, 5, 7, 9, 11])
    expect(found('location.startsWith("needle")')).toEqual([1, 3, 5, 7, 9, 11])
    expect(found('location.endsWith("1need")')).toEqual([2, 12])
    expect(found('location.contains("/2999/")')).toEqual([2_999])
    expect(found(`location in ["/srv/77/le", "/srv/2000/le", "none"]`)).toEqual([77, 2_000])
  })
})
