import type { Day } from './day.js'
import type { GroupKey } from './grouping.js'

/** Someone as they were called when this was recorded. */
export interface Person {
  id: string
  name: string
}

export const TICKET_STATUSES = ['open', 'done'] as const
export type TicketStatus = (typeof TICKET_STATUSES)[number]

export const DUE_DATE_CAUSES = ['opened', 'manager', 'policy', 'approved', 'deactivated', 'external'] as const
/** Why a due date moved. `approved` and `deactivated` are of an exception; `external` is the other system that keeps the ticket, too. */
export type DueDateCause = (typeof DUE_DATE_CAUSES)[number]

/** One move of a due date, for good. */
export interface DueDateMove {
  /** Counts the ticket's moves from 1. */
  n: number
  from: Day | null
  to: Day
  at: Date
  cause: DueDateCause
  /** Null where the system acted. */
  actor: Person | null
  reason: string | null
  exceptionId: string | null
  policyVersion: number | null
}

/** Where a ticket's due date is, and how it came there: what its newest move left. */
export interface DueDate {
  n: number
  day: Day
  cause: DueDateCause
  /** The first the ticket had. */
  original: Day
}

/** The same ticket in another system. */
export interface External {
  source: string
  key: string
  url: string | null
}

/** A remediation ticket: all that this service decides about it. */
export interface Ticket {
  id: string
  /** Counts the changes from 1. */
  version: number
  title: string
  owner: Person
  expression: string
  /** Counts the expression's edits from 1. */
  queryVersion: number
  status: TicketStatus
  doneAt: Date | null
  createdAt: Date
  due: DueDate | null
  /** Nobody gave it a date of its own: the policy does. */
  byPolicy: boolean
  /** The version of the policy that it was last held against. */
  policyVersion: number
  /** The exception that waits for its reviewer. */
  waitingRequest: string | null
  /** The newest exception in force. */
  deferredBy: string | null
  group: { ruleId: string; key: GroupKey } | null
  external: External | null
}

export type Transition =
  | 'opened'
  | 'edited'
  | 'dueDateMoved'
  | 'exceptionRequested'
  | 'done'
  | 'reopened'
  | 'exceptionFollowed'

/** What people read of a change. */
export interface Update {
  type: string
  at: Date
  /** Null where the system acted. */
  actor: Person | null
  text: string
  exceptionId: string | null
}

/** A ticket after a change, and what the change was. */
export interface Changed {
  ticket: Ticket
  transition: Transition
  move: DueDateMove | null
  update: Update
  /** Whose it was before, where this gave it to another. */
  givenFrom?: Person
  /** The exception that its event tells of where that is not the newest: an earlier one, still in force, that ends with the ticket. */
  tellsOf?: string
}

export const USE_CASES = ['technicalLimitation', 'fixUnavailable', 'unacceptableBusinessImpact', 'other'] as const
export type UseCase = (typeof USE_CASES)[number]

export const EXCEPTION_STATUSES = [
  'pendingApproval',
  'active',
  'denied',
  'expired',
  'deactivated',
  'withdrawn',
] as const
export type ExceptionStatus = (typeof EXCEPTION_STATUSES)[number]

/** A request for an exception: as its owner made it, and what is known of it since. */
export interface Request {
  exceptionId: string
  ticketId: string
  /** Counts the ticket's requests from 1: one is decided before the next is asked for. */
  ordinal: number
  requestedBy: Person
  requestedAt: Date
  name: string
  justification: string
  useCase: UseCase
  evidenceLink: string | null
  evidenceIds: readonly string[]
  proposedDueDate: Day
  query: { id: string; expression: string }
  /** Whom the settings assigned it to. */
  assignedId: string
  /** The reviewer rule that held; null: the fallback. */
  assignedBy: string | null
  /** Users and groups that it can be handed over to. */
  candidateIds: readonly string[]
  ticketDoneAt: Date | null
  status: ExceptionStatus
  /** Who holds its step now. */
  reviewer: Person
  decidedAt: Date | null
  appliedSince: Date | null
  endedAt: Date | null
}

/** The folder of every exception's copy of its query. */
export const MANAGED_FOLDER = 'Vulnerability Exception Queries'
