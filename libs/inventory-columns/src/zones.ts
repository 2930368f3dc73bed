// Rows of a block: of so many, few have one that belongs on a first page of millions.
const MOST_BLOCK_BITS = 12
// A page of rows has so many blocks, unless they would be smaller than a word of bits.
const BLOCKS_OF_PAGE_BITS = 4
const WORD_BITS = 5

/** A block has two to the power of this many rows, of pages of two to the power of `pageBits`. */
export const blockBits = (pageBits: number): number =>
  Math.max(WORD_BITS, Math.min(MOST_BLOCK_BITS, pageBits - BLOCKS_OF_PAGE_BITS))

/**
 * Between which bounds the keys of some rows lie, say of a block of them. They are widened by each key that is set and never narrowed, so
 * that what a row was before costs a look and no more: rows are passed over only where none of them can be of interest.
 */
export class Zones {
  #least = new Float64Array(0)
  #most = new Float64Array(0)

  get bytes(): number {
    return this.#least.byteLength + this.#most.byteLength
  }

  widen(zone: number, key: number): void {
    if (zone >= this.#least.length) this.#grow(zone + 1)
    if (key < (this.#least[zone] as number)) this.#least[zone] = key
    if (key > (this.#most[zone] as number)) this.#most[zone] = key
  }

  /** No row has a smaller key; infinite where there is none at all. */
  least(zone: number): number {
    return this.#least[zone] ?? Number.POSITIVE_INFINITY
  }

  /** No row has a larger key. */
  most(zone: number): number {
    return this.#most[zone] ?? Number.NEGATIVE_INFINITY
  }

  #grow(zones: number): void {
    const length = Math.max(zones, this.#least.length * 2, 16)
    const [least, most] = [this.#least, this.#most]
    this.#least = new Float64Array(length).fill(Number.POSITIVE_INFINITY)
    this.#most = new Float64Array(length).fill(Number.NEGATIVE_INFINITY)
    this.#least.set(least)
    this.#most.set(most)
  }
}
