import { FaultAt } from './faults.js'
import type { FieldRegistry } from './fields.js'
import { LIMITS } from './limits.js'
import { EARLIEST, LATEST, LONGEST_DURATION, parseDuration, parseTimestamp } from './literals.js'
import { describe, namedField } from './paths.js'
import type { Comparison, Leaf } from './query.js'
import type { Syntax } from './syntax.js'

/**
 * A sum of times: `Σ coefficient · field + coefficient · now + constant`, in milliseconds. Every way to write a comparison of times comes
 * down to one of these against zero, so the arrangement a person chose does not matter.
 */
export interface TimeSum {
  readonly type: 'timestamp' | 'duration'
  readonly fields: ReadonlyMap<string, number>
  readonly clock: number
  readonly constant: number
}

const MIRROR: Readonly<Record<Comparison, Comparison>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '==': '==' }

/** The comparison with its sides exchanged. */
export const mirror = (op: Comparison): Comparison => MIRROR[op]

function add(a: TimeSum, b: TimeSum, sign: 1 | -1, type: TimeSum['type']): TimeSum {
  const fields = new Map(a.fields)
  for (const [name, count] of b.fields) fields.set(name, (fields.get(name) ?? 0) + sign * count)
  return { type, fields, clock: a.clock + sign * b.clock, constant: a.constant + sign * b.constant }
}

/** The type of `a op b`, or undefined where CEL has none (two points in time cannot be added). */
function typeOf(op: '+' | '-', a: TimeSum['type'], b: TimeSum['type']): TimeSum['type'] | undefined {
  if (op === '+') return a === 'timestamp' && b === 'timestamp' ? undefined : a === b ? 'duration' : 'timestamp'
  if (a === 'duration' && b === 'timestamp') return undefined
  return a === b ? 'duration' : 'timestamp'
}

function literal(syntax: Syntax, name: 'timestamp' | 'duration', args: readonly Syntax[]): TimeSum {
  const [arg] = args
  const example = name === 'timestamp' ? 'timestamp("2026-01-31T00:00:00Z")' : 'duration("720h")'
  if (args.length !== 1 || arg === undefined || arg.op !== 'value' || typeof arg.args !== 'string') {
    throw new FaultAt('BAD_LITERAL', `${name} takes one text, as in ${example}`, syntax.start)
  }
  const parsed = name === 'timestamp' ? parseTimestamp(arg.args) : parseDuration(arg.args)
  if (!parsed.ok) throw new FaultAt('BAD_LITERAL', parsed.problem, arg.start)
  return { type: name, fields: new Map(), clock: 0, constant: parsed.value }
}

/**
 * The sum that a tree stands for; undefined if it is nothing about times (a text, a number, a field of another type).
 * @throws FaultAt if it is about times and wrong
 */
export function timeSum(
  registry: FieldRegistry,
  syntax: Syntax,
  terms = LIMITS.timeTerms as number,
): TimeSum | undefined {
  if (syntax.op === 'call') {
    const [name, args] = syntax.args
    return name === 'timestamp' || name === 'duration' ? literal(syntax, name, args) : undefined
  }
  if (syntax.op === 'id' || syntax.op === '.') {
    const field = namedField(registry, syntax)
    if (field?.definition.type !== 'timestamp') return undefined
    return field.definition.clock
      ? { type: 'timestamp', fields: new Map(), clock: 1, constant: 0 }
      : { type: 'timestamp', fields: new Map([[field.name, 1]]), clock: 0, constant: 0 }
  }
  if (syntax.op !== '+' && syntax.op !== '-') return undefined
  if (terms <= 1) throw new FaultAt('NOT_ALLOWED', `A sum of times has at most ${LIMITS.timeTerms} terms`, syntax.start)
  const [left, right] = syntax.args
  const a = timeSum(registry, left, terms - 1)
  const b = timeSum(registry, right, terms - 1)
  if (a === undefined || b === undefined) {
    const other = a === undefined ? left : right
    const field = namedField(registry, other)
    throw new FaultAt(
      'NOT_ALLOWED',
      field === undefined
        ? 'Only times are added and subtracted, as in now - firstSeen > duration("720h")'
        : `Only times are added and subtracted, and ${describe(field)}`,
      other.start,
    )
  }
  const type = typeOf(syntax.op, a.type, b.type)
  if (type === undefined) {
    const what = syntax.op === '+' ? 'Two points in time cannot be added' : 'A time cannot be taken from a duration'
    throw new FaultAt('WRONG_TYPE', `${what}; write, for example, now - firstSeen > duration("720h")`, syntax.start)
  }
  return add(a, b, syntax.op === '+' ? 1 : -1, type)
}

/**
 * The leaf that `left op right` comes down to.
 * @throws FaultAt if the sides are of different types, or what is left is no question about one field or the clock
 */
export function timeLeaf(registry: FieldRegistry, op: Comparison, left: TimeSum, right: TimeSum, offset: number): Leaf {
  if (left.type !== right.type) {
    throw new FaultAt(
      'WRONG_TYPE',
      'A point in time is compared with a timestamp and a difference of times with a duration, as in now - firstSeen > duration("720h")',
      offset,
    )
  }
  const { fields, clock, constant } = add(left, right, -1, 'duration')
  const named = [...fields].filter(([, count]) => count !== 0)
  const [first] = named
  if (first === undefined && clock === 0) {
    throw new FaultAt('CONSTANT', 'This is the same at any time; compare a field', offset)
  }
  const leaf = solve(registry, op, named, clock, constant)
  if (leaf === undefined) {
    throw new FaultAt('NOT_ALLOWED', 'Compare one time field with a fixed time or with now', offset)
  }
  if (leaf.kind !== 'age' && (leaf.at < EARLIEST || leaf.at > LATEST)) {
    throw new FaultAt('BAD_LITERAL', 'The time that is compared with lies outside the years 1 to 9999', offset)
  }
  if (leaf.kind === 'age' && Math.abs(leaf.milliseconds) > LONGEST_DURATION) {
    throw new FaultAt('BAD_LITERAL', 'The duration that is compared with is longer than 10 000 years', offset)
  }
  return leaf
}

type Solved = Extract<Leaf, { kind: 'time' | 'age' | 'clock' }>

/** Solves `Σ … op 0` for the one thing in it that is not constant. Adding 0 turns −0 into 0. */
function solve(
  registry: FieldRegistry,
  op: Comparison,
  named: readonly (readonly [string, number])[],
  clock: number,
  constant: number,
): Solved | undefined {
  const [first, second] = named
  if (first === undefined) {
    const field = Object.keys(registry).find((name) => registry[name]?.clock) ?? 'now'
    if (clock === 1) return { kind: 'clock', field, op, at: 0 - constant }
    return clock === -1 ? { kind: 'clock', field, op: mirror(op), at: constant + 0 } : undefined
  }
  const [field, count] = first
  if (second !== undefined || Math.abs(count) !== 1) return undefined
  if (clock === 0) {
    return count === 1
      ? { kind: 'time', field, op, at: 0 - constant }
      : { kind: 'time', field, op: mirror(op), at: constant + 0 }
  }
  if (clock !== -count) return undefined
  // count 1: field − now + constant op 0, so now − field is on the other side.
  return count === 1
    ? { kind: 'age', field, op: mirror(op), milliseconds: constant + 0 }
    : { kind: 'age', field, op, milliseconds: 0 - constant }
}
