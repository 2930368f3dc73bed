import type { Database } from '@reprieve/database'
import { sql } from 'kysely'
import type { AuditTables, Tx } from './tables.js'

const MOST_AT_ONCE = 5_000

/** Takes away what is kept no longer: the oldest entries of the journal, where that is wanted, and old live events. */
export class RetentionRepository {
  readonly #database: Database<AuditTables>

  constructor(database: Database<AuditTables>) {
    this.#database = database
  }

  /** @returns how many were taken away: a bounded number, so perhaps not all */
  async forgetEntries(before: Date): Promise<number> {
    return await this.#database.transaction(async (tx) => {
      const head = await tx.selectFrom('journal_head').select('start_position').forUpdate().executeTakeFirstOrThrow()
      // Entries leave in the order in which they came, so that the rest stays one chain.
      const { rows } = await sql<{ position: number; hash: Uint8Array }>`
        SELECT position, hash FROM (
          SELECT position, hash, bool_and(recorded_at < ${before}) OVER (ORDER BY position) AS old
          FROM (SELECT position, hash, recorded_at FROM journal ORDER BY position LIMIT ${MOST_AT_ONCE}) AS first
        ) AS judged WHERE old ORDER BY position DESC LIMIT 1`.execute(tx)
      const last = rows[0]
      if (last === undefined) return 0
      await sql`SET LOCAL reprieve.journal_retention = 'on'`.execute(tx)
      await tx.deleteFrom('journal').where('position', '<=', last.position).execute()
      await tx.updateTable('journal_head').set({ start_position: last.position, start_hash: last.hash }).execute()
      return last.position - head.start_position
    })
  }

  /** @returns as `forgetEntries` */
  async forgetLiveEvents(before: Date): Promise<number> {
    return await this.#database.transaction(async (tx) => {
      const last = await oldestLiveEvents(tx, before)
      if (last === null) return 0
      // Said before they are gone: a listener that reads between the two is told to load anew.
      await tx.updateTable('journal_head').set({ live_forgotten: last }).execute()
      const { numDeletedRows } = await tx
        .deleteFrom('live_event')
        .where('position', '<=', last)
        .executeTakeFirstOrThrow()
      return Number(numDeletedRows)
    })
  }
}

async function oldestLiveEvents(tx: Tx, before: Date): Promise<number | null> {
  const { rows } = await sql<{ position: number | null }>`
    SELECT max(position) AS position FROM (
      SELECT position FROM live_event WHERE recorded_at < ${before} ORDER BY recorded_at LIMIT ${MOST_AT_ONCE}) AS old`.execute(
    tx,
  )
  return rows[0]?.position ?? null
}
