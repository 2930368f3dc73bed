import { asBoundedCount, type BoundedCount } from '@reprieve/http-kit'
import type { Query } from '@reprieve/query'
import { sql } from 'kysely'
import { severities } from '../../domain/identity/index.js'
import { severityOfRank } from '../../domain/inventory/instance.js'
import type { InstanceColumnsReader } from '../columns/instance-columns.reader.js'
import type { ForceReader, InForce } from './force.reader.js'
import { INSTANCE_TABLES, KEV } from './instance-columns.js'
import { queryCondition } from './query-condition.js'
import type { BySeverity } from './summary.reader.js'
import type { ScopeDatabase } from './tables.js'

// One more than is told exactly: more of them would only be slower to find.
const LOOKED_AT = 10_001
const SAMPLE = 10
const MOST_OVERLAPS = 50
const MOST_OWNERS = 20

export interface Preview {
  readonly count: BoundedCount
  readonly bySeverity: { readonly [S in keyof BySeverity]: BoundedCount }
  readonly kev: BoundedCount
  readonly assets: BoundedCount
  readonly owners: BoundedCount
  readonly topOwners: ReadonlyArray<{ owner: string; count: BoundedCount }>
  readonly overlaps: ReadonlyArray<{ exceptionId: string; name: string; status: string; count: BoundedCount }>
  /** Ids of some of them, the worst first. */
  readonly sample: readonly string[]
}

/**
 * What a query selects of the open instances, before anybody is asked to except it: all of it where the columns are in memory, else the first
 * ten thousand.
 */
export class PreviewReader {
  constructor(
    private readonly database: ScopeDatabase,
    private readonly force: ForceReader,
    private readonly columns: InstanceColumnsReader,
  ) {}

  async read(query: Query): Promise<Preview> {
    const force = await this.force.now()
    return (await this.#readByColumns(query, force)) ?? (await this.#readBySql(query, force))
  }

  /** All of it, counted. */
  async #readByColumns(query: Query, force: InForce): Promise<Preview | null> {
    const { rows: exceptions } = await sql<{ key: number; id: string; name: string; status: string }>`
      SELECT key, id, name, status FROM exception
      WHERE live AND effect <> 'none' AND (active_until IS NULL OR active_until > ${force.at}) ORDER BY id`.execute(
      this.database.db,
    )
    const tally = await this.columns.tally({ query, status: 'open', coverage: 'all' }, force, {
      worst: SAMPLE,
      overlaps: exceptions.map(({ key }) => key),
    })
    if (tally === null) return null
    const exact = (value: number): BoundedCount => ({ value, exact: true })
    const overlaps = exceptions.map(({ id, name, status }, index) => ({
      exceptionId: id,
      name,
      status,
      count: tally.overlaps[index] ?? 0,
    }))
    return {
      count: exact(tally.count),
      bySeverity: Object.fromEntries(
        tally.bySeverity.map((count, rank) => [severityOfRank(rank), exact(count)]),
      ) as Preview['bySeverity'],
      kev: exact(tally.kev),
      assets: exact(tally.assets),
      owners: exact(tally.owners.length),
      topOwners: tally.owners.slice(0, MOST_OWNERS).map(({ owner, count }) => ({ owner, count: exact(count) })),
      overlaps: overlaps
        .filter(({ count }) => count > 0)
        .sort((a, b) => b.count - a.count)
        .slice(0, MOST_OVERLAPS)
        .map(({ count, ...overlap }) => ({ ...overlap, count: exact(count) })),
      sample: tally.worst,
    }
  }

  /** Of the first ten thousand. */
  async #readBySql(query: Query, { at }: InForce): Promise<Preview> {
    const { rows } = await sql<{
      count: number
      by_severity: Record<string, number>
      kev: number
      assets: number
      owners: number
      top_owners: { owner: string; count: number }[]
      overlaps: { exceptionId: string; name: string; status: string; count: number }[]
      sample: string[]
    }>`
      WITH selected AS MATERIALIZED (
        SELECT i.key, i.asset_key, i.id, i.severity, ${sql.raw(KEV)} AS kev, a.owner FROM ${INSTANCE_TABLES}
        WHERE i.open AND (${queryCondition(query, at)}) LIMIT ${LOOKED_AT}
      ), by_severity AS (
        SELECT severity, count(*) AS count FROM selected GROUP BY severity
      ), top_owners AS (
        SELECT owner, count(*) AS count FROM selected WHERE owner IS NOT NULL
        GROUP BY owner ORDER BY count(*) DESC, owner LIMIT ${MOST_OWNERS}
      ), overlapping AS (
        SELECT e.id AS "exceptionId", e.name, e.status, count(*) AS count
        FROM selected s
        JOIN membership m ON m.instance_key = s.key AND m.until IS NULL
        JOIN exception e ON e.key = m.exception_key AND e.live AND e.effect <> 'none' AND (e.active_until IS NULL OR e.active_until > ${at})
        GROUP BY e.id, e.name, e.status ORDER BY count(*) DESC, e.id LIMIT ${MOST_OVERLAPS}
      )
      SELECT (SELECT count(*) FROM selected) AS count,
        (SELECT coalesce(json_object_agg(severity, count), '{}') FROM by_severity) AS by_severity,
        (SELECT count(*) FROM selected WHERE kev) AS kev,
        (SELECT count(DISTINCT asset_key) FROM selected) AS assets,
        (SELECT count(DISTINCT owner) FROM selected) AS owners,
        (SELECT coalesce(json_agg(top_owners), '[]') FROM top_owners) AS top_owners,
        (SELECT coalesce(json_agg(overlapping), '[]') FROM overlapping) AS overlaps,
        (SELECT coalesce(array_agg(id), '{}') FROM (
          SELECT id FROM selected ORDER BY severity DESC, id DESC LIMIT ${SAMPLE}) AS worst) AS sample`.execute(
      this.database.db,
    )
    const [row] = rows
    if (row === undefined) throw new Error('a preview has one row')
    // Where there are more than were looked at, none of the numbers is the whole.
    const exact = row.count < LOOKED_AT
    const bounded = (value: number): BoundedCount => ({ value, exact })
    const ofSeverity = new Map(
      Object.entries(row.by_severity).map(([rank, count]) => [severityOfRank(Number(rank)), count]),
    )
    return {
      count: asBoundedCount(row.count),
      bySeverity: Object.fromEntries(
        severities.map((severity) => [severity, bounded(ofSeverity.get(severity) ?? 0)]),
      ) as Preview['bySeverity'],
      kev: bounded(row.kev),
      assets: bounded(row.assets),
      owners: bounded(row.owners),
      topOwners: row.top_owners.map(({ owner, count }) => ({ owner, count: bounded(count) })),
      overlaps: row.overlaps.map(({ count, ...overlap }) => ({ ...overlap, count: bounded(count) })),
      sample: row.sample,
    }
  }
}
