import { readFileSync } from 'node:fs'
import { OPENAPI_FILE } from '@reprieve/gateway-service'
import { PROBLEMS } from '@reprieve/http-kit'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import type { WireAnswer } from './wire.js'

export interface Schema {
  $ref?: string
  type?: string | string[]
  enum?: unknown[]
  const?: unknown
  format?: string
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  oneOf?: Schema[]
  anyOf?: Schema[]
  allOf?: Schema[]
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
}

export interface Parameter {
  in: 'path' | 'query' | 'header'
  name: string
  required?: boolean
  schema: Schema
}

export interface Operation {
  method: string
  /** Below `/api/v1`, with its parameters in braces. */
  path: string
  parameters: Parameter[]
  /** Media types that the body may have, with their schemas; null where none is read. */
  body: Record<string, { schema?: Schema }> | null
  /** Null where nobody need be signed in; empty where anyone signed in will do; else any of them. */
  permissions: string[] | null
  statuses: Set<string>
}

interface RawOperation {
  parameters?: Parameter[]
  requestBody?: { content: Record<string, { schema?: Schema }> }
  responses: Record<string, { $ref?: string }>
  security: unknown[]
  'x-permissions'?: string[]
}

interface Document {
  paths: Record<string, Record<string, RawOperation>>
}

// Of nothing in our code, tables or folders may an answer tell.
const INSIDES =
  /node_modules|\/dist\/|\.js:\d|\bat async\b|SQLSTATE|syntax error at|ECONNREFUSED|violates .* constraint/

/** The merged API document, as something to hold answers against. */
export class ApiDocument {
  readonly operations: readonly Operation[]
  readonly #document: Document
  readonly #ajv = new Ajv2020({ strict: false, allErrors: false })
  readonly #validators = new Map<string, ValidateFunction>()

  constructor() {
    this.#document = JSON.parse(readFileSync(OPENAPI_FILE, 'utf8')) as Document
    ;(formats as unknown as (ajv: Ajv2020) => void)(this.#ajv)
    this.#ajv.addSchema(this.#document, 'api')
    this.operations = Object.entries(this.#document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        method: method.toUpperCase(),
        path,
        parameters: operation.parameters ?? [],
        body: operation.requestBody?.content ?? null,
        permissions: operation.security.length === 0 ? null : (operation['x-permissions'] ?? []),
        statuses: new Set(Object.keys(operation.responses)),
      })),
    )
  }

  /** What `$ref` stands for. */
  resolve(schema: Schema): Schema {
    if (schema.$ref === undefined) return schema
    let found: unknown = this.#document
    for (const part of schema.$ref.slice(2).split('/').map(unescaped)) found = (found as Record<string, unknown>)[part]
    return this.resolve(found as Schema)
  }

  /**
   * Everything that is wrong with an answer to an operation.
   * @param elsewhere the address that was asked may be none of the operation's
   */
  faults({ method, path, statuses }: Operation, answer: WireAnswer, elsewhere = false): string[] {
    const { status, headers, text } = answer
    const type = (headers['content-type'] ?? '').split(';', 1)[0] ?? ''
    const found: string[] = []
    if (INSIDES.test(text)) found.push('tells of our insides')
    if (status >= 400) found.push(...problemFaults(answer, type))
    if (status === 304) return text === '' ? found : [...found, 'a 304 with a body']
    if (elsewhere && status === 404) return found
    if (!statuses.has(String(status))) return [...found, 'is not in the document']
    if (status === 204) return text === '' ? found : [...found, 'a 204 with a body']
    const validate = this.#validator(method, path, status, type)
    if (validate === null) return [...found, `the document knows no ${type} here`]
    // A stream is what its media type says, not what a schema does.
    if (!type.endsWith('json')) return found
    if (!validate(JSON.parse(text))) found.push(`not as the document says: ${this.#ajv.errorsText(validate.errors)}`)
    return found
  }

  #validator(method: string, path: string, status: number, type: string): ValidateFunction | null {
    const key = `${method} ${path} ${status} ${type}`
    const known = this.#validators.get(key)
    if (known !== undefined) return known
    const response = ['paths', path, method.toLowerCase(), 'responses', String(status)]
    const named = this.#document.paths[path]?.[method.toLowerCase()]?.responses[status]?.$ref
    const base = named ?? `#/${response.map(escaped).join('/')}`
    const holder = this.resolve({ $ref: base }) as { content?: Record<string, unknown> }
    if (holder.content?.[type] === undefined) return null
    const validate = this.#ajv.compile({ $ref: `api${base}/content/${escaped(type)}/schema` })
    this.#validators.set(key, validate)
    return validate
  }
}

const unescaped = (part: string): string => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')

// In a fragment of an address, a JSON pointer is escaped twice.
const escaped = (part: string): string => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))

function problemFaults({ status, headers, text }: WireAnswer, type: string): string[] {
  if (type !== 'application/problem+json') return [`is ${type || 'without a type'}, no problem+json`]
  const body = JSON.parse(text) as { code: keyof typeof PROBLEMS; status: number; title: string; traceId: string }
  const found: string[] = []
  const known = PROBLEMS[body.code]
  if (known === undefined) return [`has the unknown code ${body.code}`]
  if (known[0] !== status || body.status !== status) found.push(`${body.code} with status ${status}`)
  if (!/^[0-9a-f]{32}$/.test(body.traceId)) found.push('has no trace id')
  // Nothing is away here: even a 503 would be made by the request itself.
  if (status >= 500) found.push('is a fault of ours')
  if (status === 429 && headers['retry-after'] === undefined) found.push('does not say when to come again')
  if (status === 405 && headers.allow === undefined) found.push('does not say what is allowed')
  return found
}
