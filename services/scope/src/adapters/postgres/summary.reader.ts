import type { Query } from '@reprieve/query'
import { type RawBuilder, sql } from 'kysely'
import { type Severity, severities } from '../../domain/identity/index.js'
import { severityOfRank } from '../../domain/inventory/instance.js'
import type { InstanceColumnsReader } from '../columns/instance-columns.reader.js'
import type { ForceReader, InForce } from './force.reader.js'
import { memberOfAny } from './instance.reader.js'
import { INSTANCE_TABLES } from './instance-columns.js'
import { overdueCondition } from './overdue-condition.js'
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

/** Nothing of each. */
export const bySeverity = (): BySeverity => ({ critical: 0, high: 0, medium: 0, low: 0, none: 0, unknown: 0 })

/** The numbers at the top of a dashboard. */
export class SummaryReader {
  constructor(
    private readonly database: ScopeDatabase,
    private readonly force: ForceReader,
    private readonly columns: InstanceColumnsReader,
  ) {}

  async read(query: Query | null): Promise<Summary> {
    const force = await this.force.now()
    const [counted, overdue, statuses] = await Promise.all([
      this.#count(query, force),
      this.#countOverdue(query, force),
      this.database.db
        .selectFrom('exception')
        .select(['status', (eb) => eb.fn.countAll<number>().as('count')])
        .where('effect', '<>', 'none')
        .groupBy('status')
        .execute(),
    ])
    const { open, covered, deferred, asOf } = counted
    // The three may be of slightly different moments.
    const uncovered = bySeverity()
    for (const severity of severities) uncovered[severity] = Math.max(0, open[severity] - covered[severity])
    return {
      open,
      uncovered,
      covered,
      deferred,
      overdue,
      exceptions: {
        pendingApproval: 0,
        active: 0,
        denied: 0,
        expired: 0,
        deactivated: 0,
        withdrawn: 0,
        ...Object.fromEntries(statuses.map(({ status, count }) => [status, count])),
      },
      asOf,
    }
  }

  /** Only the open ones, and which of them are covered and deferred. */
  async count(query: Query | null): Promise<Counted> {
    return await this.#count(query, await this.force.now())
  }

  async #count(query: Query | null, force: InForce): Promise<Counted> {
    return (await this.#countByColumns(query, force)) ?? (await this.#countBySql(query, force))
  }

  /** Of tickets whose day is over, as far as no exception defers them. */
  async #countOverdue(query: Query | null, force: InForce): Promise<BySeverity> {
    const { db } = this.database
    const overdue = await overdueCondition(db, force.at)
    if (overdue === null) return bySeverity()
    const condition = query === null ? sql<boolean>`true` : queryCondition(query, force.at)
    const { rows } = await sql<{ severity: number; count: number }>`
      SELECT i.severity, count(*) AS count FROM ${INSTANCE_TABLES}
      WHERE i.open AND (${condition}) AND ${overdue} AND NOT ${memberOfAny(force.defer)} GROUP BY i.severity`.execute(
      db,
    )
    return { ...bySeverity(), ...Object.fromEntries(rows.map((row) => [severityOfRank(row.severity), row.count])) }
  }

  async #countByColumns(query: Query | null, force: InForce): Promise<Counted | null> {
    const tally = await this.columns.tally({ query, status: 'open', coverage: 'all' }, force)
    if (tally === null) return null
    return {
      open: named(tally.bySeverity),
      covered: named(tally.coveredBySeverity),
      deferred: named(tally.deferredBySeverity),
      asOf: tally.asOf,
    }
  }

  async #countBySql(query: Query | null, force: InForce): Promise<Counted> {
    const condition = query === null ? sql<boolean>`true` : queryCondition(query, force.at)
    const counts = async (extra: RawBuilder<boolean>): Promise<BySeverity> => {
      const { rows } = await sql<{ severity: number; count: number }>`
        SELECT i.severity, count(*) AS count FROM ${INSTANCE_TABLES}
        WHERE i.open AND (${condition}) AND ${extra} GROUP BY i.severity`.execute(this.database.db)
      return { ...bySeverity(), ...Object.fromEntries(rows.map((row) => [severityOfRank(row.severity), row.count])) }
    }
    const members = async (exceptions: readonly number[]) =>
      exceptions.length === 0 ? bySeverity() : await counts(memberOfAny(exceptions))
    // One question each: asked together, PostgreSQL would look every instance up by itself.
    const [open, covered, deferred] = await Promise.all([
      counts(sql<boolean>`true`),
      members(force.suppress),
      members(force.defer),
    ])
    return { open, covered, deferred, asOf: force.asOf }
  }
}

export interface Counted {
  readonly open: BySeverity
  readonly covered: BySeverity
  readonly deferred: BySeverity
  readonly asOf: Date | null
}

/** From counts by rank. */
function named(counts: readonly number[]): BySeverity {
  const named = bySeverity()
  counts.forEach((count, rank) => {
    named[severityOfRank(rank)] = count
  })
  return named
}
