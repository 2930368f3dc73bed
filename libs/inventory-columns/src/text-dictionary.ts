import type { TextTest } from '@reprieve/query'
import { fullBits, join, meet, newBits, setBit, without } from './bits.js'
import { BLOCK, BLOCK_BITS, BytesDictionary } from './bytes-dictionary.js'

const FIRST_SCRATCH = 4_096

/**
 * Distinct texts as UTF-8. A test of a text is made once for each of them, on the bytes: of texts without lone surrogates these begin, end
 * and contain each other exactly where their characters do, and compare as code points do.
 */
export class TextDictionary extends BytesDictionary {
  #scratch = Buffer.alloc(FIRST_SCRATCH)
  /** Numbers in the order of their texts, as far as they have been put in order. */
  #order = new Int32Array(0)
  #ranks = new Int32Array(1)

  /** The number of a text, a new one if it has none; 0 for null. */
  codeOfText(text: string | null): number {
    if (text === null) return 0
    const end = this.#write(text)
    return this.codeOf(this.#scratch, 0, end)
  }

  findText(text: string): number {
    const end = this.#write(text)
    return this.find(this.#scratch, 0, end)
  }

  textOf(code: number): string | null {
    if (code === 0) return null
    const { block, start, length } = this.at(code)
    return block.toString('utf8', start, start + length)
  }

  /** Numbers whose texts pass the test. */
  passing(test: TextTest): Uint32Array {
    switch (test.op) {
      case 'oneOf': {
        const bits = newBits(this.size)
        for (const value of test.values) {
          const code = this.findText(value)
          if (code !== 0) setBit(bits, code)
        }
        return bits
      }
      case 'startsWith':
        return this.#fixed(Buffer.from(test.value), false)
      case 'endsWith':
        return this.#fixed(Buffer.from(test.value), true)
      case 'contains':
        return this.#containing(Buffer.from(test.value))
      case 'not':
        return without(this.known(), this.passing(test.test))
      case 'and':
      case 'or': {
        const [first, ...others] = test.tests
        if (first === undefined) return test.op === 'and' ? this.known() : newBits(this.size)
        const bits = this.passing(first)
        for (const other of others) (test.op === 'and' ? meet : join)(bits, this.passing(other))
        return bits
      }
    }
  }

  /** All numbers but 0. */
  known(): Uint32Array {
    const bits = fullBits(this.size)
    bits[0] = (bits[0] as number) & ~1
    return bits
  }

  /** Of each number, where its text stands among all, by code point; equal only for the same. */
  ranks(): Int32Array {
    const ordered = this.#order.length
    if (ordered === this.size - 1) return this.#ranks
    const added = Int32Array.from({ length: this.size - 1 - ordered }, (_, index) => ordered + 1 + index)
    added.sort((a, b) => this.#compare(a, b))
    const merged = new Int32Array(this.size - 1)
    let old = 0
    let fresh = 0
    for (let index = 0; index < merged.length; index++) {
      const takesOld =
        fresh === added.length ||
        (old < ordered && this.#compare(this.#order[old] as number, added[fresh] as number) < 0)
      merged[index] = (takesOld ? this.#order[old++] : added[fresh++]) as number
    }
    this.#order = merged
    this.#ranks = new Int32Array(this.size)
    for (let rank = 0; rank < merged.length; rank++) this.#ranks[merged[rank] as number] = rank
    return this.#ranks
  }

  /** Where a text stands among the ranks; between two of them if it is none of these. */
  rankOf(text: string): number {
    const ranks = this.ranks()
    const code = this.findText(text)
    if (code !== 0) return ranks[code] as number
    const bytes = Buffer.from(text)
    let low = 0
    let high = this.#order.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const { block, start, length } = this.at(this.#order[middle] as number)
      if (compareBytes(block, start, length, bytes, 0, bytes.length) < 0) low = middle + 1
      else high = middle
    }
    return low - 0.5
  }

  override get bytes(): number {
    return super.bytes + this.#order.byteLength + this.#ranks.byteLength
  }

  #compare(a: number, b: number): number {
    const left = this.at(a)
    const right = this.at(b)
    return compareBytes(left.block, left.start, left.length, right.block, right.start, right.length)
  }

  #write(text: string): number {
    if (text.length * 3 > this.#scratch.length) this.#scratch = Buffer.alloc(text.length * 3)
    return this.#scratch.write(text)
  }

  #fixed(part: Buffer, atEnd: boolean): Uint32Array {
    if (part.length === 0) return this.known()
    const bits = newBits(this.size)
    const { pages: lengths, bits: pageBits } = this.lengths
    const perPage = 2 ** pageBits
    // Beginnings are alike in their first bytes and ends in their last: it is compared from where they differ.
    const telling = atEnd ? 0 : part.length - 1
    const step = atEnd ? 1 : -1
    const wanted = part[telling] as number
    for (let page = 0; page < lengths.length; page++) {
      const length = lengths[page] as Uint32Array
      const start = this.starts.pages[page] as Uint32Array
      const end = Math.min(perPage, this.size - page * perPage)
      // 0 is no text.
      for (let at = page === 0 ? 1 : 0; at < end; at++) {
        const spare = (length[at] as number) - part.length
        if (spare < 0) continue
        const position = start[at] as number
        const block = this.blocks[position >>> BLOCK_BITS] as Buffer
        const from = (position & (BLOCK - 1)) + (atEnd ? spare : 0)
        if (block[from + telling] !== wanted) continue
        let byte = telling
        while (byte >= 0 && byte < part.length && block[from + byte] === part[byte]) byte += step
        if (byte < 0 || byte === part.length) setBit(bits, page * perPage + at)
      }
    }
    return bits
  }

  #containing(part: Buffer): Uint32Array {
    if (part.length === 0) return this.known()
    const bits = newBits(this.size)
    for (let number = 0; number < this.blocks.length; number++) {
      const block = this.blocks[number] as Buffer
      const next = this.firsts[number + 1] ?? this.size
      let code = this.firsts[number] as number
      let end = this.#endOf(code)
      // Found in the block as a whole; then whose bytes these are.
      for (let at = block.indexOf(part); at >= 0; at = block.indexOf(part, at)) {
        while (end <= at && ++code < next) end = this.#endOf(code)
        // What lies behind the last text was never written.
        if (code === next) break
        if (at + part.length <= end) {
          setBit(bits, code)
          at = end
        } else {
          // It reaches into the text behind.
          at++
        }
      }
    }
    return bits
  }

  /** In its block. */
  #endOf(code: number): number {
    const page = code >>> this.starts.bits
    const at = code & (2 ** this.starts.bits - 1)
    const start = (this.starts.pages[page] as Uint32Array)[at] as number
    return (start & (BLOCK - 1)) + ((this.lengths.pages[page] as Uint32Array)[at] as number)
  }
}

function compareBytes(a: Buffer, aStart: number, aLength: number, b: Buffer, bStart: number, bLength: number): number {
  const shorter = Math.min(aLength, bLength)
  for (let index = 0; index < shorter; index++) {
    const difference = (a[aStart + index] as number) - (b[bStart + index] as number)
    if (difference !== 0) return difference
  }
  return aLength - bLength
}
