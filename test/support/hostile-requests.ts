import { randomUUID } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { ApiDocument, Operation, Parameter, Schema } from './api-document.js'
import type { Random } from './random.js'
import type { WireRequest } from './wire.js'

/** Things that are there, so that a hostile request gets as far as one can: ids by the first part of their path, and texts by the name of their field. */
export interface Known {
  ids: Readonly<Record<string, readonly string[]>>
  texts: Readonly<Record<string, readonly string[]>>
  cursors: Readonly<Record<string, readonly string[]>>
}

export interface HostileRequest extends WireRequest {
  /** What is bad about it, for a failing test. */
  malice: string
  /** Its path is no more that of the operation: there may be nothing. */
  elsewhere: boolean
}

/** JSON as it shall stand, where no JavaScript value would come out like it. */
class Raw {
  constructor(readonly json: string) {}
}

const LONG = 'x'.repeat(100_000)
const DEEP = 10_000

const HOSTILE_VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 53,
  -(2 ** 31) - 1,
  1e308,
  new Raw('1e400'),
  new Raw('-1e400'),
  new Raw('-0'),
  new Raw('1E-400'),
  new Raw('123456789012345678901234567890'),
  '',
  ' ',
  '\t\n',
  'null',
  'x'.repeat(201),
  LONG,
  '\0',
  'a\0b',
  new Raw('"\\ud800"'),
  new Raw('"\\udc00\\ud800"'),
  new Raw('"\\u0000"'),
  '😀'.repeat(200),
  'e\u0301'.repeat(150),
  '\u202e\ufeff\u2028',
  '../../../../etc/passwd',
  "'; DROP TABLE exception; --",
  '%',
  '_%\\',
  '\\',
  '<script>alert(1)</script>',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: nobody should fill it in
  '${7*7}{{7*7}}',
  'javascript:alert(1)',
  'http://[::1',
  'ftp://example.com/',
  'a@b',
  '"@example.com',
  'x@example.com\r\nBcc: y@example.com',
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999999999Z',
  '+275760-09-13T00:00:00.000Z',
  '-271821-04-20T00:00:00Z',
  '2026-02-30',
  '2026-02-30T00:00:00Z',
  '2026-06-30T23:59:60Z',
  '2026-01-01T00:00:00+25:00',
  '0000-00-00',
  '9999-12-31',
  'infinity',
  'epoch',
  'NaN',
  'not-a-uuid',
  '00000000-0000-0000-0000-000000000000',
  'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF',
  '{00000000-0000-7000-8000-000000000000}',
  [],
  [[]],
  [null],
  ['', ''],
  {},
  { constructor: { prototype: { admin: true } } },
  { toString: 'x', valueOf: 'y', hasOwnProperty: 'z' },
  { length: 1e9 },
  { type: 'toString' },
  { type: '__proto__' },
  new Raw('{"__proto__":{"admin":true}}'),
  new Raw('{"type":"never","type":"days","days":1}'),
  new Raw(`${'['.repeat(40)}${']'.repeat(40)}`),
  new Raw(`${'['.repeat(DEEP)}${']'.repeat(DEEP)}`),
  new Raw(`${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`),
  new Raw(`[${'0,'.repeat(100_000)}0]`),
  new Raw(`[${'{},'.repeat(100_000)}{}]`),
  Array.from({ length: 51 }, () => '00000000-0000-7000-8000-000000000000'),
  'severity == "high" &&',
  `severity in [${Array.from({ length: 1_001 }, (_, index) => `"${index}"`).join()}]`,
  `${'!('.repeat(5_000)}kev${')'.repeat(5_000)}`,
  `${'('.repeat(20_000)}kev${')'.repeat(20_000)}`,
  Array.from({ length: 3_000 }, () => 'kev').join(' || '),
  'asset.tags.exists(t, asset.tags.exists(u, t == u))',
  'vulnerability.matches("(a+)+$")',
  'cvss > 1e400',
  'firstSeen > timestamp("99999-01-01T00:00:00Z")',
  'now - firstSeen > duration("999999999999999999h")',
  'title == "\\u0000"',
  'title == "\\ud800"',
  'title.contains("%_\\\\")',
  'cvss == 0.0 / 0.0',
  'port == 9223372036854775808',
]

const HOSTILE_PATH_PARTS: readonly string[] = [
  'x',
  '%00',
  '%',
  '%zz',
  '%ff%fe',
  '%ED%A0%80',
  '%2e%2e',
  '..%2f..%2fetc%2fpasswd',
  '%F0%9F%98%80',
  '00000000-0000-0000-0000-000000000000',
  '01890000-0000-7000-8000-000000000000',
  '01890000-0000-7000-8000-00000000000g',
  '01890000-0000-7000-8000-000000000000%20',
  '01890000-0000-7000-8000-000000000000%00',
  "'%20OR%201=1--",
  '__proto__',
  'constructor',
  'y'.repeat(900),
  'y'.repeat(5_000),
  ';x=1',
  '*',
]

const HOSTILE_QUERY_TEXTS: readonly string[] = [
  '',
  '%',
  '%zz',
  '%00',
  'a%00b',
  '%ff',
  '%ED%A0%80',
  '%2B',
  '0',
  '-1',
  '201',
  '1.5',
  '1e2',
  '0x10',
  '999999999999999999999',
  'NaN',
  'true',
  'TRUE',
  'null',
  '[]',
  '__proto__',
  'constructor',
  '2026-02-30',
  '9999-12-31T23:59:59.999999999Z',
  '%2B275760-09-13T00:00:00Z',
  '0001-01-01',
  'me',
  "'%20OR%201=1--",
  '%25_%5C',
  'name,name',
  ',',
  '-',
  '--name',
  '00000000-0000-0000-0000-000000000000',
  'z'.repeat(7_000),
  'severity%20==%20%22high%22%20%26%26',
  'title.contains(%22%25_%5C%5C%22)',
  `${'('.repeat(2_000)}kev${')'.repeat(2_000)}`,
]

const HOSTILE_HEADERS: ReadonlyArray<Readonly<Record<string, string | string[]>>> = [
  { 'if-match': '' },
  { 'if-match': '*' },
  { 'if-match': '"0"' },
  { 'if-match': '1' },
  { 'if-match': 'W/"1"' },
  { 'if-match': '"1", "2"' },
  { 'if-match': '"99999999999999999999999"' },
  { 'if-match': `"${'9'.repeat(6_000)}"` },
  { 'if-match': ['"1"', '"2"'] },
  { 'idempotency-key': '' },
  { 'idempotency-key': 'k'.repeat(201) },
  { 'idempotency-key': 'ké' },
  { 'idempotency-key': ['a', 'b'] },
  { 'idempotency-key': '__proto__' },
  { 'content-type': 'text/plain' },
  { 'content-type': 'application/json; charset=utf-16' },
  { 'content-type': 'application/xml' },
  { 'content-type': ';;;' },
  { 'content-type': '' },
  { 'content-type': 'multipart/form-data; boundary=x' },
  { 'content-type': 'application/x-www-form-urlencoded' },
  { 'content-encoding': 'gzip' },
  { 'content-encoding': 'br' },
  { 'content-encoding': 'gzip, gzip' },
  { accept: 'text/csv' },
  { accept: 'image/*;q=0' },
  { 'if-none-match': '"1"' },
  { range: 'bytes=0-1' },
  { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
  { 'x-forwarded-for': '1.2.3.4', 'x-forwarded-host': 'evil.example' },
  { traceparent: '00-00000000000000000000000000000000-0000000000000000-01' },
  { traceparent: 'x'.repeat(1_000) },
  { expect: '100-continue' },
  { cookie: 'reprieve_session=x; reprieve_session=y' },
]

const HOSTILE_BODIES: ReadonlyArray<readonly [string, Buffer]> = [
  ['no JSON', Buffer.from('{')],
  ['a comma too many', Buffer.from('{"name":"x",}')],
  ['two values', Buffer.from('{}{}')],
  ['a byte order mark', Buffer.from('\ufeff{}')],
  ['no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
  ['UTF-16', Buffer.from('{"name":"x"}', 'utf16le')],
  ['NULs', Buffer.alloc(1_000)],
  ['a number', Buffer.from('1')],
  ['null', Buffer.from('null')],
  ['a list', Buffer.from('[]')],
  ['a text', Buffer.from('"x"')],
  ['nothing', Buffer.alloc(0)],
  ['blanks', Buffer.from('   \n')],
  ['more than a megabyte', Buffer.from(`{"name":"${'x'.repeat(1_100_000)}"}`)],
  ['deep lists', Buffer.from('['.repeat(200_000))],
  ['a form', Buffer.from('name=x&role=admin')],
  [
    'a form of parts that is cut off',
    Buffer.from('--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nhalf'),
  ],
  ['gzip', gzipSync('{"name":"x"}')],
  ['gzip that is cut off', gzipSync('x'.repeat(10_000)).subarray(0, 20)],
  ['a gzip bomb', gzipSync(Buffer.alloc(16 * 1024 * 1024, 0x20), { level: 9 })],
  ['a member twice', Buffer.from('{"name":"a","name":"b"}')],
]

/** Makes requests to the operations of the document that are almost right, and bad in one or two places. */
export class HostileRequests {
  readonly #document: ApiDocument
  readonly #random: Random
  readonly #known: Known

  constructor(document: ApiDocument, random: Random, known: Known) {
    this.#document = document
    this.#random = random
    this.#known = known
  }

  /** A request that may well succeed. */
  plausible(operation: Operation): HostileRequest {
    const query = operation.parameters
      .filter((parameter) => parameter.in === 'query' && (parameter.required || this.#chance(4)))
      .map((parameter) => `${parameter.name}=${encodeURIComponent(this.#queryText(operation, parameter))}`)
    const headers: WireRequest['headers'] = {}
    if (operation.parameters.some(({ name }) => name === 'if-match')) headers['if-match'] = '*'
    const type = operation.body === null ? undefined : Object.keys(operation.body)[0]
    const schema = type === undefined ? undefined : operation.body?.[type]?.schema
    const body = schema === undefined ? type && this.#streamed(operation) : json(this.#value(schema, operation.path))
    if (type !== undefined) headers['content-type'] = type
    return {
      malice: '',
      elsewhere: false,
      method: operation.method,
      path: `/api/v1${this.#path(operation)}${query.length === 0 ? '' : `?${query.join('&')}`}`,
      headers,
      body: body === undefined ? undefined : Buffer.from(body),
    }
  }

  /** The same with something wrong. */
  hostile(operation: Operation): HostileRequest {
    const request = this.plausible(operation)
    const kinds: Array<(request: HostileRequest, operation: Operation) => HostileRequest> = [
      this.#badQuery,
      this.#badQuery,
      this.#badHeaders,
      this.#badPath,
    ]
    if (operation.body !== null) kinds.push(this.#badBytes)
    const schema = operation.body?.['application/json']?.schema
    if (schema !== undefined) for (let times = 0; times < 6; times++) kinds.push(this.#badValue)
    const once = this.#pick(kinds).call(this, request, operation)
    return this.#chance(5) ? this.#pick(kinds).call(this, once, operation) : once
  }

  #badPath(request: HostileRequest, { path }: Operation): HostileRequest {
    if (!path.includes('{'))
      return {
        ...request,
        path: `${request.path.split('?')[0]}/`,
        malice: `${request.malice}, a slash at the end`,
        elsewhere: true,
      }
    const part = this.#pick(HOSTILE_PATH_PARTS)
    const query = request.path.split('?')[1]
    return {
      ...request,
      path: `/api/v1${path.replaceAll(/\{\w+\}/g, () => part)}${query === undefined ? '' : `?${query}`}`,
      malice: `${request.malice}, the path has ${part.slice(0, 40)}`,
      elsewhere: true,
    }
  }

  #badQuery(request: HostileRequest, operation: Operation): HostileRequest {
    const names = operation.parameters.filter(({ in: place }) => place === 'query').map(({ name }) => name)
    const name = this.#pick([...names, ...names, 'nobody', '__proto__', 'constructor', 'limit[]', 'sort[x]', '%00'])
    const text = name === 'cursor' ? this.#cursor(operation.path) : this.#pick(HOSTILE_QUERY_TEXTS)
    const times = this.#chance(6) ? this.#random.between(2, 200) : 1
    const added = Array.from({ length: times }, () => `${name}=${text}`)
      .join('&')
      .slice(0, 12_000)
    return {
      ...request,
      path: `${request.path}${request.path.includes('?') ? '&' : '?'}${added}`,
      malice: `${request.malice}, ${times} times ${name}=${text.slice(0, 60)}`,
    }
  }

  #badHeaders(request: HostileRequest): HostileRequest {
    const headers = this.#pick(HOSTILE_HEADERS)
    return {
      ...request,
      headers: { ...request.headers, ...headers },
      malice: `${request.malice}, ${JSON.stringify(headers).slice(0, 80)}`,
    }
  }

  #badBytes(request: HostileRequest): HostileRequest {
    const [what, body] = this.#pick(HOSTILE_BODIES)
    const zipped = what.includes('gzip') && !this.#chance(4)
    const headers = zipped ? { ...request.headers, 'content-encoding': 'gzip' } : request.headers
    return { ...request, headers, body, malice: `${request.malice}, the body is ${what}` }
  }

  #badValue(request: HostileRequest, operation: Operation): HostileRequest {
    const schema = operation.body?.['application/json']?.schema
    if (schema === undefined) return request
    let value = this.#value(schema, operation.path)
    let { malice } = request
    for (let faults = this.#chance(4) ? 3 : 1; faults > 0; faults--) {
      const places = placesIn(value)
      const place = this.#pick(places)
      const bad = this.#pick(HOSTILE_VALUES)
      const way = this.#random.between(0, 9)
      if (way === 0 && place.length > 0) value = without(value, place)
      else if (way === 1) value = changed(value, place, (old) => extended(old, bad))
      else value = changed(value, place, () => bad)
      malice += `, /${place.join('/')} ${['left out', 'with more'][way] ?? ''} ${json(bad).slice(0, 60)}`
    }
    return { ...request, body: Buffer.from(json(value)), malice }
  }

  #path({ path }: Operation): string {
    const [, first = ''] = path.split('/')
    return path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(this.#pick(this.#known.ids[name === 'exceptionId' ? 'exceptions' : first] ?? [randomUUID()])),
    )
  }

  #queryText({ path }: Operation, { name, schema }: Parameter): string {
    const cursors = this.#known.cursors[path]
    if (name === 'cursor' && cursors !== undefined) return this.#pick(cursors)
    if (name === 'sort') return String((schema as { example?: string }).example ?? 'name')
    const value = this.#value(schema, path, name)
    return String(Array.isArray(value) ? value[0] : value)
  }

  /** A real cursor with one of its parts replaced, or anything else. */
  #cursor(path: string): string {
    const real = this.#pick(this.#known.cursors[path] ?? ['x'])
    if (this.#chance(4))
      return this.#pick([...HOSTILE_QUERY_TEXTS, 'AAAA', real.slice(0, -3), `${real}AAAA`, 'W10', 'e30', 'bnVsbA'])
    const parts = JSON.parse(Buffer.from(real, 'base64url').toString() || '[""]') as unknown[]
    const bad = this.#pick([
      ...HOSTILE_VALUES.filter((value) => !(value instanceof Raw) && JSON.stringify(value).length < 4_000),
      '1e+999',
      '-9e+400',
      '253402300799999999',
      '9223372036854775808',
      '2147483648',
      'Infinity',
    ])
    const at = this.#random.between(0, parts.length - 1)
    const forged = json(parts.map((part, index) => (index === at ? bad : part)))
    return Buffer.from(this.#chance(6) ? forged.replace(/\\u0000/g, '\\ud800') : forged).toString('base64url')
  }

  #streamed({ path }: Operation): string {
    if (path !== '/instances/batch') return '{"bomFormat":"CycloneDX","specVersion":"1.5","vulnerabilities":[]}'
    const event = { observed: { scanner: 'hostile', asset: { name: 'x' }, vulnerability: { id: 'CVE-2024-1' } } }
    const bad = this.#pick(HOSTILE_VALUES)
    return [event, changed(event, this.#pick(placesIn(event)), () => bad)].map((line) => json(line)).join('\n')
  }

  #value(given: Schema, path: string, name = ''): unknown {
    const schema = this.#document.resolve(given)
    const forms = schema.oneOf ?? schema.anyOf
    if (forms !== undefined && forms.length > 0) return this.#value(this.#pick(forms), path, name)
    if (schema.const !== undefined) return schema.const
    if (schema.enum !== undefined) return this.#pick(schema.enum)
    const texts = this.#known.texts[name]
    if (texts !== undefined) return this.#pick(texts)
    const type = Array.isArray(schema.type) ? this.#pick(schema.type) : schema.type
    switch (type) {
      case 'object':
        return Object.fromEntries(
          Object.entries(schema.properties ?? {})
            .filter(([member]) => schema.required?.includes(member) || this.#chance(2))
            .map(([member, inner]) => [member, this.#value(inner, path, member)]),
        )
      case 'array':
        return Array.from({ length: this.#random.between(1, 2) }, () => this.#value(schema.items ?? {}, path, name))
      case 'integer':
      case 'number':
        return this.#random.between(Math.max(schema.minimum ?? 0, -1_000), Math.min(schema.maximum ?? 100, 1_000))
      case 'boolean':
        return true
      case 'null':
        return null
      default:
        return this.#text(schema)
    }
  }

  #text({ format, minLength = 1, maxLength = 100 }: Schema): string {
    switch (format) {
      case 'uuid':
        return this.#pick(this.#known.ids['users'] ?? [randomUUID()])
      case 'date-time':
        return new Date(Date.now() + 86_400_000).toISOString()
      case 'date':
        return new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)
      case 'email':
        return `${randomUUID()}@reprieve.example`
      case 'uri':
        return 'https://reprieve.example/'
      default:
        return randomUUID().padEnd(minLength, 'x').slice(0, maxLength)
    }
  }

  #chance(oneIn: number): boolean {
    return this.#random.between(1, oneIn) === 1
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#random.between(0, from.length - 1)] as T
  }
}

type Place = readonly (string | number)[]

/** Every place in a value, the whole of it first. */
function placesIn(value: unknown, at: Place = []): Place[] {
  if (typeof value !== 'object' || value === null || value instanceof Raw) return [at]
  const entries = Array.isArray(value) ? [...value.entries()].slice(0, 20) : Object.entries(value)
  return [at, ...entries.flatMap(([key, inner]) => placesIn(inner, [...at, key]))]
}

function changed(value: unknown, [key, ...rest]: Place, change: (old: unknown) => unknown): unknown {
  if (key === undefined) return change(value)
  if (Array.isArray(value)) return value.map((inner, index) => (index === key ? changed(inner, rest, change) : inner))
  const members = value as Record<string, unknown>
  return { ...members, [key]: changed(members[key], rest, change) }
}

function without(value: unknown, place: Place): unknown {
  const last = place.at(-1)
  return changed(value, place.slice(0, -1), (holder) =>
    Array.isArray(holder)
      ? holder.filter((_, index) => index !== last)
      : Object.fromEntries(Object.entries(holder as object).filter(([name]) => name !== last)),
  )
}

function extended(value: unknown, bad: unknown): unknown {
  if (Array.isArray(value)) return [...value, bad]
  if (typeof value === 'object' && value !== null && !(value instanceof Raw)) return { ...value, unknown: bad }
  return [value, bad]
}

function json(value: unknown): string {
  if (value instanceof Raw) return value.json
  if (Array.isArray(value)) return `[${value.map(json).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  return `{${Object.entries(value)
    .map(([name, inner]) => `${JSON.stringify(name)}:${json(inner)}`)
    .join()}}`
}
