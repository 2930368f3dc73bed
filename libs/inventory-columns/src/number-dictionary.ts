import type { NumberLeaf } from '@reprieve/query'
import { newBits, setBit } from './bits.js'

// What an entry of a Map of numbers takes, about.
const BYTES_EACH = 56

/** Distinct numbers, from 1; 0 stands for what is unknown, and NaN is no known value. */
export class NumberDictionary {
  readonly #codes = new Map<number, number>()
  /** By number; of 0 it is NaN. */
  readonly values: number[] = [Number.NaN]

  get size(): number {
    return this.values.length
  }

  get bytes(): number {
    return this.size * BYTES_EACH
  }

  codeOfNumber(value: number | null): number {
    if (value === null || Number.isNaN(value)) return 0
    let code = this.#codes.get(value)
    if (code === undefined) {
      code = this.values.length
      this.#codes.set(value, code)
      this.values.push(value)
    }
    return code
  }

  passing(test: NumberLeaf['test']): Uint32Array {
    const bits = newBits(this.size)
    if (test.op === 'oneOf') {
      for (const value of test.values) {
        const code = this.#codes.get(value)
        if (code !== undefined) setBit(bits, code)
      }
      return bits
    }
    for (let code = 1; code < this.values.length; code++) {
      if (passes(test.op, this.values[code] as number, test.value)) setBit(bits, code)
    }
    return bits
  }
}

function passes(op: '<' | '<=' | '>' | '>=', value: number, bound: number): boolean {
  switch (op) {
    case '<':
      return value < bound
    case '<=':
      return value <= bound
    case '>':
      return value > bound
    case '>=':
      return value >= bound
  }
}
