import { z } from 'zod'
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiParameters,
  type ZodOpenApiResponseObject,
} from 'zod-openapi'
import { PROBLEM_MEDIA_TYPE, PROBLEMS, type ProblemCode } from './problem.js'
import { isRawBody, permissionsOf, type RouteSpec } from './route.js'

export interface ApiInfo {
  title: string
  version: string
  description?: string
  /** What every path is below: `/api/v1`. */
  base: string
}

/** An OpenAPI 3.1 document, as plain JSON. */
export interface OpenApiDocument {
  openapi: string
  info: { title: string; version: string; description?: string }
  paths: Record<string, Record<string, { operationId: string; [member: string]: unknown }>>
  components?: Record<string, Record<string, unknown>>
  [member: string]: unknown
}

const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]),
    errors: z
      .array(
        z.object({
          pointer: z.string().meta({ description: 'JSON pointer into the body, or to the parameter by its name.' }),
          detail: z.string(),
          parameter: z.string().optional(),
          line: z.int().optional(),
          column: z.int().optional(),
        }),
      )
      .optional(),
    traceId: z.string(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457. `code` is stable.' })

/**
 * The document of a set of routes: what each takes, answers and refuses. The same routes give the same bytes, whatever the order.
 * @throws if two routes share an operation, or a method and path
 */
export function openApiDocument(routes: readonly RouteSpec[], info: ApiInfo): OpenApiDocument {
  refuseDuplicates(routes)
  const sorted = [...routes].sort((a, b) => (a.path === b.path ? order(a.method, b.method) : order(a.path, b.path)))
  const shared: Refusals = new Map()
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {}
  for (const route of sorted) {
    const methods = paths[route.path] ?? {}
    methods[route.method.toLowerCase()] = operation(route, shared)
    paths[route.path] = methods
  }
  const document = createDocument({
    openapi: '3.1.1',
    info: {
      title: info.title,
      version: info.version,
      ...(info.description === undefined ? {} : { description: info.description }),
    },
    servers: [{ url: info.base }],
    tags: [...new Set(sorted.map(({ tag }) => tag))].sort(order).map((name) => ({ name })),
    paths,
    components: {
      schemas: { Problem: problem },
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'A session or an access token.' },
        session: { type: 'apiKey', in: 'cookie', name: 'reprieve_session', description: "A browser's session." },
      },
    },
  })
  return sortedMembers(document, ['paths', 'components']) as OpenApiDocument
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function refuseDuplicates(routes: readonly RouteSpec[]): void {
  const seen = new Set<string>()
  for (const { operation, method, path } of routes) {
    for (const name of [`operation ${operation}`, `${method} ${path.replace(/\{\w+\}/g, '{}')}`]) {
      if (seen.has(name)) throw new Error(`two routes have ${name}`)
      seen.add(name)
    }
  }
}

function operation(route: RouteSpec, shared: Refusals): ZodOpenApiOperationObject {
  const permissions = permissionsOf(route.access)
  const writes = route.method !== 'GET'
  const headers = {
    ...(route.ifMatch ? { 'if-match': z.string().meta({ description: 'The ETag that was read.' }) } : {}),
    ...(writes && route.access !== 'public'
      ? {
          'idempotency-key': z
            .string()
            .min(1)
            .max(200)
            .optional()
            .meta({ description: 'Makes repeating safe: the same key and body get the stored answer for 24 h.' }),
        }
      : {}),
  }
  const requestParams: ZodOpenApiParameters = {
    ...(route.params === undefined ? {} : { path: route.params }),
    ...(route.query === undefined ? {} : { query: route.query }),
    ...(Object.keys(headers).length === 0 ? {} : { header: z.object(headers) }),
  }
  const needs = permissions.length === 0 ? [] : [`Needs ${permissions.map((name) => `\`${name}\``).join(' or ')}.`]
  const description = [...(route.description === undefined ? [] : [route.description]), ...needs].join('\n\n')
  return {
    operationId: route.operation,
    tags: [route.tag],
    summary: route.summary,
    ...(description === '' ? {} : { description }),
    ...(Object.keys(requestParams).length === 0 ? {} : { requestParams }),
    ...requestBody(route),
    responses: { ...answers(route), ...refusals(route, shared) },
    security: route.access === 'public' ? [] : [{ token: [] }, { session: [] }],
    ...(permissions.length === 0 ? {} : { 'x-permissions': [...permissions] }),
  }
}

function requestBody({ body }: RouteSpec): Pick<ZodOpenApiOperationObject, 'requestBody'> {
  if (body === undefined) return {}
  if (isRawBody(body)) {
    const content = Object.fromEntries(
      body.accepts.map((type) => [type, body.schema === undefined ? {} : { schema: body.schema }]),
    )
    return { requestBody: { required: true, description: `At most ${body.maxBytes} bytes, streamed.`, content } }
  }
  const required = !z.safeParse(body, {}).success
  return { requestBody: { required, content: { 'application/json': { schema: body } } } }
}

function answers(route: RouteSpec): ZodOpenApiOperationObject['responses'] {
  return Object.fromEntries(
    Object.entries(route.answers).map(([status, schema]) => {
      const streamed = route.streams?.[Number(status)] ?? []
      const content = {
        ...Object.fromEntries(streamed.map((type) => [type, { schema: { type: 'string' as const } }])),
        ...(schema === null ? {} : { 'application/json': { schema } }),
      }
      return [status, { description: 'Done.', ...(Object.keys(content).length === 0 ? {} : { content }) }]
    }),
  )
}

/** Which codes a route can say, by status: its own and those that come with what it is. */
function refusals(route: RouteSpec, shared: Refusals): ZodOpenApiOperationObject['responses'] {
  const writes = route.method !== 'GET'
  const codes = new Set<ProblemCode>(['MALFORMED', 'TOO_MANY_REQUESTS', 'TRY_AGAIN', ...(route.problems ?? [])])
  if (route.access !== 'public') codes.add('UNAUTHENTICATED')
  if (permissionsOf(route.access).length > 0) codes.add('NOT_PERMITTED')
  if (route.access !== 'public' && writes) {
    codes.add('CROSS_ORIGIN').add('IDEMPOTENCY_KEY_REUSED').add('OUTCOME_UNKNOWN')
  }
  if (route.params !== undefined) codes.add('NOT_FOUND')
  // A type that is none is refused before anyone asks whether there is a body.
  if (writes) codes.add('UNSUPPORTED_MEDIA_TYPE')
  if (route.body !== undefined) codes.add('PAYLOAD_TOO_LARGE')
  if (route.body !== undefined && !isRawBody(route.body)) codes.add('INVALID')
  if (route.ifMatch) codes.add('PRECONDITION_REQUIRED').add('PRECONDITION_FAILED')
  const byStatus = new Map<number, ProblemCode[]>()
  for (const code of [...codes].sort(order)) {
    const [status] = PROBLEMS[code]
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  return Object.fromEntries([...byStatus].map(([status, named]) => [String(status), refusal(status, named, shared)]))
}

/** Refusals by their codes: the same few come with many routes, so the document holds each once. */
type Refusals = Map<string, ZodOpenApiResponseObject>

function refusal(status: number, codes: readonly ProblemCode[], shared: Refusals): ZodOpenApiResponseObject {
  const id = codes.join('.')
  const made = shared.get(id) ?? {
    id,
    description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code][1]}.`).join('\n\n'),
    ...(status === 429 || status === 503 ? { headers: retryAfter } : {}),
    content: { [PROBLEM_MEDIA_TYPE]: { schema: problem } },
  }
  shared.set(id, made)
  return made
}

const retryAfter = z.object({ 'retry-after': z.string().meta({ description: 'Seconds.' }) })

/** Members in the order of their names, below the given members of the document: what made the document does not show in it. */
function sortedMembers(document: object, members: readonly string[]): unknown {
  return Object.fromEntries(
    Object.entries(document).map(([name, value]) => [name, members.includes(name) ? sortDeep(value) : value]),
  )
}

function sortDeep(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortDeep)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => order(a, b))
      .map(([name, member]) => [name, sortDeep(member)]),
  )
}
