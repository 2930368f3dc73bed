export interface Retention {
  /** Takes away entries of the journal written before. @returns how many: a bounded number, so perhaps not all */
  forgetEntries(before: Date): Promise<number>
  /** As `forgetEntries`, of live events. */
  forgetLiveEvents(before: Date): Promise<number>
}
