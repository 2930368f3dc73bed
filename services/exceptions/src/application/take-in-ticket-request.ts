import type { Clock } from '@reprieve/clock'
import type { Database } from '@reprieve/database'
import type { ExceptionsTables, Tx } from '../adapters/postgres/tables.js'
import { endWithTicket, submit } from '../domain/changes.js'
import type { ManagedQuery, Person } from '../domain/exception.js'
import type { Request } from '../domain/request.js'
import type { Evidence } from './evidence.port.js'
import type { Exceptions } from './exceptions.port.js'

/** A request from a ticket as `tickets` told of it: checked there, and never judged again. */
export interface TicketRequest {
  exceptionId: string
  ticketId: string
  requestedBy: Person
  requestedAt: Date
  name: string
  justification: string
  useCase: string
  evidenceLink: string | null
  evidenceIds: readonly string[]
  /** YYYY-MM-DD */
  proposedDueDate: string
  query: ManagedQuery
  reviewer: Person
  /** Users and groups that the step can be handed over to. */
  candidateIds: readonly string[]
  /** The rule that assigned the reviewer; null: the fallback. */
  assignedBy: string | null
  /** The ticket was done while this waited or was in force; null otherwise. */
  ticketDoneAt: Date | null
}

/** Makes the exception that somebody asked for from a ticket, and ends it once the ticket is done. */
export class TakeInTicketRequest {
  readonly #database: Database<ExceptionsTables>
  readonly #exceptions: Exceptions
  readonly #evidence: Evidence
  readonly #clock: Clock

  constructor(database: Database<ExceptionsTables>, exceptions: Exceptions, evidence: Evidence, clock: Clock) {
    this.#database = database
    this.#exceptions = exceptions
    this.#evidence = evidence
    this.#clock = clock
  }

  /** Idempotent and indifferent to order: there is one exception of a request, and that its ticket is done is never taken back. */
  async takeIn(asked: TicketRequest): Promise<void> {
    await this.#database.transaction(async (tx) => {
      const locked = (await this.#exceptions.lock(tx, asked.exceptionId)) ?? (await this.#add(tx, asked))
      const { exception, ticketDoneAt } = locked
      if (asked.ticketDoneAt === null || ticketDoneAt !== null) return
      await this.#exceptions.noteTicketDone(tx, exception.id, asked.ticketDoneAt)
      const ended = endWithTicket(exception, this.#clock.now())
      await this.#exceptions.record(tx, ended === null ? [] : [ended])
    })
  }

  async #add(tx: Tx, asked: TicketRequest) {
    const files = await this.#evidence.findAll(asked.evidenceIds)
    const request: Request = {
      kind: 'ticket',
      effect: 'defer',
      name: asked.name,
      justification: asked.justification,
      useCase: asked.useCase,
      evidenceLink: asked.evidenceLink,
      expression: asked.query.expression,
      sourceQueryId: null,
      expiration: { type: 'date', date: asked.proposedDueDate },
      requestedBy: asked.requestedBy,
      rule: null,
      ticketId: asked.ticketId,
      approvalType: 'reviewer',
      steps: [
        { approver: asked.reviewer, candidateIds: asked.candidateIds, assignedBy: asked.assignedBy, decided: null },
      ],
      // What the same person has used elsewhere in the meantime stays there.
      evidence: files
        .filter(({ uploadedBy, exceptionId }) => uploadedBy.id === asked.requestedBy.id && exceptionId === null)
        .map(({ uploadedAt: _, exceptionId: __, ...file }) => file),
    }
    const ids = { id: asked.exceptionId, queryId: asked.query.id }
    return { ...(await this.#exceptions.add(tx, submit(request, ids, asked.requestedAt))), ticketDoneAt: null }
  }
}
