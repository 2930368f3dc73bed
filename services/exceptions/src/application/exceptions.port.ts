import type { Tx } from '../adapters/postgres/tables.js'
import type { Change, Changed, Exception } from '../domain/exception.js'

/** How much of an approval's record is known: the life of its owner's database, and the version within it. */
export interface ApprovalPosition {
  incarnation: number
  version: number
}

export interface NotedApproval {
  exceptionId: string
  position: ApprovalPosition
}

/** What scope last told of the instances an exception covers or would cover. */
export interface Reach {
  instanceCount: number
  /** Since when coverage is in force; null while it is not. */
  inForceSince: Date | null
  asOf: Date | null
}

/** An exception with what others told of it. */
export interface ExceptionRecord {
  exception: Exception
  reach: Reach
}

/** An exception that nothing else can change now, with what only changes need to know. */
export interface LockedException extends ExceptionRecord {
  approval: ApprovalPosition
  /** When the ticket that it was asked from was done; null while it is not. */
  ticketDoneAt: Date | null
}

/** Files that a change needs are not free any more: another request was quicker. */
export class EvidenceTakenError extends Error {
  override readonly name = 'EvidenceTakenError'
}

/** Where exceptions are kept. Whatever changes one writes its row, its history line and its event together, or nothing. */
export interface Exceptions {
  find(id: string): Promise<ExceptionRecord | null>
  /** What was told of several, in the order of the ids; unknown ones are left out. */
  findAll(ids: readonly string[]): Promise<ExceptionRecord[]>
  /** The same, each as it was at that time; those that were not there yet are left out. */
  findAllAsOf(ids: readonly string[], at: Date): Promise<ExceptionRecord[]>
  /** Each as it is now, with the change that made it so; unknown ids are left out. */
  findLastChanges(ids: readonly string[]): Promise<Changed[]>
  /** Oldest first. */
  history(id: string): Promise<Change[]>

  /** The exception, locked against every other change until the transaction ends. */
  lock(tx: Tx, id: string): Promise<LockedException | null>
  /** The same for several, by their ids; unknown ones are left out. */
  lockAll(tx: Tx, ids: readonly string[]): Promise<ReadonlyMap<string, LockedException>>
  /** Active ones whose end is not after `now`, earliest first, locked; those that another process has locked are left to it. */
  lockEnded(tx: Tx, now: Date, limit: number): Promise<Exception[]>

  /** Keeps a new exception; `changes` are those of one exception, from its first on. @throws EvidenceTakenError */
  add(tx: Tx, changes: readonly Changed[]): Promise<ExceptionRecord>
  /** Keeps changes of exceptions that this transaction has locked, each exception's in order. */
  record(tx: Tx, changes: readonly Changed[]): Promise<void>
  /** Notes how much of their approvals' records was taken in. */
  note(tx: Tx, approvals: readonly NotedApproval[]): Promise<void>
  /** Notes that the ticket it was asked from is done, for good. */
  noteTicketDone(tx: Tx, id: string, at: Date): Promise<void>
}
