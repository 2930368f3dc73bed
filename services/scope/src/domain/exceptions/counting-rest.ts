// Counting may take one part in so many of the time that passes: a reach of a million instances is counted the rarer.
const SHARE_OF_TIME = 10
// And each is told at most so often: while a scan comes in, one may change with every batch.
const LEAST_REST_MS = 500
// However long counting took: that PostgreSQL did not answer for a while was not the count's doing, and holds no number up for minutes.
const MOST_REST_MS = 10_000

/** How long a number is left as it is after it was counted in `tookMs`, in milliseconds. */
export const restAfterCounting = (tookMs: number): number =>
  Math.min(Math.max(tookMs * SHARE_OF_TIME, LEAST_REST_MS), MOST_REST_MS)
