import type { QueryField } from '../../query-editor/fields.js'

/** What the builder can say of a field. */
export type Test =
  | 'is'
  | 'isNot'
  | 'contains'
  | 'startsWith'
  | 'includes'
  | 'includesNot'
  | 'atLeast'
  | 'atMost'
  | 'holds'
  | 'holdsNot'
  | 'olderThan'
  | 'newerThan'
  | 'known'
  | 'unknown'

/** One line of the builder. Values are as people write them; several mean any of them. */
export interface Condition {
  field: string
  test: Test
  values: readonly string[]
}

export const TEST_WORDS: Readonly<Record<Test, string>> = {
  is: 'is',
  isNot: 'is not',
  contains: 'contains',
  startsWith: 'starts with',
  includes: 'has',
  includesNot: 'has not',
  atLeast: 'is at least',
  atMost: 'is at most',
  holds: 'holds',
  holdsNot: 'does not hold',
  olderThan: 'is more days ago than',
  newerThan: 'is fewer days ago than',
  known: 'is known',
  unknown: 'is not known',
}

const TESTS: Readonly<Record<string, readonly Test[]>> = {
  string: ['is', 'isNot', 'contains', 'startsWith', 'known', 'unknown'],
  'list of string': ['includes', 'includesNot'],
  double: ['atLeast', 'atMost', 'known', 'unknown'],
  int: ['is', 'atLeast', 'atMost', 'known', 'unknown'],
  bool: ['holds', 'holdsNot', 'known', 'unknown'],
  timestamp: ['olderThan', 'newerThan'],
}

/** The tests that a field of this type can have. */
export const testsFor = (type: string): readonly Test[] => TESTS[type] ?? []

/** What a test is against: nothing, one or several texts, a number, or days. */
export function argumentOf(test: Test): 'none' | 'texts' | 'text' | 'number' | 'days' {
  if (test === 'is' || test === 'isNot') return 'texts'
  if (test === 'atLeast' || test === 'atMost') return 'number'
  if (test === 'olderThan' || test === 'newerThan') return 'days'
  return ['holds', 'holdsNot', 'known', 'unknown'].includes(test) ? 'none' : 'text'
}

const quote = (text: string) => JSON.stringify(text)

/** The condition in the query language. @param type the field's, which says how its values are written */
export function writeCondition({ field, test, values }: Condition, type: string): string {
  const literal = (value: string) => (type === 'int' || type === 'double' ? value : quote(value))
  const [value = ''] = values
  const list = `[${values.map(literal).join(', ')}]`
  switch (test) {
    case 'is':
      return values.length > 1 ? `${field} in ${list}` : `${field} == ${literal(value)}`
    case 'isNot':
      return values.length > 1 ? `!(${field} in ${list})` : `${field} != ${literal(value)}`
    case 'contains':
    case 'startsWith':
      return `${field}.${test}(${quote(value)})`
    case 'includes':
      return `${quote(value)} in ${field}`
    case 'includesNot':
      return `!(${quote(value)} in ${field})`
    case 'atLeast':
      return `${field} >= ${decimal(value, type)}`
    case 'atMost':
      return `${field} <= ${decimal(value, type)}`
    case 'holds':
      return field
    case 'holdsNot':
      return `!${field}`
    case 'olderThan':
      return `now - ${field} > duration("${Number(value) * 24}h")`
    case 'newerThan':
      return `now - ${field} < duration("${Number(value) * 24}h")`
    case 'known':
      return `has(${field})`
    case 'unknown':
      return `!has(${field})`
  }
}

// A double is written with a point: 7 would be another type.
const decimal = (value: string, type: string) => (type === 'double' && /^-?\d+$/.test(value) ? `${value}.0` : value)

/** All of them together. */
export const writeConditions = (conditions: readonly Condition[], fields: readonly QueryField[]): string =>
  conditions
    .map((condition) =>
      writeCondition(condition, fields.find(({ name }) => name === condition.field)?.type ?? 'string'),
    )
    .join(' && ')

const FIELD = '[A-Za-z_][\\w.]*'
const TEXT = '"(?:[^"\\\\]|\\\\.)*"'
const VALUE = `(?:${TEXT}|-?\\d+(?:\\.\\d+)?)`
const LIST = `\\[\\s*(${VALUE}(?:\\s*,\\s*${VALUE})*)\\s*\\]`

interface Form {
  shape: RegExp
  read: (parts: readonly string[]) => Condition | null
}

const form = (shape: string, read: Form['read']): Form => ({ shape: new RegExp(`^${shape}$`), read })
const simple = (test: Test) => (parts: readonly string[]) => ({
  field: parts[0] ?? '',
  test,
  values: parts.slice(1).map(unquoted),
})
const several = (test: Test) => (parts: readonly string[]) => ({
  field: parts[0] ?? '',
  test,
  values: ((parts[1] ?? '').match(new RegExp(VALUE, 'g')) ?? []).map(unquoted),
})
const turned = (test: Test) => (parts: readonly string[]) => ({
  field: parts[1] ?? '',
  test,
  values: [unquoted(parts[0] ?? '')],
})
const days = (test: Test) => (parts: readonly string[]) => {
  const hours = Number(parts[1])
  return hours % 24 === 0 ? { field: parts[0] ?? '', test, values: [String(hours / 24)] } : null
}

const FORMS: readonly Form[] = [
  form(`(${FIELD})\\s*==\\s*(${VALUE})`, simple('is')),
  form(`(${FIELD})\\s*!=\\s*(${VALUE})`, simple('isNot')),
  form(`(${FIELD})\\s+in\\s*${LIST}`, several('is')),
  form(`!\\(\\s*(${FIELD})\\s+in\\s*${LIST}\\s*\\)`, several('isNot')),
  form(`(${FIELD})\\.contains\\(\\s*(${TEXT})\\s*\\)`, simple('contains')),
  form(`(${FIELD})\\.startsWith\\(\\s*(${TEXT})\\s*\\)`, simple('startsWith')),
  form(`(${TEXT})\\s+in\\s+(${FIELD})`, turned('includes')),
  form(`!\\(\\s*(${TEXT})\\s+in\\s+(${FIELD})\\s*\\)`, turned('includesNot')),
  form(`(${FIELD})\\s*>=\\s*(-?\\d+(?:\\.\\d+)?)`, simple('atLeast')),
  form(`(${FIELD})\\s*<=\\s*(-?\\d+(?:\\.\\d+)?)`, simple('atMost')),
  form(`now\\s*-\\s*(${FIELD})\\s*>\\s*duration\\("(\\d+)h"\\)`, days('olderThan')),
  form(`now\\s*-\\s*(${FIELD})\\s*<\\s*duration\\("(\\d+)h"\\)`, days('newerThan')),
  form(`has\\((${FIELD})\\)`, simple('known')),
  form(`!has\\((${FIELD})\\)`, simple('unknown')),
  form(`(${FIELD})`, simple('holds')),
  form(`!(${FIELD})`, simple('holdsNot')),
]

function unquoted(literal: string): string {
  if (!literal.startsWith('"')) return literal.replace(/\.0$/, '')
  try {
    return String(JSON.parse(literal))
  } catch {
    // An escape that CEL knows and JSON does not: shown as it is written.
    return literal.slice(1, -1)
  }
}

/**
 * The conditions that a query says, where the builder can show it: simple ones, all of which must hold. Null: it says more than that.
 * What is read and written again selects the same.
 */
export function readConditions(expression: string, fields: readonly QueryField[]): Condition[] | null {
  if (expression.trim() === '') return []
  const found: Condition[] = []
  for (const clause of clauses(expression)) {
    const condition = readClause(clause)
    const type = fields.find(({ name }) => name === condition?.field)?.type
    if (condition === null || type === undefined || !testsFor(type).includes(condition.test)) return null
    // What cannot be written as it was read is left to the editor.
    if (normal(writeCondition(condition, type)) !== normal(clause)) return null
    found.push(condition)
  }
  return found
}

function readClause(clause: string): Condition | null {
  for (const { shape, read } of FORMS) {
    const match = shape.exec(clause)
    if (match !== null) return read(match.slice(1))
  }
  return null
}

// Blanks outside of texts, and a decimal's zero, mean nothing.
const normal = (text: string) =>
  text.replace(new RegExp(`(${TEXT})|\\s+|(\\d)\\.0\\b`, 'g'), (_, literal, digit) => literal ?? digit ?? '')

/** The parts between `&&`, which may also stand inside of texts and parentheses. */
function clauses(expression: string): string[] {
  const parts: string[] = []
  let depth = 0
  let from = 0
  for (const token of expression.matchAll(new RegExp(`${TEXT}|[()\\[\\]]|&&`, 'g'))) {
    if (token[0] === '(' || token[0] === '[') depth += 1
    else if (token[0] === ')' || token[0] === ']') depth -= 1
    else if (token[0] === '&&' && depth === 0) {
      parts.push(expression.slice(from, token.index).trim())
      from = token.index + 2
    }
  }
  return [...parts, expression.slice(from).trim()]
}
