import type { Literal } from '@reprieve/query'
import { hasBit, join, meet, newBits, setBit } from './bits.js'
import { boolCodesOf, codeOfBool, codesOf, type Dictionary } from './coded-values.js'
import { KeyIndex } from './key-index.js'
import { ListDictionary } from './list-dictionary.js'
import { NumberDictionary } from './number-dictionary.js'
import { codePages, type Pages } from './pages.js'
import { TextDictionary } from './text-dictionary.js'

export type EntityFieldType = 'text' | 'list' | 'number' | 'bool'
export type EntityFields = Readonly<Record<string, EntityFieldType>>

/** What is said of one entity, by field. */
export type EntityValues<Fields extends EntityFields> = {
  readonly [Field in keyof Fields]:
    | (Fields[Field] extends 'text'
        ? string
        : Fields[Field] extends 'list'
          ? readonly string[]
          : Fields[Field] extends 'number'
            ? number
            : boolean)
    | null
}

interface Column {
  readonly dictionary: Dictionary | null
  readonly codes: Pages<Int32Array>
}

const PAGE_BITS = 12

/**
 * What many instances share: assets, vulnerabilities. A test of such a field is made once for each distinct value, then looked up for each
 * entity, and only then carried over to instances.
 */
export class EntityTable<Fields extends EntityFields> {
  readonly #columns = new Map<string, Column>()
  readonly #slots = new KeyIndex()
  readonly #keys: number[] = [-1]

  constructor(fields: Fields) {
    for (const [name, type] of Object.entries(fields)) {
      this.#columns.set(name, { dictionary: dictionaryOf(type), codes: codePages(PAGE_BITS) })
    }
  }

  /** One more than the largest slot; slot 0 is an entity of which nothing is known. */
  get size(): number {
    return this.#keys.length
  }

  get bytes(): number {
    let sum = this.#slots.bytes + this.#keys.length * 8
    for (const { dictionary, codes } of this.#columns.values()) sum += codes.bytes + (dictionary?.bytes ?? 0)
    return sum
  }

  /** The slot of a key, a new one if it has none. */
  slotOf(key: number): number {
    const known = this.#slots.find(key)
    if (known !== 0) return known
    const slot = this.#keys.length
    this.#keys.push(key)
    this.#slots.set(key, slot)
    return slot
  }

  has(key: number): boolean {
    return this.#slots.find(key) !== 0
  }

  keyOf(slot: number): number {
    return this.#keys[slot] as number
  }

  put(key: number, values: EntityValues<Fields>): void {
    const slot = this.slotOf(key)
    for (const [name, { dictionary, codes }] of this.#columns) {
      codes.set(slot, codeIn(dictionary, values[name] as string | readonly string[] | number | boolean | null))
    }
  }

  codeOf(slot: number, field: keyof Fields & string): number {
    return this.#column(field).codes.get(slot)
  }

  textsOf(field: keyof Fields & string): TextDictionary {
    const { dictionary } = this.#column(field)
    if (!(dictionary instanceof TextDictionary)) throw new TypeError(`${field} is no text`)
    return dictionary
  }

  numbersOf(field: keyof Fields & string): NumberDictionary {
    const { dictionary } = this.#column(field)
    if (!(dictionary instanceof NumberDictionary)) throw new TypeError(`${field} is no number`)
    return dictionary
  }

  /** Slots of entities for which a literal holds. */
  select(literal: Literal): Uint32Array {
    const { leaf, negated } = literal
    const own = this.#holding(leaf.field, literal)
    if (leaf.kind !== 'text' || leaf.alsoIn === undefined) return own
    // Any of the texts of both; or all of both are known and none is.
    const more = this.#holding(leaf.alsoIn, literal)
    ;(negated ? meet : join)(own, more)
    return own
  }

  #holding(field: string, literal: Literal): Uint32Array {
    const { dictionary, codes } = this.#column(field)
    const wanted = dictionary === null ? boolCodesOf(literal) : codesOf(dictionary, literal)
    const bits = newBits(this.size)
    const perPage = 2 ** PAGE_BITS
    for (let start = 0; start < this.size; start += perPage) {
      const page = codes.page(start)
      const end = Math.min(perPage, this.size - start)
      for (let at = 0; at < end; at++) if (hasBit(wanted, page[at] as number)) setBit(bits, start + at)
    }
    return bits
  }

  #column(field: string): Column {
    const column = this.#columns.get(field)
    if (column === undefined) throw new TypeError(`there is no field ${field} here`)
    return column
  }
}

function dictionaryOf(type: EntityFieldType): Dictionary | null {
  switch (type) {
    case 'text':
      return new TextDictionary()
    case 'list':
      return new ListDictionary()
    case 'number':
      return new NumberDictionary()
    case 'bool':
      return null
  }
}

function codeIn(dictionary: Dictionary | null, value: string | readonly string[] | number | boolean | null): number {
  if (dictionary instanceof TextDictionary) return dictionary.codeOfText(value as string | null)
  if (dictionary instanceof ListDictionary) return dictionary.codeOfList(value as readonly string[] | null)
  if (dictionary instanceof NumberDictionary) return dictionary.codeOfNumber(value as number | null)
  return codeOfBool(value as boolean | null)
}
