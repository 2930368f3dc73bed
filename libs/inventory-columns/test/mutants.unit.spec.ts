import { compileQuery, evaluate, type Query } from '@reprieve/query'
import { generatedQuery, IDS, instanceRow, NOW } from '@reprieve/query/test-support'
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Filter, InventoryColumns, Position, SortBy } from '../src/index.js'
import { put, seen, type Told } from './fill.js'
import { compared, sortedRow, valueIn } from './sorted.js'

// The suite against known mistakes: each is put into the real code, and random queries, rows and orders have to tell. A seed keeps it the
// same sample for all of them.
const sample = { seed: 20_261_122 }
const SMALL_PAGES = 5
const LIMIT = 7

const compiled = (text: string): Query => {
  const result = compileQuery(text)
  if (!result.ok) throw new Error(text)
  return result.query
}

const queries = [
  ...fc.sample(generatedQuery, { numRuns: 150, ...sample }).map(({ text }) => text),
  // What chance alone would seldom make.
  '!(cvss > 5.0)',
  'cvss >= 7.5 || epss <= 0.1',
  '!kev',
  'has(kev) && !has(cvss)',
  'has(firstSeen) && !(firstSeen < timestamp("2025-06-01T00:00:00Z"))',
  'now - firstSeen > duration("720h")',
  'asset.name.startsWith("a") || asset.name.endsWith("t") || asset.name.contains("o")',
  '!("red" in asset.tags)',
  `id in ["${IDS[0]}"]`,
].map(compiled)

const told: Told[] = fc
  .sample(fc.tuple(instanceRow, fc.constantFrom(...IDS), sortedRow, fc.constantFrom('unknown', 'low', 'critical')), {
    numRuns: 90,
    ...sample,
  })
  .map(([row, id, { feed, open }, severity], index) => ({ key: index + 1, row: { ...row, id, severity }, feed, open }))
/** What rows are before they are what they are, and rows that come and go: nothing of either may show. */
const before: Told[] = told.map((one, index) => {
  const other = told[(index * 7 + 3) % told.length] as Told
  return { ...other, key: one.key, row: { ...other.row, id: one.row.id } }
})
const gone = told.slice(0, 40).map((one): Told => ({ ...one, key: one.key + 1_000 }))
const keysWhere = (test: (one: Told) => boolean) => told.filter(test).map(({ key }) => key)
const expectedOf = queries.map((query) => keysWhere((one) => evaluate(query, seen(one), NOW) === true))

const ordered: Told[] = fc
  .sample(sortedRow, { numRuns: 300, ...sample })
  .filter(({ row }, index, rows) => rows.findIndex((other) => other.row.id === row.id) === index)
  .map((one, index) => ({ key: index + 1, ...one }))
const wasOrdered = ordered.map(
  (one): Told => ({ ...one, row: { ...one.row, severity: 'medium', firstSeen: new Date(86_400_000) } }),
)
/** Few in each block: those are looked at one by one. */
const isFew = (key: number) => key % 23 === 0
const orders: SortBy[][] = [
  ...(['severity', 'cvss', 'epss', 'firstSeen', 'asset.name', 'vulnerability'] as const).flatMap((field) => [
    [{ field, descending: false }],
    [{ field, descending: true }],
  ]),
  [
    { field: 'severity', descending: true },
    { field: 'cvss', descending: false },
  ],
]
const expectedOrder = orders.map((by) => ordered.toSorted((a, b) => compared(a, b, by)).map(({ key }) => key))

const all: Filter = { query: null, status: 'all', coverage: 'all', memberOf: null, now: NOW.getTime() }
const same = (found: unknown, expected: unknown) => JSON.stringify(found) === JSON.stringify(expected)

function filled(inventory: InventoryColumns, ...states: readonly (readonly Told[])[]): InventoryColumns {
  for (const state of states) for (const one of state) put(inventory, one)
  return inventory
}

function selected(inventory: InventoryColumns, filter: Filter): number[] | null {
  const { bits, count } = inventory.select(filter)
  const keys: number[] = []
  bits.forEach((word, index) => {
    for (let left = word; left !== 0; left &= left - 1) {
      keys.push(inventory.rows.keys.get(index * 32 + 31 - Math.clz32(left & -left)))
    }
  })
  return keys.length === count ? keys.sort((a, b) => a - b) : null
}

function selectsWrong(inventory: InventoryColumns): boolean {
  return queries.some((query, n) => !same(selected(inventory, { ...all, query: query.normal }), expectedOf[n]))
}

function coversWrong(inventory: InventoryColumns): boolean {
  const { members } = inventory
  const third = (key: number) => key % 3 === 0
  const even = (key: number) => key % 2 === 0
  const is = (coverage: Filter['coverage'], status: Filter['status'], test: (key: number, open: boolean) => boolean) =>
    same(
      selected(inventory, { ...all, coverage, status }),
      keysWhere(({ key, open = true }) => test(key, open)),
    )
  for (const { key } of told) {
    if (third(key)) members.add(1, key)
    if (even(key)) members.add(2, key)
    if (even(key)) members.add(3, key)
  }
  members.setInForce([1, 2], [3])
  const both = is('covered', 'open', (key, open) => open && (third(key) || even(key)))
  const not = is('uncovered', 'closed', (key, open) => !open && !third(key) && !even(key))
  members.remove(2, 6)
  members.add(2, 7)
  members.setInForce([2], [1])
  const now = is('covered', 'all', (key) => (even(key) && key !== 6) || key === 7)
  const deferred = is('deferred', 'all', third)
  const member = same(
    selected(inventory, { ...all, memberOf: 3 }),
    keysWhere(({ key }) => even(key)),
  )
  return ![both, not, now, deferred, member].every(Boolean)
}

function ordersWrong(inventory: InventoryColumns): boolean {
  for (const { key } of ordered) if (isFew(key)) inventory.members.add(1, key)
  return goesWrong(inventory, all, () => true) || goesWrong(inventory, { ...all, memberOf: 1 }, isFew)
}

function goesWrong(inventory: InventoryColumns, filter: Filter, among: (key: number) => boolean): boolean {
  const selection = inventory.select(filter)
  return orders.some((by, n) => {
    const found: number[] = []
    let after: Position | null = null
    while (found.length <= ordered.length) {
      const page: number[] = inventory.first(selection, by, after, LIMIT).map((slot) => inventory.rows.keys.get(slot))
      const last = ordered[(page.at(-1) ?? 0) - 1]
      if (last === undefined) break
      found.push(...page)
      after = { values: by.map(({ field }) => valueIn(last, field)), id: last.row.id ?? '' }
    }
    return !same(found, expectedOrder[n]?.filter(among))
  })
}

/** Whether the columns, with their modules as they are mocked now, answer otherwise than the interpreter and a sorted list. */
async function isWrong(): Promise<boolean> {
  vi.resetModules()
  const { InventoryColumns } = await import('../src/index.js')
  try {
    const inventory = filled(new InventoryColumns(SMALL_PAGES), before, gone, told)
    for (const { key } of gone) inventory.rows.remove(key)
    return (
      inventory.rows.count !== told.length ||
      selectsWrong(inventory) ||
      coversWrong(inventory) ||
      ordersWrong(filled(new InventoryColumns(SMALL_PAGES), wasOrdered, ordered))
    )
  } catch {
    return true
  }
}

const mock = <Module>(path: string, change: (actual: Module) => object) =>
  vi.doMock(path, async (original) => {
    const actual = (await original()) as Module
    return { ...actual, ...change(actual) }
  })

type Bits = typeof import('../src/bits.js')
type CodedValues = typeof import('../src/coded-values.js')
type Compiler = typeof import('../src/compile-plan.js')
type FirstOf = typeof import('../src/first-rows.js')
type MembersOf = typeof import('../src/members.js')
type Numbers = typeof import('../src/number-dictionary.js')
type Order = typeof import('../src/row-order.js')
type Plans = typeof import('../src/plan.js')
type Rows = typeof import('../src/instance-rows.js')
type Selections = typeof import('../src/selection.js')
type Slots = typeof import('../src/slot-set.js')
type Terms = typeof import('../src/sort-term.js')
type Texts = typeof import('../src/text-dictionary.js')
type ZonesOf = typeof import('../src/zones.js')

const MUTANTS: Readonly<Record<string, () => unknown>> = {
  // Plans.
  'a negation holds where the value is unknown': () =>
    mock<CodedValues>('../src/coded-values.js', ({ codesOf }) => ({
      codesOf: (...[dictionary, literal]: Parameters<typeof codesOf>) => {
        const bits = codesOf(dictionary, literal)
        if (literal.negated && literal.leaf.kind !== 'has') bits[0] = (bits[0] as number) | 1
        return bits
      },
    })),
  'what is missing has no has(), negated or not': () =>
    mock<CodedValues>('../src/coded-values.js', ({ codesOf }) => ({
      codesOf: (...[dictionary, literal]: Parameters<typeof codesOf>) =>
        codesOf(dictionary, literal.leaf.kind === 'has' ? { ...literal, negated: false } : literal),
    })),
  'true and false are exchanged': () =>
    mock<CodedValues>('../src/coded-values.js', ({ boolCodesOf }) => ({
      boolCodesOf: (literal: Parameters<typeof boolCodesOf>[0]) =>
        boolCodesOf(literal.leaf.kind === 'bool' ? { ...literal, negated: !literal.negated } : literal),
    })),
  'tests of one column are joined the wrong way': () =>
    mock<Bits>('../src/bits.js', ({ join, meet }) => ({ join: meet, meet: join })),
  'conditions beside each other: && is ||': () =>
    mock<Compiler>('../src/compile-plan.js', ({ PlanCompiler }) => ({
      PlanCompiler: class extends PlanCompiler {
        override join(kind: 'and' | 'or', plans: Parameters<InstanceType<typeof PlanCompiler>['join']>[1]) {
          return super.join(kind === 'and' && plans.length === 2 ? 'or' : kind, plans)
        }
      },
    })),
  'time is another one for each query': () =>
    mock<Compiler>('../src/compile-plan.js', ({ PlanCompiler }) => ({
      PlanCompiler: class extends PlanCompiler {
        constructor(...[rows, now]: ConstructorParameters<typeof PlanCompiler>) {
          super(rows, now + 365 * 86_400_000)
        }
      },
    })),
  'every 32nd value is lost': () =>
    mock<Bits>('../src/bits.js', ({ setBit }) => ({
      setBit: (bits: Uint32Array, at: number) => (at % 32 === 31 ? undefined : setBit(bits, at)),
    })),
  '> and >= are exchanged': () =>
    mock<Numbers>('../src/number-dictionary.js', ({ NumberDictionary }) => ({
      NumberDictionary: class extends NumberDictionary {
        override passing(test: Parameters<InstanceType<typeof NumberDictionary>['passing']>[0]) {
          if (test.op === 'oneOf') return super.passing(test)
          const other = { '<': '<=', '<=': '<', '>': '>=', '>=': '>' } as const
          return super.passing({ ...test, op: other[test.op] })
        }
      },
    })),
  'ends are looked for at the beginning': () =>
    mock<Texts>('../src/text-dictionary.js', ({ TextDictionary }) => ({
      TextDictionary: class extends TextDictionary {
        override passing(test: Parameters<InstanceType<typeof TextDictionary>['passing']>[0]): Uint32Array {
          return super.passing(test.op === 'endsWith' ? { ...test, op: 'startsWith' } : test)
        }
      },
    })),
  'a row that is gone is still there': () =>
    mock<Rows>('../src/instance-rows.js', ({ InstanceRows }) => ({
      InstanceRows: class extends InstanceRows {
        override remove() {}
      },
    })),
  // Going over rows.
  'an || asks only its first part': () =>
    mock<Plans>('../src/plan.js', ({ Evaluation }) => ({
      Evaluation: class extends Evaluation {
        override select(...[plan, ...rest]: Parameters<InstanceType<typeof Evaluation>['select']>) {
          super.select(plan.kind === 'or' ? (plan.parts[0] ?? plan) : plan, ...rest)
        }
      },
    })),
  'an && forgets what was selected before': () =>
    mock<Plans>('../src/plan.js', ({ Evaluation }) => ({
      Evaluation: class extends Evaluation {
        override select(...[plan, page, mask, out, depth]: Parameters<InstanceType<typeof Evaluation>['select']>) {
          const last = plan.kind === 'and' ? plan.parts.at(-1) : undefined
          super.select(last ?? plan, page, mask, out, depth)
        }
      },
    })),
  'the last row of each 32 is not counted': () =>
    mock<Bits>('../src/bits.js', ({ countOf }) => ({ countOf: (word: number) => countOf(word & 0x7fff_ffff) })),
  'the last page is left out': () =>
    mock<Selections>('../src/selection.js', ({ selectRows }) => ({
      selectRows: (...[plan, size, bits]: Parameters<typeof selectRows>) => selectRows(plan, size - 32, bits),
    })),
  // Members.
  'one that ends is not counted out': () =>
    mock<MembersOf>('../src/members.js', ({ Members }) => ({
      Members: class extends Members {
        readonly #ever: [Set<number>, Set<number>] = [new Set(), new Set()]
        override setInForce(suppress: Iterable<number>, defer: Iterable<number>) {
          for (const exception of suppress) this.#ever[0].add(exception)
          for (const exception of defer) this.#ever[1].add(exception)
          const [suppressing, deferring] = this.#ever
          super.setInForce(
            [...suppressing].filter((each) => !deferring.has(each)),
            deferring,
          )
        }
      },
    })),
  'a member that leaves while its exception is in force stays counted': () =>
    mock<Slots>('../src/slot-set.js', ({ SlotSet }) => ({
      SlotSet: class extends SlotSet {
        override delete(slot: number) {
          super.delete(slot)
          return false
        }
      },
    })),
  'one that is added twice is counted twice': () =>
    mock<Slots>('../src/slot-set.js', ({ SlotSet }) => ({
      SlotSet: class extends SlotSet {
        override add(slot: number) {
          super.add(slot)
          return super.add(slot) || slot % 5 === 0
        }
      },
    })),
  // Orders.
  'ties are in the order of rows': () =>
    mock<Order>('../src/row-order.js', ({ RowOrder }) => ({
      RowOrder: class extends RowOrder {
        override tieOf(slot: number) {
          return slot
        }
      },
    })),
  'ids that begin alike are equal': () =>
    mock<Order>('../src/row-order.js', ({ RowOrder }) => ({
      RowOrder: class extends RowOrder {
        override compareTied() {
          return 0
        }
      },
    })),
  'a page begins with the last row of the one before': () =>
    mock<Order>('../src/row-order.js', ({ RowOrder }) => ({
      RowOrder: class extends RowOrder {
        override isBehind(key: number, slot: number) {
          return super.isBehind(key, slot) || this.low === key
        }
      },
    })),
  'rows equal to the position in the first field are passed over': () =>
    mock<Order>('../src/row-order.js', ({ RowOrder }) => ({
      RowOrder: class extends RowOrder {
        override isBehind(key: number, slot: number) {
          return super.isBehind(key, slot) && key !== this.low
        }
      },
    })),
  'what is missing comes first when it goes down': () =>
    mock<Terms>('../src/sort-term.js', ({ sortTerm, LAST }) => ({
      sortTerm: (...[rows, by, alone]: Parameters<typeof sortTerm>) => {
        const term = sortTerm(rows, by, alone)
        const turned = (key: number) => (by.descending && key === LAST ? -LAST : key)
        return { ...term, keyOf: (slot: number) => turned(term.keyOf(slot)) }
      },
    })),
  'of a row that has changed, what it was is ordered by': () =>
    mock<Rows>('../src/instance-rows.js', ({ InstanceRows }) => ({
      InstanceRows: class extends InstanceRows {
        override put(row: Parameters<InstanceType<typeof InstanceRows>['put']>[0]) {
          const { zones } = this
          const known = this.slotOf(row.key) !== 0
          const widen = [zones.severity.widen, zones.firstSeen.widen]
          if (known) for (const each of [zones.severity, zones.firstSeen]) each.widen = () => {}
          super.put(row)
          if (known) [zones.severity.widen, zones.firstSeen.widen] = widen as [typeof zones.severity.widen, () => void]
        }
      },
    })),
  'a block ends one key too early': () =>
    mock<ZonesOf>('../src/zones.js', ({ Zones }) => ({
      Zones: class extends Zones {
        override most(block: number) {
          return super.most(block) - 86_400_000
        }
        override least(block: number) {
          return super.least(block) + 86_400_000
        }
      },
    })),
  'the bound of a condition is left out': () =>
    mock<Terms>('../src/sort-term.js', ({ sortTerm }) => ({
      sortTerm: (...of: Parameters<typeof sortTerm>) => {
        const term = sortTerm(...of)
        const { narrowing } = term
        if (narrowing.by === 'zones') return term
        const within = (low: number, high: number) =>
          narrowing.within(low, high - Number.EPSILON * Math.abs(high) - 1e-9)
        return { ...term, narrowing: { by: 'condition', within } }
      },
    })),
  'the bound is that of the best row': () =>
    mock<FirstOf>('../src/first-rows.js', ({ FirstRows }) => ({
      FirstRows: class extends FirstRows {
        #best = Number.POSITIVE_INFINITY
        override offer(key: number, slot: number) {
          super.offer(key, slot)
          this.#best = Math.min(this.#best, key)
          if (this.bound !== Number.POSITIVE_INFINITY) this.bound = this.#best
        }
      },
    })),
}

describe('random queries, rows and orders', { timeout: 120_000 }, () => {
  afterEach(() => {
    for (const name of [
      'bits',
      'coded-values',
      'compile-plan',
      'first-rows',
      'instance-rows',
      'members',
      'number-dictionary',
      'plan',
      'row-order',
      'selection',
      'slot-set',
      'sort-term',
      'text-dictionary',
      'zones',
    ]) {
      vi.doUnmock(`../src/${name}.js`)
    }
  })

  it('find nothing wrong in the columns as they are', async () => {
    expect(await isWrong()).toBe(false)
  })

  it.each(Object.keys(MUTANTS))('find the mistake: %s', async (name) => {
    MUTANTS[name]?.()
    expect(await isWrong()).toBe(true)
  })
})
