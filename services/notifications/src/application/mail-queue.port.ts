import type { Tx } from '../adapters/postgres/tables.js'

/** A mail to be sent. Its notices tell what; the job only says that it is time. */
export interface MailJob {
  mailId: string
  /** W3C trace context of what happened, so that the mail is part of its trace. */
  trace: Readonly<Record<string, string>>
}

export interface MailQueue {
  /** The jobs are there once the transaction has committed, and not if it has not. */
  add(tx: Tx, jobs: readonly MailJob[]): Promise<void>
  /** Says that jobs may have come, so that they need not wait for the next look. */
  wake(): void
}
