import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'

export interface Answered {
  status: number
  contentType: string
  retryAfter: string | null
  /** The body, if it is JSON. */
  body: { code?: string; traceId?: string } & Record<string, unknown>
}

export interface Ask {
  method: string
  path: string
  token?: string
  body?: unknown
  headers?: Record<string, string>
}

/** What was asked for, and what came of it. */
export interface Outcome {
  /** The last answer's. */
  status: number
  body: Record<string, unknown>
  attempts: number
}

/** Clients that go on working while something is taken away from the product. Whatever they are answered is held against what the API promises. */
export class SteadyLoad {
  readonly answers = new Map<string, number>()
  readonly faults: string[] = []
  readonly #base: string
  readonly #pauseMs: number
  readonly #stopping = new AbortController()
  readonly #clients: Array<Promise<void>> = []

  /** @param pauseMs of each client between two requests */
  constructor(url: string, pauseMs = 20) {
    this.#base = `${url}/api/v1`
    this.#pauseMs = pauseMs
  }

  /** Starts a client that does the same again and again. */
  add(work: (round: number) => Promise<unknown>): void {
    const run = async () => {
      for (let round = 0; !this.#stopping.signal.aborted; round++) {
        await work(round).catch((error: Error) => this.faults.push(`${error.message} ${String(error.cause ?? '')}`))
        await sleep(this.#pauseMs)
      }
    }
    this.#clients.push(run())
  }

  /** Starts a client for each of these lists, and one that keeps queries, insisting where it is told to come again. */
  addReadersAndWriter(token: string, lists: readonly string[]): void {
    for (const path of lists) this.add(() => this.ask({ method: 'GET', path, token }))
    this.add(async () => {
      const headers = { 'idempotency-key': randomUUID() }
      const body = { name: 'Kept', expression: 'asset.name == "none"', folder: 'Mine' }
      const { status } = await this.insist({ method: 'POST', path: '/queries', token, body, headers })
      if (status !== 201) this.faults.push(`a query was answered ${status}`)
    })
  }

  /** Resolves when every client has finished what it was at. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await Promise.all(this.#clients)
  }

  /** Asks once. */
  async ask({ method, path, token, body, headers }: Ask): Promise<Answered> {
    const response = await fetch(`${this.#base}${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const contentType = response.headers.get('content-type') ?? ''
    const text = await response.text()
    const answer: Answered = {
      status: response.status,
      contentType,
      retryAfter: response.headers.get('retry-after'),
      body: contentType.includes('json') ? (JSON.parse(text) as Answered['body']) : {},
    }
    this.#judge(`${method} ${path.split('?', 1)[0]}`, answer)
    return answer
  }

  /** Asks until it is told something else than to come again; that is safe, by the API's word. */
  async insist(ask: Ask, again: readonly number[] = [503]): Promise<Outcome> {
    for (let attempts = 1; ; attempts++) {
      const { status, body } = await this.ask(ask)
      if (!again.includes(status)) return { status, body, attempts }
      await sleep(100)
    }
  }

  expectHonest(): void {
    expect(this.faults).toEqual([])
  }

  #judge(what: string, { status, contentType, retryAfter, body }: Answered): void {
    const seen = `${what} ${status} ${body.code ?? ''}`
    this.answers.set(seen, (this.answers.get(seen) ?? 0) + 1)
    if (status < 400) return
    const sound = contentType === 'application/problem+json' && /^[A-Z_]+$/.test(body.code ?? '') && body.traceId
    const allowed = status < 500 || (status === 503 && retryAfter !== null) || body.code === 'OUTCOME_UNKNOWN'
    if (!sound || !allowed) this.faults.push(`${seen} ${contentType} retry-after=${retryAfter} ${JSON.stringify(body)}`)
  }
}
