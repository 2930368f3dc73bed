import { createHash } from 'node:crypto'
import { Problem } from '@reprieve/http-kit'
import { TokenBuckets } from './token-buckets.js'

export interface GatewayLimits {
  /** Of one principal, or of one address where nobody is signed in. */
  requestsPerSecond: number
  requestsBurst: number
  /** Of one account from one address. */
  failedSignInsPerMinute: number
}

export const DEFAULT_LIMITS: GatewayLimits = { requestsPerSecond: 50, requestsBurst: 200, failedSignInsPerMinute: 10 }

const refuse = (detail: string, retryAfterSeconds: number): never => {
  throw new Problem('TOO_MANY_REQUESTS', detail, { headers: { 'retry-after': String(retryAfterSeconds) } })
}

/** How much each caller may ask of this process. */
export class Limits {
  readonly #requests: TokenBuckets
  readonly #fromAddress: TokenBuckets

  constructor(limits: GatewayLimits, nowMs?: () => number) {
    const { requestsPerSecond, requestsBurst, failedSignInsPerMinute: failed } = limits
    this.#requests = new TokenBuckets({ perSecond: requestsPerSecond, burst: requestsBurst }, nowMs)
    this.#fromAddress = new TokenBuckets({ perSecond: failed / 60, burst: failed }, nowMs)
  }

  /** Counts one request. @throws Problem TOO_MANY_REQUESTS */
  request(caller: string): void {
    const taken = this.#requests.take(caller)
    if (!taken.ok) refuse('You ask faster than is answered here. Wait a moment.', taken.retryAfterSeconds)
  }

  /**
   * Counts an attempt to sign in before it is made, so that many at once do not slip through. What is tried from many addresses the
   * directory holds back: it knows where an account's owner has signed in from, and does not lock them out.
   * @returns takes it back: for one that did not fail
   * @throws Problem TOO_MANY_REQUESTS
   */
  signIn(account: string, address: string): () => void {
    // Whatever was typed as an address is not kept as it is.
    const name = createHash('sha256').update(account.trim().toLowerCase()).digest('base64')
    const pair = `${name} ${address}`
    const taken = this.#fromAddress.take(pair)
    if (!taken.ok) refuse('Too many failed attempts to sign in. Wait before the next.', taken.retryAfterSeconds)
    return () => this.#fromAddress.giveBack(pair)
  }
}
