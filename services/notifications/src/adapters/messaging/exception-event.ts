import { timestampDate } from '@bufbuild/protobuf/wkt'
import { type events, exceptions } from '@reprieve/contracts'
import { PoisonError } from '@reprieve/messaging'
import type { ExceptionChange, ExceptionTransition, Person, Version } from '../../domain/exception.js'

const { Transition } = exceptions

const TRANSITIONS: Readonly<Record<exceptions.Transition, ExceptionTransition | null>> = {
  [Transition.UNSPECIFIED]: null,
  [Transition.SUBMITTED]: 'submitted',
  [Transition.ACTIVATED]: 'activated',
  [Transition.DENIED]: 'denied',
  [Transition.EXPIRED]: 'expired',
  [Transition.DEACTIVATED]: 'deactivated',
  [Transition.WITHDRAWN]: 'withdrawn',
  [Transition.LAPSED]: 'lapsed',
  [Transition.AMENDED]: 'amended',
}

/** An event that lacks what its contract requires can never be handled. */
export function required<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new PoisonError(`the event has no ${what}`)
  return value
}

export function versionOf(meta: events.EventMeta | undefined): Version {
  const version = required(meta?.version, 'meta.version')
  return { incarnation: Number(version.incarnation), n: Number(version.n) }
}

/** When an event was written: its id is a UUIDv7, which begins with the Unix milliseconds. */
export function publishedAtOf(meta: events.EventMeta | undefined): Date {
  const occurredAt = timestampDate(required(meta?.occurredAt, 'meta.occurred_at'))
  const milliseconds = /^([0-9a-f]{8})-([0-9a-f]{4})-7/i.exec(meta?.eventId ?? '')
  return milliseconds === null ? occurredAt : new Date(Number.parseInt(`${milliseconds[1]}${milliseconds[2]}`, 16))
}

export const personOf = ({ id, name }: { id: string; name: string }): Person => ({ id, name })

export const approversOf = (steps: readonly exceptions.ApprovalStep[]): Person[] =>
  steps.map((step) => personOf(required(step.approver, 'approver of a step')))

/** @returns null for a transition that a newer owner tells of and nobody here is told about */
export function toExceptionChange(
  meta: events.EventMeta | undefined,
  change: exceptions.ExceptionChange,
): ExceptionChange | null {
  const exception = required(change.exception, 'exception')
  const transition = TRANSITIONS[change.transition] ?? null
  if (transition === null) return null
  const actor = meta?.actor
  const { ended, expiresAt, appliedSince, expiration } = exception
  const by = ended?.by ?? (actor?.userId ? { id: actor.userId, name: actor.name } : undefined)
  const { status, query, requestedAt, ticketId } = exception
  return {
    exception: {
      id: exception.id,
      version: versionOf(meta),
      name: exception.name,
      justification: exception.justification,
      autoPilot: exception.approvalType === exceptions.ApprovalType.AUTO_PILOT,
      defers: exception.effect === exceptions.Effect.DEFER,
      requester: personOf(required(exception.requestedBy, 'requested_by')),
      expiresAt: expiresAt === undefined ? null : timestampDate(expiresAt),
      expiresAfterDays: expiration?.end.case === 'days' && expiresAt === undefined ? expiration.end.value : null,
      active: status === exceptions.Status.ACTIVE,
      appliedSince: appliedSince === undefined ? null : timestampDate(appliedSince),
      approvers: approversOf(exception.steps),
    },
    transition,
    at: timestampDate(required(meta?.occurredAt, 'meta.occurred_at')),
    publishedAt: publishedAtOf(meta),
    by: by === undefined ? null : personOf(by),
    reason: ended?.reason || null,
    told: {
      kind: exception.kind === exceptions.Kind.TICKET ? 'ticket' : 'query',
      effect: exception.effect === exceptions.Effect.DEFER ? 'defer' : 'suppress',
      status: STATUSES[status] ?? 'unknown',
      requestedAt: requestedAt === undefined ? null : timestampDate(requestedAt).toISOString(),
      query: query === undefined ? null : { id: query.id, name: query.name },
      ticketId: ticketId || null,
      ended:
        ended === undefined
          ? null
          : {
              at: timestampDate(required(ended.at, 'time of the end')).toISOString(),
              by: ended.by === undefined ? null : personOf(ended.by),
              reason: ended.reason || null,
            },
    },
  }
}

// The API's words.
const STATUSES: Readonly<Partial<Record<exceptions.Status, string>>> = {
  [exceptions.Status.PENDING_APPROVAL]: 'pendingApproval',
  [exceptions.Status.ACTIVE]: 'active',
  [exceptions.Status.DENIED]: 'denied',
  [exceptions.Status.EXPIRED]: 'expired',
  [exceptions.Status.DEACTIVATED]: 'deactivated',
  [exceptions.Status.WITHDRAWN]: 'withdrawn',
}
