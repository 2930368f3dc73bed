import type { ReadStream } from 'node:fs'

/** The gateway said no, or could not be reached: the message is for the terminal. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
}

interface ProblemBody {
  title?: string
  detail?: string
  code?: string
  errors?: ReadonlyArray<{ pointer: string; detail: string }>
}

export class GatewayClient {
  readonly #base: string
  readonly #token: string

  constructor(url: string, token: string) {
    this.#base = `${url.replace(/\/$/, '')}/api/v1`
    this.#token = token
  }

  get<T>(path: string): Promise<T> {
    return this.#call<T>(path, { method: 'GET' })
  }

  post<T>(path: string, body?: object): Promise<T> {
    const json =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    return this.#call<T>(path, { method: 'POST', ...json })
  }

  /** Sends a stream as it is read, however large. */
  upload<T>(path: string, body: ReadStream | NodeJS.ReadStream, headers: Record<string, string>): Promise<T> {
    return this.#call<T>(path, {
      method: 'POST',
      body: body as unknown as NonNullable<RequestInit['body']>,
      headers,
      duplex: 'half',
    } as RequestInit)
  }

  async #call<T>(path: string, init: RequestInit): Promise<T> {
    let response: Response
    try {
      response = await fetch(`${this.#base}${path}`, {
        ...init,
        headers: { ...(init.headers as Record<string, string>), authorization: `Bearer ${this.#token}` },
      })
    } catch (error) {
      const cause = (error as { cause?: Error }).cause
      throw new Refusal(`${this.#base} cannot be reached: ${cause?.message ?? (error as Error).message}`)
    }
    const text = await response.text()
    if (response.ok) return (text === '' ? undefined : JSON.parse(text)) as T
    throw new Refusal(said(response.status, text))
  }
}

function said(status: number, text: string): string {
  let problem: ProblemBody
  try {
    problem = JSON.parse(text) as ProblemBody
  } catch {
    return `answered ${status}`
  }
  const faults = (problem.errors ?? []).map(({ pointer, detail }) => `\n  ${pointer}: ${detail}`).join('')
  return `${problem.detail ?? problem.title ?? `answered ${status}`} (${problem.code ?? status})${faults}`
}
