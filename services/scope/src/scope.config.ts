import { days, flag, hours, seconds } from '@reprieve/config'
import { z } from 'zod'

/** What scope reads from its environment, beside what every service does. */
export const scopeVariables = z.object({
  STALE_AFTER_SECONDS: seconds({ min: 5, max: 86_400 })
    .default(60)
    .describe('Silent for longer than this, the owner of exceptions counts as away: readiness says so.'),
  STALE_COVERAGE_LAPSES: flag()
    .default(false)
    .describe('While it is away, nothing counts as covered. Otherwise coverage stays as it was last known.'),
  RECONCILE_EVERY_HOURS: hours({ min: 1, max: 8_760 })
    .default(12)
    .describe('How often stored membership is proved to equal what the queries say.'),
  REPORT_KEPT_DAYS: days({ min: 1, max: 3_650 })
    .default(7)
    .describe('How long the bytes of a report are kept once all of it has been taken in.'),
  SCAN_KEPT_DAYS: days({ min: 1, max: 3_650 }).default(30).describe('How long it is kept how scans went.'),
})

export type ScopeConfig = z.output<typeof scopeVariables>
