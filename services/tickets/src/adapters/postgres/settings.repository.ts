import type { Database } from '@reprieve/database'
import type { Outbox } from '@reprieve/outbox'
import { sql } from 'kysely'
import type { SettingsName, SettingsStore, Versioned } from '../../application/settings.port.js'
import type { Person } from '../../domain/ticket.js'
import type { Reader, TicketsTables, Tx } from './tables.js'

/** Settings in this service's own database, with their events in its outbox. */
export class SettingsRepository implements SettingsStore {
  readonly #database: Database<TicketsTables>
  readonly #outbox: Outbox

  constructor(database: Database<TicketsTables>, outbox: Outbox) {
    this.#database = database
    this.#outbox = outbox
  }

  async newest<S>(name: SettingsName, first: S, db: Reader = this.#database.db): Promise<Versioned<S>> {
    const row = await db
      .selectFrom('settings_version')
      .select(['version', 'settings'])
      .where('name', '=', name)
      .orderBy('version', 'desc')
      .limit(1)
      .executeTakeFirst()
    if (row === undefined) return { version: 0, settings: first }
    // What a later release adds to them has its first value in what was stored before.
    return { version: row.version, settings: { ...first, ...(row.settings as Partial<S>) } }
  }

  async lock(tx: Tx, name: SettingsName): Promise<void> {
    await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`settings/${name}`}, 0))`.execute(tx)
  }

  async add<S>(
    tx: Tx,
    name: SettingsName,
    { version, settings }: Versioned<S>,
    actor: Person,
    at: Date,
  ): Promise<void> {
    const json = JSON.stringify(settings)
    await tx
      .insertInto('settings_version')
      .values({ name, version, at, actor_id: actor.id, actor_name: actor.name, settings: json })
      .execute()
    await this.#outbox.append(tx, settingsEvent({ name, version, json, actor, at }))
  }
}

/** One version of the settings, for the journal. */
export const settingsEvent = (change: {
  name: string
  version: number
  json: string
  actor: Person | null
  at: Date
}) => ({
  topic: 'tickets.v1' as const,
  subjectId: `settings/${change.name}`,
  version: change.version,
  actor: change.actor,
  at: change.at,
  body: {
    subject: {
      case: 'settings' as const,
      value: { name: change.name, version: change.version, json: change.json },
    },
  },
})
