import type { Fault } from './fault.js'

/** When an exception ends by itself. `date` is YYYY-MM-DD and runs to the end of that day in UTC; `days` count from activation. */
export type Expiration =
  | { type: 'never' }
  | { type: 'days'; days: number }
  | { type: 'date'; date: string }
  | { type: 'at'; at: Date }

const DAY_MS = 86_400_000

/** Further ahead than any permission should reach, and near enough that every date stays a plain one. */
export const LONGEST_DAYS = 36_500

/** The exclusive end where it is known before the exception is active: for a date the midnight after it. */
export function endKnownAtRequest(expiration: Expiration): Date | null {
  switch (expiration.type) {
    case 'date':
      return new Date(Date.parse(`${expiration.date}T00:00:00Z`) + DAY_MS)
    case 'at':
      return expiration.at
    case 'days':
    case 'never':
      return null
  }
}

/** The exclusive end of an exception that becomes active at `activatedAt`; null: never. A day is 24 hours, as everywhere in UTC. */
export function endOnceActive(expiration: Expiration, activatedAt: Date): Date | null {
  return expiration.type === 'days'
    ? new Date(activatedAt.getTime() + expiration.days * DAY_MS)
    : endKnownAtRequest(expiration)
}

/** Days from `now` to the end that is asked for, by the calendar in UTC; null: without an end. */
export function daysAsked(expiration: Expiration, now: Date): number | null {
  const dayOf = (at: number) => Math.floor(at / DAY_MS)
  switch (expiration.type) {
    case 'never':
      return null
    case 'days':
      return expiration.days
    case 'date':
      return dayOf(Date.parse(`${expiration.date}T00:00:00Z`)) - dayOf(now.getTime())
    case 'at':
      return dayOf(expiration.at.getTime()) - dayOf(now.getTime())
  }
}

/** Why an exception asked for at `now` cannot end so; empty when it can. */
export function expirationFaults(expiration: Expiration, now: Date): Fault[] {
  if (expiration.type === 'days') {
    const { days } = expiration
    return Number.isInteger(days) && days >= 1 && days <= LONGEST_DAYS
      ? []
      : [{ pointer: '/expiration/days', detail: `A number of days is a whole number from 1 to ${LONGEST_DAYS}.` }]
  }
  const end = endKnownAtRequest(expiration)
  if (end === null) return []
  const pointer = `/expiration/${expiration.type}`
  if (end <= now) {
    const detail = expiration.type === 'date' ? 'This day is over (in UTC).' : 'This time has passed.'
    return [{ pointer, detail: `${detail} An exception ends in the future.` }]
  }
  if (end.getTime() - now.getTime() > (LONGEST_DAYS + 1) * DAY_MS) {
    return [{ pointer, detail: `This is more than ${LONGEST_DAYS} days ahead. Say "never" for one without an end.` }]
  }
  return []
}
