import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { matchesNone } from './etag.js'
import { type Answer, mainStatus, type RouteSpec } from './route.js'
import { validate } from './validation.js'

/** What a handler returned, as an answer: it may be one, or the body of the route's main one. */
export function toAnswer(spec: RouteSpec, result: unknown): Answer {
  return isAnswer(spec, result) ? result : { status: mainStatus(spec), body: result }
}

// No body of the API has a number as `status` and nothing beyond an answer's own members.
function isAnswer(spec: RouteSpec, result: unknown): result is Answer {
  return (
    typeof result === 'object' &&
    result !== null &&
    'status' in result &&
    typeof result.status === 'number' &&
    Object.hasOwn(spec.answers, result.status) &&
    Object.keys(result).every((key) => key === 'status' || key === 'body' || key === 'headers')
  )
}

/** Sets status and headers; returns what is to be sent, undefined for nothing. */
export function applyAnswer(answer: Answer, request: FastifyRequest, reply: FastifyReply): unknown {
  void reply.headers(answer.headers ?? {})
  const etag = reply.getHeader('etag')
  if (request.method === 'GET' && answer.status === 200 && typeof etag === 'string') {
    const known = request.headers['if-none-match']
    if (known !== undefined && !matchesNone(known, etag)) {
      void reply.status(304)
      return undefined
    }
  }
  void reply.status(answer.status)
  return answer.body
}

/** Holds a JSON answer against the route's own schema, so that the API's document cannot lie. For tests: it costs a second pass over the body. */
export function checkAnswer(spec: RouteSpec, answer: Answer): void {
  const schema = spec.answers[answer.status]
  if (schema === undefined) throw new Error(`${spec.operation} answered ${answer.status}, which it does not declare`)
  if (answer.body instanceof Readable) {
    checkStream(spec, answer)
    return
  }
  if (schema === null) {
    if (answer.body !== undefined)
      throw new Error(`${spec.operation} answered ${answer.status} with a body, declared without`)
    return
  }
  const result = validate(schema, JSON.parse(JSON.stringify(answer.body ?? null)))
  if (!result.ok)
    throw new Error(`${spec.operation} answered what it does not declare: ${JSON.stringify(result.errors)}`)
}

function checkStream(spec: RouteSpec, { status, headers = {} }: Answer): void {
  const type = headers['content-type']?.split(';', 1)[0] ?? ''
  if (spec.streams?.[status]?.includes(type) !== true)
    throw new Error(`${spec.operation} answered ${status} with a stream of "${type}", which it does not declare`)
}
