import type { Row } from './fields.js'
import type { Leaf, TextLeaf } from './query.js'

// The one place that decides what is known. What is missing, or is not what its field should hold, is unknown.

/** Texts that a text leaf asks about, and whether these are all there are. */
export interface Texts {
  readonly texts: readonly string[]
  readonly complete: boolean
}

const NONE: Texts = { texts: [], complete: false }

function listOf(row: Row, field: string): Texts {
  const value = row[field]
  if (!Array.isArray(value)) return NONE
  return { texts: value.filter((item) => typeof item === 'string'), complete: true }
}

/** The texts of the leaf's field, with those of the list that holds further ones. */
export function textsOf(row: Row, leaf: TextLeaf): Texts {
  if (leaf.list) return listOf(row, leaf.field)
  const value = row[leaf.field]
  const own: Texts = typeof value === 'string' ? { texts: [value], complete: true } : NONE
  if (leaf.alsoIn === undefined) return own
  const more = listOf(row, leaf.alsoIn)
  return { texts: [...own.texts, ...more.texts], complete: own.complete && more.complete }
}

/** The number of a field, or null. A NaN says nothing about the score, so it is no known value. */
export function numberOf(row: Row, field: string): number | null {
  const value = row[field]
  return typeof value === 'number' && !Number.isNaN(value) ? value : null
}

export function boolOf(row: Row, field: string): boolean | null {
  const value = row[field]
  return typeof value === 'boolean' ? value : null
}

/** The time of a field in milliseconds since the epoch, or null. */
export function timeOf(row: Row, field: string): number | null {
  const value = row[field]
  if (!(value instanceof Date)) return null
  const at = value.getTime()
  return Number.isNaN(at) ? null : at
}

/** Whether the value of a field is known: exactly where a test of it alone can be true or false. */
export function isKnown(row: Row, { field, type }: Extract<Leaf, { kind: 'has' }>): boolean {
  switch (type) {
    case 'string':
      return typeof row[field] === 'string'
    case 'list of string':
      return Array.isArray(row[field])
    case 'double':
    case 'int':
      return numberOf(row, field) !== null
    case 'bool':
      return boolOf(row, field) !== null
    case 'timestamp':
      return timeOf(row, field) !== null
  }
}
