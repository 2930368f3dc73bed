import { type Pages, wordPages } from './pages.js'

// Strings of bytes lie one after the other in blocks. With 20 bits of an offset, 4 GiB can be told apart by 32 bits.
export const BLOCK_BITS = 20
export const BLOCK = 2 ** BLOCK_BITS
const PAGE_BITS = 12
const SHARD_BITS = 6
const FIRST_ROOM = 8

/**
 * Numbers for distinct strings of bytes, from 1; 0 stands for what is unknown. Ten million of them take their bytes and about twenty more
 * each, as no Map of JavaScript would.
 */
export class BytesDictionary {
  // All bytes are Buffers, here and where they come from: loops that meet one kind of array only are compiled for it.
  protected readonly blocks: Buffer[] = []
  /** The first number in each block. */
  protected readonly firsts: number[] = []
  protected readonly starts: Pages<Uint32Array> = wordPages(PAGE_BITS)
  protected readonly lengths: Pages<Uint32Array> = wordPages(PAGE_BITS)
  // Open addressing in several small tables, so that no growing one is copied for long.
  readonly #shards = Array.from({ length: 2 ** SHARD_BITS }, () => new Int32Array(FIRST_ROOM))
  readonly #used = new Int32Array(2 ** SHARD_BITS)
  #end = BLOCK
  #size = 1

  /** One more than the largest number in use. */
  get size(): number {
    return this.#size
  }

  get bytes(): number {
    const blocks = this.blocks.length * BLOCK
    return (
      blocks +
      this.starts.bytes +
      this.lengths.bytes +
      this.#shards.reduce((sum, { byteLength }) => sum + byteLength, 0)
    )
  }

  /** The number of these bytes, a new one if they have none. */
  codeOf(from: Buffer, start: number, end: number): number {
    const hash = hashOf(from, start, end)
    const shard = hash >>> (32 - SHARD_BITS)
    let table = this.#shards[shard] as Int32Array
    const used = this.#used[shard] as number
    if (used * 3 >= table.length * 2) table = this.#grow(shard, table)
    const place = this.#place(table, hash, from, start, end)
    const known = table[place] as number
    if (known !== 0) return known
    const code = this.#add(from, start, end)
    table[place] = code
    this.#used[shard] = used + 1
    return code
  }

  /** The number of these bytes; 0 if they have none. */
  find(from: Buffer, start: number, end: number): number {
    const hash = hashOf(from, start, end)
    const table = this.#shards[hash >>> (32 - SHARD_BITS)] as Int32Array
    return table[this.#place(table, hash, from, start, end)] as number
  }

  /** Where the bytes of a number begin: block, and offset in it. */
  protected at(code: number): { block: Buffer; start: number; length: number } {
    const position = this.starts.get(code)
    return {
      block: this.blocks[position >>> BLOCK_BITS] as Buffer,
      start: position & (BLOCK - 1),
      length: this.lengths.get(code),
    }
  }

  #place(table: Int32Array, hash: number, from: Buffer, start: number, end: number): number {
    const mask = table.length - 1
    let place = hash & mask
    for (let code = table[place] as number; code !== 0; code = table[place] as number) {
      if (this.#equals(code, from, start, end)) return place
      place = (place + 1) & mask
    }
    return place
  }

  #equals(code: number, from: Buffer, start: number, end: number): boolean {
    const length = end - start
    const page = code >>> PAGE_BITS
    const at = code & (2 ** PAGE_BITS - 1)
    if ((this.lengths.pages[page] as Uint32Array)[at] !== length) return false
    const position = (this.starts.pages[page] as Uint32Array)[at] as number
    const block = this.blocks[position >>> BLOCK_BITS] as Buffer
    const offset = position & (BLOCK - 1)
    for (let index = 0; index < length; index++) {
      if (block[offset + index] !== from[start + index]) return false
    }
    return true
  }

  #add(from: Buffer, start: number, end: number): number {
    const length = end - start
    if (length > BLOCK) throw new RangeError(`a text of ${length} bytes is longer than a block of the dictionary`)
    const code = this.#size++
    if (this.#end + length > BLOCK) {
      this.blocks.push(Buffer.allocUnsafeSlow(BLOCK))
      this.firsts.push(code)
      this.#end = 0
    }
    const block = this.blocks.at(-1) as Buffer
    for (let index = 0; index < length; index++) block[this.#end + index] = from[start + index] as number
    this.starts.set(code, (this.blocks.length - 1) * BLOCK + this.#end)
    this.lengths.set(code, length)
    this.#end += length
    return code
  }

  #grow(shard: number, small: Int32Array): Int32Array {
    const table = new Int32Array(small.length * 2)
    this.#shards[shard] = table
    for (const code of small) {
      if (code === 0) continue
      const { block, start, length } = this.at(code)
      let place = hashOf(block, start, start + length) & (table.length - 1)
      while (table[place] !== 0) place = (place + 1) & (table.length - 1)
      table[place] = code
    }
    return table
  }
}

/** Four bytes at a time, mixed at the end: low bits choose the place, high ones the table. */
function hashOf(bytes: Buffer, start: number, end: number): number {
  let hash = (end - start) ^ 0x811c_9dc5
  let at = start
  for (; at + 4 <= end; at += 4) {
    const word =
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)
    hash = Math.imul(hash ^ word, 0x9e37_79b1)
    hash ^= hash >>> 15
  }
  for (; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x0100_0193)
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b_3c6d)
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a_2d39)
  return (hash ^ (hash >>> 15)) >>> 0
}
