import { addDays, type Day, dayOf, earlier } from './day.js'
import type { Bucket, CRITICALITIES, Severity, Tally } from './tally.js'

export type Criticality = (typeof CRITICALITIES)[number]

/** Days from the first sighting; null: this asks for no date. */
export type Days = number | null

/** How long what is found may stay open: of all that is true of an instance the shortest counts. */
export interface DueDatePolicy {
  severity: Readonly<Record<Severity, Days>>
  criticality: Readonly<Record<Criticality, Days>>
  kev: Days
}

/** What the product comes with. */
export const FIRST_POLICY: DueDatePolicy = {
  severity: { critical: 15, high: 30, medium: 90, low: 180, none: null, unknown: 90 },
  criticality: { critical: null, high: null, medium: null, low: null },
  kev: 14,
}

export const MOST_POLICY_DAYS = 3_650

/** The day until which all instances of a tally are due by a policy: the earliest of theirs. Null where none has one. */
export function dueDateBy(policy: DueDatePolicy, tally: Tally): Day | null {
  return tally.reduce<Day | null>((due, bucket) => {
    const days = daysFor(policy, bucket)
    if (days === null) return due
    const own = addDays(dayOf(bucket.firstSeen), days)
    return due === null ? own : earlier(due, own)
  }, null)
}

function daysFor(policy: DueDatePolicy, { severity, criticality, kev }: Bucket): Days {
  const asked = [
    policy.severity[severity],
    isCriticality(policy, criticality) ? policy.criticality[criticality] : null,
    kev ? policy.kev : null,
  ].filter((days) => days !== null)
  return asked.length === 0 ? null : Math.min(...asked)
}

const isCriticality = (policy: DueDatePolicy, word: string | null): word is Criticality =>
  word !== null && Object.hasOwn(policy.criticality, word)
