import type { PlannedNotice, TicketFacts } from './notice.js'
import type { NoticeKind } from './notice-kind.js'
import type { TicketChange } from './ticket.js'

/**
 * What a ticket's owner is told of it: that it was given to them, and that somebody beside them, or the policy, has moved its due date.
 * What their exceptions do to it they hear by the notices of those. Tickets that a grouping rule opens are nobody's news: there may be a
 * hundred thousand at once.
 */
export function noticesOfTicket(change: TicketChange): PlannedNotice[] {
  const { ticket, transition, move, givenFrom, by } = change
  const isOwn = by?.id === ticket.owner.id
  if (isOwn) return []
  if (givenFrom !== null || (transition === 'opened' && by !== null)) return [tell(change, 'ticket_assigned', null)]
  const isTold = move !== null && move.from !== null && move.mover !== 'opened' && move.mover !== 'exception'
  return isTold ? [tell(change, 'ticket_due_date_moved', move)] : []
}

function tell(change: TicketChange, kind: NoticeKind, move: TicketChange['move']): PlannedNotice {
  const { ticket, at, publishedAt, by } = change
  const facts: TicketFacts = {
    ticketTitle: ticket.title,
    byName: by?.name ?? null,
    byPolicy: move?.mover === 'policy',
    reason: move?.reason ?? null,
    dueDate: ticket.dueDate,
    dueDateBefore: move?.from ?? null,
  }
  return { kind, recipientId: ticket.owner.id, version: ticket.version, at, publishedAt, facts }
}
