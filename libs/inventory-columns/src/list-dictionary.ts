import type { TextTest } from '@reprieve/query'
import { hasBit, newBits, setBit } from './bits.js'
import { BytesDictionary } from './bytes-dictionary.js'
import { TextDictionary } from './text-dictionary.js'

const FIRST_SCRATCH = 1_024

/** Distinct lists of texts: of each the numbers of its texts, which are numbered by themselves. */
export class ListDictionary extends BytesDictionary {
  readonly elements = new TextDictionary()
  #codes = new Int32Array(FIRST_SCRATCH)
  #bytes = Buffer.from(this.#codes.buffer)

  /** The number of a list, a new one if it has none; 0 for null. */
  codeOfList(list: readonly string[] | null): number {
    if (list === null) return 0
    this.#room(list.length)
    for (let index = 0; index < list.length; index++) {
      this.#codes[index] = this.elements.codeOfText(list[index] as string)
    }
    return this.#codeOf(list.length)
  }

  /** The number of the list of these texts, given by their numbers in `elements`. */
  codeOfElements(codes: Int32Array, length: number): number {
    this.#room(length)
    this.#codes.set(codes.subarray(0, length))
    return this.#codeOf(length)
  }

  /** Numbers of lists of which any text passes the test. */
  passing(test: TextTest): Uint32Array {
    const elements = this.elements.passing(test)
    const bits = newBits(this.size)
    for (let code = 1; code < this.size; code++) {
      const { block, start, length } = this.at(code)
      for (let at = start; at < start + length; at += 4) {
        const element =
          (block[at] as number) |
          ((block[at + 1] as number) << 8) |
          ((block[at + 2] as number) << 16) |
          ((block[at + 3] as number) << 24)
        if (hasBit(elements, element)) {
          setBit(bits, code)
          break
        }
      }
    }
    return bits
  }

  override get bytes(): number {
    return super.bytes + this.elements.bytes
  }

  #codeOf(length: number): number {
    // Little-endian, as every machine is that Node runs on.
    return this.codeOf(this.#bytes, 0, length * 4)
  }

  #room(length: number): void {
    if (length <= this.#codes.length) return
    this.#codes = new Int32Array(length * 2)
    this.#bytes = Buffer.from(this.#codes.buffer)
  }
}
