import { countOf, hasBit } from './bits.js'
import type { Pages } from './pages.js'

/** Ids of 128 bits. */
export interface IdSet {
  /** Of each one's last 16 bits, which are random: most rows are none of them by that alone. */
  readonly ends: Uint32Array
  /** @param at where its four words begin */
  has(words: Uint32Array, at: number): boolean
}

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

// From so many rows of 32 on, all of them are computed rather than each picked out.
const DENSE = 6

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

// One function for each kind of array: a loop that meets several kinds is compiled for none. Four or eight rows at a time, and without a
// branch for any of them: a branch that is taken for every other row cost five times as much as all else.

// Larger tables would not stay in the caches.
const MOST_IN_TABLE = 2 ** 18

/** @returns undefined where there are too many codes */
export function tableFor(bits: Uint32Array): Uint8Array | undefined {
  return bits.length * 32 <= MOST_IN_TABLE ? tableOf(bits) : undefined
}

function tableOf(bits: Uint32Array): Uint8Array {
  const table = new Uint8Array(bits.length * 32)
  for (let word = 0; word < bits.length; word++) {
    for (let left = bits[word] as number; left !== 0; left &= left - 1) {
      table[word * 32 + 31 - Math.clz32(left & -left)] = 1
    }
  }
  return table
}

function selectByTable(codes: Int32Array, table: Uint8Array, mask: Uint32Array, out: Uint32Array): void {
  for (let word = 0; word < mask.length; word++) {
    const asked = mask[word] as number
    const base = word * 32
    let found = 0
    if (countOf(asked) < DENSE) {
      for (let left = asked; left !== 0; left &= left - 1) {
        const lowest = left & -left
        if (table[codes[base + 31 - Math.clz32(lowest)] as number] === 1) found |= lowest
      }
      out[word] = found
      continue
    }
    for (let bit = 0; bit < 32; bit += 8) {
      const at = base + bit
      found |=
        ((table[codes[at] as number] as number) |
          ((table[codes[at + 1] as number] as number) << 1) |
          ((table[codes[at + 2] as number] as number) << 2) |
          ((table[codes[at + 3] as number] as number) << 3) |
          ((table[codes[at + 4] as number] as number) << 4) |
          ((table[codes[at + 5] as number] as number) << 5) |
          ((table[codes[at + 6] as number] as number) << 6) |
          ((table[codes[at + 7] as number] as number) << 7)) <<
        bit
    }
    out[word] = found & asked
  }
}

function selectFlags(flags: Uint8Array, table: Uint8Array, mask: Uint32Array, out: Uint32Array): void {
  for (let word = 0; word < mask.length; word++) {
    const asked = mask[word] as number
    const base = word * 32
    let found = 0
    if (asked !== 0) {
      for (let bit = 0; bit < 32; bit += 8) {
        const at = base + bit
        found |=
          ((table[flags[at] as number] as number) |
            ((table[flags[at + 1] as number] as number) << 1) |
            ((table[flags[at + 2] as number] as number) << 2) |
            ((table[flags[at + 3] as number] as number) << 3) |
            ((table[flags[at + 4] as number] as number) << 4) |
            ((table[flags[at + 5] as number] as number) << 5) |
            ((table[flags[at + 6] as number] as number) << 6) |
            ((table[flags[at + 7] as number] as number) << 7)) <<
          bit
      }
    }
    out[word] = found & asked
  }
}

function selectByBits(codes: Int32Array, wanted: Uint32Array, mask: Uint32Array, out: Uint32Array): void {
  for (let word = 0; word < mask.length; word++) {
    const asked = mask[word] as number
    const base = word * 32
    let found = 0
    if (countOf(asked) < DENSE) {
      for (let left = asked; left !== 0; left &= left - 1) {
        const lowest = left & -left
        const code = codes[base + 31 - Math.clz32(lowest)] as number
        if (hasBit(wanted, code)) found |= lowest
      }
      out[word] = found
      continue
    }
    for (let bit = 0; bit < 32; bit += 4) {
      const a = codes[base + bit] as number
      const b = codes[base + bit + 1] as number
      const c = codes[base + bit + 2] as number
      const d = codes[base + bit + 3] as number
      // A shift counts modulo 32.
      found |=
        ((((wanted[a >>> 5] as number) >>> a) & 1) |
          ((((wanted[b >>> 5] as number) >>> b) & 1) << 1) |
          ((((wanted[c >>> 5] as number) >>> c) & 1) << 2) |
          ((((wanted[d >>> 5] as number) >>> d) & 1) << 3)) <<
        bit
    }
    out[word] = found & asked
  }
}

function selectTimes(
  times: Float64Array | undefined,
  { min, max, negated }: { min: number; max: number; negated: boolean },
  mask: Uint32Array,
  out: Uint32Array,
): void {
  if (times === undefined) {
    out.fill(0)
    return
  }
  for (let word = 0; word < mask.length; word++) {
    const asked = mask[word] as number
    let found = 0
    if (asked !== 0) {
      const base = word * 32
      // What is unknown is NaN, which is neither inside nor outside.
      if (negated) {
        for (let bit = 0; bit < 32; bit++) {
          const time = times[base + bit] as number
          found |= (+(time < min) | +(time > max)) << bit
        }
      } else {
        for (let bit = 0; bit < 32; bit += 4) {
          const a = times[base + bit] as number
          const b = times[base + bit + 1] as number
          const c = times[base + bit + 2] as number
          const d = times[base + bit + 3] as number
          found |=
            ((+(a >= min) & +(a <= max)) |
              ((+(b >= min) & +(b <= max)) << 1) |
              ((+(c >= min) & +(c <= max)) << 2) |
              ((+(d >= min) & +(d <= max)) << 3)) <<
            bit
        }
      }
    }
    out[word] = found & asked
  }
}

function selectCounted(counts: Uint16Array | undefined, negated: boolean, mask: Uint32Array, out: Uint32Array): void {
  for (let word = 0; word < mask.length; word++) {
    const asked = mask[word] as number
    let found = 0
    if (asked !== 0 && counts !== undefined) {
      const base = word * 32
      for (let bit = 0; bit < 32; bit += 4) {
        // The sign of what is below zero.
        found |=
          ((-(counts[base + bit] as number) >>> 31) |
            ((-(counts[base + bit + 1] as number) >>> 31) << 1) |
            ((-(counts[base + bit + 2] as number) >>> 31) << 2) |
            ((-(counts[base + bit + 3] as number) >>> 31) << 3)) <<
          bit
      }
    }
    out[word] = (negated ? ~found : found) & asked
  }
}

function selectIds(
  words: Uint32Array | undefined,
  ids: IdSet,
  negated: boolean,
  mask: Uint32Array,
  out: Uint32Array,
): void {
  const { ends } = ids
  for (let word = 0; word < mask.length; word++) {
    const asked = mask[word] as number
    let found = 0
    if (asked !== 0 && words !== undefined) {
      for (let bit = 0; bit < 32; bit++) {
        const at = (word * 32 + bit) * 4
        const end = (words[at + 3] as number) & 0xffff
        if ((((ends[end >>> 5] as number) >>> (end & 31)) & 1) === 1 && ids.has(words, at)) found |= 1 << bit
      }
    }
    out[word] = (negated ? ~found : found) & asked
  }
}
