import type { Tx } from '../adapters/postgres/tables.js'
import type { WholeDeadLetter } from '../domain/dead-letter.js'

/** What somebody decided. */
export interface Settlement {
  state: 'redriven' | 'discarded'
  at: Date
  by: { id: string; name: string }
  /** Why it was discarded. */
  reason: string | null
}

export interface DeadLetterStore {
  /** Holds the row until the transaction ends. */
  find(id: string, tx: Tx): Promise<WholeDeadLetter | null>
  settle(tx: Tx, id: string, settled: Settlement): Promise<void>
}
