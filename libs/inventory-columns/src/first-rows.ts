import type { RowOrder } from './row-order.js'
import { LAST } from './sort-term.js'

/** The first rows so far, the last of them at the top of a heap. */
export class FirstRows {
  readonly #keys: Float64Array
  readonly #ties: Float64Array
  readonly #slots: Int32Array
  #size = 0
  /** No row with a larger key can be one of them. */
  bound = LAST

  constructor(
    private readonly order: RowOrder,
    private readonly limit: number,
  ) {
    this.#keys = new Float64Array(limit)
    this.#ties = new Float64Array(limit)
    this.#slots = new Int32Array(limit)
  }

  offer(key: number, slot: number): void {
    const tie = this.order.tieOf(slot)
    if (this.#size < this.limit) {
      this.#up(this.#size++, key, tie, slot)
      if (this.#size === this.limit) this.bound = this.#keys[0] as number
      return
    }
    if (this.#compare(key, tie, slot, 0) >= 0) return
    this.#down(key, tie, slot)
    this.bound = this.#keys[0] as number
  }

  /** In order. */
  drain(): number[] {
    return Array.from({ length: this.#size }, (_, index) => index)
      .sort((a, b) => this.#compareAt(a, b))
      .map((index) => this.#slots[index] as number)
  }

  /** Negative if the row comes before the one at a place. */
  #compare(key: number, tie: number, slot: number, at: number): number {
    const otherKey = this.#keys[at] as number
    if (key !== otherKey) return key < otherKey ? -1 : 1
    const otherTie = this.#ties[at] as number
    if (tie !== otherTie) return tie < otherTie ? -1 : 1
    return this.order.compareTied(slot, this.#slots[at] as number)
  }

  #compareAt(a: number, b: number): number {
    return this.#compare(this.#keys[a] as number, this.#ties[a] as number, this.#slots[a] as number, b)
  }

  #up(start: number, key: number, tie: number, slot: number): void {
    let at = start
    while (at > 0) {
      const parent = (at - 1) >>> 1
      if (this.#compare(key, tie, slot, parent) <= 0) break
      this.#move(parent, at)
      at = parent
    }
    this.#put(at, key, tie, slot)
  }

  #down(key: number, tie: number, slot: number): void {
    let at = 0
    for (;;) {
      let child = at * 2 + 1
      if (child >= this.#size) break
      if (child + 1 < this.#size && this.#compareAt(child + 1, child) > 0) child++
      if (this.#compare(key, tie, slot, child) >= 0) break
      this.#move(child, at)
      at = child
    }
    this.#put(at, key, tie, slot)
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#keys[from] as number, this.#ties[from] as number, this.#slots[from] as number)
  }

  #put(at: number, key: number, tie: number, slot: number): void {
    this.#keys[at] = key
    this.#ties[at] = tie
    this.#slots[at] = slot
  }
}
