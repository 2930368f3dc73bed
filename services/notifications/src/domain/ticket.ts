import type { Person, Version } from './exception.js'

/** What happens to tickets that somebody is told of, as `tickets.v1` tells it. */
export type TicketTransition = 'opened' | 'edited' | 'dueDateMoved' | 'done' | 'reopened' | 'other'

/** `policy` and `manager` move a due date beside exceptions; `exception` is their own doing, which their notices tell. */
export type DueDateMover = 'opened' | 'manager' | 'policy' | 'external' | 'exception'

/** Days are YYYY-MM-DD. */
export interface DueDateMove {
  from: string | null
  to: string
  mover: DueDateMover
  reason: string | null
  exceptionId: string | null
  policyVersion: number | null
}

export interface TicketChange {
  ticket: {
    id: string
    version: Version
    title: string
    owner: Person
    status: 'open' | 'done'
    dueDate: string | null
    originalDueDate: string | null
    /** What another system calls it. */
    external: { source: string; key: string; url: string | null } | null
  }
  transition: TicketTransition
  move: DueDateMove | null
  /** Whose it was before, where it was given to another. */
  givenFrom: Person | null
  at: Date
  publishedAt: Date
  /** Null where the system acted. */
  by: Person | null
}
