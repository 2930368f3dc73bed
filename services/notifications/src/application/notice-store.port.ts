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
  /** Makes whoever else changes what is known of this exception wait until the transaction ends. */
  lock(tx: Tx, exceptionId: string): Promise<void>
  exception(tx: Tx, id: string): Promise<Exception | null>
  saveException(tx: Tx, exception: Exception): Promise<void>
  approval(tx: Tx, exceptionId: string): Promise<KeptApproval | null>
  saveApproval(tx: Tx, kept: KeptApproval): Promise<void>
  /** @returns those that were not there yet */
  add(tx: Tx, notices: readonly NewNotice[], now: Date): Promise<NewNotice[]>
}
