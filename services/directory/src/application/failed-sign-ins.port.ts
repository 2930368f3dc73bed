import type { Tx } from '../adapters/postgres/tables.js'

export interface FailedSignIns {
  /** Times of the account's failures after `since`, oldest first, at most `most` of the latest. */
  since(tx: Tx, account: string, since: Date, most: number): Promise<Date[]>
  add(tx: Tx, account: string, at: Date): Promise<void>
  /** Removes some of those that no longer count. */
  prune(tx: Tx, before: Date): Promise<void>
  /** Until the transaction ends nobody else decides about this account. */
  lock(tx: Tx, account: string): Promise<void>
}
