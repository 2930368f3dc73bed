/** Waiting times in milliseconds: doubled from `firstMs` up to `mostMs`, each between a half and the whole of it by chance. */
export interface Backoff {
  firstMs: number
  mostMs: number
}

export interface RetryPolicy {
  /** Between attempts at a record that fails by itself. */
  record: Backoff
  /** While something around the records is away. */
  surroundings: Backoff
}

// Five retries wait 3.1 s at most in all; a database that comes back is noticed within 2 s.
export const DEFAULT_RETRY: RetryPolicy = {
  record: { firstMs: 100, mostMs: 10_000 },
  surroundings: { firstMs: 200, mostMs: 2_000 },
}

/** The wait after the `failures`-th failure in a row, counted from 0. Jitter keeps members that failed together from trying together. */
export function backoffMs({ firstMs, mostMs }: Backoff, failures: number, random: () => number = Math.random): number {
  return Math.min(mostMs, firstMs * 2 ** Math.min(failures, 30)) * (0.5 + random() / 2)
}

/** Resolves after the time, or as soon as the signal is aborted. */
export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, milliseconds)
    signal.addEventListener('abort', done)
  })
}
