import type { Database } from '@reprieve/database'
import { type Selectable, sql } from 'kysely'
import type { KeptPreferences, PreferenceStore } from '../../application/preference-store.port.js'
import { DEFAULT_PREFERENCES, onlyOff, type Preferences } from '../../domain/preferences.js'
import type { Preference } from './tables.gen.js'
import type { NotificationsTables, Tx } from './tables.js'

export class PreferenceRepository implements PreferenceStore {
  readonly #database: Database<NotificationsTables>

  constructor(database: Database<NotificationsTables>) {
    this.#database = database
  }

  async of(tx: Tx, personIds: readonly string[]): Promise<Map<string, Preferences>> {
    if (personIds.length === 0) return new Map()
    const rows = await tx
      .selectFrom('preference')
      .selectAll()
      .where('person_id', 'in', [...new Set(personIds)])
      .execute()
    return new Map(rows.map((row) => [row.person_id, toPreferences(row)]))
  }

  async find(personId: string): Promise<KeptPreferences> {
    return await this.#find(this.#database.db, personId)
  }

  /** @returns what is stored now, which nobody else changes until the transaction ends */
  async lock(tx: Tx, personId: string): Promise<KeptPreferences> {
    // Nobody has a row who never said anything: two first words at once would both pass.
    await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`preference ${personId}`}, 0))`.execute(tx)
    return await this.#find(tx, personId)
  }

  async save(tx: Tx, personId: string, { preferences, version }: KeptPreferences): Promise<void> {
    const values = {
      version,
      kinds: JSON.stringify(onlyOff(preferences.kinds)),
      digest: preferences.digest.enabled,
      digest_hour: preferences.digest.hour,
      time_zone: preferences.digest.timeZone,
    }
    await tx
      .insertInto('preference')
      .values({ person_id: personId, ...values })
      .onConflict((conflict) => conflict.column('person_id').doUpdateSet(values))
      .execute()
  }

  async #find(db: Database<NotificationsTables>['db'], personId: string): Promise<KeptPreferences> {
    const row = await db.selectFrom('preference').selectAll().where('person_id', '=', personId).executeTakeFirst()
    if (row === undefined) return { preferences: DEFAULT_PREFERENCES, version: 0 }
    return { preferences: toPreferences(row), version: row.version }
  }
}

const toPreferences = (row: Selectable<Preference>): Preferences => ({
  // Written by `save` alone.
  kinds: row.kinds as unknown as Preferences['kinds'],
  digest: { enabled: row.digest, hour: row.digest_hour, timeZone: row.time_zone },
})
