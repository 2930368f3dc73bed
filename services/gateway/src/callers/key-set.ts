import { type VerificationKey, verificationKey } from '@reprieve/auth'
import type { HttpLog } from '@reprieve/http-kit'

const FRESH_FOR_MS = 60_000
// An unknown kid is asked for at most this often: anyone can make one up.
const ASK_AGAIN_AFTER_MS = 1_000
const PATIENCE_MS = 2_000
const MAX_KEYS = 100

/** The directory's public keys, fetched when a new one turns up and every minute while in use. */
export class KeySet {
  readonly #url: string
  readonly #log: HttpLog
  readonly #nowMs: () => number
  #keys: ReadonlyMap<string, VerificationKey> = new Map()
  #askedAtMs = Number.NEGATIVE_INFINITY
  #asking: Promise<void> | null = null

  constructor(url: string, log: HttpLog, nowMs: () => number = () => performance.now()) {
    this.#url = url
    this.#log = log
    this.#nowMs = nowMs
  }

  /** Null for a key that is unknown, or that cannot be asked for at the moment. */
  async keyFor(kid: string): Promise<VerificationKey | null> {
    const known = this.#keys.get(kid)
    const age = this.#nowMs() - this.#askedAtMs
    if (known !== undefined) {
      // Nobody waits for a key that is there; one that was retired is gone after the next look.
      if (age > FRESH_FOR_MS) void this.#ask()
      return known
    }
    if (age > ASK_AGAIN_AFTER_MS) await this.#ask()
    else await this.#asking
    return this.#keys.get(kid) ?? null
  }

  #ask(): Promise<void> {
    this.#askedAtMs = this.#nowMs()
    this.#asking ??= this.#fetch()
      .catch((err: unknown) => this.#log.warn({ err }, 'the keys of the directory cannot be read'))
      .finally(() => {
        this.#asking = null
      })
    return this.#asking
  }

  async #fetch(): Promise<void> {
    const response = await fetch(this.#url, { signal: AbortSignal.timeout(PATIENCE_MS) })
    if (!response.ok) throw new Error(`${this.#url} answered ${response.status}`)
    const { keys } = (await response.json()) as { keys?: unknown }
    if (!Array.isArray(keys)) throw new Error(`${this.#url} answered no key set`)
    this.#keys = new Map(keys.slice(0, MAX_KEYS).flatMap(usable))
  }
}

/** A newer directory may announce keys of a kind that this gateway cannot use: they take none of the others along. */
function usable(jwk: unknown): Array<[string, VerificationKey]> {
  try {
    const key = verificationKey(jwk)
    return [[key.kid, key]]
  } catch {
    return []
  }
}
