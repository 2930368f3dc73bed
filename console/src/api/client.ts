import createClient from 'openapi-fetch'
import { ApiProblem, type ProblemBody } from './problem.js'
import type { paths } from './schema.gen.js'
import { signedInAgain } from './session-gate.js'

const BASE = '/api/v1'
// Waits that a person hardly notices; what needs longer is told.
const MOST_ATTEMPTS = 3
const LONGEST_WAIT_MS = 5_000

/** Not crypto.randomUUID: that is missing where the console is served over plain HTTP inside of a network. */
export const newIdempotencyKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/**
 * `fetch` for the API. 429 and 503 say when to come back, and are safe to repeat; after a 401 it waits until somebody has signed in
 * again and then repeats the request, so that a form which was being sent is sent.
 * @throws {ApiProblem} of status 0 if the server cannot be reached
 */
async function patientFetch(request: Request): Promise<Response> {
  const signsIn = request.method === 'POST' && new URL(request.url).pathname === `${BASE}/session`
  for (let attempt = 1; ; ) {
    let response: Response
    try {
      response = await fetch(request.clone())
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') throw error
      throw new ApiProblem({
        status: 0,
        title: 'No connection',
        detail: 'The server cannot be reached. Try again when you are online.',
      })
    }
    if (response.status === 401 && !signsIn && !quiet.has(request.url)) {
      if (await signedInAgain()) continue
      return response
    }
    const after = Number(response.headers.get('retry-after')) * 1_000
    if ((response.status !== 429 && response.status !== 503) || !(after <= LONGEST_WAIT_MS) || attempt >= MOST_ATTEMPTS)
      return response
    attempt += 1
    await pause(after)
  }
}

/** Addresses whose 401 is an answer: whether anybody is signed in. */
const quiet = new Set([`${location.origin}${BASE}/me`])

/** The API as its document describes it; see `ask` for what to do with its answers. */
export const api = createClient<paths>({
  baseUrl: `${location.origin}${BASE}`,
  fetch: patientFetch,
  // The API takes a filter that is given several times.
  querySerializer: { array: { style: 'form', explode: true } },
})

interface Answered<T> {
  data?: T
  error?: unknown
  response: Response
}

/**
 * The body of a good answer.
 * @throws {ApiProblem} otherwise
 */
export async function ask<T>(answer: Promise<Answered<T>>): Promise<T> {
  const { data, error, response } = await answer
  if (response.ok) return data as T
  throw problemIn(response.status, error)
}

/** The body and the ETag that a later change has to name. */
export async function askTagged<T>(answer: Promise<Answered<T>>): Promise<{ data: T; etag: string }> {
  const { data, error, response } = await answer
  if (response.ok) return { data: data as T, etag: response.headers.get('etag') ?? '' }
  throw problemIn(response.status, error)
}

/** What an answer that is no success says. */
export function problemIn(status: number, body: unknown): ApiProblem {
  if (typeof body === 'object' && body !== null && 'code' in body)
    return new ApiProblem({ ...(body as ProblemBody), status })
  return new ApiProblem({ status, title: 'An unexpected answer', detail: `The server answered ${status}. Try again.` })
}
