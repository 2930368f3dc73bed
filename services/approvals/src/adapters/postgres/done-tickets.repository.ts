import { sql } from 'kysely'
import type { DoneTickets } from '../../application/done-tickets.port.js'
import type { Tx } from './tables.js'

/** Requests whose ticket is done, by what `tickets.v1` tells. */
export class DoneTicketsRepository implements DoneTickets {
  async note(tx: Tx, exceptionId: string, at: Date): Promise<void> {
    await inTurn(tx, exceptionId)
    await tx
      .insertInto('done_ticket_request')
      .values({ exception_id: exceptionId, done_at: at })
      .onConflict((conflict) => conflict.column('exception_id').doNothing())
      .execute()
  }

  async isDone(tx: Tx, exceptionId: string): Promise<boolean> {
    await inTurn(tx, exceptionId)
    const row = await tx
      .selectFrom('done_ticket_request')
      .select('exception_id')
      .where('exception_id', '=', exceptionId)
      .executeTakeFirst()
    return row !== undefined
  }
}

/** Neither an approval that is being opened nor a ticket that is being done has a row yet that the other could wait for. */
const inTurn = (tx: Tx, exceptionId: string) =>
  sql`SELECT pg_advisory_xact_lock(hashtextextended(${exceptionId}, 0))`.execute(tx)
