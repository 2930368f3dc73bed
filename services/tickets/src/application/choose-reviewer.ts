import {
  type Choice,
  chooseMember,
  compileAssignment,
  reviewersOf,
  type TicketFacts,
  ticketFields,
} from '@reprieve/assignment'
import type { People } from '@reprieve/people'
import type { Reader } from '../adapters/postgres/tables.js'
import { type Day, dayOf, daysBetween, isOver } from '../domain/day.js'
import type { ExceptionSettings } from '../domain/settings.js'
import { instancesIn, severityOf } from '../domain/tally.js'
import type { Person, UseCase } from '../domain/ticket.js'
import type { TicketRecord, Tickets } from './tickets.port.js'

/** Who asks for what, as far as a reviewer is assigned by it. */
export interface Asked {
  requester: { id: string; role: string }
  proposedDueDate: Day
  /** Null in a trial that names none: unknown. */
  useCase: UseCase | null
}

/** Those of whom one reviews. */
export interface Reviewers {
  /** The name of the rule that holds; null: the fallback. */
  rule: string | null
  choice: Choice
  members: readonly Person[]
  /** Whom it can be handed over to: all that the settings name. */
  candidateIds: readonly string[]
}

/** Finds who reviews a request, by the exceptions manager's settings. */
export class ChooseReviewer {
  readonly #people: People
  readonly #tickets: Tickets

  constructor(people: People, tickets: Tickets) {
    this.#people = people
    this.#tickets = tickets
  }

  /** Outside of any transaction. @returns null where nobody is left, the requester not counted */
  async among(
    settings: ExceptionSettings,
    { ticket, counts }: TicketRecord,
    { requester, proposedDueDate, useCase }: Asked,
    now: Date,
  ): Promise<Reviewers | null> {
    const compiled = compileAssignment(settings, ticketFields)
    // They were checked as they were saved; a later release that refuses one of them leaves nobody rather than somebody.
    if (!compiled.ok) return null
    const candidateIds = reviewersOf(settings)
    const people = await this.#people.expandEach(candidateIds.map((id) => [id]))
    const eligible = new Map(
      candidateIds.map((id, index) => [id, (people[index] ?? []).filter((one) => one.id !== requester.id)]),
    )
    const facts: TicketFacts = {
      'ticket.severity': severityOf(counts.tally),
      'ticket.instanceCount': instancesIn(counts.tally),
      'ticket.overdue': ticket.status === 'open' && ticket.due !== null && isOver(ticket.due.day, now),
      'requester.role': requester.role,
      'requester.id': requester.id,
      'request.days': daysBetween(dayOf(now), proposedDueDate),
      'request.useCase': useCase,
    }
    const assigned = compiled.assignment.assign(facts, (id) => eligible.get(id) ?? [])
    if (assigned === null) return null
    const { rule, choice, members } = assigned
    return { rule, choice, members: members.map(({ id, name }) => ({ id, name })), candidateIds }
  }

  /** The one of them whose turn it is. */
  async choose({ choice, members }: Reviewers, db: Reader): Promise<Person | undefined> {
    const loads = await this.#tickets.loads(
      db,
      members.map(({ id }) => id),
    )
    const loaded = members.map((member) => ({
      ...member,
      ...(loads.get(member.id) ?? { waiting: 0, lastAssignedAt: null }),
    }))
    const chosen = chooseMember(choice, loaded)
    return chosen === undefined ? undefined : { id: chosen.id, name: chosen.name }
  }
}
