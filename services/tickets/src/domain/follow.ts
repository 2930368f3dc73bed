import { changed, moved } from './changes.js'
import type { Day } from './day.js'
import type { Changed, DueDateMove, ExceptionStatus, Person, Request, Ticket } from './ticket.js'

/** A ticket's exception as its owner tells of it: how it stands, not what happened last. */
export interface Told {
  status: ExceptionStatus
  /** Who holds its step now. */
  reviewer: Person
  decided: { approved: boolean; at: Date; by: Person; comment: string | null } | null
  appliedSince: Date | null
  /** `by` is null where the system ended it. */
  ended: { at: Date; by: Person | null; reason: string | null } | null
}

/** What else is known of the ticket when one of its exceptions is followed. */
export interface Around {
  /** Every move of its due date, oldest first. */
  moves: readonly DueDateMove[]
  /** Every request of it, this one, too. */
  requests: readonly Request[]
  /** The newest. */
  policyVersion: number
  /** Whoever made the change that told of this; null: the system, or several changes at once. */
  actor: Person | null
  /** When that was. */
  at: Date
}

export interface Followed {
  request: Request
  changes: Changed[]
}

/**
 * What a ticket makes of one of its exceptions. Everything follows from how the exception stands and when it came there, compared with
 * what is known of it already: what is told twice changes nothing, and what was missed on the way is made up for.
 */
export function follow(ticket: Ticket, request: Request, told: Told, around: Around): Followed {
  const changes: Changed[] = []
  const moves = [...around.moves]
  let current = ticket
  const take = (change: Changed): void => {
    changes.push(change)
    current = change.ticket
    if (change.move !== null) moves.push(change.move)
  }

  if (told.reviewer.id !== request.reviewer.id) take(handedOver(current, request, told.reviewer, around))
  if (told.decided !== null && request.decidedAt === null) take(decided(current, request, told, told.decided))
  if (told.ended !== null && request.endedAt === null && told.status !== 'denied') {
    take(ended(current, request, told, told.ended, { ...around, moves }))
  }
  return {
    request: {
      ...request,
      status: told.status,
      reviewer: told.reviewer,
      decidedAt: told.decided?.at ?? null,
      appliedSince: told.appliedSince,
      endedAt: told.ended?.at ?? null,
    },
    changes,
  }
}

const of = ({ exceptionId }: Request) => ({ exceptionId })

function handedOver(ticket: Ticket, request: Request, reviewer: Person, { actor, at }: Around): Changed {
  const text = `The review was handed over from ${request.reviewer.name} to ${reviewer.name}.`
  return changed(ticket, 'exceptionFollowed', null, { type: 'handedOver', at, actor, text, ...of(request) })
}

function decided(ticket: Ticket, request: Request, told: Told, decision: NonNullable<Told['decided']>): Changed {
  const { at, by, comment } = decision
  const words = comment === null ? '' : ` ${comment}`
  const waitingRequest = ticket.waitingRequest === request.exceptionId ? null : ticket.waitingRequest
  if (!decision.approved) {
    const text = `The exception was denied; the due date stays.${words}`
    const update = { type: 'denied', at, actor: by, text, ...of(request) }
    return changed({ ...ticket, waitingRequest }, 'exceptionFollowed', null, update)
  }
  const since = told.appliedSince ?? at
  if (request.ticketDoneAt !== null && since >= request.ticketDoneAt) {
    const text = `The exception was approved after the ticket was done; the due date stays.${words}`
    const update = { type: 'approved', at, actor: by, text, ...of(request) }
    return changed({ ...ticket, waitingRequest }, 'exceptionFollowed', null, update)
  }
  const to = request.proposedDueDate
  const { due, move } = moved(ticket, to, { at: since, cause: 'approved', actor: by, reason: comment, ...of(request) })
  const text = `The exception was approved; the due date moved from ${ticket.due?.day ?? 'none'} to ${to}.${words}`
  // One that was ended by the ticket's being done holds nothing any more.
  const deferredBy = request.ticketDoneAt === null ? request.exceptionId : ticket.deferredBy
  return changed({ ...ticket, due, waitingRequest, deferredBy }, 'dueDateMoved', move, {
    type: 'approved',
    at,
    actor: by,
    text,
    ...of(request),
  })
}

function ended(ticket: Ticket, request: Request, told: Told, end: NonNullable<Told['ended']>, around: Around): Changed {
  const { at, by, reason } = end
  const words = reason === null ? '' : ` ${reason}`
  const others = around.requests.filter(
    ({ exceptionId, status, ticketDoneAt }) =>
      exceptionId !== request.exceptionId && status === 'active' && ticketDoneAt === null,
  )
  const deferredBy = ticket.deferredBy === request.exceptionId ? newestOf(others) : ticket.deferredBy
  const after: Ticket = {
    ...ticket,
    waitingRequest: ticket.waitingRequest === request.exceptionId ? null : ticket.waitingRequest,
    deferredBy: ticket.status === 'done' ? null : deferredBy,
    // What the policy became meanwhile has passed it by: a date that was decided stays until the policy changes again.
    policyVersion: around.policyVersion,
  }
  const stays = (type: string, text: string): Changed =>
    changed(after, 'exceptionFollowed', null, { type, at, actor: by, text, ...of(request) })

  if (told.status === 'withdrawn') return stays('withdrawn', `The request was withdrawn; the due date stays.${words}`)
  if (told.status === 'expired') {
    return told.appliedSince === null
      ? stays('lapsed', 'The request lapsed before it was decided; the due date stays.')
      : stays('expired', 'The exception has expired; the due date stays.')
  }
  if (by === null) return stays('deactivated', `The exception was deactivated; the due date stays.${words}`)

  const held = others.some(({ ordinal }) => ordinal > request.ordinal)
  const takenBack = new Set(
    around.requests.filter(({ status }) => status === 'deactivated').map(({ exceptionId }) => exceptionId),
  )
  const back = held ? null : dateBefore(around.moves, request.exceptionId, takenBack)
  if (back === null) return stays('deactivated', `The exception was deactivated; the due date stays.${words}`)
  const { due, move } = moved(after, back, { at, cause: 'deactivated', actor: by, reason, ...of(request) })
  return changed({ ...after, due }, 'dueDateMoved', move, {
    type: 'deactivated',
    at,
    actor: by,
    text: `The exception was deactivated; the due date moved back from ${after.due?.day ?? 'none'} to ${back}.${words}`,
    ...of(request),
  })
}

const newestOf = (requests: readonly Request[]): string | null =>
  requests.toSorted((a, b) => a.ordinal - b.ordinal).at(-1)?.exceptionId ?? null

/**
 * What the due date was before an exception moved it, had those that were taken back since never been. Null where it did not move it, or
 * somebody else has moved it since.
 */
export function dateBefore(
  moves: readonly DueDateMove[],
  exceptionId: string,
  takenBack: ReadonlySet<string>,
): Day | null {
  const newest = moves.at(-1)
  if (newest === undefined || newest.exceptionId === null) return null
  let index = moves.findIndex((move) => move.cause === 'approved' && move.exceptionId === exceptionId)
  for (;;) {
    const before = moves[index - 1]
    const own = moves[index]
    if (own === undefined) return null
    const led = before?.cause === 'approved' && before.exceptionId !== null && takenBack.has(before.exceptionId)
    if (!led) return own.from
    index -= 1
  }
}
