import { FaultAt } from './faults.js'
import { LIMITS } from './limits.js'
import { describe, exampleOf, type NamedField } from './paths.js'
import { suggest } from './suggest.js'
import type { Syntax } from './syntax.js'

/** A literal of the query as we use it. Whole numbers stay apart, since `port` takes no others. */
export type Constant =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number; readonly whole: boolean }
  | { readonly kind: 'bool'; readonly value: boolean }

function number(value: number | bigint, offset: number): Constant {
  const whole = typeof value === 'bigint'
  const converted = Number(value)
  if (whole ? !Number.isSafeInteger(converted) : !Number.isFinite(converted)) {
    throw new FaultAt('BAD_LITERAL', 'The number is too large', offset)
  }
  return { kind: 'number', value: converted + 0, whole }
}

/**
 * The literal that a tree is; undefined if it is none.
 * @throws FaultAt for a literal of a kind that no field has
 */
export function constantOf(syntax: Syntax): Constant | undefined {
  if (syntax.op === '-_') {
    const inner = syntax.args.op === 'value' ? constantOf(syntax.args) : undefined
    if (inner?.kind !== 'number') {
      throw new FaultAt(
        'NOT_ALLOWED',
        'A minus sign stands before a number only; a duration has it inside: duration("-1h")',
        syntax.start,
      )
    }
    return { ...inner, value: 0 - inner.value }
  }
  if (syntax.op !== 'value') return undefined
  const value: unknown = syntax.args
  const { start } = syntax
  if (typeof value === 'string') {
    // No database text can hold it, so no instance can have it.
    if (value.includes('\0')) throw new FaultAt('BAD_LITERAL', 'Text cannot hold the character U+0000', start)
    return { kind: 'text', value }
  }
  if (typeof value === 'number' || typeof value === 'bigint') return number(value, start)
  if (typeof value === 'boolean') return { kind: 'bool', value }
  if (value === null) {
    throw new FaultAt('WRONG_TYPE', 'null is no value here; a missing value is asked for with !has(field)', start)
  }
  throw value instanceof Uint8Array
    ? new FaultAt('WRONG_TYPE', 'Bytes are no value here; write the text without b before it', start)
    : new FaultAt('WRONG_TYPE', 'Unsigned numbers are no value here; write the number without u after it', start)
}

function wrongType(field: NamedField, offset: number): FaultAt {
  return new FaultAt('WRONG_TYPE', `${describe(field)}; write ${exampleOf(field)}`, offset)
}

/**
 * The text that a tree is, as a value of a text field (of the list's, for a list field).
 * @throws FaultAt if it is none, or none that the field can have
 */
export function textOf(field: NamedField, syntax: Syntax, exact: boolean): string {
  const constant = constantOf(syntax)
  if (constant?.kind !== 'text') throw wrongType(field, syntax.start)
  const { values } = field.definition
  if (exact && values !== undefined && !values.includes(constant.value)) {
    const meant = suggest(constant.value, values)
    throw new FaultAt(
      'UNKNOWN_VALUE',
      `${field.name} is never "${shorten(constant.value)}"; ${meant === undefined ? '' : `did you mean "${meant}"? `}Its values are ${values.join(', ')}`,
      syntax.start,
    )
  }
  return constant.value
}

const shorten = (value: string) => (value.length > 60 ? `${value.slice(0, 60)}…` : value)

/** The number that a tree is, as a value of a number field. @throws FaultAt if it is none */
export function numberOf(field: NamedField, syntax: Syntax): number {
  const constant = constantOf(syntax)
  if (constant?.kind !== 'number') throw wrongType(field, syntax.start)
  if (field.definition.type === 'int' && !constant.whole) throw wrongType(field, syntax.start)
  return constant.value
}

/** The elements of a list literal. @throws FaultAt if it is no list or too long */
export function elementsOf(syntax: Syntax, example: string): readonly Syntax[] {
  if (syntax.op !== 'list') throw new FaultAt('WRONG_TYPE', `After in stands a list, as in ${example}`, syntax.start)
  const excess = syntax.args[LIMITS.listValues]
  if (excess !== undefined) {
    throw new FaultAt(
      'LIST_TOO_LONG',
      `A list has at most ${LIMITS.listValues} values; split it in two, joined by ||`,
      excess.start,
    )
  }
  return syntax.args
}
