import type { FastifyReply, FastifyRequest } from 'fastify'
import { toProblem } from './faults.js'
import type { HttpLog } from './http-log.port.js'
import { linger } from './linger.js'
import { PROBLEM_MEDIA_TYPE } from './problem.js'
import { traceIdOf } from './trace.js'

/** Answers with what went wrong. What is our fault is logged with its cause; the caller learns the trace id only. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, error: unknown, log: HttpLog): void {
  const problem = toProblem(error)
  const traceId = traceIdOf(request)
  if (problem.status >= 500) {
    const fields = { traceId, code: problem.code, method: request.method, route: request.routeOptions?.url ?? null }
    log[problem.status === 503 ? 'warn' : 'error']({ ...fields, err: problem.cause ?? problem }, problem.detail)
  }
  if (reply.raw.headersSent) {
    // Too late to tell: an answer cut short is at least not taken for a whole one.
    reply.raw.destroy()
    return
  }
  linger(request.raw)
  for (const name of OF_THE_ANSWER) reply.removeHeader(name)
  void reply
    .status(problem.status)
    .headers(problem.headers)
    .header('content-type', PROBLEM_MEDIA_TYPE)
    .header('cache-control', 'no-store')
    // As bytes: Fastify adds a charset to text, which JSON has none of.
    .send(Buffer.from(JSON.stringify(problem.details(traceId))))
}

// What a handler had prepared for its answer does not belong to a refusal.
const OF_THE_ANSWER = [
  'accept-ranges',
  // Fastify closes the connection on a body it could not read; what is left of it is read and thrown away instead.
  'connection',
  'content-disposition',
  'content-encoding',
  'content-length',
  'etag',
  'last-modified',
  'location',
]
