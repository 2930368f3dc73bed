import type { Readable } from 'node:stream'
import type { Permission, Principal } from '@reprieve/auth'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { ProblemCode } from './problem.js'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** A body that is handed over as a stream, untouched. */
export interface RawBody {
  raw: true
  /** Media types without parameters; anything else is a 415. */
  accepts: readonly string[]
  /** Of what travels, before any decompression. */
  maxBytes: number
  /** What the document says of it, for a form; it is not validated by this. */
  schema?: z.ZodType
}

/**
 * One endpoint, written once: what it takes, answers and refuses. The HTTP edge validates by it, the guard allows by it, and the
 * OpenAPI document is made from it.
 */
export interface RouteSpec {
  method: Method
  /** As in the API's document, without `/api/v1`: `/exceptions/{id}/deactivate`. */
  path: string
  /** Unique over all services; the OpenAPI operationId. */
  operation: string
  summary: string
  description?: string
  tag: string
  /**
   * A permission of the caller's role, or several of which one is enough; `signed-in` for whatever the handler itself decides by
   * ownership (it then must); `public` for nobody's token at all.
   */
  access: Permission | readonly Permission[] | 'signed-in' | 'public'
  params?: z.ZodObject
  /** Unknown parameters are refused. Repeated ones come as arrays where the schema says so. */
  query?: z.ZodObject
  /** JSON body, or a stream. */
  body?: z.ZodType | RawBody
  /** By status: the schema of the JSON answer, or null for none. The first 2xx is what a handler's plain value is answered with. */
  answers: Readonly<Record<number, z.ZodType | null>>
  /**
   * By status: media types in which the handler also answers, with a stream as its body and a `content-type` among its headers. With null
   * in `answers` they are the only ones.
   */
  streams?: Readonly<Record<number, readonly string[]>>
  /** Stable codes this route refuses with, beyond those every route can. */
  problems?: readonly ProblemCode[]
  /**
   * Editable things. `true`: without `If-Match` it is a 428 before the handler runs, which then compares (`requireMatch`, 412).
   * `checked`: the handler looks first whether the thing can be edited at all (409), then calls `requireMatch`, which says 428 and 412.
   */
  ifMatch?: boolean | 'checked'
}

type Output<S> = S extends z.ZodType ? z.output<S> : undefined
type BodyOutput<S> = S extends RawBody ? Readable : Output<S>

/** What a handler gets: everything validated, the caller known. */
export interface RouteInput<S extends RouteSpec = RouteSpec> {
  params: Output<S['params']>
  query: Output<S['query']>
  body: BodyOutput<S['body']>
  /** Null on public routes only. */
  principal: S['access'] extends 'public' ? null : Principal
  ifMatch: string | null
  idempotencyKey: string | null
  /** SHA-256 over method, path, query and JSON body (its members sorted): tells a repeated request from another one with the same key. */
  fingerprint: string
  request: FastifyRequest
  reply: FastifyReply
}

/** What a handler answers when it is more than its first 2xx with a body. */
export interface Answer {
  status: number
  body?: unknown
  headers?: Readonly<Record<string, string>>
}

export const defineRoute = <const S extends RouteSpec>(spec: S): S => spec

/** The status of a handler's plain value. */
export function mainStatus(spec: RouteSpec): number {
  const status = Object.keys(spec.answers)
    .map(Number)
    .find((code) => code >= 200 && code < 300)
  if (status === undefined) throw new Error(`route ${spec.operation} declares no successful answer`)
  return status
}

export const isRawBody = (body: RouteSpec['body']): body is RawBody => body !== undefined && 'raw' in body

export const permissionsOf = (access: RouteSpec['access']): readonly Permission[] =>
  access === 'signed-in' || access === 'public' ? [] : typeof access === 'string' ? [access] : access
