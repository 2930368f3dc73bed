import type { Transaction } from 'kysely'
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
