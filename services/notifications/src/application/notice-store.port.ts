import type { Tx } from '../adapters/postgres/tables.js'
import type { Approval, Exception, Person, Version } from '../domain/exception.js'
import type { Notice } from '../domain/notice.js'

/** An approval, and how far people have been told of it. */
export interface KeptApproval {
  approval: Approval
  /** Null if of none of its versions. */
  told: Version | null
  /** Who held each step in the version that people were told of last. */
  approversTold: readonly Person[]
  /** W3C trace context of the event that brought it. */
  trace: Readonly<Record<string, string>>
}

export interface NewNotice extends Notice {
  /** Shown in the product. */
  inApp: boolean
}

export interface NoticeStore {
  /** Makes whoever else changes what is known of these exceptions wait until the transaction ends. */
  lock(tx: Tx, exceptionIds: readonly string[]): Promise<void>
  /** By their ids; unknown ones are left out. */
  exceptions(tx: Tx, ids: readonly string[]): Promise<Map<string, Exception>>
  saveExceptions(tx: Tx, exceptions: readonly Exception[]): Promise<void>
  /** By their exceptions' ids; unknown ones are left out. */
  approvals(tx: Tx, exceptionIds: readonly string[]): Promise<Map<string, KeptApproval>>
  saveApprovals(tx: Tx, kept: readonly KeptApproval[]): Promise<void>
  /** @returns those that were not there yet */
  add(tx: Tx, notices: readonly NewNotice[], now: Date): Promise<NewNotice[]>
}
