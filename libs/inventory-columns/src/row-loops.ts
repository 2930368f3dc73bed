import { countOf, hasBit } from './bits.js'
import type { IdSet } from './id-set.js'

// One function for each kind of array: a loop that meets several kinds is compiled for none. Four or eight rows at a time, and without a
// branch for any of them: a branch that is taken for every other row cost five times as much as all else.

// From so many rows of 32 on, all of them are computed rather than each picked out.
const DENSE = 6

// Larger tables would not stay in the caches.
const MOST_IN_TABLE = 2 ** 18

/** @returns undefined where there are too many codes */
export function tableFor(bits: Uint32Array): Uint8Array | undefined {
  return bits.length * 32 <= MOST_IN_TABLE ? tableOf(bits) : undefined
}

export function tableOf(bits: Uint32Array): Uint8Array {
  const table = new Uint8Array(bits.length * 32)
  for (let word = 0; word < bits.length; word++) {
    for (let left = bits[word] as number; left !== 0; left &= left - 1) {
      table[word * 32 + 31 - Math.clz32(left & -left)] = 1
    }
  }
  return table
}

export function selectByTable(codes: Int32Array, table: Uint8Array, mask: Uint32Array, out: Uint32Array): void {
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

export function selectFlags(flags: Uint8Array, table: Uint8Array, mask: Uint32Array, out: Uint32Array): void {
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

export function selectByBits(codes: Int32Array, wanted: Uint32Array, mask: Uint32Array, out: Uint32Array): void {
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

export function selectTimes(
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

export function selectCounted(
  counts: Uint16Array | undefined,
  negated: boolean,
  mask: Uint32Array,
  out: Uint32Array,
): void {
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

export function selectIds(
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
