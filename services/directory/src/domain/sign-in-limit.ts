/** Failed sign-ins of one account are counted over this time. */
export const FAILURES_COUNT_FOR_MS = 60_000

/**
 * Whether an account's sign-in is refused for its many failures, whatever password is given.
 * @param failures times of the failures that still count, oldest first
 * @returns seconds until the next try has a chance, or null where it is not refused
 */
export function refusedForSeconds(failures: readonly Date[], most: number, now: Date): number | null {
  const deciding = failures[failures.length - most]
  if (failures.length < most || deciding === undefined) return null
  const until = deciding.getTime() + FAILURES_COUNT_FOR_MS
  return Math.max(1, Math.ceil((until - now.getTime()) / 1_000))
}
