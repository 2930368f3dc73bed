import type { Act, ActType, Approval, Exception, ExceptionChange, ExceptionTransition, Version } from './exception.js'
import { waitingFor } from './exception.js'
import { untold } from './notices-of.js'
import type { TicketChange, TicketTransition } from './ticket.js'

/** What other systems can hear of. Stable words. */
export const WEBHOOK_EVENT_TYPES = [
  'exception.submitted',
  'exception.activated',
  'exception.denied',
  'exception.expired',
  'exception.deactivated',
  'exception.withdrawn',
  'exception.lapsed',
  'approval.opened',
  'approval.step_approved',
  'approval.approved',
  'approval.denied',
  'approval.withdrawn',
  'approval.lapsed',
  'approval.handed_over',
  'ticket.opened',
  'ticket.due_date_moved',
  'ticket.done',
  'ticket.reopened',
] as const

export type WebhookEventType = (typeof WEBHOOK_EVENT_TYPES)[number]

/** What a person sends to try a webhook; nobody subscribes to it. */
export const PING = 'webhook.ping'

/** An event before it is known which webhooks hear of it. */
export interface PlannedWebhookEvent {
  type: WebhookEventType
  /** Tells one event from another, however often it comes. */
  key: string
  at: Date
  /** When the event was written: what decides whether it is still news. */
  publishedAt: Date
  /** Plain JSON; times are RFC 3339. */
  data: Readonly<Record<string, unknown>>
}

const OF_EXCEPTION: Readonly<Record<ExceptionTransition, WebhookEventType | null>> = {
  submitted: 'exception.submitted',
  activated: 'exception.activated',
  denied: 'exception.denied',
  expired: 'exception.expired',
  deactivated: 'exception.deactivated',
  withdrawn: 'exception.withdrawn',
  lapsed: 'exception.lapsed',
  // Something beside the status changed: what it was the approval's events tell.
  amended: null,
}

const OF_ACT: Readonly<Record<ActType, WebhookEventType | null>> = {
  stepApproved: 'approval.step_approved',
  approved: 'approval.approved',
  denied: 'approval.denied',
  withdrawn: 'approval.withdrawn',
  lapsed: 'approval.lapsed',
  handedOver: 'approval.handed_over',
  other: null,
}

const keyOf = (topic: string, id: string, { incarnation, n }: Version): string => `${topic}/${id}/${incarnation}.${n}`

/** Under Auto Pilot a submission is told, too: a system that counts requests counts them all. */
export function webhookEventOfException({
  exception,
  transition,
  at,
  publishedAt,
  by,
  told,
}: ExceptionChange): PlannedWebhookEvent[] {
  const type = OF_EXCEPTION[transition]
  if (type === null) return []
  const { id, name, requester, approvers, expiresAt, appliedSince, version } = exception
  const { kind, effect, status, requestedAt, query, ticketId, ended } = told
  return [
    {
      type,
      key: keyOf('exceptions', id, version),
      at,
      publishedAt,
      data: {
        id,
        kind,
        effect,
        name,
        status,
        query,
        requestedBy: requester,
        requestedAt,
        approvers,
        expiresAt: expiresAt?.toISOString() ?? null,
        appliedSince: appliedSince?.toISOString() ?? null,
        ended,
        ticketId,
        by,
        version: version.n,
      },
    },
  ]
}

/** What was done to a request since it was told last. */
export function webhookEventsOfApproval(
  exception: Exception,
  approval: Approval,
  told: Version | null,
): PlannedWebhookEvent[] {
  return untold(approval, told).flatMap(({ version, act, publishedAt }) => {
    const type = act === null ? 'approval.opened' : OF_ACT[act.type]
    if (type === null) return []
    // Whom it waits for is known of the newest version alone.
    const newest = version.n === approval.version.n
    return [
      {
        type,
        key: keyOf('approvals', approval.exceptionId, version),
        at: act?.at ?? approval.openedAt,
        publishedAt,
        data: {
          exceptionId: approval.exceptionId,
          name: exception.name,
          requestedBy: exception.requester,
          step: stepOf(act),
          steps: approval.approvers.length,
          approvers: approval.approvers,
          waitingFor: newest ? waitingFor(approval) : null,
          by: act?.by ?? null,
          to: act?.to ?? null,
          comment: act?.reason ?? null,
          version: version.n,
        },
      },
    ]
  })
}

/** Index of the step, as in the API. */
const stepOf = (act: Act | null): number | null => (act === null ? 0 : act.step)

const OF_TICKET: Readonly<Record<TicketTransition, WebhookEventType | null>> = {
  opened: 'ticket.opened',
  edited: null,
  dueDateMoved: 'ticket.due_date_moved',
  done: 'ticket.done',
  reopened: 'ticket.reopened',
  other: null,
}

/** A system that keeps the ticket, too, hears of every move of the due date, also by an exception. */
export function webhookEventsOfTicket(change: TicketChange): PlannedWebhookEvent[] {
  const { ticket, transition, move, at, publishedAt, by } = change
  const type = OF_TICKET[transition] ?? (move === null ? null : 'ticket.due_date_moved')
  if (type === null) return []
  const { id, version, title, owner, status, dueDate, originalDueDate, external } = ticket
  return [
    {
      type,
      key: keyOf('tickets', id, version),
      at,
      publishedAt,
      data: {
        id,
        title,
        owner,
        status,
        dueDate,
        originalDueDate,
        external,
        move:
          move === null
            ? null
            : {
                from: move.from,
                to: move.to,
                cause: move.mover,
                reason: move.reason,
                exceptionId: move.exceptionId,
                policyVersion: move.policyVersion,
              },
        by,
        version: version.n,
      },
    },
  ]
}
