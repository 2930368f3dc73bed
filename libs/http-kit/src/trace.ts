import { randomBytes } from 'node:crypto'
import {
  context,
  isSpanContextValid,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import type { FastifyReply, FastifyRequest } from 'fastify'

const known = new WeakMap<object, string>()

/** The id by which this request is found in traces and logs: the trace's where there is one, else the caller's, else a new one. */
export function traceIdOf(request: FastifyRequest): string {
  const earlier = known.get(request.raw)
  if (earlier !== undefined) return earlier
  const span = trace.getActiveSpan()?.spanContext()
  const header = request.headers.traceparent
  const fromHeader = typeof header === 'string' ? /^[\da-f]{2}-([\da-f]{32})-/.exec(header)?.[1] : undefined
  const traceId =
    span !== undefined && isSpanContextValid(span) ? span.traceId : (fromHeader ?? randomBytes(16).toString('hex'))
  known.set(request.raw, traceId)
  return traceId
}

/** A hook that runs the rest of the request in a span of its own, within the caller's trace. */
export function serveInTrace(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  const caller = propagation.extract(ROOT_CONTEXT, request.headers)
  const route = request.routeOptions.url
  const span = trace.getTracer('reprieve').startSpan(
    route === undefined ? request.method : `${request.method} ${route}`,
    {
      kind: SpanKind.SERVER,
      attributes: { 'http.request.method': request.method, ...(route === undefined ? {} : { 'http.route': route }) },
    },
    caller,
  )
  reply.raw.once('close', () => {
    span.setAttribute('http.response.status_code', reply.statusCode)
    if (reply.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
    span.end()
  })
  context.with(trace.setSpan(caller, span), () => {
    traceIdOf(request)
    done()
  })
}
