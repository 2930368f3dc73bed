import { type Leaf, numberOf, timeOf } from '@reprieve/query'
import type { Batch } from './batch.js'
import { MOST_ROWS, newBits, STRIDE, setBit } from './bits.js'

/** What a row is compared by: its number, its time, or how old it is now. */
export type Measure = 'number' | 'time' | 'age'

export const measureOf = (leaf: Leaf): Measure | null =>
  leaf.kind === 'number' || leaf.kind === 'time' || leaf.kind === 'age' ? leaf.kind : null

// Thresholds asked for in one batch before all of them are done at once: one by one costs about as much for each as all at once for 32, beside
// what it takes to put every row in its place, which is about that of six.
const FEW = 6
const SHARE = 32

/**
 * One number or time of a batch, and the thresholds that queries compare it with. Many thresholds are done together: each row is put where
 * it lies among them, and going from the largest to the smallest, what exceeds one exceeds all below it.
 */
export class NumberColumn {
  readonly #batch: Batch
  readonly #field: string
  readonly #measure: Measure
  /** Sorted, distinct. */
  readonly #thresholds: number[] = []
  readonly #users = new Map<number, number>()
  #loaded = 0
  readonly #values = new Float64Array(MOST_ROWS)
  readonly #known = newBits()
  #asked = 0
  #askedIn = 0
  #laidOut = 0
  /** Rows above each threshold, and those at or above it: `STRIDE` words each. */
  #above = new Uint32Array(0)
  #atLeast = new Uint32Array(0)

  constructor(batch: Batch, field: string, measure: Measure) {
    this.#batch = batch
    this.#field = field
    this.#measure = measure
  }

  use(threshold: number): void {
    const users = this.#users.get(threshold) ?? 0
    this.#users.set(threshold, users + 1)
    if (users === 0) {
      this.#thresholds.splice(lowerBound(this.#thresholds, threshold), 0, threshold)
      this.#laidOut = 0
    }
  }

  release(threshold: number): void {
    const users = this.#users.get(threshold) ?? 0
    if (users > 1) {
      this.#users.set(threshold, users - 1)
      return
    }
    this.#users.delete(threshold)
    const at = lowerBound(this.#thresholds, threshold)
    if (this.#thresholds[at] === threshold) this.#thresholds.splice(at, 1)
    this.#laidOut = 0
  }

  known(): Uint32Array {
    this.#load()
    return this.#known
  }

  /** The value of each row; NaN where it is unknown. */
  values(): Float64Array {
    this.#load()
    return this.#values
  }

  /** Writes the rows above a threshold, or at or above it. It must be in use. */
  mark(threshold: number, orEqual: boolean, into: Uint32Array): void {
    const { stamp, words, size } = this.#batch
    if (this.#askedIn !== stamp) {
      this.#askedIn = stamp
      this.#asked = 0
    }
    if (this.#laidOut !== stamp && ++this.#asked > FEW + this.#thresholds.length / SHARE) this.#layOut()
    if (this.#laidOut === stamp) {
      const from = lowerBound(this.#thresholds, threshold) * STRIDE
      const bits = orEqual ? this.#atLeast : this.#above
      for (let word = 0; word < words; word++) into[word] = bits[from + word] as number
      return
    }
    const values = this.values()
    into.fill(0, 0, words)
    for (let row = 0; row < size; row++) {
      const value = values[row] as number
      if (value > threshold || (orEqual && value === threshold)) setBit(into, row)
    }
  }

  #layOut(): void {
    const { stamp, size, words } = this.#batch
    this.#laidOut = stamp
    const thresholds = this.#thresholds
    const room = thresholds.length * STRIDE
    if (this.#above.length < room) {
      this.#above = new Uint32Array(room * 2)
      this.#atLeast = new Uint32Array(room * 2)
    } else {
      this.#above.fill(0, 0, room)
      this.#atLeast.fill(0, 0, room)
    }
    const above = this.#above
    const atLeast = this.#atLeast
    const values = this.values()
    for (let row = 0; row < size; row++) {
      const value = values[row] as number
      if (Number.isNaN(value)) continue
      const place = lowerBound(thresholds, value)
      const word = row >>> 5
      const bit = 1 << (row & 31)
      const reached = thresholds[place] === value ? place : place - 1
      if (place > 0) above[(place - 1) * STRIDE + word] = (above[(place - 1) * STRIDE + word] as number) | bit
      if (reached >= 0) atLeast[reached * STRIDE + word] = (atLeast[reached * STRIDE + word] as number) | bit
    }
    for (let place = thresholds.length - 2; place >= 0; place--) {
      const from = place * STRIDE
      for (let word = from; word < from + words; word++) {
        above[word] = (above[word] as number) | (above[word + STRIDE] as number)
        atLeast[word] = (atLeast[word] as number) | (atLeast[word + STRIDE] as number)
      }
    }
  }

  #load(): void {
    const { rows, size, words, stamp, now } = this.#batch
    if (this.#loaded === stamp) return
    this.#loaded = stamp
    const values = this.#values
    const known = this.#known
    known.fill(0, 0, words)
    for (let index = 0; index < size; index++) {
      const row = rows[index]
      const read =
        row === undefined ? null : this.#measure === 'number' ? numberOf(row, this.#field) : timeOf(row, this.#field)
      const value = read === null ? Number.NaN : this.#measure === 'age' ? now - read : read
      values[index] = value
      if (read !== null) setBit(known, index)
    }
  }
}

/** The first place whose value is not below. */
function lowerBound(sorted: readonly number[], value: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] as number) < value) low = middle + 1
    else high = middle
  }
  return low
}
