import type { Expiration } from './expiration.js'

export const STATUSES = ['pendingApproval', 'active', 'denied', 'expired', 'deactivated', 'withdrawn'] as const
export type Status = (typeof STATUSES)[number]

export const KINDS = ['query', 'ticket'] as const
export type Kind = (typeof KINDS)[number]

/** `suppress`: covered instances are out of dashboards and workflows. `defer`: they stay visible and open, but are not overdue. */
export type Effect = 'suppress' | 'defer'

export type ApprovalType = 'autoPilot' | 'approvers' | 'reviewer'

export type Decision = 'approved' | 'denied'

/** Someone as they were called when this was recorded. */
export interface Person {
  id: string
  name: string
}

export interface Step {
  /** Who holds the step now. */
  approver: Person
  /** Users and groups who could be chosen or assigned, by the rule's version the request was made with. */
  candidateIds: readonly string[]
  /** The rule by which its first approver was assigned; null: the fallback. Absent where the requester chose. */
  assignedBy?: string | null
  decided: Decided | null
}

/** A decision, for good. */
export interface Decided {
  decision: Decision
  at: Date
  by: Person
  comment: string | null
  /** The files that whoever decided could see. */
  evidenceIds: readonly string[]
}

/** A file of an exception; its bytes lie elsewhere. */
export interface EvidenceFile {
  id: string
  name: string
  /** Bytes. */
  size: number
  /** The media type told by its content. */
  type: string
  /** In hexadecimal. */
  sha256: string
  uploadedBy: Person
  /** When it came to the exception. */
  addedAt: Date
}

/** The copy of the query made at submission; nobody can change it. */
export interface ManagedQuery {
  id: string
  name: string
  folder: string
  expression: string
}

export const MANAGED_FOLDER = 'Vulnerability Exception Queries'

/** Permission to leave what a query selects unresolved: all that this service decides about it. */
export interface Exception {
  id: string
  /** Counts the changes from 1. */
  version: number
  kind: Kind
  effect: Effect
  name: string
  justification: string
  useCase: string | null
  evidenceLink: string | null
  status: Status
  query: ManagedQuery
  /** The saved query that was copied; null where the request brought its own expression. */
  sourceQueryId: string | null
  expiration: Expiration
  /** Exclusive end, once it is known: from the request on for a date or an instant, from activation on for days. */
  expiresAt: Date | null
  appliedSince: Date | null
  requestedBy: Person
  requestedAt: Date
  rule: { id: string; version: number } | null
  ticketId: string | null
  approvalType: ApprovalType
  steps: readonly Step[]
  /** Index of the step in effect; the number of steps once all are approved. */
  currentStep: number
  ended: { at: Date; by: Person | null; reason: string | null } | null
  /** In the order they came. */
  evidence: readonly EvidenceFile[]
}

/** The approver whose step is in effect while the request waits. */
export function waitingFor(exception: Exception): Person | null {
  if (exception.status !== 'pendingApproval') return null
  return exception.steps[exception.currentStep]?.approver ?? null
}

/** Who holds a part of the approval now, each once, in the order of the steps. */
export function approversOf(exception: Pick<Exception, 'steps'>): Person[] {
  return [...new Map(exception.steps.map(({ approver }) => [approver.id, approver])).values()]
}

export type ChangeType =
  | 'submitted'
  | 'stepApproved'
  | 'handedOver'
  | 'activated'
  | 'denied'
  | 'withdrawn'
  | 'lapsed'
  | 'expired'
  | 'deactivated'
  | 'evidenceAdded'

/** One line of the history: what made one version of an exception. */
export interface Change {
  version: number
  type: ChangeType
  at: Date
  /** Null where the system acted. */
  actor: Person | null
  from: Status | null
  to: Status | null
  reason: string | null
  /** Index of the step that was decided or handed over. */
  step: number | null
  /** Whom a step was handed over to. */
  subject: Person | null
  /** Files that came with it, or that whoever decided could see; null where it is neither. */
  evidenceIds: readonly string[] | null
}

/** An exception after a change, and the change that led there. */
export interface Changed {
  exception: Exception
  change: Change
}
