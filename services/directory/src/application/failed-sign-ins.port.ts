import type { Tx } from '../adapters/postgres/tables.js'

export interface Attempt {
  /** A hash of what was typed. */
  account: string
  /** Where it came from. */
  network: string
}

export interface FailedSignIns {
  /** Times of the failures after `since` of all that is given, oldest first, at most `most` of the latest. */
  since(tx: Tx, of: Partial<Attempt>, since: Date, most: number): Promise<Date[]>
  add(tx: Tx, attempt: Attempt, at: Date): Promise<void>
  /** Whether the account's owner has signed in from there since. */
  hasSucceeded(tx: Tx, attempt: Attempt, since: Date): Promise<boolean>
  succeed(tx: Tx, attempt: Attempt, at: Date): Promise<void>
  /**
   * Notes that sign-ins of all that is given are refused until then.
   * @param goesOnSince one that had not ended by this time goes on
   * @returns whether one begins
   */
  lockOut(tx: Tx, of: Partial<Attempt>, until: Date, goesOnSince: Date): Promise<boolean>
  /** Removes some of what no longer counts. */
  prune(tx: Tx, failuresBefore: Date, successesBefore: Date): Promise<void>
  /** Until the transaction ends nobody else decides about this account or network. */
  lock(tx: Tx, what: string): Promise<void>
}
