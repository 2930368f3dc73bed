import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import type { PrincipalSource } from '@reprieve/auth'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { admit } from './access.js'
import { AnswerInterceptor } from './answer.interceptor.js'
import { closeConnectionsInOrder } from './closing.js'
import type { HttpLog } from './http-log.port.js'
import { allowed, PathTable } from './path-table.js'
import { ProblemFilter } from './problem.filter.js'
import { Problem } from './problem.js'
import { sendProblem } from './problem-response.js'
import { bounded, parseJson, readBody, refuseAnnouncedLength } from './request-body.js'
import { isRawBody } from './route.js'
import { refuseUnguarded } from './route-discovery.js'
import { serveInTrace } from './trace.js'
import type { StoredAnswers } from './write-transactions.js'

const DEFAULT_BODY_BYTES = 1_048_576

export interface HttpAdapterOptions {
  log: HttpLog
  /** Of JSON bodies; streamed ones say it in their route. Default 1 MiB. */
  maxBodyBytes?: number
}

export interface HttpEdgeOptions {
  principals: PrincipalSource
  log: HttpLog
  /** Where answers of writes are kept; null for a service without writes. */
  stored: StoredAnswers | null
  /** Holds every answer against its route's schema. For tests. */
  checkAnswers?: boolean
  /** Paths that are served outside of routes and need no sign-in, such as `/healthz`. */
  open?: readonly string[]
}

/** The Fastify beneath a service: strict bodies, and problems for whatever it refuses by itself. Pass `bodyParser: false` to Nest with it. */
export function createHttpAdapter(options: HttpAdapterOptions): FastifyAdapter {
  const { log } = options
  const adapter = new FastifyAdapter({
    // Nest's middlewares have no use beside Fastify's hooks.
    skipMiddie: true,
    // Whoever still has a connection is answered as long as it closes: Fastify's own refusal says neither what it is nor when to come again.
    return503OnClosing: false,
    // An id in a path has 36 characters; roles and keys up to 200, percent-encoded.
    routerOptions: { maxParamLength: 1_000 },
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(request, reply, new Problem('MALFORMED', 'The address cannot be read.', { cause: error }), log),
    clientErrorHandler: (_error, socket) => {
      if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
      else socket.destroy()
    },
  })
  const fastify = adapter.getInstance<FastifyInstance>()
  readBodiesStrictly(fastify, options.maxBodyBytes ?? DEFAULT_BODY_BYTES)
  closeConnectionsInOrder(fastify)
  return adapter
}

/**
 * Makes a Nest application's edge: who may call, what is answered, what is refused. Call it before `init` or `listen`.
 * @throws if a controller has an HTTP method without `@Route`: nobody would have said who may call it
 */
export function prepareHttp(app: NestFastifyApplication, options: HttpEdgeOptions): void {
  refuseUnguarded(app)
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance
  const open = new Set(options.open ?? [])
  const paths = new PathTable<true>()
  app.useGlobalFilters(new ProblemFilter(options.log))
  app.useGlobalInterceptors(new AnswerInterceptor(options.stored, options.checkAnswers ?? false))
  fastify.decorateRequest('principal', null)
  fastify.addHook('onRoute', (route) => {
    for (const method of [route.method].flat()) if (method !== 'HEAD') paths.add(method, route.url, true)
  })
  fastify.addHook('onRequest', serveInTrace)
  fastify.addHook('onRequest', async (request, reply) => {
    // Answers are the caller's alone and of this moment.
    void reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff')
    if (request.is404) {
      const methods = [...paths.match(pathOf(request)).keys()]
      if (methods.length === 0) return
      const allow = allowed(methods)
      if (request.method === 'OPTIONS') return reply.status(204).header('allow', allow).send()
      throw new Problem('METHOD_NOT_ALLOWED', `Here one can ${allow.replace(', OPTIONS', '')}.`, { headers: { allow } })
    }
    if (open.has(request.routeOptions.url ?? '')) return
    request.principal = await admit(request.routeOptions.config.routeSpec, request, options.principals)
  })
  fastify.addHook('onSend', async (request, reply) => {
    // A route that only says why something is never done (405) names no methods itself.
    if (reply.statusCode !== 405 || reply.hasHeader('allow')) return
    const others = [...paths.match(pathOf(request)).keys()].filter((method) => method !== request.method)
    void reply.header('allow', allowed(others))
  })
}

const pathOf = (request: FastifyRequest): string => request.url.split('?', 1)[0] ?? ''

const mediaType = (header: string | undefined): string => (header ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''

function readBodiesStrictly(fastify: FastifyInstance, maxJsonBytes: number): void {
  fastify.removeAllContentTypeParsers()
  fastify.addContentTypeParser('*', async (request: FastifyRequest, payload: IncomingMessage) => {
    const body = request.routeOptions.config.routeSpec?.body
    const {
      'content-type': contentType,
      'content-length': contentLength,
      'content-encoding': encoding,
    } = request.headers
    if (isRawBody(body)) {
      refuseMediaType(contentType, body.accepts)
      refuseAnnouncedLength(contentLength, body.maxBytes)
      return bounded(payload, body.maxBytes)
    }
    // Whatever comes to a route that reads no body is not looked at.
    if (body === undefined) return drained(payload, maxJsonBytes)
    refuseMediaType(contentType, ['application/json'])
    if (encoding !== undefined && encoding !== 'identity') {
      throw new Problem('UNSUPPORTED_MEDIA_TYPE', 'A compressed body is not read here.')
    }
    refuseAnnouncedLength(contentLength, maxJsonBytes)
    const bytes = await readBody(payload, maxJsonBytes)
    return bytes.length === 0 ? undefined : parseJson(bytes)
  })
}

async function drained(payload: Readable, maxBytes: number): Promise<undefined> {
  await readBody(payload, maxBytes)
  return undefined
}

function refuseMediaType(header: string | undefined, accepted: readonly string[]): void {
  const charset = /;\s*charset\s*=\s*"?([\w-]+)/i.exec(header ?? '')?.[1]
  if (accepted.includes(mediaType(header)) && (charset === undefined || /^utf-?8$/i.test(charset))) return
  throw new Problem('UNSUPPORTED_MEDIA_TYPE', `The body must be ${accepted.join(' or ')} in UTF-8.`, {
    headers: { accept: accepted.join(', ') },
  })
}
