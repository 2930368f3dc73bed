import type { Row } from './fields.js'
import { leavesOf } from './normal-form.js'
import type { Comparison, Leaf, Query } from './query.js'
import { timeOf } from './values.js'

/** The last instant that a Date can hold. */
const LAST = 8.64e15

/** Instants, in milliseconds, at which `now op boundary` becomes another. */
function changes(op: Comparison, boundary: number): readonly number[] {
  switch (op) {
    case '<':
    case '>=':
      return [boundary]
    case '>':
    case '<=':
      return [boundary + 1]
    case '==':
      return [boundary, boundary + 1]
  }
}

function changesOf(leaf: Leaf, row: Row): readonly number[] {
  if (leaf.kind === 'clock') return changes(leaf.op, leaf.at)
  if (leaf.kind !== 'age') return []
  const value = timeOf(row, leaf.field)
  return value === null ? [] : changes(leaf.op, value + leaf.milliseconds)
}

/**
 * The earliest instant after `now` at which a leaf of the query changes for this row with time alone; null if none will.
 * Until then the query stays what it is; at that instant it has to be evaluated again, and may be the same.
 */
export function nextFlip(query: Query, row: Row, now: Date): Date | null {
  let next = Number.POSITIVE_INFINITY
  for (const leaf of leavesOf(query)) {
    for (const at of changesOf(leaf, row)) if (at > now.getTime() && at < next) next = at
  }
  return next <= LAST ? new Date(next) : null
}

/** Whether the query can change with time alone for any row. */
export function isTimeRelative(query: Query): boolean {
  return leavesOf(query).some((leaf) => leaf.kind === 'age' || leaf.kind === 'clock')
}
