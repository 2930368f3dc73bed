import { countOf, forEachBit, hasBit, setBit, wordsFor } from './bits.js'

const FIRST_ROOM = 8
const EMPTY = -1

/**
 * Rows by their slots: a table of few, a bit for each row of many, whichever is smaller. A million rows of ten million take 1.25 MB, a
 * hundred take a kilobyte.
 */
export class SlotSet {
  #table: Int32Array | null = new Int32Array(FIRST_ROOM).fill(EMPTY)
  #bits: Uint32Array | null = null
  #size = 0

  get size(): number {
    return this.#size
  }

  get bytes(): number {
    return (this.#table ?? this.#bits)?.byteLength ?? 0
  }

  /** @returns whether it was not there */
  add(slot: number): boolean {
    if (this.#bits !== null) {
      this.#reach(slot)
      if (hasBit(this.#bits, slot)) return false
      setBit(this.#bits, slot)
      this.#size++
      return true
    }
    const table = this.#table as Int32Array
    const place = placeOf(table, slot)
    if (table[place] === slot) return false
    table[place] = slot
    this.#size++
    if (this.#size * 3 > table.length * 2) this.#grow(table, slot)
    return true
  }

  /** @returns whether it was there */
  delete(slot: number): boolean {
    if (!this.has(slot)) return false
    this.#size--
    if (this.#bits !== null) {
      this.#bits[slot >>> 5] = (this.#bits[slot >>> 5] as number) & ~(1 << (slot & 31))
      return true
    }
    const table = this.#table as Int32Array
    const mask = table.length - 1
    let hole = placeOf(table, slot)
    table[hole] = EMPTY
    // Those behind that were put there because it was in their place move up.
    for (let place = (hole + 1) & mask; table[place] !== EMPTY; place = (place + 1) & mask) {
      const other = table[place] as number
      const home = hash(other) & mask
      if (((place - home) & mask) >= ((place - hole) & mask)) {
        table[hole] = other
        table[place] = EMPTY
        hole = place
      }
    }
    return true
  }

  has(slot: number): boolean {
    if (this.#bits !== null) return slot >>> 5 < this.#bits.length && hasBit(this.#bits, slot)
    const table = this.#table as Int32Array
    return table[placeOf(table, slot)] === slot
  }

  forEach(visit: (slot: number) => void): void {
    if (this.#bits === null) {
      for (const slot of this.#table as Int32Array) if (slot !== EMPTY) visit(slot)
      return
    }
    forEachBit(this.#bits, visit)
  }

  /** Adds them to a set of bits that has room for all rows. */
  mark(bits: Uint32Array): void {
    if (this.#bits === null) {
      for (const slot of this.#table as Int32Array) if (slot !== EMPTY) setBit(bits, slot)
      return
    }
    const words = Math.min(bits.length, this.#bits.length)
    for (let word = 0; word < words; word++) bits[word] = (bits[word] as number) | (this.#bits[word] as number)
  }

  /** How many of them are among these. */
  countIn(bits: Uint32Array): number {
    let count = 0
    if (this.#bits === null) {
      for (const slot of this.#table as Int32Array) if (slot !== EMPTY && hasBit(bits, slot)) count++
      return count
    }
    const words = Math.min(bits.length, this.#bits.length)
    for (let word = 0; word < words; word++) count += countOf((bits[word] as number) & (this.#bits[word] as number))
    return count
  }

  #grow(table: Int32Array, highest: number): void {
    let most = highest
    for (const slot of table) if (slot > most) most = slot
    if (wordsFor(most + 1) < table.length * 2) {
      const bits = new Uint32Array(wordsFor(most + 1))
      for (const slot of table) if (slot !== EMPTY) setBit(bits, slot)
      this.#bits = bits
      this.#table = null
      return
    }
    const larger = new Int32Array(table.length * 2).fill(EMPTY)
    for (const slot of table) if (slot !== EMPTY) larger[placeOf(larger, slot)] = slot
    this.#table = larger
  }

  /** New rows come at the end. */
  #reach(slot: number): void {
    const bits = this.#bits as Uint32Array
    if (slot >>> 5 < bits.length) return
    const longer = new Uint32Array(Math.ceil(wordsFor(slot + 1) * 1.1))
    longer.set(bits)
    this.#bits = longer
  }
}

const hash = (slot: number): number => {
  const mixed = Math.imul(slot ^ (slot >>> 16), 0x45d9_f3b)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

function placeOf(table: Int32Array, slot: number): number {
  const mask = table.length - 1
  let place = hash(slot) & mask
  while (table[place] !== EMPTY && table[place] !== slot) place = (place + 1) & mask
  return place
}
