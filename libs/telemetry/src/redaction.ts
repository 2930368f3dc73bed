import { serializeError } from './error-serializer.js'

const CENSORED = '[redacted]'
const MAX_DEPTH = 6
const MAX_ITEMS = 100

// Compared without case, `-` and `_`. Fields that hold a secret, or say who somebody is.
const SECRET_FIELDS = new Set([
  'accesstoken',
  'apikey',
  'authorization',
  'connectionstring',
  'cookie',
  'cookies',
  'credentials',
  'databaseurl',
  'email',
  'emailaddress',
  'idempotencykey',
  'idtoken',
  'jwt',
  'mail',
  'pass',
  'password',
  'passwordhash',
  'privatejwk',
  'privatekey',
  'proxyauthorization',
  'recipientaddress',
  'refreshtoken',
  'secret',
  'sessionid',
  'setcookie',
  'signature',
  'smtpurl',
  'token',
])

const isSecretField = (name: string): boolean => SECRET_FIELDS.has(name.replace(/[-_]/g, '').toLowerCase())

/** A copy of what is logged without the fields that nobody may read; too deep or too long parts are cut. */
export function redactFields(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  if (value instanceof Error) return serializeError(value)
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  if (depth >= MAX_DEPTH) return '[deeper]'
  if ('toJSON' in value && typeof value.toJSON === 'function') return redactFields(value.toJSON(), depth + 1)
  if (Array.isArray(value)) {
    const items = value.slice(0, MAX_ITEMS).map((item) => redactFields(item, depth + 1))
    return value.length > MAX_ITEMS ? [...items, `[${value.length - MAX_ITEMS} more]`] : items
  }
  const fields = Object.entries(value).slice(0, MAX_ITEMS)
  // fromEntries makes own fields of any name, `__proto__` too.
  return Object.fromEntries(
    fields.map(([name, field]) => [name, isSecretField(name) ? CENSORED : redactFields(field, depth + 1)]),
  )
}

// Bounded repetitions: the time is linear in the line's length, whatever is in it.
const IN_TEXT: ReadonlyArray<[RegExp, string]> = [
  // user:password@ of an address
  [/(:\/\/)[^\s/@"'<>]{0,256}:[^\s/@"'<>]{0,256}@/g, `$1${CENSORED}@`],
  // JSON Web Tokens
  [/\beyJ[\w-]{8,4096}\.[\w-]{1,8192}\.[\w-]{0,2048}/g, CENSORED],
  [/\b(Bearer|Basic) +[\w.~+/=-]{8,8192}/gi, `$1 ${CENSORED}`],
  // mail addresses; a package's name with its version has no letters at its end
  [/[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}\b/g, CENSORED],
]

/** Takes out of a finished line what shows by its form that it is a secret or an address: the net below `redactFields`. */
export function redactText(line: string): string {
  let text = line
  for (const [pattern, replacement] of IN_TEXT) text = text.replace(pattern, replacement)
  return text
}
