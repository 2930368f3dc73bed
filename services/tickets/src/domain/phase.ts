import type { Ticket } from './ticket.js'

/** Where a ticket stands, as far as it matters what may happen to it. */
export const PHASES = ['open', 'waiting', 'deferred', 'deferredAndWaiting', 'done'] as const
export type Phase = (typeof PHASES)[number]

/** What can be done to a ticket, by people, by the policy, by the other system that keeps it. */
export const HAPPENINGS = [
  'rename',
  'changeOwner',
  'changeQuery',
  'moveDueDate',
  'followPolicy',
  'requestException',
  'finish',
  'reopen',
] as const
export type Happening = (typeof HAPPENINGS)[number]

export type Refusal = 'WRONG_STATUS' | 'REQUEST_WAITS' | 'DEFERRAL_ACTIVE'

/**
 * All that may be done to a ticket, and why the rest may not. What its exceptions do is not here: whether they are approved, ended or taken
 * back is decided by others, and taken in whatever the ticket is (`follow`).
 */
export const MAY: Readonly<Record<Phase, Readonly<Record<Happening, 'may' | Refusal>>>> = {
  open: {
    rename: 'may',
    changeOwner: 'may',
    changeQuery: 'may',
    moveDueDate: 'may',
    followPolicy: 'may',
    requestException: 'may',
    finish: 'may',
    reopen: 'WRONG_STATUS',
  },
  waiting: {
    rename: 'may',
    changeOwner: 'may',
    // The reviewer decides on the query that they were shown.
    changeQuery: 'REQUEST_WAITS',
    moveDueDate: 'may',
    followPolicy: 'may',
    requestException: 'REQUEST_WAITS',
    finish: 'may',
    reopen: 'WRONG_STATUS',
  },
  deferred: {
    rename: 'may',
    changeOwner: 'may',
    changeQuery: 'DEFERRAL_ACTIVE',
    moveDueDate: 'DEFERRAL_ACTIVE',
    followPolicy: 'DEFERRAL_ACTIVE',
    // Who needs still longer asks before the date comes.
    requestException: 'may',
    finish: 'may',
    reopen: 'WRONG_STATUS',
  },
  deferredAndWaiting: {
    rename: 'may',
    changeOwner: 'may',
    changeQuery: 'DEFERRAL_ACTIVE',
    moveDueDate: 'DEFERRAL_ACTIVE',
    followPolicy: 'DEFERRAL_ACTIVE',
    requestException: 'REQUEST_WAITS',
    finish: 'may',
    reopen: 'WRONG_STATUS',
  },
  done: {
    rename: 'WRONG_STATUS',
    changeOwner: 'WRONG_STATUS',
    changeQuery: 'WRONG_STATUS',
    moveDueDate: 'WRONG_STATUS',
    followPolicy: 'WRONG_STATUS',
    requestException: 'WRONG_STATUS',
    finish: 'WRONG_STATUS',
    reopen: 'may',
  },
}

export function phaseOf({
  status,
  waitingRequest,
  deferredBy,
}: Pick<Ticket, 'status' | 'waitingRequest' | 'deferredBy'>): Phase {
  if (status === 'done') return 'done'
  if (deferredBy !== null) return waitingRequest === null ? 'deferred' : 'deferredAndWaiting'
  return waitingRequest === null ? 'open' : 'waiting'
}

/** Why this cannot be done to the ticket now, or null. */
export function refusal(
  ticket: Pick<Ticket, 'status' | 'waitingRequest' | 'deferredBy'>,
  happening: Happening,
): Refusal | null {
  const verdict = MAY[phaseOf(ticket)][happening]
  return verdict === 'may' ? null : verdict
}
