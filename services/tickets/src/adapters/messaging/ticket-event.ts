import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { tickets } from '@reprieve/contracts'
import type { NewEvent } from '@reprieve/outbox'
import {
  type Changed,
  type DueDateCause,
  type DueDateMove,
  MANAGED_FOLDER,
  type Request,
  type Ticket,
  type Transition,
} from '../../domain/ticket.js'

const TRANSITIONS: Readonly<Record<Transition, tickets.Transition>> = {
  opened: tickets.Transition.OPENED,
  edited: tickets.Transition.EDITED,
  dueDateMoved: tickets.Transition.DUE_DATE_MOVED,
  exceptionRequested: tickets.Transition.EXCEPTION_REQUESTED,
  done: tickets.Transition.DONE,
  reopened: tickets.Transition.REOPENED,
  exceptionFollowed: tickets.Transition.EXCEPTION_FOLLOWED,
}

const CAUSES: Readonly<Record<DueDateCause, tickets.DueDateCause>> = {
  opened: tickets.DueDateCause.OPENED,
  manager: tickets.DueDateCause.MANAGER,
  policy: tickets.DueDateCause.POLICY,
  approved: tickets.DueDateCause.APPROVED,
  deactivated: tickets.DueDateCause.DEACTIVATED,
  external: tickets.DueDateCause.EXTERNAL,
}

/** @param request the one that it tells of; null where there was none */
export function ticketEvent(
  { ticket, transition, move, update, givenFrom }: Changed,
  request: Request | null,
): NewEvent<'tickets.v1'> {
  return {
    topic: 'tickets.v1',
    subjectId: ticket.id,
    version: ticket.version,
    actor: update.actor,
    at: update.at,
    body: {
      subject: {
        case: 'ticket',
        value: {
          transition: TRANSITIONS[transition],
          ticket: told(ticket, request),
          ...(move === null ? {} : { dueDateMove: toldMove(move) }),
          ...(givenFrom === undefined ? {} : { givenFrom }),
        },
      },
    },
  }
}

/** A ticket as it is, for whoever reads the topic anew. */
export function ticketAsItIs(ticket: Ticket, request: Request | null, at: Date): NewEvent<'tickets.v1'> {
  const value = { transition: tickets.Transition.UNSPECIFIED, ticket: told(ticket, request) }
  return {
    topic: 'tickets.v1',
    subjectId: ticket.id,
    version: ticket.version,
    actor: null,
    at,
    body: { subject: { case: 'ticket', value } },
  }
}

function told(ticket: Ticket, request: Request | null) {
  const { due, group, external } = ticket
  return {
    id: ticket.id,
    title: ticket.title,
    owner: ticket.owner,
    expression: ticket.expression,
    queryVersion: ticket.queryVersion,
    dueDate: due?.day ?? '',
    originalDueDate: due?.original ?? '',
    status: ticket.status === 'open' ? tickets.Status.OPEN : tickets.Status.DONE,
    ...(ticket.doneAt === null ? {} : { doneAt: timestampFromDate(ticket.doneAt) }),
    createdAt: timestampFromDate(ticket.createdAt),
    ...(group === null ? {} : { group }),
    ...(external === null ? {} : { external: { ...external, url: external.url ?? '' } }),
    ...(request === null ? {} : { request: toldRequest(request) }),
    deferredBy: ticket.deferredBy ?? '',
  }
}

const toldMove = (move: DueDateMove) => ({
  from: move.from ?? '',
  to: move.to,
  cause: CAUSES[move.cause],
  reason: move.reason ?? '',
  exceptionId: move.exceptionId ?? '',
  policyVersion: move.policyVersion ?? 0,
})

const toldRequest = (request: Request) => ({
  exceptionId: request.exceptionId,
  requestedBy: request.requestedBy,
  requestedAt: timestampFromDate(request.requestedAt),
  name: request.name,
  justification: request.justification,
  useCase: request.useCase,
  evidenceLink: request.evidenceLink ?? '',
  evidenceIds: [...request.evidenceIds],
  proposedDueDate: request.proposedDueDate,
  query: { ...request.query, name: request.name, folder: MANAGED_FOLDER },
  reviewer: request.reviewer,
  candidateIds: [...request.candidateIds],
  assignedBy: request.assignedBy ?? '',
  ...(request.ticketDoneAt === null ? {} : { ticketDoneAt: timestampFromDate(request.ticketDoneAt) }),
})
