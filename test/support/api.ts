import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Listener } from '@reprieve/testing'

export interface ApiAnswer<T = Record<string, never>> {
  status: number
  headers: Headers
  body: T
}

const LONG_ENOUGH_MS = 90_000

export interface ApiOptions {
  /** Sends again what a connection that broke left without an answer: writes under an Idempotency-Key. */
  patient?: boolean
}

/** A client of the gateway that answers whatever came, so that tests can look at refusals too. */
export class Api {
  readonly #url: string
  readonly #token: string | null
  readonly #patient: boolean

  constructor(url: string, token: string | null = null, { patient = false }: ApiOptions = {}) {
    this.#url = url
    this.#token = token
    this.#patient = patient
  }

  get #base(): string {
    return `${this.#url}/api/v1`
  }

  async signIn(email: string, password: string): Promise<Api> {
    const { status, body } = await this.post<{ accessToken: string }>('/session', { email, password })
    if (status !== 200) throw new Error(`${email} could not sign in: ${status} ${JSON.stringify(body)}`)
    return new Api(this.#url, body.accessToken, { patient: this.#patient })
  }

  /** Live updates from now on. */
  listen(): Promise<Listener> {
    return Listener.open(`${this.#base}/events`, this.#token ?? '', { patient: this.#patient })
  }

  get<T>(path: string, headers: Record<string, string> = {}): Promise<ApiAnswer<T>> {
    return this.call<T>('GET', path, undefined, headers)
  }

  post<T>(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<ApiAnswer<T>> {
    return this.call<T>('POST', path, body === undefined ? undefined : JSON.stringify(body), {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    })
  }

  put<T>(path: string, body: unknown, headers: Record<string, string> = {}): Promise<ApiAnswer<T>> {
    return this.call<T>('PUT', path, JSON.stringify(body), { 'content-type': 'application/json', ...headers })
  }

  async call<T>(
    method: string,
    path: string,
    body?: string | Uint8Array,
    headers: Record<string, string> = {},
  ): Promise<ApiAnswer<T>> {
    const key = this.#patient && method !== 'GET' ? { 'idempotency-key': randomUUID() } : {}
    const started = performance.now()
    for (let tries = 0; ; tries++) {
      const response = await fetch(`${this.#base}${path}`, {
        method,
        ...(body === undefined ? {} : { body: body as NonNullable<RequestInit['body']> }),
        headers: { ...(this.#token === null ? {} : { authorization: `Bearer ${this.#token}` }), ...key, ...headers },
      }).catch((error: Error) => {
        if (!this.#patient || performance.now() - started > LONG_ENOUGH_MS) throw error
        return null
      })
      if (response === null) {
        await sleep(200)
        continue
      }
      // It would go on for ever: that it began is all that is asked here.
      const live = (response.headers.get('content-type') ?? '').startsWith('text/event-stream')
      if (live) await response.body?.cancel()
      const text = live
        ? ''
        : await response.text().catch((error: Error) => {
            if (!this.#patient) throw error
            return null
          })
      // Its answer broke off.
      if (text === null) continue
      // Both may be repeated, by their definition.
      if ((response.status === 429 || response.status === 503) && tries < 60) {
        await sleep(Number(response.headers.get('retry-after') ?? 1) * 1_000)
        continue
      }
      const json = text !== '' && (response.headers.get('content-type') ?? '').includes('json')
      return { status: response.status, headers: response.headers, body: (json ? JSON.parse(text) : text) as T }
    }
  }
}

/** Asks until the answer is as wanted; the last one is what a failing test shows. */
export async function eventually<T>(
  ask: () => Promise<T>,
  wanted: (value: T) => boolean,
  withinMs = 30_000,
): Promise<T> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const value = await ask()
    if (wanted(value)) return value
    if (performance.now() > deadline)
      throw new Error(`not within ${withinMs} ms; at last: ${JSON.stringify(value)?.slice(0, 2_000)}`)
    await sleep(50)
  }
}
