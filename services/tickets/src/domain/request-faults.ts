import { addDays, type Day, dayOf } from './day.js'
import type { DueDateMove } from './ticket.js'

/** What the exceptions manager allows. */
export interface DeferralLimits {
  /** How many days after today a proposed date may be; null: any. */
  maxDeferralDays: number | null
  /** How many approved deferrals may follow one another; null: any. */
  maxDeferralsInARow: number | null
}

/** The furthest a date may be in any case: that every date stays a plain one. */
export const LONGEST_DAYS = 36_500

export interface Fault {
  pointer: string
  detail: string
}

/** What is wrong with a proposed due date. @param due the ticket's own */
export function proposalFaults(
  proposed: Day,
  due: Day | null,
  { maxDeferralDays }: DeferralLimits,
  now: Date,
): Fault[] {
  const pointer = '/proposedDueDate'
  const today = dayOf(now)
  if (due === null) {
    return [{ pointer, detail: 'The ticket has no due date yet: there is nothing to move.' }]
  }
  if (proposed <= today) return [{ pointer, detail: `Must be after today, ${today} in UTC.` }]
  if (proposed <= due) return [{ pointer, detail: `Must be after the due date, ${due}.` }]
  const furthest = addDays(today, maxDeferralDays ?? LONGEST_DAYS)
  return proposed <= furthest
    ? []
    : [{ pointer, detail: `Must be on ${furthest} or before: ${maxDeferralDays ?? LONGEST_DAYS} days after today.` }]
}

/**
 * How many deferrals a ticket has had in a row: approved and not taken back, with nobody else's date between.
 * @param moves oldest first
 */
export function deferralsInARow(moves: readonly DueDateMove[]): number {
  let count = 0
  for (const { cause } of moves) {
    if (cause === 'approved') count += 1
    else if (cause === 'deactivated') count -= 1
    else count = 0
  }
  return Math.max(0, count)
}
