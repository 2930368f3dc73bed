export interface BucketSize {
  /** Refill, in tokens a second. */
  perSecond: number
  /** Most that can be saved up, and what a newcomer has. */
  burst: number
}

interface Bucket {
  tokens: number
  atMs: number
}

export type Taken = { ok: true } | { ok: false; retryAfterSeconds: number }

// Of keys at once; beyond it, whoever has been quiet longest starts anew.
const MAX_BUCKETS = 100_000

/** One bucket of tokens for each key: as many a second as it is refilled by, with a burst on top. */
export class TokenBuckets {
  readonly #size: BucketSize
  readonly #nowMs: () => number
  readonly #buckets = new Map<string, Bucket>()

  /** @param nowMs a clock that only goes forward */
  constructor(size: BucketSize, nowMs: () => number = () => performance.now()) {
    this.#size = size
    this.#nowMs = nowMs
  }

  take(key: string): Taken {
    const bucket = this.#bucket(key)
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1
      return { ok: true }
    }
    return { ok: false, retryAfterSeconds: Math.max(1, Math.ceil((1 - bucket.tokens) / this.#size.perSecond)) }
  }

  /** Puts one back that was taken in vain. */
  giveBack(key: string): void {
    const bucket = this.#bucket(key)
    bucket.tokens = Math.min(this.#size.burst, bucket.tokens + 1)
  }

  get size(): number {
    return this.#buckets.size
  }

  #bucket(key: string): Bucket {
    const nowMs = this.#nowMs()
    const { perSecond, burst } = this.#size
    const known = this.#buckets.get(key)
    const tokens =
      known === undefined ? burst : Math.min(burst, known.tokens + ((nowMs - known.atMs) / 1_000) * perSecond)
    const bucket = { tokens, atMs: nowMs }
    // Set anew, so that the map's order is that of use.
    this.#buckets.delete(key)
    this.#buckets.set(key, bucket)
    this.#forget(nowMs)
    return bucket
  }

  // A bucket that is full again is as good as none; two at each step are enough to keep up with one that comes.
  #forget(nowMs: number): void {
    const fullAfterMs = (this.#size.burst / this.#size.perSecond) * 1_000
    let looked = 0
    for (const [key, { atMs }] of this.#buckets) {
      if (looked++ >= 2 || (nowMs - atMs < fullAfterMs && this.#buckets.size <= MAX_BUCKETS)) return
      this.#buckets.delete(key)
    }
  }
}
