import type { Row } from '@reprieve/query'
import type { Batch } from './batch.js'
import { MOST_ROWS, newBits, setBit } from './bits.js'

const NONE = -1
const FIRST_ROOM = 1_024

/** The distinct texts of a column in one batch, and which rows have each. */
export interface Dictionary {
  readonly texts: readonly string[]
  /** Pairs of row and place in `texts`, `count` of them. */
  readonly rows: Int32Array
  readonly places: Int32Array
  readonly count: number
}

/**
 * One text field of a batch, of one or many values a row. Values that queries ask for have numbers that stay the same over all batches; a
 * batch is turned around once into the rows of each such value, so that a query's value costs nothing where no row has it.
 */
export class TextColumn {
  readonly #field: string
  readonly #isList: boolean
  readonly #alsoIn: string | undefined
  readonly #batch: Batch
  /** Value → its number. */
  readonly #codes = new Map<string, number>()
  readonly #users: number[] = []
  readonly #free: number[] = []
  #loaded = 0
  readonly #known = newBits()
  // Rows of each value, as chains: the last row that has it, and for each the one before.
  #head = new Int32Array(FIRST_ROOM).fill(NONE)
  #row = new Int32Array(MOST_ROWS)
  #before = new Int32Array(MOST_ROWS)
  #links = 0
  readonly #touched: number[] = []
  #dictionaryOf = 0
  #dictionary: Dictionary = { texts: [], rows: new Int32Array(0), places: new Int32Array(0), count: 0 }

  constructor(batch: Batch, field: string, isList: boolean, alsoIn: string | undefined) {
    this.#batch = batch
    this.#field = field
    this.#isList = isList
    this.#alsoIn = alsoIn
  }

  /** The number of a value, to be let go of with `release`. */
  use(value: string): number {
    let code = this.#codes.get(value)
    if (code === undefined) {
      code = this.#free.pop() ?? this.#users.length
      this.#codes.set(value, code)
      this.#users[code] = 0
      if (code >= this.#head.length) {
        const larger = new Int32Array(this.#head.length * 2).fill(NONE)
        larger.set(this.#head)
        this.#head = larger
      }
    }
    this.#users[code] = (this.#users[code] ?? 0) + 1
    // What the batch before had says nothing of a value that was not asked for then.
    this.#loaded = 0
    return code
  }

  release(value: string): void {
    const code = this.#codes.get(value)
    if (code === undefined) return
    const users = (this.#users[code] ?? 0) - 1
    this.#users[code] = users
    if (users > 0) return
    this.#codes.delete(value)
    this.#free.push(code)
    this.#loaded = 0
  }

  /** Rows of which all values are known. */
  known(): Uint32Array {
    this.#load()
    return this.#known
  }

  /** Values that some row of the batch has, among those asked for. */
  present(): readonly number[] {
    this.#load()
    return this.#touched
  }

  /** Writes the rows that have a value into `into`, descending, each once. @returns how many */
  rowsOf(code: number, into: Int32Array): number {
    this.#load()
    let count = 0
    for (let link = this.#head[code] as number; link !== NONE; link = this.#before[link] as number) {
      into[count++] = this.#row[link] as number
    }
    return count
  }

  /** Adds the rows that have a value. */
  mark(code: number, bits: Uint32Array): void {
    this.#load()
    for (let link = this.#head[code] as number; link !== NONE; link = this.#before[link] as number) {
      setBit(bits, this.#row[link] as number)
    }
  }

  dictionary(): Dictionary {
    if (this.#dictionaryOf === this.#batch.stamp) return this.#dictionary
    this.#dictionaryOf = this.#batch.stamp
    const places = new Map<string, number>()
    const rows: number[] = []
    const at: number[] = []
    this.#visit((row, text) => {
      let place = places.get(text)
      if (place === undefined) {
        place = places.size
        places.set(text, place)
      }
      rows.push(row)
      at.push(place)
    })
    this.#dictionary = {
      texts: [...places.keys()],
      rows: Int32Array.from(rows),
      places: Int32Array.from(at),
      count: rows.length,
    }
    return this.#dictionary
  }

  #load(): void {
    if (this.#loaded === this.#batch.stamp) return
    this.#loaded = this.#batch.stamp
    for (const code of this.#touched) this.#head[code] = NONE
    this.#touched.length = 0
    this.#links = 0
    this.#known.fill(0, 0, this.#batch.words)
    const codes = this.#codes
    this.#visit((row, text) => {
      const code = codes.get(text)
      if (code !== undefined) this.#link(code, row)
    }, this.#known)
  }

  #link(code: number, row: number): void {
    const head = this.#head[code] as number
    if (head === NONE) this.#touched.push(code)
    // The same value twice in one row: rows come in order, so it was the last.
    else if (this.#row[head] === row) return
    if (this.#links === this.#row.length) {
      this.#row = grown(this.#row)
      this.#before = grown(this.#before)
    }
    this.#row[this.#links] = row
    this.#before[this.#links] = head
    this.#head[code] = this.#links++
  }

  /** Every text of every row, in order of rows. What is no text, or no list where there should be one, is unknown. */
  #visit(each: (row: number, text: string) => void, known?: Uint32Array): void {
    const { rows, size } = this.#batch
    const field = this.#field
    const alsoIn = this.#alsoIn
    for (let row = 0; row < size; row++) {
      const values = rows[row] as Row
      if (this.#isList) {
        if (visitList(values[field], row, each) && known !== undefined) setBit(known, row)
        continue
      }
      const value = values[field]
      const isText = typeof value === 'string'
      if (isText) each(row, value)
      const isComplete = alsoIn === undefined || visitList(values[alsoIn], row, each)
      if (isText && isComplete && known !== undefined) setBit(known, row)
    }
  }
}

function visitList(value: unknown, row: number, each: (row: number, text: string) => void): boolean {
  if (!Array.isArray(value)) return false
  for (const item of value) if (typeof item === 'string') each(row, item)
  return true
}

function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2)
  larger.set(array)
  return larger
}
