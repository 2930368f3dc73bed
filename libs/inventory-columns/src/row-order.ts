import { type InstanceRows, severityKey } from './instance-rows.js'
import { type Narrowing, type SortBy, type SortTerm, sortTerm } from './sort-term.js'
import { uuidWords } from './uuid.js'

/** The values of the last row seen, one for each field of the sort. Severity is its rank, a time milliseconds since the epoch. */
export interface Position {
  readonly values: readonly (string | number | null)[]
  readonly id: string
}

/** Rows by several fields, then by id in the direction of the first; only those behind a position count. Keys are of the first field. */
export class RowOrder {
  readonly #first: SortTerm
  readonly #others: readonly SortTerm[]
  readonly #descending: boolean
  readonly #after: { keys: readonly number[]; id: Uint32Array } | null

  constructor(
    private readonly rows: InstanceRows,
    sort: readonly SortBy[],
    after: Position | null,
  ) {
    const [first, ...others] = sort.map((by) => sortTerm(rows, by, sort.length === 1))
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

  keyOf(slot: number): number {
    return this.#first.keyOf(slot)
  }

  get narrowing(): Narrowing {
    return this.#first.narrowing
  }

  /** No row behind the position has a smaller key. */
  get low(): number {
    return this.#after?.keys[0] ?? Number.NEGATIVE_INFINITY
  }

  isBehind(key: number, slot: number): boolean {
    const after = this.#after
    if (after === null) return true
    const first = after.keys[0] as number
    if (key !== first) return key > first
    for (let index = 0; index < this.#others.length; index++) {
      const own = (this.#others[index] as SortTerm).keyOf(slot)
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

  /** Of rows with the same key, what comes first: a number that rises with the order; equal for few. */
  tieOf(slot: number): number {
    const [second] = this.#others
    if (second !== undefined) return second.keyOf(slot)
    const share = severityKey(0, this.rows.idWord(slot, 0), this.rows.idWord(slot, 1))
    return this.#descending ? -share : share
  }

  /** Negative if `a`, of two with the same key and tie, comes first. */
  compareTied(a: number, b: number): number {
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
