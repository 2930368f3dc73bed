import { type VerificationKey, verificationKey } from '@reprieve/auth'
import type { Clock } from '@reprieve/clock'
import type { Database } from '@reprieve/database'
import type { PeopleTables } from './tables.js'
import { lookUntil } from './wait.js'

interface KnownKey {
  publicJwk: string
  retiredAt: Date | null
  key: VerificationKey
}

// A key that is retired at once must stop to count within about a second, in every process.
const FRESH_FOR_MS = 1_000
// Waiting for a key that is not there yet costs memory and queries, and anybody can name one in a forged token.
const MOST_WAITING = 50
const WAITING_LOOK_MS = 50

/** The keys that tokens are verified with, from the replica. There are only ever a few, so they are read together. */
export class VerificationKeys {
  readonly #database: Database<PeopleTables>
  readonly #clock: Clock
  #known: ReadonlyMap<string, KnownKey> = new Map()
  #readAt = Number.NEGATIVE_INFINITY
  #reading: Promise<void> | null = null
  #waiting = 0

  constructor(database: Database<PeopleTables>, clock: Clock) {
    this.#database = database
    this.#clock = clock
  }

  /** The key in use under this `kid`, waiting up to two seconds for one not heard of yet; null where there is none or it is retired. */
  async find(kid: string): Promise<VerificationKey | null> {
    await this.#readUnlessFresh(FRESH_FOR_MS)
    if (!this.#known.has(kid)) await this.#waitFor(kid)
    const known = this.#known.get(kid)
    if (known === undefined || (known.retiredAt !== null && known.retiredAt <= this.#clock.now())) return null
    return known.key
  }

  async #waitFor(kid: string): Promise<void> {
    if (this.#waiting >= MOST_WAITING) return
    this.#waiting++
    try {
      await lookUntil(
        async () => {
          await this.#readUnlessFresh(WAITING_LOOK_MS)
          return this.#known.has(kid)
        },
        (seen) => seen,
      )
    } finally {
      this.#waiting--
    }
  }

  /** All who ask at the same time share one reading. */
  async #readUnlessFresh(milliseconds: number): Promise<void> {
    if (performance.now() - this.#readAt < milliseconds) return
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null
    })
    await this.#reading
  }

  async #read(): Promise<void> {
    const started = performance.now()
    const rows = await this.#database.db
      .selectFrom('people_signing_key')
      .select(['kid', 'public_jwk', 'retired_at'])
      .execute()
    this.#known = new Map(
      rows.map((row) => {
        const before = this.#known.get(row.kid)
        const key = before?.publicJwk === row.public_jwk ? before.key : verificationKey(JSON.parse(row.public_jwk))
        return [row.kid, { publicJwk: row.public_jwk, retiredAt: row.retired_at, key }]
      }),
    )
    this.#readAt = started
  }
}
