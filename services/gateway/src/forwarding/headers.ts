import { randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { context, isSpanContextValid, propagation, trace } from '@opentelemetry/api'
import { SESSION_COOKIE, sessionToken, traceIdOf } from '@reprieve/http-kit'
import type { FastifyRequest } from 'fastify'

// What a service may learn from a client. Everything else stays outside: hop headers, and whatever claims to be an identity.
const PASSED_IN = [
  'accept',
  'accept-language',
  'authorization',
  'content-encoding',
  'content-type',
  'idempotency-key',
  'if-match',
  'if-none-match',
  'last-event-id',
  'origin',
  'range',
  'sec-fetch-site',
  'user-agent',
] as const

// Of one connection (RFC 9110, 7.6.1), or ours to say.
const KEPT_OUT = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-connection',
  'server',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-powered-by',
])

/** The headers of the request that goes on to a service. */
export function requestHeaders(request: FastifyRequest): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const name of PASSED_IN) {
    const value = request.headers[name]
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
  }
  const session = sessionToken(request.headers.cookie)
  if (session !== null) headers['cookie'] = `${SESSION_COOKIE}=${session}`
  headers['x-forwarded-for'] = request.ip
  headers['x-forwarded-host'] = request.host
  headers['x-forwarded-proto'] = request.protocol
  return Object.assign(headers, traceHeaders(request))
}

/** The trace goes on; without telemetry in this process, by the same id that a refusal would name. */
function traceHeaders(request: FastifyRequest): Record<string, string> {
  const span = trace.getActiveSpan()?.spanContext()
  if (span === undefined || !isSpanContextValid(span)) {
    return { traceparent: `00-${traceIdOf(request)}-${randomBytes(8).toString('hex')}-01` }
  }
  const headers: Record<string, string> = {}
  propagation.inject(context.active(), headers)
  return headers
}

/** The headers of a service's answer that go back to the client. */
export function answerHeaders(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const named = [headers.connection ?? []].flat().flatMap((value) => value.toLowerCase().split(/\s*,\s*/))
  const passed: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !KEPT_OUT.has(name) && !named.includes(name)) passed[name] = value
  }
  return passed
}
