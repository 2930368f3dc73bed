// Rows of a block: of so many, few have one that belongs on a first page of millions.
const MOST_BLOCK_BITS = 12
// A page of rows has so many blocks, unless they would be smaller than a word of bits.
const BLOCKS_OF_PAGE_BITS = 4
const WORD_BITS = 5

/** A block has two to the power of this many rows, of pages of two to the power of `pageBits`. */
export const blockBits = (pageBits: number): number =>
  Math.max(WORD_BITS, Math.min(MOST_BLOCK_BITS, pageBits - BLOCKS_OF_PAGE_BITS))

/**
 * Between which bounds the keys of a block's rows lie. They are widened by each key that is set and never narrowed, so that what a row was
 * before costs a look and no more: a block is passed over only where none of its rows can be of interest.
 */
export class Zones {
  #least = new Float64Array(0)
  #most = new Float64Array(0)

  /** @param bits of a block */
  constructor(readonly bits: number) {}

  get bytes(): number {
    return this.#least.byteLength + this.#most.byteLength
  }

  widen(slot: number, key: number): void {
    const block = slot >>> this.bits
    if (block >= this.#least.length) this.#grow(block + 1)
    if (key < (this.#least[block] as number)) this.#least[block] = key
    if (key > (this.#most[block] as number)) this.#most[block] = key
  }

  /** No row of the block has a smaller key; infinite where it has none at all. */
  least(block: number): number {
    return this.#least[block] ?? Number.POSITIVE_INFINITY
  }

  /** No row of the block has a larger key. */
  most(block: number): number {
    return this.#most[block] ?? Number.NEGATIVE_INFINITY
  }

  #grow(blocks: number): void {
    const length = Math.max(blocks, this.#least.length * 2, 16)
    const [least, most] = [this.#least, this.#most]
    this.#least = new Float64Array(length).fill(Number.POSITIVE_INFINITY)
    this.#most = new Float64Array(length).fill(Number.NEGATIVE_INFINITY)
    this.#least.set(least)
    this.#most.set(most)
  }
}
