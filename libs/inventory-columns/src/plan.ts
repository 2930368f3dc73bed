import type { IdSet } from './id-set.js'
import type { Pages } from './pages.js'
import {
  selectByBits,
  selectByTable,
  selectCounted,
  selectFlags,
  selectIds,
  selectTimes,
  tableOf,
} from './row-loops.js'

/** The codes of a column: rows of it, page by page. */
export type Codes = Pages<Int32Array> | Pages<Uint8Array>

/** Which rows a condition selects, made for one set of columns at one time. */
export type Plan =
  /** Rows whose code is in the set; `table` has the same, a byte for each code, where there are not too many. */
  | { readonly kind: 'codes'; readonly column: Codes; readonly bits: Uint32Array; readonly table?: Uint8Array }
  /** Rows whose time lies in between, both ends included; or is known and does not. */
  | {
      readonly kind: 'time'
      readonly column: Pages<Float64Array>
      readonly min: number
      readonly max: number
      readonly negated: boolean
    }
  /** Rows whose number is not 0, or is. */
  | { readonly kind: 'counted'; readonly column: Pages<Uint16Array>; readonly negated: boolean }
  /** Rows in a set. */
  | { readonly kind: 'rows'; readonly bits: Uint32Array }
  /** Rows with one of these ids; or with none of them. */
  | { readonly kind: 'ids'; readonly column: Pages<Uint32Array>; readonly ids: IdSet; readonly negated: boolean }
  /** Rows that pass when they are asked one by one. */
  | { readonly kind: 'asked'; readonly test: (slot: number) => boolean }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Plan[] }
  | { readonly kind: 'constant'; readonly value: boolean }

/** Evaluates plans page by page, a word of 32 rows after the other. */
export class Evaluation {
  readonly #words: number
  readonly #scratch: Uint32Array[] = []

  /** @param bits of the pages' size */
  constructor(private readonly bits: number) {
    this.#words = Math.max(1, 2 ** bits / 32)
  }

  /** `out`: the rows of `mask`, which may be the same array, that the plan selects in one page. */
  select(plan: Plan, page: number, mask: Uint32Array, out: Uint32Array, depth = 0): void {
    switch (plan.kind) {
      case 'codes': {
        const codes = plan.column.pages[page]
        if (codes === undefined) out.fill(0)
        else if (codes instanceof Uint8Array) selectFlags(codes, plan.table ?? tableOf(plan.bits), mask, out)
        else if (plan.table !== undefined) selectByTable(codes, plan.table, mask, out)
        else selectByBits(codes, plan.bits, mask, out)
        return
      }
      case 'time':
        selectTimes(plan.column.pages[page], plan, mask, out)
        return
      case 'counted':
        selectCounted(plan.column.pages[page], plan.negated, mask, out)
        return
      case 'ids':
        selectIds(plan.column.pages[page], plan.ids, plan.negated, mask, out)
        return
      case 'rows': {
        const start = page * this.#words
        for (let word = 0; word < this.#words; word++) {
          out[word] = (mask[word] as number) & (plan.bits[start + word] ?? 0)
        }
        return
      }
      case 'asked': {
        const start = page * 2 ** this.bits
        for (let word = 0; word < this.#words; word++) {
          let found = 0
          for (let left = mask[word] as number; left !== 0; left &= left - 1) {
            const lowest = left & -left
            if (plan.test(start + word * 32 + 31 - Math.clz32(lowest))) found |= lowest
          }
          out[word] = found
        }
        return
      }
      case 'and': {
        out.set(mask)
        for (const part of plan.parts) this.select(part, page, out, out, depth)
        return
      }
      case 'or': {
        const found = this.#borrow(depth * 2).fill(0)
        const open = this.#borrow(depth * 2 + 1)
        // The mask, which may be `out` itself, stays as it is until all parts were asked.
        for (const part of plan.parts) {
          for (let word = 0; word < this.#words; word++) {
            open[word] = (mask[word] as number) & ~(found[word] as number)
          }
          this.select(part, page, open, open, depth + 1)
          for (let word = 0; word < this.#words; word++) found[word] = (found[word] as number) | (open[word] as number)
        }
        out.set(found)
        return
      }
      case 'constant':
        if (plan.value) out.set(mask)
        else out.fill(0)
    }
  }

  #borrow(index: number): Uint32Array {
    let bits = this.#scratch[index]
    if (bits === undefined) {
      bits = new Uint32Array(this.#words)
      this.#scratch[index] = bits
    }
    return bits
  }
}
