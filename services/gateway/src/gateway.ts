import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { type Clock, systemClock } from '@reprieve/clock'
import {
  allowed,
  closeConnectionsInOrder,
  type HttpLog,
  PathTable,
  PROBLEM_MEDIA_TYPE,
  Problem,
  sendProblem,
  serveInTrace,
  traceIdOf,
} from '@reprieve/http-kit'
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify'
import { Callers } from './callers/callers.js'
import { KeySet } from './callers/key-set.js'
import { SessionUse } from './callers/session-use.js'
import { serveConsole } from './console/console.js'
import { BASE } from './documents/api-info.js'
import { serveDocuments } from './documents/documents.js'
import { HSTS, SECURITY_HEADERS } from './documents/security-headers.js'
import { Forwarder, type ServiceAddresses } from './forwarding/forwarder.js'
import { type GatewayReadiness, HEALTH_PATHS, readiness, serveHealth } from './health.js'
import { DEFAULT_LIMITS, type GatewayLimits, Limits } from './limits/limits.js'
import { measureRequests } from './request-metrics.js'
import { serveForwardedRoutes } from './routes/forwarded-routes.js'
import { FORWARDED_SERVICES, type ForwardedService } from './routes/route-table.js'

export interface GatewayOptions {
  host?: string
  /** 0, the default, takes a free one. */
  port?: number
  /** The address of each service. */
  services: Readonly<Partial<Record<string, string>>>
  logger: HttpLog
  limits?: Partial<GatewayLimits>
  /** Networks or addresses whose `X-Forwarded-*` is believed; nobody's by default. */
  trustedProxies?: readonly string[]
  /** How long closing waits for what is in flight; 10 s by default. */
  closeWithinMs?: number
  clock?: Clock
}

export interface RunningGateway {
  url: string
  readiness(): Promise<GatewayReadiness>
  /**
   * Lets what is in flight finish, and stops.
   * @param leavingMs how long it goes on answering first, for as long as clients are connected, while it tells that it goes. Default 0
   */
  close(leavingMs?: number): Promise<void>
}

// A report of 256 MiB over a slow line.
const REQUEST_TIMEOUT_MS = 30 * 60_000
const HEADERS_TIMEOUT_MS = 20_000

/**
 * Starts the edge. It is plain Fastify without Nest: there is nothing here to inject and no body to parse, only streams to pass on.
 * @throws if a service has no address, or the port is taken
 */
export async function startGateway(options: GatewayOptions): Promise<RunningGateway> {
  const addresses = addressesOf(options.services)
  const log = options.logger
  const limits = new Limits({ ...DEFAULT_LIMITS, ...options.limits })
  const keys = new KeySet(`${addresses.directory}/.well-known/jwks.json`, log)
  const callers = new Callers(keys, options.clock ?? systemClock)
  const sessions = new SessionUse(addresses.directory, log)
  const forwarder = new Forwarder(addresses)
  const trusted = options.trustedProxies ?? []
  const app = fastify({
    trustProxy: trusted.length === 0 ? false : [...trusted],
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS },
    routerOptions: { maxParamLength: 1_000 },
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => {
      void reply.headers(SECURITY_HEADERS)
      sendProblem(request, reply, new Problem('MALFORMED', 'The address cannot be read.', { cause: error }), log)
    },
    clientErrorHandler: (_error, socket) => {
      if (socket.writable) socket.end(unreadable())
      else socket.destroy()
    },
  })
  closeConnectionsInOrder(app, options.closeWithinMs)
  const paths = new PathTable<true>()
  app.addHook('onRoute', (route) => {
    for (const method of [route.method].flat()) if (method !== 'HEAD') paths.add(method, route.url, true)
  })
  app.addHook('onRequest', serveInTrace)
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers(SECURITY_HEADERS)
    if (request.protocol === 'https') void reply.header('strict-transport-security', HSTS)
    if (HEALTH_PATHS.has(request.routeOptions.url ?? '')) return
    const caller = await callers.of(request)
    limits.request(caller.key)
    if (caller.session !== null) sessions.note(caller.session)
  })
  measureRequests(app)
  app.addHook('onResponse', async (request, reply) => logRequest(log, request, reply))
  app.setErrorHandler((error, request, reply) => sendProblem(request, reply, error, log))
  passBodiesOn(app)
  let leaving = false
  serveHealth(app, addresses, () => leaving)
  await serveDocuments(app)
  const page = await serveConsole(app)
  app.setNotFoundHandler((request, reply) => page(request, reply) ?? unknown(request, reply, paths))
  serveForwardedRoutes(app, forwarder, limits)
  try {
    const url = await app.listen({ host: options.host ?? '127.0.0.1', port: options.port ?? 0 })
    log.info({ url }, 'gateway is ready')
    let closing: Promise<void> | null = null
    const close = async (leavingMs: number): Promise<void> => {
      leaving = true
      forwarder.endLive()
      await app.leave(leavingMs)
      await app.close()
      await forwarder.close()
      log.info({}, 'gateway has stopped')
    }
    return {
      url,
      readiness: () => readiness(addresses),
      close(leavingMs = 0) {
        closing ??= close(leavingMs)
        return closing
      },
    }
  } catch (error) {
    await app.close()
    await forwarder.close()
    throw error
  }
}

function addressesOf(services: GatewayOptions['services']): ServiceAddresses {
  const missing = FORWARDED_SERVICES.filter((name) => !services[name])
  if (missing.length > 0) throw new Error(`the gateway has no address of ${missing.join(', ')}`)
  return Object.fromEntries(
    FORWARDED_SERVICES.map((name) => [name, (services[name] ?? '').replace(/\/+$/, '')]),
  ) as Record<ForwardedService, string>
}

/** Bodies are nobody's business here: they are streams, whatever their type. */
function passBodiesOn(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request: FastifyRequest, payload: IncomingMessage, done) => done(null, payload))
}

function unknown(request: FastifyRequest, reply: FastifyReply, paths: PathTable<true>): FastifyReply {
  const methods = [...paths.match(request.url.split('?', 1)[0] ?? '').keys()]
  if (methods.length === 0) {
    throw new Problem(
      'NOT_FOUND',
      `There is nothing at this address. The API is below ${BASE} and described at /api/docs.`,
    )
  }
  const allow = allowed(methods)
  if (request.method === 'OPTIONS') return reply.status(204).header('allow', allow).send()
  throw new Problem('METHOD_NOT_ALLOWED', `Here one can ${allow.replace(', OPTIONS', '')}.`, { headers: { allow } })
}

function logRequest(log: HttpLog, request: FastifyRequest, reply: FastifyReply): void {
  const route = request.routeOptions.url ?? null
  if (HEALTH_PATHS.has(route ?? '')) return
  const fields = {
    traceId: traceIdOf(request),
    method: request.method,
    // The pattern, not the address: that may hold what somebody searched for.
    route,
    status: reply.statusCode,
    ms: Math.round(reply.elapsedTime),
  }
  log.info(fields, 'answered')
}

/** The answer to what is no HTTP, or has a head that is too long: nothing else has seen such a request. */
function unreadable(): string {
  const problem = new Problem('MALFORMED', 'The request is broken HTTP, or its address and headers are too long.')
  const body = JSON.stringify(problem.details(randomBytes(16).toString('hex')))
  const head = `Content-Type: ${PROBLEM_MEDIA_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close`
  return `HTTP/1.1 400 Bad Request\r\n${head}\r\n\r\n${body}`
}
