import type { Clock } from '@reprieve/clock'
import type { Database } from '@reprieve/database'
import { type RawBuilder, sql } from 'kysely'
import type { NotificationsTables } from './tables.js'

export interface HousekeepingOptions {
  database: Database<NotificationsTables>
  clock: Clock
  /** How long notices, mails and deliveries stay. */
  keptMs: number
}

const ROWS = 5_000

/** Forgets what is old, a bounded number of rows a statement. What still waits to be sent stays. */
export class Housekeeping {
  readonly #options: HousekeepingOptions

  constructor(options: HousekeepingOptions) {
    this.#options = options
  }

  async run(): Promise<void> {
    const before = new Date(this.#options.clock.now().getTime() - this.#options.keptMs)
    await this.#delete(sql`
      DELETE FROM notice WHERE id IN (
        SELECT notice.id FROM notice LEFT JOIN mail ON mail.id = notice.mail_id
        WHERE notice.created_at < ${before} AND (mail.id IS NULL OR mail.finished_at IS NOT NULL) LIMIT ${ROWS})`)
    await this.#delete(sql`
      DELETE FROM mail WHERE id IN (SELECT id FROM mail WHERE finished_at < ${before} LIMIT ${ROWS})`)
    await this.#delete(sql`
      DELETE FROM webhook_delivery WHERE id IN (
        SELECT id FROM webhook_delivery WHERE finished_at < ${before} LIMIT ${ROWS})`)
    await this.#delete(sql`
      DELETE FROM webhook_secret WHERE id IN (
        SELECT id FROM webhook_secret WHERE expires_at < ${this.#options.clock.now()} LIMIT ${ROWS})`)
  }

  async #delete(statement: RawBuilder<unknown>): Promise<void> {
    for (;;) {
      const { numAffectedRows = 0n } = await statement.execute(this.#options.database.db)
      if (numAffectedRows < BigInt(ROWS)) return
    }
  }
}
