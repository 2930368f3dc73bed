import type { Database } from '@reprieve/database'
import { sql } from 'kysely'
import type { Intake } from '../../application/intake.port.js'
import type { Told } from '../../domain/told.js'
import type { AuditTables, Tx } from './tables.js'
import { toldAsJson } from './told-row.js'

export class IntakeRepository implements Intake {
  readonly #database: Database<AuditTables>

  constructor(database: Database<AuditTables>) {
    this.#database = database
  }

  /** One statement: positions of arrival follow the order given. The journal passes over what it has already; here only what waits twice is. */
  async add(told: readonly Told[], on?: Tx): Promise<void> {
    if (told.length === 0) return
    await sql`
      INSERT INTO intake (event_id, told)
      SELECT given.event_id, given.told
      FROM unnest(${told.map(({ eventId }) => eventId)}::uuid[], ${told.map(toldAsJson)}::jsonb[])
           WITH ORDINALITY AS given(event_id, told, n)
      ORDER BY given.n
      ON CONFLICT (event_id) DO NOTHING`.execute(on ?? this.#database.db)
  }
}
