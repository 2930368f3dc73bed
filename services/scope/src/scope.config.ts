import { days, flag, hours, integer, list, mebibytes, seconds, text } from '@reprieve/config'
import { z } from 'zod'

const feedPlace = () => text({ max: 2_000 })

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
  FEED_KEV: feedPlace()
    .optional()
    .describe(
      "Where CISA's catalogue of exploited vulnerabilities (JSON) comes from: a file, a folder or an http address.",
    ),
  FEED_EPSS: feedPlace().optional().describe("Where FIRST's probabilities of exploitation (CSV) come from."),
  FEED_NVD: list(feedPlace())
    .optional()
    .describe("Where NVD's records (JSON 2.0) come from, with commas between several."),
  FEEDS_EVERY_HOURS: hours({ min: 1, max: 8_760 }).default(24).describe('How often the feeds are taken.'),
  COLUMNS_MEMORY_MIB: mebibytes({ min: 0, max: 65_536 })
    .default(1_536)
    .describe(
      'What the inventory may take in memory, so that lists of millions are quick; 0: they are asked of the database. Ten million instances take about 1200.',
    ),
  COLUMNS_FROM_INSTANCES: integer({ min: 0, max: 1_000_000_000 })
    .default(20_000)
    .describe('From so many instances on they are kept in memory; fewer the database lists as quickly.'),
  MEMBERSHIP_KEPT_DAYS: days({ min: 1, max: 36_500 })
    .default(1_095)
    .describe(
      'How long it is kept what ended exceptions and queries have selected: as far back goes what can be asked as of a time.',
    ),
  SCAN_KEPT_DAYS: days({ min: 1, max: 3_650 }).default(30).describe('How long it is kept how scans went.'),
})

export type ScopeConfig = z.output<typeof scopeVariables>

/** Where each feed comes from; nowhere unless it is configured. */
export const feedPlaces = (config: ScopeConfig) => ({
  kev: config.FEED_KEV === undefined ? [] : [config.FEED_KEV],
  epss: config.FEED_EPSS === undefined ? [] : [config.FEED_EPSS],
  nvd: config.FEED_NVD ?? [],
})
