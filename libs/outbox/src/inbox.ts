import type { Database } from '@reprieve/database'
import { sql, type Transaction } from 'kysely'
import type { OutboxTables } from './tables.js'

/**
 * Notes in the handler's transaction that `consumer` acts on an event.
 * @returns false if it has acted on it before: then it must do nothing
 */
export async function firstTime(tx: Transaction<OutboxTables>, consumer: string, eventId: string): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('inbox')
    .values({ consumer, event_id: eventId })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow()
  return numInsertedOrUpdatedRows === 1n
}

// Far longer than any topic keeps its records or a broker redelivers.
const KEPT_FOR_DAYS = 30
const PRUNE_ROWS = 10_000

/** Forgets what was acted on more than thirty days ago, a bounded number of rows a call. */
export async function pruneInbox(database: Database<OutboxTables>): Promise<void> {
  await sql`
    DELETE FROM inbox WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM inbox WHERE handled_at < clock_timestamp() - make_interval(days => ${KEPT_FOR_DAYS}) LIMIT ${PRUNE_ROWS}))`.execute(
    database.db,
  )
}
