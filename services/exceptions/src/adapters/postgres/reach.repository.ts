import type { Database } from '@reprieve/database'
import { sql } from 'kysely'
import type { Reach } from '../../application/exceptions.port.js'
import type { Version } from './newer.js'
import type { ExceptionsTables } from './tables.js'

/** What scope told of one exception's instances. */
export interface ToldReach extends Reach, Version {
  exceptionId: string
}

// As much as an export of old tables needs; scans count many times a day.
const KEPT_WHOLE_MS = 30 * 86_400_000
const THINNED_AT_ONCE = 5_000

/** What `scope.v1` tells of the instances an exception covers: beside the exception, so that the table can be sorted by it, and over time. */
export class ReachRepository {
  readonly #database: Database<ExceptionsTables>

  constructor(database: Database<ExceptionsTables>) {
    this.#database = database
  }

  /**
   * Any number in one statement. Older news than what is known is kept for its time only; news of exceptions that are not known here
   * change nothing.
   */
  async keep(told: readonly ToldReach[]): Promise<void> {
    if (told.length === 0) return
    const column = <T>(of: (reach: ToldReach) => T) => told.map(of)
    await sql`
      WITH told AS (
        SELECT DISTINCT ON (t.id, t.incarnation, t.version) t.*
        FROM unnest(
          ${column(({ exceptionId }) => exceptionId)}::uuid[], ${column(({ incarnation }) => incarnation)}::int8[],
          ${column(({ version }) => version)}::int8[], ${column(({ instanceCount }) => instanceCount)}::int8[],
          ${column(({ inForceSince }) => inForceSince)}::timestamptz[], ${column(({ asOf }) => asOf)}::timestamptz[]
        ) AS t(id, incarnation, version, instance_count, in_force_since, as_of)
        JOIN exception ON exception.id = t.id
      ), over_time AS (
        INSERT INTO known_reach (exception_id, incarnation, version, as_of, instance_count, in_force_since)
        SELECT id, incarnation, version, as_of, instance_count, in_force_since FROM told WHERE as_of IS NOT NULL
        ON CONFLICT DO NOTHING
      ), newest AS (
        SELECT DISTINCT ON (id) * FROM told ORDER BY id, incarnation DESC, version DESC
      ), locked AS (
        -- In one order, whoever else takes several at once.
        SELECT exception.id FROM exception JOIN newest USING (id) ORDER BY exception.id FOR NO KEY UPDATE OF exception
      )
      UPDATE exception SET
        instance_count = newest.instance_count, in_force_since = newest.in_force_since, reach_as_of = newest.as_of,
        reach_incarnation = newest.incarnation, reach_version = newest.version
      FROM newest JOIN locked USING (id)
      WHERE exception.id = newest.id
        AND (exception.reach_incarnation, exception.reach_version) < (newest.incarnation, newest.version)`.execute(
      this.#database.db,
    )
  }

  /** Of each exception's counts older than 30 days only the last of a day is kept, at most 5 000 in one call. @returns how many went */
  async thin(now: Date): Promise<number> {
    const { numAffectedRows } = await sql`
      DELETE FROM known_reach WHERE ctid = ANY (ARRAY(
        SELECT r.ctid FROM known_reach AS r
        WHERE r.as_of < ${new Date(now.getTime() - KEPT_WHOLE_MS)} AND EXISTS (
          SELECT FROM known_reach AS later
          WHERE later.exception_id = r.exception_id AND later.as_of > r.as_of
            AND later.as_of < (date_trunc('day', r.as_of AT TIME ZONE 'UTC') + INTERVAL '1 day') AT TIME ZONE 'UTC')
        ORDER BY r.as_of LIMIT ${THINNED_AT_ONCE}))`.execute(this.#database.db)
    return Number(numAffectedRows ?? 0)
  }
}
