import { timestampDate } from '@bufbuild/protobuf/wkt'
import { type events, tickets } from '@reprieve/contracts'
import type { DueDateMove, DueDateMover, TicketChange, TicketTransition } from '../../domain/ticket.js'
import { personOf, publishedAtOf, required, versionOf } from './exception-event.js'

const { DueDateCause, Transition } = tickets

const TRANSITIONS: Readonly<Partial<Record<tickets.Transition, TicketTransition>>> = {
  [Transition.OPENED]: 'opened',
  [Transition.EDITED]: 'edited',
  [Transition.DUE_DATE_MOVED]: 'dueDateMoved',
  [Transition.DONE]: 'done',
  [Transition.REOPENED]: 'reopened',
}

const MOVERS: Readonly<Partial<Record<tickets.DueDateCause, DueDateMover>>> = {
  [DueDateCause.OPENED]: 'opened',
  [DueDateCause.MANAGER]: 'manager',
  [DueDateCause.POLICY]: 'policy',
  [DueDateCause.EXTERNAL]: 'external',
  [DueDateCause.APPROVED]: 'exception',
  [DueDateCause.DEACTIVATED]: 'exception',
}

export function toTicketChange(meta: events.EventMeta | undefined, change: tickets.TicketChange): TicketChange {
  const ticket = required(change.ticket, 'ticket')
  const { dueDateMove, givenFrom, transition } = change
  const { external } = ticket
  const actor = meta?.actor
  return {
    ticket: {
      id: ticket.id,
      version: versionOf(meta),
      title: ticket.title,
      owner: personOf(required(ticket.owner, 'owner')),
      status: ticket.status === tickets.Status.DONE ? 'done' : 'open',
      dueDate: ticket.dueDate || null,
      originalDueDate: ticket.originalDueDate || null,
      external:
        external === undefined
          ? null
          : { source: external.source, key: external.key, url: external.url === '' ? null : external.url },
    },
    // What a newer owner tells of, and nobody here is told about, is other.
    transition: TRANSITIONS[transition] ?? 'other',
    move: dueDateMove === undefined ? null : moveOf(dueDateMove),
    givenFrom: givenFrom === undefined ? null : personOf(givenFrom),
    at: timestampDate(required(meta?.occurredAt, 'meta.occurred_at')),
    publishedAt: publishedAtOf(meta),
    by: actor?.userId ? { id: actor.userId, name: actor.name } : null,
  }
}

const moveOf = (move: tickets.DueDateMove): DueDateMove => ({
  from: move.from || null,
  to: move.to,
  mover: MOVERS[move.cause] ?? 'manager',
  reason: move.reason || null,
  exceptionId: move.exceptionId || null,
  policyVersion: move.cause === DueDateCause.POLICY ? move.policyVersion : null,
})
