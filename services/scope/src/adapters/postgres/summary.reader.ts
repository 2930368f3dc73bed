import type { Query } from '@reprieve/query'
import { type RawBuilder, sql } from 'kysely'
import { type Severity, severities } from '../../domain/identity/index.js'
import { severityOfRank } from '../../domain/inventory/instance.js'
import type { ForceReader } from './force.reader.js'
import { memberOfAny } from './instance.reader.js'
import { INSTANCE_TABLES } from './instance-columns.js'
import { queryCondition } from './query-condition.js'
import type { ScopeDatabase } from './tables.js'

export type BySeverity = Record<Severity, number>

export interface Summary {
  readonly open: BySeverity
  readonly uncovered: BySeverity
  readonly covered: BySeverity
  readonly deferred: BySeverity
  readonly overdue: BySeverity
  readonly exceptions: Record<string, number>
  readonly asOf: Date | null
}

const none = (): BySeverity => ({ critical: 0, high: 0, medium: 0, low: 0, none: 0, unknown: 0 })

/** The numbers at the top of a dashboard. */
export class SummaryReader {
  constructor(
    private readonly database: ScopeDatabase,
    private readonly force: ForceReader,
  ) {}

  async read(query: Query | null): Promise<Summary> {
    const force = await this.force.now()
    const { db } = this.database
    const condition = query === null ? sql<boolean>`true` : queryCondition(query, force.at)
    const bySeverity = async (extra: RawBuilder<boolean>): Promise<BySeverity> => {
      const { rows } = await sql<{ severity: number; count: number }>`
        SELECT i.severity, count(*) AS count FROM ${INSTANCE_TABLES}
        WHERE i.open AND (${condition}) AND ${extra} GROUP BY i.severity`.execute(db)
      return { ...none(), ...Object.fromEntries(rows.map((row) => [severityOfRank(row.severity), row.count])) }
    }
    const members = async (exceptions: readonly number[]) =>
      exceptions.length === 0 ? none() : await bySeverity(memberOfAny(exceptions))
    // One question each: asked together, PostgreSQL would look every instance up by itself.
    const [open, covered, deferred, statuses] = await Promise.all([
      bySeverity(sql<boolean>`true`),
      members(force.suppress),
      members(force.defer),
      db
        .selectFrom('exception')
        .select(['status', (eb) => eb.fn.countAll<number>().as('count')])
        .groupBy('status')
        .execute(),
    ])
    // The three may be of slightly different moments.
    const uncovered = none()
    for (const severity of severities) uncovered[severity] = Math.max(0, open[severity] - covered[severity])
    return {
      open,
      uncovered,
      covered,
      deferred,
      // Due dates are those of tickets, of which scope has not been told.
      overdue: none(),
      exceptions: {
        pendingApproval: 0,
        active: 0,
        denied: 0,
        expired: 0,
        deactivated: 0,
        withdrawn: 0,
        ...Object.fromEntries(statuses.map(({ status, count }) => [status, count])),
      },
      asOf: force.asOf,
    }
  }
}
