/** A job that does its work in small transactions, each of which notes how far it has come. */
export interface ChunkedJob {
  /** Does the next piece. @returns false once there is nothing left to do, or another process is at it */
  step(): Promise<boolean>
}

/** Runs a job until nothing is left or it shall stop; what is left then is found by the next run. */
export async function runToEnd(job: ChunkedJob, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && (await job.step())) {
    // Each step has awaited the database, so nothing else in this process was kept waiting.
  }
}
