import type { Row } from '@reprieve/query'
import type { Batch } from './batch.js'
import { newBits, setBit } from './bits.js'
import { Chains } from './chains.js'
import { Codes } from './codes.js'

const NONE: readonly string[] = []

/** The distinct texts of a column in one batch, and which rows have each. */
export interface Dictionary {
  readonly texts: readonly string[]
  /** Pairs of row and place in `texts`. */
  readonly rows: readonly number[]
  readonly places: readonly number[]
}

/** How a text begins or ends. */
export type Affix = 'startsWith' | 'endsWith'

/**
 * One text field of a batch, of one or many values a row. Values that queries ask for have numbers that stay the same over all batches; a
 * batch is turned around once into the rows of each such value, so that a query's value costs nothing where no row has it. The same goes for
 * beginnings and ends, once for each length that is asked for.
 */
export class TextColumn {
  readonly #field: string
  readonly #isList: boolean
  readonly #alsoIn: string | undefined
  readonly #batch: Batch
  readonly #codes = new Codes()
  readonly #chains = new Chains()
  #loadedIn = 0
  readonly #known = newBits()
  readonly #affixes: Readonly<Record<Affix, Affixes>>
  #dictionaryOf = 0
  #dictionary: Dictionary = { texts: [], rows: [], places: [] }

  constructor(batch: Batch, field: string, isList: boolean, alsoIn: string | undefined) {
    this.#batch = batch
    this.#field = field
    this.#isList = isList
    this.#alsoIn = alsoIn
    this.#affixes = { startsWith: new Affixes(false), endsWith: new Affixes(true) }
  }

  /** The number of a value, to be let go of with `release`. */
  use(value: string): number {
    // What the batch before had says nothing of a value that was not asked for then.
    this.#loadedIn = 0
    return this.#codes.use(value)
  }

  release(value: string): void {
    if (this.#codes.release(value)) this.#loadedIn = 0
  }

  useAffix(affix: Affix, value: string): number {
    return this.#affixes[affix].use(value)
  }

  releaseAffix(affix: Affix, value: string): void {
    this.#affixes[affix].release(value)
  }

  /** Rows of which all values are known. */
  known(): Uint32Array {
    this.#load()
    return this.#known
  }

  /** Values that some row of the batch has, among those asked for. */
  present(): readonly number[] {
    this.#load()
    return this.#chains.present
  }

  /** Writes the rows that have a value into `into`, each once. @returns how many */
  rowsOf(code: number, into: Int32Array): number {
    this.#load()
    return this.#chains.rowsOf(code, into)
  }

  /** Adds the rows that have a value. */
  mark(code: number, bits: Uint32Array): void {
    this.#load()
    this.#chains.mark(code, bits)
  }

  /** Adds the rows that have a value which begins or ends so. */
  markAffix(affix: Affix, code: number, bits: Uint32Array): void {
    const affixes = this.#affixes[affix]
    if (affixes.loadedIn !== this.#batch.stamp) {
      affixes.loadedIn = this.#batch.stamp
      affixes.chains.clear()
      this.#visit((row, text) => affixes.link(row, text))
    }
    affixes.chains.mark(code, bits)
  }

  dictionary(): Dictionary {
    if (this.#dictionaryOf === this.#batch.stamp) return this.#dictionary
    this.#dictionaryOf = this.#batch.stamp
    const placeOf = new Map<string, number>()
    const rows: number[] = []
    const places: number[] = []
    this.#visit((row, text) => {
      let place = placeOf.get(text)
      if (place === undefined) {
        place = placeOf.size
        placeOf.set(text, place)
      }
      rows.push(row)
      places.push(place)
    })
    this.#dictionary = { texts: [...placeOf.keys()], rows, places }
    return this.#dictionary
  }

  #load(): void {
    if (this.#loadedIn === this.#batch.stamp) return
    this.#loadedIn = this.#batch.stamp
    const chains = this.#chains
    const codes = this.#codes
    const known = this.#known
    const { rows, size, words } = this.#batch
    chains.clear()
    known.fill(0, 0, words)
    if (this.#isList) {
      this.#visit((row, text) => {
        const code = codes.find(text)
        if (code !== undefined) chains.link(code, row)
      }, known)
      return
    }
    // The same without a call for each text, which is half of the time of the most frequent kinds of columns.
    const field = this.#field
    const alsoIn = this.#alsoIn
    for (let row = 0; row < size; row++) {
      const values = rows[row] as Row
      const value = values[field]
      if (typeof value === 'string') {
        const code = codes.find(value)
        if (code !== undefined) chains.link(code, row)
      }
      const more = alsoIn === undefined ? NONE : values[alsoIn]
      if (!Array.isArray(more)) continue
      if (typeof value === 'string') setBit(known, row)
      for (let index = 0; index < more.length; index++) {
        const other: unknown = more[index]
        // The canonical id is among the others, too.
        if (typeof other !== 'string' || other === value) continue
        const code = codes.find(other)
        if (code !== undefined) chains.link(code, row)
      }
    }
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

/** Beginnings or ends that queries ask for. */
class Affixes {
  loadedIn = 0
  readonly chains = new Chains()
  readonly #codes = new Codes()
  /** How many values there are of each length. */
  readonly #lengths = new Map<number, number>()
  readonly #isEnd: boolean

  constructor(isEnd: boolean) {
    this.#isEnd = isEnd
  }

  use(value: string): number {
    const known = this.#codes.find(value)
    if (known === undefined) this.#lengths.set(value.length, (this.#lengths.get(value.length) ?? 0) + 1)
    this.loadedIn = 0
    return this.#codes.use(value)
  }

  release(value: string): void {
    if (!this.#codes.release(value)) return
    const left = (this.#lengths.get(value.length) ?? 0) - 1
    if (left === 0) this.#lengths.delete(value.length)
    else this.#lengths.set(value.length, left)
    this.loadedIn = 0
  }

  link(row: number, text: string): void {
    for (const length of this.#lengths.keys()) {
      if (length > text.length) continue
      const code = this.#codes.find(this.#isEnd ? text.slice(text.length - length) : text.slice(0, length))
      if (code !== undefined) this.chains.link(code, row)
    }
  }
}
