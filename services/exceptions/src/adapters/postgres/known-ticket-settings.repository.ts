import type { Database } from '@reprieve/database'
import { newer, type Version } from './newer.js'
import type { ExceptionsTables } from './tables.js'

/** What `tickets.v1` tells of the settings; only the newest. */
export class KnownTicketSettingsRepository {
  readonly #database: Database<ExceptionsTables>

  constructor(database: Database<ExceptionsTables>) {
    this.#database = database
  }

  /** Roles whose members may ask from a ticket. */
  async requesterRoles(): Promise<readonly string[]> {
    const row = await this.#database.db.selectFrom('known_ticket_settings').select('requester_roles').executeTakeFirst()
    return row?.requester_roles ?? []
  }

  async keep(requesterRoles: readonly string[], version: Version): Promise<void> {
    const values = { requester_roles: [...requesterRoles], ...version }
    await this.#database.db
      .insertInto('known_ticket_settings')
      .values(values)
      .onConflict((conflict) => conflict.column('one').doUpdateSet(values).where(newer('known_ticket_settings')))
      .execute()
  }
}
