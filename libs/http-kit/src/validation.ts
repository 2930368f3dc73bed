import { z } from 'zod'
import type { FieldFault } from './problem.js'

type RawIssue = Parameters<NonNullable<z.core.ParseContext<z.core.$ZodIssue>['error']>>[0]

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
  date: 'a time',
}

const FORMATS: Readonly<Record<string, string>> = {
  uuid: 'an id (a UUID)',
  email: 'an email address',
  url: 'a link that starts with http:// or https://',
  datetime: 'a time in UTC such as 2026-01-31T12:00:00Z',
  date: 'a day such as 2026-01-31',
  base64: 'base64',
}

const list = (values: readonly unknown[]): string => {
  const words = values.map(String)
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

/** `1 entry`, `20 characters`; null for what is not counted but compared. */
function amount(origin: string, number: number | bigint): string | null {
  if (origin === 'string') return `${number} character${Number(number) === 1 ? '' : 's'}`
  if (origin === 'array' || origin === 'set') return `${number} ${Number(number) === 1 ? 'entry' : 'entries'}`
  return null
}

/** Zod's issues in the words of people. A message given in a schema wins over these. */
function words(issue: RawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'This is required.'
      return `Must be ${TYPES[issue.expected] ?? issue.expected}.`
    case 'invalid_value':
      if (issue.input === undefined) return 'This is required.'
      return `Must be ${list(issue.values)}.`
    case 'too_small': {
      if (issue.origin === 'string' && Number(issue.minimum) === 1) return 'Must not be empty.'
      const least = amount(issue.origin, issue.minimum)
      if (least !== null) return `Must have at least ${least}.`
      return issue.inclusive === false ? `Must be more than ${issue.minimum}.` : `Must be at least ${issue.minimum}.`
    }
    case 'too_big': {
      const most = amount(issue.origin, issue.maximum)
      if (most !== null) return `Must have at most ${most}.`
      return issue.inclusive === false ? `Must be less than ${issue.maximum}.` : `Must be at most ${issue.maximum}.`
    }
    case 'invalid_format':
      return `Must be ${FORMATS[issue.format] ?? 'in the expected form'}.`
    case 'not_multiple_of':
      return `Must be a multiple of ${issue.divisor}.`
    case 'unrecognized_keys':
      return 'There is no such field.'
    case 'invalid_union':
      return 'Is none of the forms that are taken here.'
    default:
      return 'Is not valid.'
  }
}

const pointerOf = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

function* faults(issues: readonly z.core.$ZodIssue[], base: readonly PropertyKey[]): Generator<FieldFault> {
  for (const issue of issues) {
    const path = [...base, ...issue.path]
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) yield { pointer: pointerOf([...path, key]), detail: issue.message }
      continue
    }
    // Of several forms, the one that came nearest tells best what is wrong.
    const nearest = issue.code === 'invalid_union' ? nearestForm(issue.errors) : undefined
    if (nearest !== undefined) yield* faults(nearest, path)
    else yield { pointer: pointerOf(path), detail: issue.message }
  }
}

function nearestForm(forms: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] | undefined {
  const deep = forms.filter((issues) => issues.some((issue) => issue.path.length > 0))
  return deep.length === 0 ? undefined : deep.reduce((best, issues) => (issues.length < best.length ? issues : best))
}

// A body of a thousand wrong entries is refused with this many of them.
const MOST_FAULTS = 50

export type Validated<T> = { ok: true; value: T } | { ok: false; errors: FieldFault[] }

/** Parses a value by a schema; what is wrong is told field by field. */
export function validate<S extends z.ZodType>(schema: S, value: unknown): Validated<z.output<S>> {
  const result = z.safeParse(schema, value, { error: words })
  if (result.success) return { ok: true, value: result.data }
  return { ok: false, errors: [...faults(result.error.issues, [])].slice(0, MOST_FAULTS) }
}
