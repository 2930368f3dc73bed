import type { Notice } from '../domain/notice.js'

export type FinalStatus = 'sent' | 'refused' | 'given_up' | 'dropped'

/** A delivery that this attempt may carry out. */
export interface ClaimedDelivery {
  notice: Notice
  createdAt: Date
  /** With this one. */
  attempts: number
}

export interface DeliveryStore {
  /**
   * Marks a mail as being sent. A claim older than `staleBefore` was left behind by a process that died and is taken over.
   * @returns `finished` where there is nothing left to do, `busy` where another attempt is at it
   */
  claim(noticeId: string, claim: string, now: Date, staleBefore: Date): Promise<ClaimedDelivery | 'finished' | 'busy'>
  /** Ends the claim with nothing sent, to be tried again. No effect if the claim was taken over. */
  release(noticeId: string, claim: string, error: string): Promise<void>
  /** No effect if the claim was taken over. */
  finish(
    noticeId: string,
    claim: string,
    outcome: { status: FinalStatus; at: Date; error: string | null; receipt: string | null },
  ): Promise<void>
  /** When the oldest notice that still waits was written; null if none waits. */
  oldestPending(): Promise<Date | null>
}
