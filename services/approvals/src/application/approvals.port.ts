import type { Tx } from '../adapters/postgres/tables.js'
import type { Approval } from '../domain/approval.js'

/** Where approvals are kept. Whatever happens to one is written with its event, under the row's lock. */
export interface Approvals {
  find(exceptionId: string): Promise<Approval | null>
  /** Locked against whatever else could happen to it until the transaction ends. */
  lock(tx: Tx, exceptionId: string): Promise<Approval | null>
  /** Waiting ones whose end is not after `now`, earliest first, locked; those that another process has locked are left to it. */
  lockOverdue(tx: Tx, now: Date, limit: number): Promise<Approval[]>
  /** @returns false if there is one for this exception: then nothing was written */
  add(tx: Tx, approval: Approval): Promise<boolean>
  /** Keeps the last act of approvals that this transaction has locked. */
  record(tx: Tx, approvals: readonly Approval[]): Promise<void>
}
