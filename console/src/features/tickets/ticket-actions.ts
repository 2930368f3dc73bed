import type { Me, Ticket } from '../../api/schemas.js'

/** What somebody may do to a ticket now. */
export interface TicketRights {
  /** Its title. */
  edit: boolean
  /** Its owner and, unless a deferral is in force, its due date. */
  manage: boolean
  moveDueDate: boolean
  changeQuery: boolean
  requestException: boolean
  finish: boolean
  reopen: boolean
}

type Subject = Pick<Ticket, 'status' | 'owner' | 'waitingRequest' | 'deferredBy' | 'dueDate'>

/** The API's own conditions, so that nobody is offered what would be refused. Whether the role may ask is known there only. */
export function rightsToTicket(ticket: Subject, me: Pick<Me, 'id' | 'permissions'>): TicketRights {
  const open = ticket.status === 'open'
  const manages = me.permissions.includes('tickets.manage')
  const writes = manages || me.permissions.includes('tickets.write')
  const deferred = ticket.deferredBy !== null
  const waits = ticket.waitingRequest !== null
  return {
    edit: writes && open,
    manage: manages && open,
    moveDueDate: manages && open && !deferred,
    changeQuery: manages && open && !deferred && !waits,
    requestException: open && ticket.owner.id === me.id && !waits && ticket.dueDate !== null,
    finish: writes && open,
    reopen: writes && !open,
  }
}
