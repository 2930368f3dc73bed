import type { RowOrder } from './row-order.js'
import { LAST } from './sort-term.js'

/** The first rows so far, the last of them at the top. */
export class FirstRows {
  readonly #keys: Float64Array
  readonly #slots: Int32Array
  #size = 0
  /** No row with a larger key can be one of them. */
  bound = LAST

  constructor(
    private readonly order: RowOrder,
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
