import type { Row } from '@reprieve/query'
import { fillBits, newBits } from './bits.js'

/** The rows that are matched together, at one time. One is used again and again; its stamp tells of which batch something was computed. */
export class Batch {
  rows: readonly Row[] = []
  size = 0
  words = 0
  now = 0
  stamp = 0
  /** Every row of it. */
  readonly all = newBits()
  readonly #scratch: Uint32Array[] = []
  #borrowed = 0

  next(rows: readonly Row[], now: number): void {
    this.rows = rows
    this.size = rows.length
    this.words = (rows.length + 31) >>> 5
    this.now = now
    this.stamp++
    fillBits(this.all, rows.length)
  }

  /** A set to write into, with anything in it, until it is given back: last borrowed, first given back. As many as a query is deep. */
  borrow(): Uint32Array {
    let bits = this.#scratch[this.#borrowed]
    if (bits === undefined) {
      bits = newBits()
      this.#scratch.push(bits)
    }
    this.#borrowed++
    return bits
  }

  giveBack(count: number): void {
    this.#borrowed -= count
  }

  /** Rows belong to the caller, and are let go of once they are matched. */
  end(): void {
    this.rows = []
  }
}
