import { createHash } from 'node:crypto'
import type { Principal } from '@reprieve/auth'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type FieldFault, Problem } from './problem.js'
import { scalarFault } from './request-body.js'
import { isRawBody, type RouteInput, type RouteSpec } from './route.js'
import { validate } from './validation.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is calling, set by the guard; null where nobody needs to be known. */
    principal: Principal | null
  }
}

/** Everything a handler needs of a request, validated by its route's schemas. */
export function routeInput(spec: RouteSpec, request: FastifyRequest, reply: FastifyReply): RouteInput {
  refuseUnholdable(request.params as Record<string, string>)
  const params = parameters(spec.params, request.params)
  const query = parameters(strict(spec.query), queryValues(spec, request))
  const ifMatch = request.headers['if-match'] ?? null
  if (spec.ifMatch === true && ifMatch === null) {
    throw new Problem('PRECONDITION_REQUIRED', 'Send the ETag that you have read as `If-Match`.')
  }
  const idempotencyKey = keyOf(request)
  const body = bodyOf(spec, request)
  return {
    params,
    query,
    body,
    principal: request.principal as Principal,
    ifMatch,
    idempotencyKey,
    fingerprint: fingerprintOf(spec, request),
    request,
    reply,
  } as RouteInput
}

const strictSchemas = new WeakMap<z.ZodObject, z.ZodObject>()
const none = z.strictObject({})

/** Unknown parameters are refused whatever the route's own schema says of them. */
function strict(schema: z.ZodObject | undefined): z.ZodObject {
  if (schema === undefined) return none
  let made = strictSchemas.get(schema)
  if (made === undefined) {
    made = schema.def.catchall === undefined ? schema.strict() : schema
    strictSchemas.set(schema, made)
  }
  return made
}

function parameters(schema: z.ZodObject | undefined, values: unknown): unknown {
  if (schema === undefined) return undefined
  const result = validate(schema, values)
  if (result.ok) return result.value
  throw new Problem('MALFORMED', 'A parameter is wrong.', { errors: result.errors.map(asParameter) })
}

const asParameter = (fault: FieldFault): FieldFault => ({
  ...fault,
  parameter: fault.pointer.split('/')[1] ?? '',
  detail: fault.detail === 'There is no such field.' ? 'There is no such parameter.' : fault.detail,
})

/** A path's parameter can hold, percent-encoded, what PostgreSQL takes in no text. */
function refuseUnholdable(params: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(params)) {
    const detail = scalarFault(value)
    if (detail === null) continue
    throw new Problem('MALFORMED', 'A parameter is wrong.', {
      errors: [{ pointer: `/${name}`, parameter: name, detail }],
    })
  }
}

/** Parameters as the schema wants them: what may be repeated is a list even if it came once. */
function queryValues(spec: RouteSpec, request: FastifyRequest): Record<string, unknown> {
  refuseBadEscapes(request.url)
  const values: Record<string, unknown> = {}
  for (const [name, given] of Object.entries((request.query ?? {}) as Record<string, string | string[]>)) {
    const texts = Array.isArray(given) ? given : [given]
    const fault = [name, ...texts].map(scalarFault).find((found) => found !== null)
    if (fault !== undefined) {
      throw new Problem('MALFORMED', 'A parameter is wrong.', {
        errors: [{ pointer: `/${name}`, parameter: name, detail: fault }],
      })
    }
    const shape = spec.query?.shape ?? {}
    const schema = Object.hasOwn(shape, name) ? shape[name] : undefined
    // Not assigned: a parameter named `__proto__` must end up as an unknown one.
    Object.defineProperty(values, name, {
      value: schema !== undefined && wantsList(schema) ? texts : given,
      enumerable: true,
    })
  }
  return values
}

function refuseBadEscapes(url: string): void {
  if (!url.includes('%')) return
  try {
    decodeURIComponent(url)
  } catch {
    throw new Problem('MALFORMED', 'The address holds a percent sign that is no valid escape.')
  }
}

function wantsList(schema: z.core.$ZodType): boolean {
  const { def } = schema._zod
  if (def.type === 'array') return true
  const inner =
    (def as { innerType?: z.core.$ZodType; in?: z.core.$ZodType }).innerType ?? (def as { in?: z.core.$ZodType }).in
  return inner !== undefined && wantsList(inner)
}

function bodyOf(spec: RouteSpec, request: FastifyRequest): unknown {
  if (spec.body === undefined) return undefined
  if (isRawBody(spec.body)) {
    if (request.body === undefined) throw new Problem('MALFORMED', 'A body is expected.')
    return request.body
  }
  const given = request.body
  // A body whose members are all optional need not be sent at all.
  const result = validate(spec.body, given === undefined ? {} : given)
  if (result.ok) return result.value
  if (given === undefined) throw new Problem('MALFORMED', 'A JSON body is expected.')
  throw new Problem('INVALID', 'Something in the body is wrong: see `errors`.', { errors: result.errors })
}

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,200}$/

function keyOf(request: FastifyRequest): string | null {
  const key = request.headers['idempotency-key']
  if (key === undefined || request.method === 'GET') return null
  if (typeof key !== 'string' || !IDEMPOTENCY_KEY.test(key)) {
    throw new Problem('MALFORMED', 'An `Idempotency-Key` has 1 to 200 visible ASCII characters.')
  }
  return key
}

function fingerprintOf(spec: RouteSpec, request: FastifyRequest): string {
  const hash = createHash('sha256').update(`${request.method} ${request.url}\n`)
  // A streamed body has not been read yet.
  if (!isRawBody(spec.body) && request.body !== undefined) hash.update(canonical(request.body))
  return hash.digest('hex')
}

/** JSON with members in the order of their names: two texts of one value are one request. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
