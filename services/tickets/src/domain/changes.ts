import type { Day } from './day.js'
import type { GroupKey } from './grouping.js'
import { type Happening, refusal } from './phase.js'
import type { Changed, DueDate, DueDateMove, External, Person, Request, Ticket, Update } from './ticket.js'

/** What cannot happen to this ticket: whoever calls has asked `refusal` before. */
export class ImpossibleChangeError extends Error {
  override readonly name = 'ImpossibleChangeError'
}

/** What a ticket is opened with. */
export interface Opening {
  id: string
  title: string
  owner: Person
  expression: string
  /** Null: the policy gives it one. */
  dueDate: Day | null
  group?: { ruleId: string; key: GroupKey }
  external?: External
}

/**
 * @param actor null where a grouping rule opens it: such a ticket has no date of its own; or another system, by itself
 * @param byPolicy what the policy says of its instances, where they are known already
 */
export function open(
  opening: Opening,
  actor: Person | null,
  policyVersion: number,
  now: Date,
  byPolicy: Day | null = null,
): Changed {
  const { dueDate, group = null, external = null, ...said } = opening
  const ticket: Ticket = {
    ...said,
    version: 1,
    queryVersion: 1,
    status: 'open',
    doneAt: null,
    createdAt: now,
    due: null,
    byPolicy: dueDate === null,
    policyVersion,
    waitingRequest: null,
    deferredBy: null,
    group,
    external,
  }
  const day = dueDate ?? byPolicy
  const due =
    day === null ? '' : `; due on ${day}${dueDate === null ? ` by the policy (version ${policyVersion})` : ''}`
  const update = { type: 'opened', at: now, actor, text: `Opened${due}.`, exceptionId: null }
  if (day === null) return { ticket, transition: 'opened', move: null, update }
  const { due: first, move } = moved(ticket, day, whyFirst(ticket, actor, now))
  return { ticket: { ...ticket, due: first }, transition: 'opened', move, update }
}

function whyFirst(ticket: Ticket, actor: Person | null, at: Date): Why {
  if (ticket.byPolicy) return { at, cause: 'policy', actor: null, policyVersion: ticket.policyVersion }
  if (actor !== null || ticket.external === null) return { at, cause: 'opened', actor }
  return { at, cause: 'external', actor, reason: saidBy(ticket.external) }
}

const saidBy = ({ source, key }: External): string => `As ${source} says of ${key}.`

/** What people change about a ticket beside its due date and its status. */
export interface Edit {
  title?: string | undefined
  owner?: Person | undefined
  expression?: string | undefined
  external?: External | undefined
}

/**
 * Null where nothing of it is new. The caller has asked `refusal` for each part.
 * @param actor null: the other system, by itself, or its grouping rule
 */
export function edit(
  ticket: Ticket,
  { title, owner, expression, external }: Edit,
  actor: Person | null,
  now: Date,
): Changed | null {
  const texts: string[] = []
  const after = { ...ticket }
  if (title !== undefined && title !== ticket.title) {
    after.title = title
    texts.push(`Renamed from “${ticket.title}”.`)
  }
  if (owner !== undefined && owner.id !== ticket.owner.id) {
    after.owner = owner
    texts.push(`Given from ${ticket.owner.name} to ${owner.name}.`)
  }
  if (expression !== undefined && expression !== ticket.expression) {
    after.expression = expression
    after.queryVersion = ticket.queryVersion + 1
    texts.push(
      actor === null && ticket.group !== null ? 'The query follows its grouping rule.' : 'The query was changed.',
    )
  }
  if (external !== undefined && external.url !== ticket.external?.url) {
    after.external = external
    texts.push('Its place in the other system was changed.')
  }
  if (texts.length === 0) return null
  const update = { type: 'edited', at: now, actor, text: texts.join(' '), exceptionId: null }
  const given = after.owner.id === ticket.owner.id ? {} : { givenFrom: ticket.owner }
  return { ...changed(after, 'edited', null, update), ...given }
}

/** A manager, or the other system (by itself where there is no actor), gives it a date of its own. Null where it has this date. */
export function giveDueDate(
  ticket: Ticket,
  day: Day,
  by: { cause: 'manager' | 'external'; actor: Person | null; reason: string | null },
  now: Date,
): Changed | null {
  must(ticket, 'moveDueDate')
  if (ticket.due?.day === day) return null
  const nobodys = by.actor === null && ticket.external !== null ? saidBy(ticket.external) : null
  const { due, move } = moved(ticket, day, { at: now, ...by, reason: by.reason ?? nobodys })
  const because = by.reason === null ? '' : ` ${by.reason}`
  const words = by.cause === 'manager' ? 'Due date moved' : 'Due date moved by the other system'
  return changed({ ...ticket, due, byPolicy: false }, 'dueDateMoved', move, {
    type: by.cause === 'manager' ? 'dueDateMoved' : 'dueDateMovedOutside',
    at: now,
    actor: by.actor,
    text: `${words} from ${ticket.due?.day ?? 'none'} to ${day}.${because}`,
    exceptionId: null,
  })
}

/**
 * Holds a ticket against a version of the policy. Nothing changes where the policy says nothing of what the ticket has, or says what it
 * has already.
 * @param day what the policy says of the ticket's instances
 */
export function followPolicy(ticket: Ticket, day: Day | null, policyVersion: number, now: Date): Changed | null {
  if (!ticket.byPolicy || day === null || ticket.due?.day === day || refusal(ticket, 'followPolicy') !== null)
    return null
  // After a deferral the date stays as it was decided, until there is another policy.
  if (policyVersion <= ticket.policyVersion && ticket.due?.cause === 'approved') return null
  const { due, move } = moved(ticket, day, { at: now, cause: 'policy', actor: null, policyVersion })
  return changed({ ...ticket, due, policyVersion }, 'dueDateMoved', move, {
    type: 'dueDateByPolicy',
    at: now,
    actor: null,
    text:
      ticket.due === null
        ? `Due on ${day} by the policy (version ${policyVersion}).`
        : `Due date moved from ${ticket.due.day} to ${day} by the policy (version ${policyVersion}).`,
    exceptionId: null,
  })
}

export function requestException(ticket: Ticket, request: Request): Changed {
  must(ticket, 'requestException')
  return changed({ ...ticket, waitingRequest: request.exceptionId }, 'exceptionRequested', null, {
    type: 'exceptionRequested',
    at: request.requestedAt,
    actor: request.requestedBy,
    text: `Requested an exception until ${request.proposedDueDate}; ${request.reviewer.name} reviews it.`,
    exceptionId: request.exceptionId,
  })
}

/**
 * What waited or was in force ends with it: its owners see to that by `Request.ticketDoneAt`.
 * @param actor null: nothing is left of its group, or the other system says so by itself
 * @param live ids of exceptions that wait or are in force, oldest first: the event of a change tells of one of them
 */
export function finish(ticket: Ticket, live: readonly string[], actor: Person | null, now: Date): Changed[] {
  must(ticket, 'finish')
  const changes: Changed[] = []
  let current: Ticket = { ...ticket, waitingRequest: null, deferredBy: null }
  for (const exceptionId of live.slice(0, -1)) {
    const text = 'The exception ends with the ticket.'
    const update = { type: 'endsWithTicket', at: now, actor, text, exceptionId }
    changes.push({ ...changed(current, 'exceptionFollowed', null, update), tellsOf: exceptionId })
    current = { ...current, version: current.version + 1 }
  }
  const text = actor === null && ticket.group !== null ? 'Done: nothing of its group is left.' : doneBy(ticket, actor)
  const update = { type: 'done', at: now, actor, text, exceptionId: null }
  changes.push(changed({ ...current, status: 'done', doneAt: now }, 'done', null, update))
  return changes
}

const doneBy = ({ external }: Ticket, actor: Person | null): string =>
  actor === null && external !== null ? `Done: ${external.source} says so.` : 'Done.'

/** @param actor null: something of its group was found again, or the other system says so by itself */
export function reopen(ticket: Ticket, actor: Person | null, now: Date): Changed {
  must(ticket, 'reopen')
  const text =
    actor === null && ticket.group !== null ? 'Opened again: something of its group was found.' : 'Opened again.'
  return changed({ ...ticket, status: 'open', doneAt: null }, 'reopened', null, {
    type: 'reopened',
    at: now,
    actor,
    text,
    exceptionId: null,
  })
}

/** A ticket's next version. */
export const changed = (
  ticket: Ticket,
  transition: Changed['transition'],
  move: DueDateMove | null,
  update: Update,
): Changed => ({ ticket: { ...ticket, version: ticket.version + 1 }, transition, move, update })

type Why = Pick<DueDateMove, 'at' | 'cause' | 'actor'> &
  Partial<Pick<DueDateMove, 'reason' | 'exceptionId' | 'policyVersion'>>

/** The one place where a due date moves: with the move there is its cause. */
export function moved({ due }: Ticket, to: Day, why: Why): { due: DueDate; move: DueDateMove } {
  const n = (due?.n ?? 0) + 1
  return {
    due: { n, day: to, cause: why.cause, original: due?.original ?? to },
    move: { n, from: due?.day ?? null, to, reason: null, exceptionId: null, policyVersion: null, ...why },
  }
}

function must(ticket: Ticket, happening: Happening): void {
  const refused = refusal(ticket, happening)
  if (refused !== null) throw new ImpossibleChangeError(`ticket ${ticket.id}: ${happening} is ${refused}`)
}
