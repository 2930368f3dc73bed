import { MOST_ROWS, setBit } from './bits.js'

const NONE = -1
const FIRST_ROOM = 1_024

/** Which rows of a batch have each of many numbered things, as chains: the last row that has it, and for each the one before. */
export class Chains {
  #head = new Int32Array(FIRST_ROOM).fill(NONE)
  #row = new Int32Array(MOST_ROWS)
  #before = new Int32Array(MOST_ROWS)
  #links = 0
  readonly #present: number[] = []

  /** Those that some row has. */
  get present(): readonly number[] {
    return this.#present
  }

  clear(): void {
    for (const code of this.#present) this.#head[code] = NONE
    this.#present.length = 0
    this.#links = 0
  }

  /** Rows come in order. */
  link(code: number, row: number): void {
    if (code >= this.#head.length) this.#makeRoom(code)
    const head = this.#head[code] as number
    if (head === NONE) this.#present.push(code)
    // The same thing twice in one row: it was the last.
    else if (this.#row[head] === row) return
    if (this.#links === this.#row.length) {
      this.#row = doubled(this.#row)
      this.#before = doubled(this.#before)
    }
    this.#row[this.#links] = row
    this.#before[this.#links] = head
    this.#head[code] = this.#links++
  }

  /** Writes the rows that have it into `into`, descending, each once. @returns how many */
  rowsOf(code: number, into: Int32Array): number {
    let count = 0
    for (let link = this.#headOf(code); link !== NONE; link = this.#before[link] as number) {
      into[count++] = this.#row[link] as number
    }
    return count
  }

  /** Adds the rows that have it. */
  mark(code: number, bits: Uint32Array): void {
    for (let link = this.#headOf(code); link !== NONE; link = this.#before[link] as number) {
      setBit(bits, this.#row[link] as number)
    }
  }

  #headOf(code: number): number {
    return code < this.#head.length ? (this.#head[code] as number) : NONE
  }

  #makeRoom(code: number): void {
    const larger = new Int32Array(Math.max(code + 1, this.#head.length * 2)).fill(NONE)
    larger.set(this.#head)
    this.#head = larger
  }
}

function doubled(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2)
  larger.set(array)
  return larger
}
