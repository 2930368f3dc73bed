import { timestampDate } from '@bufbuild/protobuf/wkt'
import { Controller, Inject } from '@nestjs/common'
import { EventPattern, Payload } from '@nestjs/microservices'
import type { exceptions, tickets } from '@reprieve/contracts'
import { TakeInTicketRequest, type TicketRequest } from '../../application/take-in-ticket-request.js'
import { MANAGED_FOLDER, type Person } from '../../domain/exception.js'
import { KnownTicketSettingsRepository } from '../postgres/known-ticket-settings.repository.js'
import { MalformedEventError, versionOf } from './event-version.js'

/**
 * Makes exceptions of what is requested from tickets, and keeps who may ask from one. A ticket tells of its newest request with every change, and the exception's own row
 * tells what is known, so no inbox is needed.
 */
@Controller()
export class TicketsConsumer {
  readonly #takeIn: TakeInTicketRequest

  readonly #settings: KnownTicketSettingsRepository

  constructor(
    @Inject(TakeInTicketRequest) takeIn: TakeInTicketRequest,
    @Inject(KnownTicketSettingsRepository) settings: KnownTicketSettingsRepository,
  ) {
    this.#takeIn = takeIn
    this.#settings = settings
  }

  @EventPattern('tickets.v1')
  async ticketsChanged(@Payload() { meta, subject }: tickets.TicketsEvent): Promise<void> {
    if (subject.case === 'settings' && subject.value.name === 'exceptions') {
      await this.#settings.keep(requesterRolesIn(subject.value.json), versionOf(meta))
    }
    if (subject.case !== 'ticket') return
    const { ticket } = subject.value
    if (ticket === undefined) throw new MalformedEventError('a change of a ticket has the ticket')
    if (ticket.request !== undefined) await this.#takeIn.takeIn(requestOf(ticket.id, ticket.request))
  }
}

function requesterRolesIn(json: string): string[] {
  const { requesterRoles } = JSON.parse(json) as { requesterRoles?: unknown }
  if (!Array.isArray(requesterRoles)) throw new MalformedEventError('the settings say who may ask')
  return requesterRoles.filter((role) => typeof role === 'string')
}

function requestOf(ticketId: string, request: tickets.Request): TicketRequest {
  const { query, requestedAt, ticketDoneAt } = request
  if (query === undefined || requestedAt === undefined) {
    throw new MalformedEventError('a request has a query and a time')
  }
  return {
    exceptionId: request.exceptionId,
    ticketId,
    requestedBy: personOf(request.requestedBy),
    requestedAt: timestampDate(requestedAt),
    name: request.name,
    justification: request.justification,
    useCase: request.useCase,
    evidenceLink: request.evidenceLink === '' ? null : request.evidenceLink,
    evidenceIds: request.evidenceIds,
    proposedDueDate: request.proposedDueDate,
    query: { id: query.id, name: query.name, folder: MANAGED_FOLDER, expression: query.expression },
    reviewer: personOf(request.reviewer),
    candidateIds: request.candidateIds,
    assignedBy: request.assignedBy === '' ? null : request.assignedBy,
    ticketDoneAt: ticketDoneAt === undefined ? null : timestampDate(ticketDoneAt),
  }
}

function personOf(person: exceptions.Person | undefined): Person {
  if (person === undefined) throw new MalformedEventError('a requester and a reviewer are somebody')
  return { id: person.id, name: person.name }
}
