import { binaryArray } from '@reprieve/database'
import type { Outbox } from '@reprieve/outbox'
import { heldLiterals, isConjunction } from '@reprieve/query'
import { sql } from 'kysely'
import { bulkRows } from './bulk-rows.js'
import { appendCoverage, type CoverageChange } from './coverage-events.js'
import { markUnits, unitsOf } from './group-marks.js'
import { inParts } from './in-parts.js'
import { type LiveException, type LiveQueries, type MatchedMember, toldAt } from './live-queries.js'
import type { MatchRow } from './match-rows.js'
import type { MembershipGate } from './membership-gate.js'
import type { Tx } from './tables.js'

/** An exception, as far as other systems are told of it. */
export type Told = Omit<LiveException, 'query'>

export interface Member<Exception extends Told = LiveException> {
  readonly row: MatchRow
  readonly exception: Exception
}

export interface MembershipChange {
  readonly added: readonly Member[]
  readonly ended: readonly Member[]
  /** The time at which it was evaluated. */
  readonly now: Date
}

/**
 * The one place that makes membership what the queries say. Its caller has entered the gate and holds the locks of the instances' assets,
 * and has read the rows since: nothing of theirs can change until it has committed.
 */
export class MembershipWriter {
  constructor(
    private readonly gate: MembershipGate,
    private readonly queries: LiveQueries,
    private readonly outbox: Outbox,
  ) {}

  /** Whether any live query, or rule that puts instances together, asks for rows at all. For whoever holds the locks already. */
  async isAsked(tx: Tx): Promise<boolean> {
    await this.gate.catchUp(tx)
    return this.queries.size > 0 || this.queries.groupings.size > 0
  }

  /**
   * Matches the rows, writes what differs, and tells of what became covered or uncovered by it.
   * @param only exceptions to look at; all live ones where it is absent
   * @param made instances that this transaction has made: they cannot be members of anything yet
   * @param isFillIn of exceptions that join: what they select is told once all of it is there
   */
  async bringUpToDate(
    tx: Tx,
    rows: readonly MatchRow[],
    {
      only,
      made,
      isFillIn = false,
    }: { only?: ReadonlySet<number>; made?: ReadonlyMap<number, unknown>; isFillIn?: boolean } = {},
  ): Promise<MembershipChange> {
    const { now, members, asked } = await this.#match(tx, rows)
    // Whoever looks at some exceptions alone has changed no instance.
    if (only === undefined) await markUnits(tx, unitsOf(rows, this.queries.groupings))
    if (rows.length === 0 || this.queries.size === 0) return { added: [], ended: [], now }
    const counts = (key: number) => asked(key) && (only === undefined || only.has(key))
    const stored = await storedMembers(tx, made === undefined ? rows : rows.filter(({ key }) => !made.has(key)))
    // Only of rows that are members of something already: the others have nothing to compare with.
    const wanted = new Map([...stored.keys()].map((key) => [key, new Set<number>()]))
    const added: Member[] = []
    for (const member of members) {
      const { key } = member.exception
      if (!counts(key)) continue
      wanted.get(member.row.key)?.add(key)
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
    await this.#write(tx, { added, ended, now }, isFillIn)
    // A ticket counts by more than whether an instance is one of its.
    if (only === undefined && this.queries.hasTickets) {
      await markReachDue(tx, this.#ticketsAmong([...stored.values()], added), now)
    }
    return { added, ended, now }
  }

  #ticketsAmong(stored: ReadonlyArray<ReadonlySet<number>>, added: readonly Member[]): ReadonlyMap<number, number> {
    const keys = new Set([...stored.flatMap((of) => [...of]), ...added.map(({ exception }) => exception.key)])
    return new Map([...keys].filter((key) => this.queries.get(key)?.effect === 'none').map((key) => [key, 0]))
  }

  /** Ends whatever these instances are members of, of exceptions that have ended, too: what follows those would not find them any more. */
  async endAll(tx: Tx, rows: readonly MatchRow[]): Promise<void> {
    if (rows.length === 0) return
    const { now } = await this.gate.catchUp(tx)
    const stored = await storedMembers(tx, rows)
    const over = await toldExceptions(
      tx,
      [...stored.values()].flatMap((keys) => [...keys].filter((key) => this.queries.get(key) === null)),
    )
    const ended = rows.flatMap((row) =>
      [...(stored.get(row.key) ?? [])].flatMap((key) => {
        const exception = this.queries.get(key) ?? over.get(key)
        return exception === undefined ? [] : [{ row, exception }]
      }),
    )
    await this.#write(tx, { added: [], ended, now })
  }

  /** Set and time belong together: where the set is another one meanwhile, both are taken anew. */
  async #match(
    tx: Tx,
    rows: readonly MatchRow[],
  ): Promise<{ now: Date; members: MatchedMember[]; asked: (key: number) => boolean }> {
    for (;;) {
      const standing = await this.gate.catchUp(tx)
      const found = await this.queries.match(rows, standing)
      if (found !== null) return { now: standing.now, ...found }
    }
  }

  /**
   * Ends members of exceptions that have ended, which nobody else is about to end; cuts what is said to have begun or ended in the future, or
   * to have ended after it had begun once more. None of it is there unless somebody has written past this service.
   */
  async endStrays(tx: Tx, rows: readonly MatchRow[]): Promise<Member<Told>[]> {
    if (rows.length === 0) return []
    const { now } = await this.gate.catchUp(tx)
    const byKey = new Map(rows.map((row) => [row.key, row]))
    const keys = sql`${binaryArray('int8', [...byKey.keys()])}::int8[]`
    const { rows: open } = await sql<Pair>`
      SELECT m.instance_key, m.exception_key FROM membership m JOIN exception e ON e.key = m.exception_key AND NOT e.live
      WHERE m.until IS NULL AND m.instance_key = ANY(${keys})
        AND NOT EXISTS (SELECT FROM aftermath a WHERE a.exception_key = e.key)`.execute(tx)
    const latest = new Date(now.getTime() + CLOCKS_DIFFER_MS)
    // Those that are and those that have been have an index of their own: without telling them apart all members would be gone over.
    const members = sql`(
      SELECT ctid AS place, instance_key, exception_key, since, until FROM membership WHERE until IS NULL AND instance_key = ANY(${keys})
      UNION ALL
      SELECT ctid, instance_key, exception_key, since, until FROM membership WHERE until IS NOT NULL AND instance_key = ANY(${keys})
    ) AS members`
    const { rows: ahead } = await sql<Pair>`
      UPDATE membership SET since = least(membership.since, ${now}::timestamptz),
        until = CASE WHEN membership.until > ${now} THEN ${now} ELSE membership.until END
      FROM (SELECT place FROM ${members} WHERE since > ${latest} OR until > ${latest}) AS wrong
      WHERE membership.ctid = wrong.place
      RETURNING membership.instance_key, membership.exception_key`.execute(tx)
    const { rows: twice } = await sql<Pair>`
      UPDATE membership SET until = greatest(membership.since, wrong.next)
      FROM (SELECT place, next FROM (
        SELECT place, until, lead(since) OVER (PARTITION BY instance_key, exception_key ORDER BY since, until NULLS LAST) AS next
        FROM ${members}) AS all_members WHERE until > next) AS wrong
      WHERE membership.ctid = wrong.place
      RETURNING membership.instance_key, membership.exception_key`.execute(tx)
    const pairs = [...open, ...ahead, ...twice]
    const exceptions = await toldExceptions(
      tx,
      pairs.map(({ exception_key }) => exception_key),
    )
    const membersOf = (found: readonly Pair[]) =>
      found.flatMap(({ instance_key, exception_key }): Member<Told>[] => {
        const row = byKey.get(instance_key)
        const exception = exceptions.get(exception_key)
        return row === undefined || exception === undefined ? [] : [{ row, exception }]
      })
    await this.#write(tx, { added: [], ended: membersOf(open), now })
    return membersOf(pairs)
  }

  async #write(
    tx: Tx,
    { added, ended, now }: { added: readonly Member[]; ended: readonly Member<Told>[]; now: Date },
    isFillIn = false,
  ): Promise<void> {
    for (const part of inParts(added.toSorted(byInstance), WRITTEN_AT_ONCE)) {
      await sql`
        INSERT INTO membership (instance_key, asset_key, exception_key, since, held)
        SELECT instance_key, asset_key, exception_key, ${now}, held::int2[] FROM ${bulkRows('given', part, {
          ...MEMBER,
          held: ['text', (member) => heldOf(member, now)],
        })}`.execute(tx)
    }
    for (const part of inParts(ended, WRITTEN_AT_ONCE)) {
      // A clock that is behind another process' must not end what began there before it began.
      await sql`
        UPDATE membership SET until = greatest(membership.since, ${now}::timestamptz) FROM ${bulkRows('given', part, MEMBER)}
        WHERE membership.until IS NULL AND membership.exception_key = given.exception_key
          AND membership.asset_key = given.asset_key AND membership.instance_key = given.instance_key`.execute(tx)
    }
    await appendCoverage(this.outbox, tx, [
      ...(isFillIn ? [] : added.flatMap((member) => changeOf(member, true, now))),
      ...ended.flatMap((member) => changeOf(member, false, now)),
    ])
    const reach = new Map<number, number>()
    const count = ({ row, exception }: Member<Told>, by: number) =>
      reach.set(exception.key, (reach.get(exception.key) ?? 0) + (row.open ? by : 0))
    for (const member of added) count(member, 1)
    for (const member of ended) count(member, -1)
    await markReachDue(tx, reach, now)
  }
}

interface Pair {
  instance_key: number
  exception_key: number
}

// Processes' clocks differ: what is ahead by less is nobody's fault.
const CLOCKS_DIFFER_MS = 60_000

const MEMBER = {
  instance_key: ['int8', ({ row }: Member<Told>) => row.key],
  asset_key: ['int4', ({ row }: Member<Told>) => row.asset_key],
  exception_key: ['int4', ({ exception }: Member<Told>) => exception.key],
} as const

// What one statement writes is one list for those that keep the inventory in memory, and one set of parameters.
const WRITTEN_AT_ONCE = 20_000

/** New instances' keys are the highest: their entries all go to the end of the index by instance, which costs a third less than anywhere else. */
const byInstance = (a: Member, b: Member): number => a.row.key - b.row.key || a.exception.key - b.exception.key

/** Why, where the query leaves a choice. */
function heldOf({ row, exception }: Member, now: Date): string | null {
  return isConjunction(exception.query) ? null : `{${heldLiterals(exception.query, row, now)}}`
}

function changeOf({ row, exception }: Member<Told>, covered: boolean, now: Date): CoverageChange[] {
  const at = toldAt(exception, covered, now)
  if (at === null || exception.effect === 'none') return []
  return [
    { instanceId: row.id, revision: row.revision, exceptionId: exception.id, effect: exception.effect, covered, at },
  ]
}

/** Exceptions, matched or not, as far as it takes to tell that something is no longer covered by them. */
async function toldExceptions(tx: Tx, keys: readonly number[]): Promise<Map<number, Told>> {
  if (keys.length === 0) return new Map()
  const rows = await tx
    .selectFrom('exception')
    .select(['key', 'id', 'effect', 'active_from', 'active_until'])
    .where('key', 'in', [...new Set(keys)])
    .execute()
  return new Map(
    rows.map((row) => [
      row.key,
      {
        key: row.key,
        id: row.id,
        effect: row.effect as Told['effect'],
        // As before it ended.
        status: row.active_from === null ? 'pendingApproval' : 'active',
        activeFrom: row.active_from,
        activeUntil: row.active_until,
      },
    ]),
  )
}

/** The exceptions that each instance is a member of now, by its key. */
async function storedMembers(tx: Tx, rows: readonly MatchRow[]): Promise<Map<number, Set<number>>> {
  if (rows.length === 0) return new Map()
  const { rows: found } = await sql<{ instance_key: number; exception_key: number }>`
    SELECT m.instance_key, m.exception_key FROM membership m
    WHERE m.until IS NULL AND m.instance_key = ANY(${binaryArray(
      'int8',
      rows.map(({ key }) => key),
    )}::int8[])`.execute(tx)
  const members = new Map<number, Set<number>>()
  for (const { instance_key, exception_key } of found) {
    const of = members.get(instance_key)
    if (of === undefined) members.set(instance_key, new Set([exception_key]))
    else of.add(exception_key)
  }
  return members
}

/**
 * Notes that the reach of exceptions has changed. Only ever appended, so that no two transactions wait for each other over it.
 * @param changes by how many open instances; null where that is not known and they have to be counted
 */
export async function markReachDue(tx: Tx, changes: ReadonlyMap<number, number | null>, now: Date): Promise<void> {
  if (changes.size === 0) return
  await sql`INSERT INTO reach_due (exception_key, due_at, change)
    SELECT key, ${now}, change FROM ${bulkRows('given', [...changes], {
      key: ['int4', ([key]) => key],
      change: ['int8', ([, change]) => change],
    })}`.execute(tx)
}

/** The same for every exception that one of these instances is a member of, to be counted again. */
export async function recountReachOf(tx: Tx, instances: readonly number[], now: Date): Promise<void> {
  if (instances.length === 0) return
  const { rows } = await sql<{ exception_key: number }>`
    SELECT DISTINCT exception_key FROM membership
    WHERE until IS NULL AND instance_key = ANY(${binaryArray('int8', instances)}::int8[])`.execute(tx)
  await markReachDue(tx, new Map(rows.map(({ exception_key }) => [exception_key, null])), now)
}

/**
 * The same for instances that have opened or closed. To be told before their membership is brought up to date: what begins or ends then is
 * counted as the instances are now.
 */
export async function moveReachOf(
  tx: Tx,
  { opened, closed }: { opened: readonly number[]; closed: readonly number[] },
  now: Date,
): Promise<void> {
  if (opened.length + closed.length === 0) return
  const { rows } = await sql<{ exception_key: number; change: number }>`
    SELECT exception_key, sum(change)::int8 AS change
    FROM (SELECT unnest(${binaryArray('int8', opened)}::int8[]) AS key, 1 AS change
      UNION ALL SELECT unnest(${binaryArray('int8', closed)}::int8[]), -1) AS flipped
    JOIN membership ON membership.instance_key = flipped.key AND membership.until IS NULL
    GROUP BY exception_key`.execute(tx)
  await markReachDue(tx, new Map(rows.map(({ exception_key, change }) => [exception_key, change])), now)
}
