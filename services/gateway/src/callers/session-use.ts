import type { HttpLog } from '@reprieve/http-kit'

// Far less than a session may be idle.
const TELL_EVERY_MS = 60_000
const PATIENCE_MS = 5_000
const MOST_SESSIONS = 100_000

/** Tells the directory which sessions are in use, each once a minute: nobody else sees them all. Nobody waits for it. */
export class SessionUse {
  readonly #url: string
  readonly #log: HttpLog
  readonly #nowMs: () => number
  readonly #toldAtMs = new Map<string, number>()

  constructor(directory: string, log: HttpLog, nowMs: () => number = () => performance.now()) {
    this.#url = `${directory}/session/last-use`
    this.#log = log
    this.#nowMs = nowMs
  }

  /** With the session's own token: it can say nothing that its holder could not say. */
  note({ id, token }: { id: string; token: string }): void {
    const nowMs = this.#nowMs()
    const toldAtMs = this.#toldAtMs.get(id)
    if (toldAtMs !== undefined && nowMs - toldAtMs < TELL_EVERY_MS) return
    // Set anew, so that the map's order is that of telling.
    this.#toldAtMs.delete(id)
    this.#toldAtMs.set(id, nowMs)
    for (const [oldest] of this.#toldAtMs) {
      if (this.#toldAtMs.size <= MOST_SESSIONS) break
      this.#toldAtMs.delete(oldest)
    }
    this.#tell(token).catch((err: unknown) => {
      // The next request tells it.
      this.#toldAtMs.delete(id)
      this.#log.warn({ err }, 'the directory could not be told that a session is in use')
    })
  }

  async #tell(token: string): Promise<void> {
    const response = await fetch(this.#url, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    await response.body?.cancel()
    // A session that has ended meanwhile is nobody's fault.
    if (response.status >= 500) throw new Error(`${this.#url} answered ${response.status}`)
  }
}
