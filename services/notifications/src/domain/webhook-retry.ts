const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** Pauses before the second, third, … attempt: the schedule that Standard Webhooks gives. The last attempt is three days after the first. */
export const RETRY_PAUSES_MS: readonly number[] = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
]

// So that what failed together does not come back together.
const JITTER = 0.1
const MOST_ASKED_PAUSE_MS = DAY_MS

/**
 * When to try again.
 * @param attempts made so far, at least 1
 * @param askedPauseMs what the receiver asked for (`Retry-After`), or null
 * @param random 0 to 1
 * @returns null where that was the last attempt
 */
export function nextAttempt(attempts: number, now: Date, askedPauseMs: number | null, random: number): Date | null {
  const pause = RETRY_PAUSES_MS[attempts - 1]
  if (pause === undefined) return null
  const asked = Math.min(askedPauseMs ?? 0, MOST_ASKED_PAUSE_MS)
  return new Date(now.getTime() + Math.max(pause * (1 + JITTER * random), asked))
}

/** How a webhook has been doing. */
export interface Health {
  /** The first failure since something got through. */
  failingSince: Date | null
  /** How many since then. */
  failures: number
}

// Two events in a week, both lost, are no reason yet.
const LEAST_FAILURES = 10

/** Whether nothing has got through for so long that nobody can be listening. @param health with the failure at `now` */
export const isLost = ({ failingSince, failures }: Health, now: Date, afterMs: number): boolean =>
  failingSince !== null && failures >= LEAST_FAILURES && now.getTime() - failingSince.getTime() >= afterMs

/** What an attempt came to. */
export type Outcome = 'delivered' | 'failed' | 'gone'

/** @param status of the receiver's answer */
export const outcomeOf = (status: number): Outcome =>
  status >= 200 && status < 300 ? 'delivered' : status === 410 ? 'gone' : 'failed'

/** `Retry-After` in milliseconds: seconds or an HTTP date. Null for anything else. */
export function askedPause(header: string | undefined, now: Date): number | null {
  if (header === undefined) return null
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * SECOND_MS
  const at = Date.parse(header)
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime())
}
