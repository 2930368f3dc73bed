import { z } from 'zod'
import { Secret } from './secret.js'
import { type Traits, traits } from './traits.js'

interface Range {
  min?: number
  max?: number
}

/** The schema of a variable with a form of its own: `parse` answers undefined for what is not right, and `expects` is `must be …`. */
export function variable<T>(parse: (text: string) => T | undefined, about: Traits) {
  const schema = z.string().transform((given, context): T => {
    const value = parse(given)
    if (value !== undefined) return value
    context.issues.push({ code: 'custom', message: about.expects, input: given })
    return z.NEVER
  })
  traits.add(schema, about)
  return schema
}

const within = ({ min, max }: Range): string => {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`
  if (min !== undefined) return ` of at least ${min}`
  return max === undefined ? '' : ` of at most ${max}`
}

const inRange = (value: number, { min, max }: Range): boolean =>
  value >= (min ?? Number.NEGATIVE_INFINITY) && value <= (max ?? Number.POSITIVE_INFINITY)

const wholeNumber =
  (range: Range) =>
  (given: string): number | undefined => {
    if (!/^[+-]?\d{1,16}$/.test(given)) return undefined
    const value = Number(given)
    return Number.isSafeInteger(value) && inRange(value, range) ? value : undefined
  }

/** A whole number that counts things; one that measures has a unit: see `milliseconds`, `bytes`, … */
export const integer = (range: Range = {}) =>
  variable(wholeNumber(range), { expects: `must be a whole number${within(range)}` })

export const number = (range: Range = {}) =>
  variable(
    (given) => {
      if (!/^[+-]?\d{1,16}(\.\d{1,16})?$/.test(given)) return undefined
      return inRange(Number(given), range) ? Number(given) : undefined
    },
    { expects: `must be a number${within(range)}` },
  )

const measure = (unit: string, suffix: string) => (range: Range) =>
  variable(wholeNumber({ min: 0, ...range }), {
    expects: `must be a whole number of ${unit}${within({ min: 0, ...range })}`,
    suffixes: [suffix],
  })

// The number is in the unit that the variable's name ends in; nothing is converted, so that the name in code says it, too.
/** `…_MS` */
export const milliseconds = measure('milliseconds', '_MS')
/** `…_SECONDS` */
export const seconds = measure('seconds', '_SECONDS')
/** `…_MINUTES` */
export const minutes = measure('minutes', '_MINUTES')
/** `…_HOURS` */
export const hours = measure('hours', '_HOURS')
/** `…_DAYS` */
export const days = measure('days', '_DAYS')
/** `…_BYTES` */
export const bytes = measure('bytes', '_BYTES')
/** `…_MIB` */
export const mebibytes = measure('MiB (1 048 576 bytes)', '_MIB')

/** `true` or `false`. */
export const flag = () =>
  variable((given) => ({ true: true, false: false })[given.toLowerCase()], { expects: 'must be true or false' })

export const oneOf = <const T extends string>(...allowed: readonly [T, ...T[]]) =>
  variable((given) => allowed.find((word) => word === given), { expects: `must be one of ${allowed.join(', ')}` })

/** One line of text. */
export const text = ({ max = 1_000 }: { max?: number } = {}) =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  variable((given) => (given.length <= max && !/[\u0000-\u001f\u007f]/.test(given) ? given : undefined), {
    expects: `must be one line of at most ${max} characters`,
  })

/** A secret as it was given, never trimmed: `Secret.reveal()`. Can come from a file: `NAME_FILE`. */
export const secret = ({ minLength = 1, maxLength = 4_096 }: { minLength?: number; maxLength?: number } = {}) =>
  variable((given) => (given.length >= minLength && given.length <= maxLength ? new Secret(given) : undefined), {
    expects: `must have ${minLength} to ${maxLength} characters`,
    secret: true,
  })

const parseUrl = (given: string, protocols: readonly string[]): URL | undefined => {
  if (given.length > 4_096 || !URL.canParse(given)) return undefined
  const parsed = new URL(given)
  return protocols.includes(parsed.protocol) && parsed.host !== '' ? parsed : undefined
}

const beginnings = (protocols: readonly string[]): string => protocols.map((protocol) => `${protocol}//`).join(' or ')

/**
 * An address without user, password, query or fragment, as text without a slash at its end.
 * @param protocols each with its colon: `https:`
 */
export const url = (...protocols: readonly [string, ...string[]]) =>
  variable(
    (given) => {
      const parsed = parseUrl(given, protocols)
      if (parsed === undefined || parsed.username || parsed.password || parsed.search || parsed.hash) return undefined
      return parsed.href.replace(/\/+$/, '')
    },
    {
      expects: `must be an address beginning with ${beginnings(protocols)}, without user, password, query or fragment`,
    },
  )

/**
 * An address that can hold a user and a password, and so is a secret as a whole. Can come from a file: `NAME_FILE`.
 * @param protocols each with its colon: `postgres:`
 */
export const secretUrl = (...protocols: readonly [string, ...string[]]) =>
  variable((given) => (parseUrl(given, protocols) === undefined ? undefined : new Secret(given)), {
    expects: `must be an address beginning with ${beginnings(protocols)}`,
    secret: true,
  })

/** Comma-separated; spaces around items are dropped, empty items are a fault. */
export const list = <T extends z.ZodType<unknown, string>>(
  item: T,
  { min = 1, max = 100 }: { min?: number; max?: number } = {},
) => {
  const about = traits.get(item)
  return variable<z.output<T>[]>(
    (given) => {
      const parts = given.split(',').map((part) => part.trim())
      if (parts.length < min || parts.length > max) return undefined
      const values = parts.map((part) => (part === '' ? null : item.safeParse(part)))
      return values.every((value) => value?.success) ? values.map((value) => value?.data as z.output<T>) : undefined
    },
    {
      expects: `must be ${min} to ${max} items with commas between them${about === undefined ? '' : `, each of which ${about.expects}`}`,
      write: (value) => (value as unknown[]).join(','),
      ...(about?.secret === undefined ? {} : { secret: about.secret }),
    },
  )
}
