import type { Query } from '@reprieve/query'
import { sql } from 'kysely'
import type { Severity } from '../../domain/identity/index.js'
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
    const [{ rows }, statuses] = await Promise.all([
      sql<{ severity: number; open: number; covered: number; deferred: number }>`
        SELECT severity, count(*) AS open, count(*) FILTER (WHERE covered) AS covered, count(*) FILTER (WHERE deferred) AS deferred
        FROM (
          SELECT i.severity, ${memberOfAny(force.suppress)} AS covered, ${memberOfAny(force.defer)} AS deferred
          FROM ${INSTANCE_TABLES} WHERE i.open AND (${condition})
        ) AS counted GROUP BY severity`.execute(db),
      db
        .selectFrom('exception')
        .select(['status', (eb) => eb.fn.countAll<number>().as('count')])
        .groupBy('status')
        .execute(),
    ])
    const [open, uncovered, covered, deferred] = [none(), none(), none(), none()]
    for (const row of rows) {
      const severity = severityOfRank(row.severity)
      open[severity] = row.open
      covered[severity] = row.covered
      uncovered[severity] = row.open - row.covered
      deferred[severity] = row.deferred
    }
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
