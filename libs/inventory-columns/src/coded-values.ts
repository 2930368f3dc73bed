import type { Literal } from '@reprieve/query'
import { fullBits, newBits, setBit, without } from './bits.js'
import { ListDictionary } from './list-dictionary.js'
import { NumberDictionary } from './number-dictionary.js'
import { TextDictionary } from './text-dictionary.js'

/** The distinct values of a field, numbered from 1; 0 stands for unknown. */
export type Dictionary = TextDictionary | ListDictionary | NumberDictionary

/** True and false as numbers of a dictionary would be. */
export const FALSE_CODE = 1
export const TRUE_CODE = 2

/** The number for a value that is true, false or unknown. */
export const codeOfBool = (value: boolean | null): number => (value === null ? 0 : value ? TRUE_CODE : FALSE_CODE)

/** The numbers for whose values a literal holds. Unknown holds for neither a leaf nor its negation, but for `!has`. */
export function codesOf(dictionary: Dictionary, { leaf, negated }: Literal): Uint32Array {
  if (leaf.kind === 'has') return hasCodes(dictionary.size, negated)
  const passing = passingOf(dictionary, leaf)
  return negated ? without(knownCodes(dictionary.size), passing) : passing
}

/** The same for values that are true or false. */
export function boolCodesOf({ leaf, negated }: Literal): Uint32Array {
  if (leaf.kind === 'has') return hasCodes(TRUE_CODE + 1, negated)
  const bits = newBits(TRUE_CODE + 1)
  setBit(bits, negated ? FALSE_CODE : TRUE_CODE)
  return bits
}

function passingOf(dictionary: Dictionary, leaf: Literal['leaf']): Uint32Array {
  if (leaf.kind === 'text' && !(dictionary instanceof NumberDictionary)) return dictionary.passing(leaf.test)
  if (leaf.kind === 'number' && dictionary instanceof NumberDictionary) return dictionary.passing(leaf.test)
  throw new TypeError(`a test of kind ${leaf.kind} cannot be asked of this field`)
}

function hasCodes(size: number, negated: boolean): Uint32Array {
  if (!negated) return knownCodes(size)
  const unknown = newBits(size)
  setBit(unknown, 0)
  return unknown
}

function knownCodes(size: number): Uint32Array {
  const bits = fullBits(size)
  bits[0] = (bits[0] as number) & ~1
  return bits
}
