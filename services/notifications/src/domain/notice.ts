import type { Version } from './exception.js'
import type { NoticeKind } from './notice-kind.js'

/** What templates can say of an exception: plain JSON, kept with the notice so that it tells what was true then. Times are RFC 3339. */
export interface ExceptionFacts {
  exceptionName: string
  requesterName: string
  /** The reader asked for the exception; otherwise they are one of its approvers. */
  forRequester: boolean
  /** The reader did it themselves. */
  bySelf: boolean
  autoPilot: boolean
  /** It moves the due date of a ticket to its end. */
  defers: boolean
  /** Who did it; null where the system acted. */
  byName: string | null
  /** A decision's comment or the reason that was given. */
  reason: string | null
  /** The step decided, handed over or in effect, counted from 1; null where none is meant. */
  step: number | null
  steps: number
  /** Whose decision is waited for. */
  waitingForName: string | null
  /** Whom a step was handed over to. */
  toName: string | null
  /** Only where a decision is asked for. */
  justification: string | null
  expiresAt: string | null
  expiresAfterDays: number | null
  appliedSince: string | null
  /** Only in a reminder: in how many days it ends, rounded up. */
  daysLeft: number | null
}

/** What templates can say of a webhook. */
export interface WebhookFacts {
  webhookName: string
  webhookUrl: string
  /** RFC 3339; null where its receiver said that it is gone. */
  failingSince: string | null
  lastError: string
}

/** What templates can say of a ticket. Days are YYYY-MM-DD. */
export interface TicketFacts {
  ticketTitle: string
  /** Who did it; null where the policy did. */
  byName: string | null
  byPolicy: boolean
  /** Why a manager moved the due date. */
  reason: string | null
  dueDate: string | null
  /** Where it was before it moved. */
  dueDateBefore: string | null
}

export type NoticeFacts = ExceptionFacts | WebhookFacts | TicketFacts

/** A notice before it has an id. */
export interface PlannedNotice {
  kind: NoticeKind
  recipientId: string
  version: Version
  at: Date
  /** When the event of it was written: what decides whether it is still news. */
  publishedAt: Date
  facts: NoticeFacts
}

export interface Notice extends Omit<PlannedNotice, 'publishedAt'> {
  id: string
  /** The exception, the webhook or the ticket. */
  subjectId: string
}

export const isWebhookFacts = (facts: NoticeFacts): facts is WebhookFacts => 'webhookName' in facts

export const isTicketFacts = (facts: NoticeFacts): facts is TicketFacts => 'ticketTitle' in facts
