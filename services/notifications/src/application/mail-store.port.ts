import type { Tx } from '../adapters/postgres/tables.js'
import type { Notice } from '../domain/notice.js'

export type FinalStatus = 'sent' | 'refused' | 'given_up' | 'dropped'

/** A mail that this attempt may send. */
export interface ClaimedMail {
  id: string
  recipientId: string
  /** A day's mail. */
  digest: boolean
  /** What it tells, oldest first: one notice, or a day's. */
  notices: readonly Notice[]
  /** When it was to be sent first. */
  dueAt: Date
  /** With this one. */
  attempts: number
}

export interface NewMail {
  /** Also the notice's that it is of. */
  id: string
  recipientId: string
  /** Null to be sent; otherwise why nothing is sent. */
  dropped: string | null
}

export interface MailStore {
  /** Mails of one notice each, with the notice's id. */
  add(tx: Tx, mails: readonly NewMail[], now: Date): Promise<void>
  /**
   * Adds a notice to the mail that its recipient gets at `dueAt`.
   * @returns false where that mail is on its way already: the next one is to take it
   */
  addToDigest(
    tx: Tx,
    notice: { id: string; recipientId: string },
    mailId: string,
    dueAt: Date,
    now: Date,
  ): Promise<boolean>
  /** Marks days' mails that are due as queued. @returns their ids; at most `limit` */
  takeDueDigests(tx: Tx, now: Date, limit: number): Promise<string[]>
  /**
   * Marks a mail as being sent. A claim older than `staleBefore` was left behind by a process that died and is taken over; the same claim
   * may be made again.
   * @returns `finished` where there is nothing left to do, `busy` where another attempt is at it
   */
  claim(mailId: string, claim: string, now: Date, staleBefore: Date): Promise<ClaimedMail | 'finished' | 'busy'>
  /** Ends the claim with nothing sent, to be tried again. No effect if the claim was taken over. */
  release(mailId: string, claim: string, error: string): Promise<void>
  /** No effect if the claim was taken over. */
  finish(
    mailId: string,
    claim: string,
    outcome: { status: FinalStatus; at: Date; error: string | null; receipt: string | null },
  ): Promise<void>
  /** Since when the oldest mail that is due waits; null if none waits. */
  oldestPending(now: Date): Promise<Date | null>
}
