/** Someone as they were called when it happened. */
export interface Person {
  id: string
  name: string
}

/** An aggregate's version as its owner counts it: first by the life of the owner's database, then by n. */
export interface Version {
  incarnation: number
  n: number
}

export const isNewer = (a: Version, than: Version): boolean =>
  a.incarnation > than.incarnation || (a.incarnation === than.incarnation && a.n > than.n)

/** What this service needs to know of an exception. */
export interface Exception {
  id: string
  version: Version
  name: string
  justification: string
  autoPilot: boolean
  /** Asked for from a ticket: it moves its due date to the end, and covers nothing. */
  defers: boolean
  requester: Person
  /** Exclusive; null while unknown, or if it never ends. */
  expiresAt: Date | null
  /** Counted from activation; null once the end is known. */
  expiresAfterDays: number | null
  /** It is in force. */
  active: boolean
  appliedSince: Date | null
  /** Who holds each step now. */
  approvers: readonly Person[]
}

export type ExceptionTransition =
  | 'submitted'
  | 'activated'
  | 'denied'
  | 'expired'
  | 'deactivated'
  | 'withdrawn'
  | 'lapsed'
  | 'amended'

/** One event of an exception, as far as people are told of it. */
export interface ExceptionChange {
  exception: Exception
  transition: ExceptionTransition
  /** When it happened, which can be long before anybody noticed: an end that passed while nothing was running. */
  at: Date
  /** When its owner wrote the event. */
  publishedAt: Date
  /** Who did it; null where the system acted. */
  by: Person | null
  reason: string | null
  /** What other systems are told of it beside. */
  told: ToldOfException
}

/** What nobody is mailed and webhooks carry. Times are RFC 3339. */
export interface ToldOfException {
  kind: 'query' | 'ticket'
  effect: 'suppress' | 'defer'
  status: string
  requestedAt: string | null
  query: { id: string; name: string } | null
  ticketId: string | null
  ended: { at: string; by: Person | null; reason: string | null } | null
}

/** `other`: something that a newer owner tells of, and nobody is told of here. It counts as a version all the same. */
export type ActType = 'stepApproved' | 'approved' | 'denied' | 'withdrawn' | 'lapsed' | 'handedOver' | 'other'

export interface Act {
  type: ActType
  at: Date
  by: Person | null
  /** Index of the step decided or handed over. */
  step: number | null
  to: Person | null
  reason: string | null
}

/** Where the decision on a request stands. Act i made version i + 2; version 1 opened it. */
export interface Approval {
  exceptionId: string
  version: Version
  waits: boolean
  currentStep: number
  approvers: readonly Person[]
  acts: readonly Act[]
  openedAt: Date
  /** When its owner wrote the event of this version. */
  publishedAt: Date
}

/** Whose decision is waited for now. */
export const waitingFor = (approval: Approval): Person | null =>
  approval.waits ? (approval.approvers[approval.currentStep] ?? null) : null
