import type { Outbox } from '@reprieve/outbox'
import { sql } from 'kysely'
import { bulkRows } from './bulk-rows.js'
import { appendCoverage, type CoverageChange } from './coverage-events.js'
import { inForce, type LiveException, type LiveQueries } from './live-queries.js'
import type { MatchRow } from './match-rows.js'
import type { Tx } from './tables.js'

interface Member {
  readonly row: MatchRow
  readonly exception: LiveException
}

export interface MembershipChange {
  readonly added: readonly Member[]
  readonly ended: readonly Member[]
}

/**
 * The one place that makes membership what the queries say. Its caller has entered the gate and holds the locks of the instances' assets,
 * so that nothing it decides by can change until it has committed.
 */
export class MembershipWriter {
  constructor(
    private readonly queries: LiveQueries,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Matches the rows, writes what differs, and tells of what became covered or uncovered by it.
   * @param only exceptions to look at; all live ones where it is absent
   */
  async bringUpToDate(
    tx: Tx,
    rows: readonly MatchRow[],
    now: Date,
    only?: ReadonlySet<number>,
  ): Promise<MembershipChange> {
    if (rows.length === 0 || this.queries.size === 0) return { added: [], ended: [] }
    const { members, asked } = await this.queries.match(rows, now)
    const counts = (key: number) => asked(key) && (only === undefined || only.has(key))
    const stored = await storedMembers(tx, rows)
    const wanted = new Map<number, Set<number>>()
    const added: Member[] = []
    for (const member of members) {
      const { key } = member.exception
      if (!counts(key)) continue
      const of = wanted.get(member.row.key) ?? new Set()
      wanted.set(member.row.key, of.add(key))
      if (!stored.get(member.row.key)?.has(key)) added.push(member)
    }
    const ended: Member[] = []
    for (const row of rows) {
      for (const key of stored.get(row.key) ?? []) {
        if (!counts(key) || wanted.get(row.key)?.has(key)) continue
        const exception = this.queries.get(key)
        if (exception !== null) ended.push({ row, exception })
      }
    }
    await this.write(tx, { added, ended }, now)
    return { added, ended }
  }

  /** Ends whatever these instances are members of. */
  async endAll(tx: Tx, rows: readonly MatchRow[], now: Date): Promise<void> {
    if (rows.length === 0) return
    const stored = await storedMembers(tx, rows)
    const ended = rows.flatMap((row) =>
      [...(stored.get(row.key) ?? [])].flatMap((key) => {
        const exception = this.queries.get(key)
        return exception === null ? [] : [{ row, exception }]
      }),
    )
    await this.write(tx, { added: [], ended }, now)
  }

  /** Writes members that were found otherwise. Those to add must not be there. */
  async write(tx: Tx, { added, ended }: MembershipChange, now: Date): Promise<void> {
    if (added.length > 0) {
      await sql`
        INSERT INTO membership (instance_key, asset_key, exception_key, since)
        SELECT instance_key, asset_key, exception_key, ${now} FROM ${bulkRows('given', added, MEMBER)}`.execute(tx)
    }
    if (ended.length > 0) {
      // A clock that is behind another process' must not end what began there before it began.
      await sql`
        UPDATE membership SET until = greatest(membership.since, ${now}::timestamptz) FROM ${bulkRows('given', ended, MEMBER)}
        WHERE membership.until IS NULL AND membership.exception_key = given.exception_key
          AND membership.asset_key = given.asset_key AND membership.instance_key = given.instance_key`.execute(tx)
    }
    const changes = [
      ...added.map((member) => changeOf(member, true, now)),
      ...ended.map((member) => changeOf(member, false, now)),
    ].filter(({ exception }) => inForce(exception, now))
    await appendCoverage(this.outbox, tx, changes)
    await markReachDue(tx, new Set([...added, ...ended].map(({ exception }) => exception.key)), now)
  }
}

const MEMBER = {
  instance_key: ['int8', ({ row }: Member) => row.key],
  asset_key: ['int4', ({ row }: Member) => row.asset_key],
  exception_key: ['int4', ({ exception }: Member) => exception.key],
} as const

const changeOf = (
  { row, exception }: Member,
  covered: boolean,
  at: Date,
): CoverageChange & { exception: LiveException } => ({
  instanceId: row.id,
  revision: row.revision,
  exceptionId: exception.id,
  effect: exception.effect,
  covered,
  at,
  exception,
})

/** The exceptions that each instance is a member of now, by its key. */
async function storedMembers(tx: Tx, rows: readonly MatchRow[]): Promise<Map<number, Set<number>>> {
  const { rows: found } = await sql<{ instance_key: number; exceptions: number[] }>`
    SELECT m.instance_key, array_agg(m.exception_key) AS exceptions
    FROM membership m WHERE m.until IS NULL AND m.instance_key = ANY(${rows.map(({ key }) => key)}::int8[])
    GROUP BY m.instance_key`.execute(tx)
  return new Map(found.map((row) => [row.instance_key, new Set(row.exceptions)]))
}

/** Notes that the reach of exceptions has changed. Only ever appended, so that no two transactions wait for each other over it. */
export async function markReachDue(tx: Tx, exceptions: ReadonlySet<number>, now: Date): Promise<void> {
  if (exceptions.size === 0) return
  await sql`INSERT INTO reach_due (exception_key, due_at)
    SELECT key, ${now} FROM unnest(${[...exceptions]}::int4[]) AS given(key)`.execute(tx)
}

/** The same for every exception that one of these instances is a member of: reach counts open ones, and they opened or closed. */
export async function markReachOf(tx: Tx, instances: readonly number[], now: Date): Promise<void> {
  if (instances.length === 0) return
  const { rows } = await sql<{ exception_key: number }>`
    SELECT DISTINCT exception_key FROM membership
    WHERE until IS NULL AND instance_key = ANY(${instances}::int8[])`.execute(tx)
  await markReachDue(tx, new Set(rows.map(({ exception_key }) => exception_key)), now)
}
