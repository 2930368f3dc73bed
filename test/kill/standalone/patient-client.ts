import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Api, type ApiAnswer } from '../../support/api.js'

// Longer than a start after a kill takes on a busy machine.
const PATIENCE_MS = 90_000
const PAUSE_MS = 100

/** A client as it should be: whatever was not answered is sent again, as it was, under the same Idempotency-Key. */
export class PatientClient {
  readonly #api: Api
  /** Writes that had to be sent more than once. */
  repeated = 0

  constructor(api: Api) {
    this.#api = api
  }

  static async signedIn(url: string, email: string, password: string): Promise<PatientClient> {
    return new PatientClient(await new Api(url).signIn(email, password))
  }

  get<T>(path: string): Promise<ApiAnswer<T>> {
    return this.#patiently(() => this.#api.get<T>(path))
  }

  /** @param untilSeen statuses that tell of something which one service has not heard of from another yet */
  async write<T>(path: string, body: unknown, type = 'application/json', untilSeen: number[] = []) {
    const headers = { 'content-type': type, 'idempotency-key': randomUUID() }
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    let sent = 0
    const answer = await this.#patiently(() => {
      sent++
      return this.#api.call<T>('POST', path, text, headers)
    }, untilSeen)
    if (sent > 1) this.repeated++
    return answer
  }

  /** Everything of a list, page by page. */
  async all<T>(path: string): Promise<T[]> {
    const items: T[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: ApiAnswer<{ items: T[]; nextCursor: string | null }> = await this.get(
        `${path}${path.includes('?') ? '&' : '?'}limit=200${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
      )
      if (page.status !== 200) throw new Error(`${path}: ${page.status} ${JSON.stringify(page.body)}`)
      items.push(...page.body.items)
      cursor = page.body.nextCursor
    }
    return items
  }

  async #patiently<T>(ask: () => Promise<ApiAnswer<T>>, again: readonly number[] = []): Promise<ApiAnswer<T>> {
    for (const started = performance.now(); ; await sleep(PAUSE_MS)) {
      const late = performance.now() - started > PATIENCE_MS
      try {
        const answer = await ask()
        if (late || !again.includes(answer.status)) return answer
      } catch (error) {
        // The process is gone, or went before all of its answer had come.
        if (late) throw error
      }
    }
  }
}
