import { setTimeout as sleep } from 'node:timers/promises'

/** How long a request waits for something that its service has not heard of yet. */
export const MOST_WAIT_MS = 2_000
const FIRST_LOOK_MS = 10
const LATER_LOOK_MS = 100

/**
 * Looks until `found` says yes or two seconds are over; the last look is given either way.
 * Real time, not the clock port's: it bounds how long a caller is kept, which no rule depends on.
 */
export async function lookUntil<T>(look: () => Promise<T>, found: (seen: T) => boolean): Promise<T> {
  const deadline = performance.now() + MOST_WAIT_MS
  for (let pause = FIRST_LOOK_MS; ; pause = Math.min(pause * 2, LATER_LOOK_MS)) {
    const seen = await look()
    const left = deadline - performance.now()
    if (found(seen) || left <= 0) return seen
    await sleep(Math.min(pause, left))
  }
}
