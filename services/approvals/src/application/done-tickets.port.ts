import type { Tx } from '../adapters/postgres/tables.js'

/** Requests whose ticket is done. Both methods wait for each other, of one request: whichever comes second sees the first. */
export interface DoneTickets {
  note(tx: Tx, exceptionId: string, at: Date): Promise<void>
  isDone(tx: Tx, exceptionId: string): Promise<boolean>
}
