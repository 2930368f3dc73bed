import type { Clock } from '@reprieve/clock'
import { sql } from 'kysely'
import { type Severity, severities } from '../../domain/identity/index.js'
import { type BySeverity, bySeverity, type SummaryReader } from './summary.reader.js'
import type { ScopeDatabase } from './tables.js'

export const HISTORY_STEPS = ['hour', 'day'] as const
export type HistoryStep = (typeof HISTORY_STEPS)[number]

export interface SummaryAt {
  readonly at: Date
  readonly open: BySeverity
  readonly covered: BySeverity
  readonly deferred: BySeverity
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
// The longest that can be asked for, and a day more.
const KEPT_MS = 401 * DAY_MS

/** How the numbers at the top of a dashboard were, hour by hour. */
export class SummaryHistory {
  constructor(
    private readonly database: ScopeDatabase,
    private readonly summaries: SummaryReader,
    private readonly clock: Clock,
  ) {}

  /** Notes this hour's numbers unless they are, by whichever process comes first; lets go of what is too old to be asked for. */
  async note(): Promise<void> {
    const { db } = this.database
    const now = this.clock.now().getTime()
    const at = new Date(now - (now % HOUR_MS))
    const noted = await db.selectFrom('summary_hour').select('at').where('at', '=', at).limit(1).executeTakeFirst()
    if (noted !== undefined) return
    const { open, covered, deferred } = await this.summaries.count(null)
    await db
      .insertInto('summary_hour')
      .values(
        severities.map((severity) => ({
          at,
          severity,
          open: open[severity],
          covered: covered[severity],
          deferred: deferred[severity],
        })),
      )
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    await db
      .deleteFrom('summary_hour')
      .where('at', '<', new Date(now - KEPT_MS))
      .execute()
  }

  /** @returns the last hour noted of each hour or UTC day of the last so many days, oldest first; none where nothing ran. */
  async read(days: number, step: HistoryStep): Promise<SummaryAt[]> {
    const from = new Date(this.clock.now().getTime() - days * DAY_MS)
    const { rows } = await sql<{ at: Date; severity: Severity; open: number; covered: number; deferred: number }>`
      WITH last AS (
        SELECT max(at) AS at FROM summary_hour WHERE at >= ${from} GROUP BY date_trunc(${step}, at, 'UTC')
      )
      SELECT at, severity, open, covered, deferred FROM last JOIN summary_hour USING (at) ORDER BY at`.execute(
      this.database.db,
    )
    const found = new Map<number, SummaryAt>()
    for (const { at, severity, open, covered, deferred } of rows) {
      const moment = found.get(at.getTime()) ?? {
        at,
        open: bySeverity(),
        covered: bySeverity(),
        deferred: bySeverity(),
      }
      found.set(at.getTime(), moment)
      moment.open[severity] = open
      moment.covered[severity] = covered
      moment.deferred[severity] = deferred
    }
    return [...found.values()]
  }
}
