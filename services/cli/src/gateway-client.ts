import type { ReadStream } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** The gateway said no, or could not be reached: the message is for the terminal. */
export class Refusal extends Error {
  override readonly name = 'Refusal'

  constructor(
    message: string,
    /** The problem's code; null where nobody answered, or with something else. */
    readonly code: string | null = null,
  ) {
    super(message)
  }
}

interface ProblemBody {
  title?: string
  detail?: string
  code?: string
  errors?: ReadonlyArray<{ pointer: string; detail: string }>
}

// Both may be repeated, by their definition.
const BUSY: ReadonlySet<string | null> = new Set(['TRY_AGAIN', 'TOO_MANY_REQUESTS'])
const BUSY_FOR_MS = 1_000

export class GatewayClient {
  readonly #base: string
  readonly #token: string | null
  readonly #patienceMs: number

  /**
   * @param token null before somebody has signed in
   * @param patienceMs for how long what is busy, or just starting, is asked again
   */
  constructor(url: string, token: string | null, patienceMs = 0) {
    this.#base = `${url.replace(/\/$/, '')}/api/v1`
    this.#token = token
    this.#patienceMs = patienceMs
  }

  get<T>(path: string): Promise<T> {
    return this.#call<T>(path, { method: 'GET' })
  }

  post<T>(path: string, body?: object): Promise<T> {
    const json =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    return this.#call<T>(path, { method: 'POST', ...json })
  }

  /** Sends JSON values, one on a line. */
  postLines<T>(path: string, lines: readonly object[]): Promise<T> {
    const body = lines.map((line) => JSON.stringify(line)).join('\n')
    return this.#call<T>(path, { method: 'POST', body, headers: { 'content-type': 'application/x-ndjson' } })
  }

  /** Changes a thing whatever its state. */
  change<T>(method: 'PUT' | 'PATCH', path: string, body: object): Promise<T> {
    const headers = { 'content-type': 'application/json', 'if-match': '*' }
    return this.#call<T>(path, { method, body: JSON.stringify(body), headers })
  }

  async delete(path: string): Promise<void> {
    await this.#call(path, { method: 'DELETE' })
  }

  /** Sends a stream as it is read, however large. */
  upload<T>(path: string, body: ReadStream | NodeJS.ReadStream, headers: Record<string, string>): Promise<T> {
    return this.#once<T>(path, {
      method: 'POST',
      body: body as unknown as NonNullable<RequestInit['body']>,
      headers,
      duplex: 'half',
    } as RequestInit)
  }

  async #call<T>(path: string, init: RequestInit): Promise<T> {
    for (const deadline = performance.now() + this.#patienceMs; ; ) {
      try {
        return await this.#once<T>(path, init)
      } catch (error) {
        if (!(error instanceof Refusal) || !BUSY.has(error.code) || performance.now() > deadline) throw error
      }
      await sleep(BUSY_FOR_MS)
    }
  }

  async #once<T>(path: string, init: RequestInit): Promise<T> {
    let response: Response
    try {
      response = await fetch(`${this.#base}${path}`, {
        ...init,
        headers: {
          ...(init.headers as Record<string, string>),
          ...(this.#token === null ? {} : { authorization: `Bearer ${this.#token}` }),
        },
      })
    } catch (error) {
      const cause = (error as { cause?: Error }).cause
      throw new Refusal(`${this.#base} cannot be reached: ${cause?.message ?? (error as Error).message}`)
    }
    const text = await response.text()
    if (response.ok) return (text === '' ? undefined : JSON.parse(text)) as T
    throw refusalOf(response.status, text)
  }
}

function refusalOf(status: number, text: string): Refusal {
  let problem: ProblemBody
  try {
    problem = JSON.parse(text) as ProblemBody
  } catch {
    return new Refusal(`answered ${status}`)
  }
  const faults = (problem.errors ?? []).map(({ pointer, detail }) => `\n  ${pointer}: ${detail}`).join('')
  const detail = problem.detail ?? problem.title ?? `answered ${status}`
  return new Refusal(`${detail} (${problem.code ?? status})${faults}`, problem.code ?? null)
}
