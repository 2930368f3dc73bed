import { timestampDate } from '@bufbuild/protobuf/wkt'
import {
  approvals,
  directory,
  type events,
  exceptions,
  notifications,
  rules,
  scope,
  tickets,
} from '@reprieve/contracts'
import { type Delivery, PoisonError } from '@reprieve/messaging'
import type { JsonObject, SubjectKind, Told } from '../../domain/told.js'
import { plainJson } from './plain-json.js'

/** The part that an event's own kind decides. */
interface Particulars {
  kind: SubjectKind
  id: string
  name?: string
  verb?: string
  state: JsonObject
  ownerId?: string
}

/** @returns null for what is no change: a heartbeat, or a kind of subject that a newer owner tells of */
export const TOLD_OF = {
  'directory.v1': ({ meta, subject }: directory.DirectoryEvent, delivery: Delivery) =>
    told(meta, delivery, directoryParticulars(subject)),
  'rules.v1': ({ meta, rule }: rules.RuleEvent, delivery: Delivery) =>
    told(
      meta,
      delivery,
      rule === undefined
        ? null
        : { kind: 'rule', id: rule.id, name: rule.role, state: plainJson(rules.RuleSchema, rule) },
    ),
  'exceptions.v1': ({ meta, body }: exceptions.ExceptionsEvent, delivery: Delivery) => {
    if (body.case !== 'change' || body.value.exception === undefined) return null
    const { exception, transition } = body.value
    return told(meta, delivery, {
      kind: 'exception',
      id: exception.id,
      name: exception.name,
      verb: wordOf(exceptions.Transition, transition),
      state: plainJson(exceptions.ExceptionSchema, exception),
    })
  },
  'approvals.v1': ({ meta, transition, approval }: approvals.ApprovalEvent, delivery: Delivery) =>
    told(
      meta,
      delivery,
      approval === undefined
        ? null
        : {
            kind: 'approval',
            id: approval.exceptionId,
            verb: wordOf(approvals.Transition, transition),
            state: plainJson(approvals.ApprovalSchema, approval),
          },
    ),
  'scope.v1': ({ meta, subject }: scope.ScopeEvent, delivery: Delivery) =>
    told(meta, delivery, scopeParticulars(subject)),
  'tickets.v1': ({ meta, subject }: tickets.TicketsEvent, delivery: Delivery) =>
    told(meta, delivery, ticketsParticulars(subject)),
  'notifications.v1': (event: notifications.NoticeEvent, delivery: Delivery) =>
    told(event.meta, delivery, notificationsParticulars(event)),
} as const

function directoryParticulars(subject: directory.DirectoryEvent['subject']): Particulars | null {
  switch (subject.case) {
    case 'user': {
      const { id, name } = subject.value
      return { kind: 'user', id, name, state: plainJson(directory.UserSchema, subject.value) }
    }
    case 'group': {
      const { id, name } = subject.value
      return { kind: 'group', id, name, state: plainJson(directory.GroupSchema, subject.value) }
    }
    case 'role': {
      const { name } = subject.value
      return { kind: 'role', id: name, name, state: plainJson(directory.RoleSchema, subject.value) }
    }
    case 'signingKey': {
      const { kid, retiredAt } = subject.value
      const state = plainJson(directory.SigningKeySchema, subject.value)
      return { kind: 'signingKey', id: kid, verb: retiredAt === undefined ? 'made' : 'retired', state }
    }
    case 'accessToken': {
      const { id, userId, name, session, revokedAt } = subject.value
      const ended = session ? 'ended' : 'revoked'
      return {
        kind: session ? 'session' : 'accessToken',
        id,
        ...(name === '' ? {} : { name }),
        verb: revokedAt === undefined ? 'made' : ended,
        state: plainJson(directory.AccessTokenSchema, subject.value),
        ownerId: userId,
      }
    }
    case 'activity':
      return activityParticulars(subject.value)
    case undefined:
      return null
  }
}

function activityParticulars(activity: directory.Activity): Particulars {
  const { kind, userId, userName, network } = activity
  // Whose it is and what happened is the entry's subject and type.
  const { kind: _kind, userId: _userId, userName: _userName, ...state } = plainJson(directory.ActivitySchema, activity)
  const verb = wordOf(directory.ActivityKind, kind)
  return userId === ''
    ? { kind: 'network', id: network, name: network, verb, state: {} }
    : { kind: 'activity', id: userId, name: userName, verb, state }
}

function scopeParticulars(subject: scope.ScopeEvent['subject']): Particulars | null {
  switch (subject.case) {
    case 'query': {
      const { id, name, version, deleted } = subject.value
      const saved = version === 1 ? 'saved' : 'changed'
      const state = plainJson(scope.SavedQuerySchema, subject.value)
      return { kind: 'query', id, name, verb: deleted ? 'deleted' : saved, state }
    }
    case 'reach': {
      const state = plainJson(scope.ExceptionReachSchema, subject.value)
      return { kind: 'coverage', id: subject.value.exceptionId, verb: 'changed', state }
    }
    case 'report': {
      const { id, scanner, status, uploadedBy } = subject.value
      const { PROCESSING } = scope.ReportStatus
      const verb = status === PROCESSING ? 'received' : wordOf(scope.ReportStatus, status)
      return { kind: 'report', id, name: scanner, verb, state: reportState(subject.value), ownerId: uploadedBy }
    }
    case 'reconciliation': {
      const { id, finishedAt } = subject.value
      const state = plainJson(scope.ReconciliationSchema, subject.value)
      return { kind: 'reconciliation', id, verb: finishedAt === undefined ? 'started' : 'done', state }
    }
    case 'feedTake': {
      const { id, feed, finishedAt, failureCode } = subject.value
      const ended = failureCode === '' ? 'done' : 'failed'
      const state = plainJson(scope.FeedTakeSchema, subject.value)
      return { kind: 'feedTake', id, name: feed, verb: finishedAt === undefined ? 'started' : ended, state }
    }
    case undefined:
      return null
  }
}

/** Its counts stand beside the rest: each is a change of its own to read. */
function reportState(report: scope.Report): JsonObject {
  const { counts, ...state } = plainJson(scope.ReportSchema, report)
  return { ...state, ...(counts as JsonObject | undefined) }
}

function ticketsParticulars(subject: tickets.TicketsEvent['subject']): Particulars | null {
  switch (subject.case) {
    case 'ticket': {
      const { ticket, transition, dueDateMove } = subject.value
      if (ticket === undefined) return null
      const { request: _, ...state } = plainJson(tickets.TicketSchema, ticket)
      const move = dueDateMove === undefined ? null : plainJson(tickets.DueDateMoveSchema, dueDateMove)
      return {
        kind: 'ticket',
        id: ticket.id,
        name: ticket.title,
        verb: wordOf(tickets.Transition, transition),
        // What was asked for is the exception's; why the due date is where it is, is the ticket's own.
        state: { ...state, ...(move === null ? {} : { dueDateMove: move }) },
        ownerId: ticket.owner?.id ?? '',
      }
    }
    case 'groupingRule': {
      const { id, name } = subject.value
      return { kind: 'groupingRule', id, name, state: plainJson(tickets.GroupingRuleSchema, subject.value) }
    }
    case 'settings': {
      const { name, json } = subject.value
      return { kind: 'ticketSettings', id: name, name, verb: 'changed', state: settingsOf(json) }
    }
    case undefined:
      return null
  }
}

function settingsOf(json: string): JsonObject {
  try {
    return JSON.parse(json) as JsonObject
  } catch (cause) {
    throw new PoisonError('the settings are no JSON', { cause })
  }
}

function notificationsParticulars(event: notifications.NoticeEvent): Particulars | null {
  const { notice, webhook, mailTemplate, webhookHosts } = event
  if (notice !== undefined) {
    const state = plainJson(notifications.NoticeSchema, notice)
    return { kind: 'notice', id: notice.id, verb: 'sent', state, ownerId: notice.recipientId }
  }
  if (webhook?.webhook !== undefined) {
    const { id, name } = webhook.webhook
    const state = plainJson(notifications.WebhookSchema, webhook.webhook)
    return { kind: 'webhook', id, name, verb: wordOf(notifications.WebhookTransition, webhook.transition), state }
  }
  if (mailTemplate !== undefined) {
    const { kind, edited } = mailTemplate
    const state = plainJson(notifications.MailTemplateChangeSchema, mailTemplate)
    return { kind: 'mailTemplate', id: kind, name: kind, verb: edited ? 'changed' : 'reset', state }
  }
  if (webhookHosts !== undefined) {
    const state = plainJson(notifications.WebhookHostsSchema, webhookHosts)
    return { kind: 'webhookHosts', id: 'webhook-hosts', verb: 'changed', state }
  }
  return null
}

function told(meta: events.EventMeta | undefined, delivery: Delivery, particulars: Particulars | null): Told | null {
  if (particulars === null) return null
  if (meta?.occurredAt === undefined || meta.version === undefined || meta.eventId === '') {
    throw new PoisonError('the event lacks meta.event_id, meta.occurred_at or meta.version')
  }
  const { name = null, verb = null, ownerId = null, ...rest } = particulars
  return {
    ...rest,
    name,
    verb,
    ownerId,
    eventId: meta.eventId,
    at: timestampDate(meta.occurredAt),
    actor: meta.actor?.userId ? { id: meta.actor.userId, name: meta.actor.name } : null,
    version: { incarnation: Number(meta.version.incarnation), n: Number(meta.version.n) },
    replay: meta.replay,
    traceId: /^[\da-f]{2}-([\da-f]{32})-/.exec(delivery.headers['traceparent'] ?? '')?.[1] ?? null,
  }
}

/** `STEP_APPROVED` is `stepApproved`; a number is a word that a newer owner uses. */
const wordOf = (words: Readonly<Record<number, string>>, value: number): string =>
  (words[value] ?? `transition_${value}`).toLowerCase().replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
