import type { Database } from '@reprieve/database'
import type { BackgroundWork } from '@reprieve/service-host'
import type { Logger } from '@reprieve/telemetry'
import type { SigningKeyService } from '../../application/signing-key.service.js'
import type { DirectoryTables } from '../postgres/tables.js'

// A key is announced for an hour and signs for days: what is due may be done some minutes late.
const EVERY_MS = 10 * 60_000

/** Replaces signing keys in their time. Several processes may do it: they take turns, and the second finds nothing left to do. */
export class KeyRotation implements BackgroundWork {
  readonly #database: Database<DirectoryTables>
  readonly #keys: SigningKeyService
  readonly #logger: Logger
  #timer: NodeJS.Timeout | null = null
  #running: Promise<void> = Promise.resolve()

  constructor(database: Database<DirectoryTables>, keys: SigningKeyService, logger: Logger) {
    this.#database = database
    this.#keys = keys
    this.#logger = logger
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#running = this.#tend()
    }, EVERY_MS)
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer)
    await this.#running
  }

  async #tend(): Promise<void> {
    try {
      const changed = await this.#database.transaction((tx) => this.#keys.tend(tx))
      if (changed.length > 0) this.#logger.info({ kids: changed.map(({ kid }) => kid) }, 'signing keys were replaced')
    } catch (err) {
      this.#logger.error({ err }, 'signing keys could not be looked after; it is tried again')
    }
  }
}
