/** Work that goes on beside requests. What there is to do is in the tables; a job only does it, and can be run at any time. */
export type JobName =
  | 'syncExceptions'
  | 'followExceptions'
  | 'countReach'
  | 'rematch'
  | 'publishReports'
  | 'reconcile'
  | 'takeFeeds'
  | 'countTickets'

export interface Jobs {
  /** Runs jobs soon, in this or another process. Only a hint: what is not heard of now is found a few seconds later. */
  kick(...names: readonly JobName[]): void
}
