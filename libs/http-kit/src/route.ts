import type { Permission, Principal } from '@reprieve/auth'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { ProblemCode } from './problem.js'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/**
 * One endpoint, written once: what it takes, answers and refuses. The HTTP edge validates by it, the guard allows by it, and the
 * OpenAPI document is made from it.
 */
export interface RouteSpec {
  method: Method
  /** As in API.md, without `/api/v1`: `/exceptions/{id}/deactivate`. */
  path: string
  /** Unique over all services; the OpenAPI operationId. */
  operation: string
  summary: string
  description?: string
  tag: string
  /**
   * A permission of the caller's role; `signed-in` for whatever the handler itself decides by ownership (it then must);
   * `public` for nobody's token at all.
   */
  access: Permission | 'signed-in' | 'public'
  params?: z.ZodObject
  /** Unknown parameters are refused. Repeated ones come as arrays where the schema says so. */
  query?: z.ZodObject
  /** JSON body. `raw` hands over the request's stream untouched, with `accepts` as its media types. */
  body?: z.ZodType | { raw: true; accepts: readonly string[]; maxBytes: number }
  /** By status: the schema of the JSON answer, or null for none. */
  answers: Readonly<Record<number, z.ZodType | null>>
  /** Stable codes this route refuses with, beyond those every route can. */
  problems?: readonly ProblemCode[]
  /** Editable things: `If-Match` must be there (428) and is handed to the handler to compare (412). */
  ifMatch?: boolean
}

type Infer<S> = S extends z.ZodType ? z.output<S> : undefined

export interface RouteInput<S extends RouteSpec> {
  params: Infer<S['params']>
  query: Infer<S['query']>
  body: Infer<S['body']>
  /** Null on public routes only. */
  principal: S['access'] extends 'public' ? Principal | null : Principal
  ifMatch: string | null
  idempotencyKey: string | null
  /** SHA-256 over method, path and body: tells a repeated request from another one with the same key. */
  fingerprint: string
  request: FastifyRequest
  reply: FastifyReply
}

/** What a handler answers when it is more than a 200 or 201 with a body. */
export interface Answer {
  status: number
  body?: unknown
  headers?: Readonly<Record<string, string>>
}

export const defineRoute = <const S extends RouteSpec>(spec: S): S => spec
