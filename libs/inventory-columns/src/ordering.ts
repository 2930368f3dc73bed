import { countOf } from './bits.js'
import type { InstanceRows } from './instance-rows.js'
import { severityOf } from './instance-rows.js'
import type { Selection } from './selection.js'
import { uuidWords } from './uuid.js'

export type SortField = 'severity' | 'cvss' | 'epss' | 'firstSeen' | 'asset.name' | 'vulnerability'

export interface SortBy {
  readonly field: SortField
  readonly descending: boolean
}

/** The values of the last row seen, one for each field of the sort. Severity is its rank, a time milliseconds since the epoch. */
export interface Position {
  readonly values: readonly (string | number | null)[]
  readonly id: string
}

/** One field of an order: numbers that rise in its direction, what is missing last. */
interface Term {
  keyOf(slot: number): number
  /** The same for all rows of a page. */
  fill(page: number, keys: Float64Array): void
  /** Of a value, of a row with this id. */
  keyAt(value: string | number | null, id: Uint32Array): number
}

const LAST = Number.POSITIVE_INFINITY
// Rows of a page that are selected, from which on keys of all its rows are computed at once.
const MANY = 1 / 16
// Odd, so that steps of it visit each page once where their number is a power of two, and about 0.618 of it else.
const GOLDEN = 0.618_033_988_75

/**
 * The first rows of a selection in an order, each with the rows behind it; ties by id, in the direction of the first field. Nothing is
 * sorted but what is shown: whatever does not belong to the first rows found so far is passed over by one comparison.
 * @param after only rows behind this
 * @returns slots
 */
export function firstRows(
  rows: InstanceRows,
  selection: Selection,
  sort: readonly SortBy[],
  after: Position | null,
  limit: number,
): number[] {
  const order = new Order(rows, sort, after)
  const heap = new Heap(order, limit)
  const pageRows = 2 ** rows.bits
  const words = pageRows / 32
  const keys = new Float64Array(pageRows)
  for (const page of scattered(selection.bits.length / words)) {
    const bits = selection.bits.subarray(page * words, (page + 1) * words)
    let selected = 0
    for (let word = 0; word < words; word++) selected += countOf(bits[word] as number)
    if (selected === 0) continue
    const atOnce = selected > pageRows * MANY
    if (atOnce) order.fill(page, keys)
    const base = page * pageRows
    for (let word = 0; word < words; word++) {
      const asked = bits[word] as number
      if (asked === 0) continue
      if (atOnce) {
        for (let bit = 0; bit < 32; bit++) {
          const key = keys[word * 32 + bit] as number
          if (key > heap.bound || ((asked >>> bit) & 1) === 0) continue
          if (order.isBehind(key, base + word * 32 + bit)) heap.offer(key, base + word * 32 + bit)
        }
        continue
      }
      for (let left = asked; left !== 0; left &= left - 1) {
        const slot = base + word * 32 + 31 - Math.clz32(left & -left)
        const key = order.keyOf(slot)
        if (key <= heap.bound && order.isBehind(key, slot)) heap.offer(key, slot)
      }
    }
  }
  return heap.drain()
}

/** Pages in no order of theirs: where rows come sorted the wrong way round, each would otherwise replace all before it. */
function scattered(pages: number): number[] {
  const order = Array.from({ length: pages }, (_, page) => page)
  return order
    .map((page) => ({ page, at: (page * GOLDEN) % 1 }))
    .sort((a, b) => a.at - b.at)
    .map(({ page }) => page)
}

class Order {
  readonly #first: Term
  readonly #others: readonly Term[]
  readonly #descending: boolean
  readonly #after: { keys: readonly number[]; id: Uint32Array } | null

  constructor(
    private readonly rows: InstanceRows,
    sort: readonly SortBy[],
    after: Position | null,
  ) {
    const [first, ...others] = sort.map((by) => termOf(rows, by, sort.length === 1))
    if (first === undefined) throw new TypeError('an order has at least one field')
    this.#first = first
    this.#others = others
    this.#descending = sort[0]?.descending ?? false
    if (after === null) {
      this.#after = null
    } else {
      const id = uuidWords(after.id) ?? new Uint32Array(4)
      this.#after = { keys: [first, ...others].map((term, index) => term.keyAt(after.values[index] ?? null, id)), id }
    }
  }

  fill(page: number, keys: Float64Array): void {
    this.#first.fill(page, keys)
  }

  keyOf(slot: number): number {
    return this.#first.keyOf(slot)
  }

  isBehind(key: number, slot: number): boolean {
    const after = this.#after
    if (after === null) return true
    const first = after.keys[0] as number
    if (key !== first) return key > first
    for (let index = 0; index < this.#others.length; index++) {
      const own = (this.#others[index] as Term).keyOf(slot)
      const bound = after.keys[index + 1] as number
      if (own !== bound) return own > bound
    }
    for (let word = 0; word < 4; word++) {
      const own = this.rows.idWord(slot, word)
      const bound = after.id[word] as number
      if (own !== bound) return own > bound !== this.#descending
    }
    return false
  }

  /** Negative if `a` comes first. */
  compare(aKey: number, a: number, bKey: number, b: number): number {
    if (aKey !== bKey) return aKey < bKey ? -1 : 1
    for (const term of this.#others) {
      const left = term.keyOf(a)
      const right = term.keyOf(b)
      if (left !== right) return left < right ? -1 : 1
    }
    for (let word = 0; word < 4; word++) {
      const left = this.rows.idWord(a, word)
      const right = this.rows.idWord(b, word)
      if (left !== right) return left < right !== this.#descending ? -1 : 1
    }
    return 0
  }
}

/** The first rows so far, the last of them at the top. */
class Heap {
  readonly #keys: Float64Array
  readonly #slots: Int32Array
  #size = 0
  /** No row with a larger key can be one of them. */
  bound = LAST

  constructor(
    private readonly order: Order,
    private readonly limit: number,
  ) {
    this.#keys = new Float64Array(limit)
    this.#slots = new Int32Array(limit)
  }

  offer(key: number, slot: number): void {
    if (this.#size < this.limit) {
      this.#up(this.#size++, key, slot)
      if (this.#size === this.limit) this.bound = this.#keys[0] as number
      return
    }
    if (this.order.compare(key, slot, this.#keys[0] as number, this.#slots[0] as number) >= 0) return
    this.#down(key, slot)
    this.bound = this.#keys[0] as number
  }

  /** In order. */
  drain(): number[] {
    return Array.from({ length: this.#size }, (_, index) => index)
      .sort((a, b) =>
        this.order.compare(
          this.#keys[a] as number,
          this.#slots[a] as number,
          this.#keys[b] as number,
          this.#slots[b] as number,
        ),
      )
      .map((index) => this.#slots[index] as number)
  }

  #up(start: number, key: number, slot: number): void {
    let at = start
    while (at > 0) {
      const parent = (at - 1) >>> 1
      if (this.order.compare(key, slot, this.#keys[parent] as number, this.#slots[parent] as number) <= 0) break
      this.#keys[at] = this.#keys[parent] as number
      this.#slots[at] = this.#slots[parent] as number
      at = parent
    }
    this.#keys[at] = key
    this.#slots[at] = slot
  }

  #down(key: number, slot: number): void {
    let at = 0
    for (;;) {
      let child = at * 2 + 1
      if (child >= this.#size) break
      const right = child + 1
      if (
        right < this.#size &&
        this.order.compare(
          this.#keys[right] as number,
          this.#slots[right] as number,
          this.#keys[child] as number,
          this.#slots[child] as number,
        ) > 0
      ) {
        child = right
      }
      if (this.order.compare(this.#keys[child] as number, this.#slots[child] as number, key, slot) <= 0) break
      this.#keys[at] = this.#keys[child] as number
      this.#slots[at] = this.#slots[child] as number
      at = child
    }
    this.#keys[at] = key
    this.#slots[at] = slot
  }
}

/** @param alone whether only the id comes behind it */
function termOf(rows: InstanceRows, { field, descending }: SortBy, alone: boolean): Term {
  const sign = descending ? -1 : 1
  const number = (value: string | number | null) => (value === null ? LAST : sign * Number(value))
  switch (field) {
    case 'severity': {
      if (alone) return bySeverityAndId(rows, sign)
      const { flags } = rows
      return {
        keyOf: (slot) => sign * severityOf(flags.get(slot)),
        fill(page, keys) {
          const from = flags.pages[page] as Uint8Array
          for (let row = 0; row < from.length; row++) keys[row] = sign * ((from[row] as number) & 7)
        },
        keyAt: number,
      }
    }
    case 'firstSeen': {
      const { firstSeen } = rows
      const keyOf = (time: number) => (Number.isNaN(time) ? LAST : sign * time)
      return {
        keyOf: (slot) => keyOf(firstSeen.get(slot)),
        fill(page, keys) {
          const from = firstSeen.pages[page] as Float64Array
          for (let row = 0; row < from.length; row++) keys[row] = keyOf(from[row] as number)
        },
        keyAt: number,
      }
    }
    case 'asset.name':
      return byEntity(rows.columns.asset, textKeys(rows.assets, 'name', sign), (value) =>
        value === null ? LAST : sign * rows.assets.textsOf('name').rankOf(String(value)),
      )
    case 'vulnerability':
      return byEntity(rows.columns.vulnerability, textKeys(rows.vulnerabilities, 'canonical', sign), (value) =>
        value === null ? LAST : sign * rows.vulnerabilities.textsOf('canonical').rankOf(String(value)),
      )
    case 'cvss':
    case 'epss':
      return byScore(rows, field, sign, number)
  }
}

// 50 bits of an id fit into the same number.
const ID_SHARE = 2 ** 50
const idShare = (high: number, low: number): number => high * 2 ** 18 + (low >>> 14)

/** There are six severities: the order is by id nearly always, so the beginning of the id is part of the number. */
function bySeverityAndId(rows: InstanceRows, sign: number): Term {
  const { flags, ids, bits } = rows
  return {
    keyOf: (slot) =>
      sign * (severityOf(flags.get(slot)) * ID_SHARE + idShare(rows.idWord(slot, 0), rows.idWord(slot, 1))),
    fill(page, keys) {
      const from = flags.pages[page] as Uint8Array
      const words = ids.pages[page] as Uint32Array
      for (let row = 0; row < 2 ** bits; row++) {
        keys[row] =
          sign *
          (((from[row] as number) & 7) * ID_SHARE + idShare(words[row * 4] as number, words[row * 4 + 1] as number))
      }
    },
    keyAt: (value, id) =>
      value === null ? LAST : sign * (Number(value) * ID_SHARE + idShare(id[0] as number, id[1] as number)),
  }
}

type Entities = InstanceRows['assets'] | InstanceRows['vulnerabilities']

/** Of each entity the rank of one of its texts. */
function textKeys(entities: Entities, field: 'name' | 'canonical', sign: number): Float64Array {
  const ranks = entities.textsOf(field as never).ranks()
  const keys = new Float64Array(entities.size)
  for (let slot = 0; slot < keys.length; slot++) {
    const code = entities.codeOf(slot, field as never)
    keys[slot] = code === 0 ? LAST : sign * (ranks[code] as number)
  }
  return keys
}

function byEntity(column: InstanceRows['columns']['asset'], keysOf: Float64Array, keyAt: Term['keyAt']): Term {
  return {
    keyOf: (slot) => keysOf[column.get(slot)] as number,
    fill(page, keys) {
      const from = column.pages[page] as Int32Array
      for (let row = 0; row < from.length; row++) keys[row] = keysOf[from[row] as number] as number
    },
    keyAt,
  }
}

/** The feed's score of the vulnerability where there is one, else the scanners'. */
function byScore(rows: InstanceRows, field: 'cvss' | 'epss', sign: number, keyAt: Term['keyAt']): Term {
  const { vulnerabilities } = rows
  const said = vulnerabilities.numbersOf(field).values
  const keysOf = new Float64Array(vulnerabilities.size)
  for (let slot = 0; slot < keysOf.length; slot++) {
    const code = vulnerabilities.codeOf(slot, field)
    keysOf[slot] = code === 0 ? Number.NaN : sign * (said[code] as number)
  }
  const scores = rows.dictionaries[field].values
  const own = new Float64Array(scores.length)
  for (let code = 0; code < own.length; code++) own[code] = code === 0 ? LAST : sign * (scores[code] as number)
  const of = rows.columns.vulnerability
  const codes = rows.columns[field]
  return {
    keyOf(slot) {
      const key = keysOf[of.get(slot)] as number
      return Number.isNaN(key) ? (own[codes.get(slot)] as number) : key
    },
    fill(page, keys) {
      const entities = of.pages[page] as Int32Array
      const values = codes.pages[page] as Int32Array
      for (let row = 0; row < entities.length; row++) {
        const key = keysOf[entities[row] as number] as number
        keys[row] = Number.isNaN(key) ? (own[values[row] as number] as number) : key
      }
    },
    keyAt,
  }
}
