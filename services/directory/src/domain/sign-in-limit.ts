/** Failed sign-ins are counted over this time. */
export const FAILURES_COUNT_FOR_MS = 60_000
/** Who has signed in from somewhere within this time is known there. */
export const KNOWN_FOR_MS = 90 * 24 * 3_600_000

// One place may try many accounts (an office), and one account be tried from many places, before that is held against either.
const FAR_FACTOR = 10

/**
 * What failures are counted of, and how many of each may be. Who is known where they sign in from is held back by the failures made there
 * on their own account and by nothing else: so nobody elsewhere can keep them out, however long and from how many places they try.
 */
export const limitsFor = (
  failuresAMinute: number,
  known: boolean,
): ReadonlyArray<{ of: readonly ('account' | 'network')[]; most: number }> => [
  { of: ['account', 'network'], most: failuresAMinute },
  ...(known
    ? []
    : [
        { of: ['account'] as const, most: failuresAMinute * FAR_FACTOR },
        { of: ['network'] as const, most: failuresAMinute * FAR_FACTOR },
      ]),
]

/**
 * Whether a sign-in is refused for many failures, whatever password is given.
 * @param failures times of the failures that still count, oldest first
 * @returns seconds until the next try has a chance, or null where it is not refused
 */
export function refusedForSeconds(failures: readonly Date[], most: number, now: Date): number | null {
  const deciding = failures[failures.length - most]
  if (failures.length < most || deciding === undefined) return null
  const until = deciding.getTime() + FAILURES_COUNT_FOR_MS
  return Math.max(1, Math.ceil((until - now.getTime()) / 1_000))
}
