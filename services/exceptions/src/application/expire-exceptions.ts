import type { Clock } from '@reprieve/clock'
import type { Database } from '@reprieve/database'
import { measure } from '@reprieve/telemetry'
import type { ExceptionsTables } from '../adapters/postgres/tables.js'
import { expire } from '../domain/changes.js'
import type { Exceptions } from './exceptions.port.js'

// One transaction: locks are held for some tens of milliseconds, and a thousand that end together need two of them.
const BATCH = 500

/** Ends every active exception whose end has come, however long ago that was. */
export class ExpireExceptions {
  readonly #database: Database<ExceptionsTables>
  readonly #exceptions: Exceptions
  readonly #clock: Clock

  constructor(database: Database<ExceptionsTables>, exceptions: Exceptions, clock: Clock) {
    this.#database = database
    this.#exceptions = exceptions
    this.#clock = clock
  }

  /** @returns how many ended; several processes may do this at once, and share the work */
  async expireDue(): Promise<number> {
    let expired = 0
    for (let batch = BATCH; batch === BATCH; ) {
      const ended = await this.#database.transaction(async (tx) => {
        const ended = await this.#exceptions.lockEnded(tx, this.#clock.now(), BATCH)
        await this.#exceptions.record(tx, ended.map(expire))
        return ended
      })
      batch = ended.length
      const now = this.#clock.now().getTime()
      for (const { expiresAt } of ended) {
        if (expiresAt !== null) measure('reprieve.exceptions.expiry_delay', (now - expiresAt.getTime()) / 1_000, {})
      }
      expired += batch
    }
    return expired
  }
}
