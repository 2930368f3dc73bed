import type { Clock } from '@reprieve/clock'
import type { Outbox } from '@reprieve/outbox'
import { compileQuery, isTimeRelative } from '@reprieve/query'
import { type RawBuilder, sql } from 'kysely'
import { restAfterCounting } from '../../domain/exceptions/counting-rest.js'
import { severityOfRank } from '../../domain/inventory/instance.js'
import {
  type Bucket,
  EMPTY_TALLY,
  type Grouping,
  type GroupKey,
  type Tally,
  tallyKey,
} from '../../domain/tickets/known-ticket.js'
import { groupCountsEvent, ticketCountsEvent } from '../messaging/ticket-count-events.js'
import { bulkRows } from '../postgres/bulk-rows.js'
import type { Unit } from '../postgres/group-marks.js'
import { INSTANCE_TABLES, KEV } from '../postgres/instance-columns.js'
import type { MembershipGate } from '../postgres/membership-gate.js'
import { isOnlyOne } from '../postgres/only-one.js'
import { queryCondition } from '../postgres/query-condition.js'
import type { ScopeDatabase, Tx } from '../postgres/tables.js'
import type { ChunkedJob } from './chunked-job.js'

const TICKETS_AT_ONCE = 100
const UNITS_AT_ONCE = 300
const MARKS_AT_ONCE = 10_000
// A rule whose filter depends on the time is counted as a whole this often.
const TIME_RELATIVE_EVERY_MS = 3_600_000

interface Rule {
  id: string
  by: Grouping
  filter: string
  rule_version: number
  enabled: boolean
  recount: boolean
  after_key: number
  after_owner: string
}

interface TallyRow {
  severity: number
  criticality: string | null
  kev: boolean
  open: number
  closed: number
  first_seen: Date | null
}

interface GroupRow extends TallyRow {
  owner: string | null
  asset_key: number | null
  vulnerability_key: number | null
  component: string | null
  asset_id: string | null
  asset_name: string | null
  canonical: string | null
}

interface Group {
  readonly key: GroupKey
  readonly unit: Unit
  readonly assetName: string
  readonly tally: Tally
}

const TALLIED = sql`i.severity, a.criticality, coalesce(${sql.raw(KEV)}, false) AS kev,
  count(*) FILTER (WHERE i.open) AS open, count(*) FILTER (WHERE NOT i.open) AS closed,
  min(i.first_seen) FILTER (WHERE i.open) AS first_seen`

/**
 * Tells how many instances are left of each ticket and of each group, by all that a due date follows from: whenever one of them has changed,
 * as often as counting can be afforded. A ticket is counted by its members, a group by its key.
 */
export class CountTicketsJob implements ChunkedJob {
  /** When each may be counted again, by this process' own time: it bounds work, and no rule depends on it. */
  readonly #notBefore = new Map<number, number>()
  #groupsNotBefore = 0
  /** Rules' edits of which no writer is left that does not know them. */
  readonly #drained = new Set<string>()

  constructor(
    private readonly database: ScopeDatabase,
    private readonly outbox: Outbox,
    private readonly gate: MembershipGate,
    private readonly clock: Clock,
  ) {}

  async step(): Promise<boolean> {
    const didTickets = await this.#ticketsStep()
    const didRule = await this.#ruleStep()
    const didGroups = await this.#groupsStep()
    return didTickets || didRule || didGroups
  }

  /** Counts rules anew, as a whole, whose filter selects something else as time goes by. */
  async recountTimeRelative(): Promise<void> {
    const rules = await this.database.db.selectFrom('grouping_rule').selectAll().where('enabled', '=', true).execute()
    const before = new Date(this.clock.now().getTime() - TIME_RELATIVE_EVERY_MS)
    const due = rules.filter(({ filter, recounted_at }) => {
      const compiled = filter === '' ? null : compileQuery(filter)
      return compiled?.ok === true && isTimeRelative(compiled.query) && recounted_at !== null && recounted_at < before
    })
    for (const { id } of due) {
      await this.database.db
        .updateTable('grouping_rule')
        .set({ recount: true, after_key: 0, after_owner: '' })
        .where('id', '=', id)
        .where('recount', '=', false)
        .execute()
    }
  }

  async #ticketsStep(): Promise<boolean> {
    const resting = this.#resting()
    const { rows } = await sql<{ key: number }>`
      SELECT DISTINCT due.exception_key AS key FROM reach_due due
      JOIN exception e ON e.key = due.exception_key AND e.effect = 'none'
      WHERE due.exception_key <> ALL(${resting}::int4[]) LIMIT ${TICKETS_AT_ONCE}`.execute(this.database.db)
    if (rows.length === 0) return false
    const keys = rows.map(({ key }) => key)
    const started = performance.now()
    await this.database.transaction((tx) => this.#countTickets(tx, keys))
    const rest = restAfterCounting((performance.now() - started) / keys.length)
    for (const key of keys) this.#notBefore.set(key, performance.now() + rest)
    return true
  }

  #resting(): number[] {
    const now = performance.now()
    for (const [key, at] of this.#notBefore) if (at <= now) this.#notBefore.delete(key)
    return [...this.#notBefore.keys()]
  }

  async #countTickets(tx: Tx, keys: readonly number[]): Promise<void> {
    // Whoever ends a ticket's query waits, and tells what comes after.
    const { rows: tickets } = await sql<{ id: string; key: number; query_version: number; told: string | null }>`
      SELECT t.id, t.exception_key AS key, t.query_version, t.told FROM ticket t
      JOIN exception e ON e.key = t.exception_key AND e.live AND e.synced_at IS NOT NULL
      WHERE t.exception_key = ANY(${keys}::int4[]) ORDER BY t.id FOR NO KEY UPDATE OF t`.execute(tx)
    await tx.deleteFrom('reach_due').where('exception_key', 'in', keys).execute()
    const { rows } = await sql<TallyRow & { key: number }>`
      SELECT m.exception_key AS key, ${TALLIED} FROM membership m
      JOIN instance i ON i.asset_key = m.asset_key AND i.key = m.instance_key
      JOIN asset a ON a.key = i.asset_key JOIN vulnerability v ON v.key = i.vulnerability_key
      WHERE m.exception_key = ANY(${tickets.map(({ key }) => key)}::int4[]) AND m.until IS NULL
      GROUP BY m.exception_key, i.severity, a.criticality, coalesce(${sql.raw(KEV)}, false)`.execute(tx)
    const byTicket = Map.groupBy(rows, ({ key }) => key)
    const news = tickets.flatMap((ticket) => {
      const tally = tallyOf(byTicket.get(ticket.key) ?? [])
      const told = tallyKey(tally)
      return told === ticket.told ? [] : [{ ticket, tally, told }]
    })
    const versions = await nextVersions(tx, news.length)
    const at = this.clock.now()
    for (const [index, { ticket, told }] of news.entries()) {
      const told_version = versions[index] ?? 0
      await tx.updateTable('ticket').set({ told, told_version }).where('id', '=', ticket.id).execute()
    }
    await this.outbox.append(
      tx,
      ...news.map(({ ticket, tally }, index) =>
        ticketCountsEvent({ id: ticket.id, queryVersion: ticket.query_version }, tally, versions[index] ?? 0, at),
      ),
    )
  }

  /** The next units of a rule that is counted as a whole. */
  async #ruleStep(): Promise<boolean> {
    const rule = await this.database.db
      .selectFrom('grouping_rule')
      .selectAll()
      .where('recount', '=', true)
      .orderBy('id')
      .limit(1)
      .executeTakeFirst()
    if (rule === undefined) return false
    const edit = `${rule.id} ${rule.rule_version} ${rule.enabled}`
    if (!this.#drained.has(edit)) {
      // Whoever does not know of the rule yet does not note what changes for it.
      await this.gate.drain()
      this.#drained.clear()
      this.#drained.add(edit)
    }
    return await this.database.transaction(async (tx) => {
      if (!(await isOnlyOne(tx, 'groups'))) return false
      const locked = (await tx
        .selectFrom('grouping_rule')
        .selectAll()
        .where('id', '=', rule.id)
        .where('rule_version', '=', rule.rule_version)
        .where('recount', '=', true)
        .forNoKeyUpdate()
        .executeTakeFirst()) as Rule | undefined
      if (locked === undefined) return true
      const units = locked.enabled ? await nextUnits(tx, locked) : []
      const last = units.at(-1)
      if (last === undefined) return await this.#finish(tx, locked)
      await this.#countGroups(tx, locked, units)
      await tx
        .updateTable('grouping_rule')
        .set(
          'owner' in last
            ? { after_owner: last.owner }
            : { after_key: 'asset' in last ? last.asset : last.vulnerability },
        )
        .where('id', '=', rule.id)
        .execute()
      return true
    })
  }

  /** What was told of an earlier edit and not anew is not selected any more. */
  async #finish(tx: Tx, rule: Rule): Promise<boolean> {
    const { rows } = await sql<{ group_key: string }>`
      SELECT group_key FROM ticket_group WHERE rule_id = ${rule.id}
        AND (rule_version <> ${rule.rule_version} OR NOT ${rule.enabled}::bool)
      ORDER BY group_key LIMIT ${UNITS_AT_ONCE}`.execute(tx)
    if (rows.length === 0) {
      await tx
        .updateTable('grouping_rule')
        .set({ recount: false, after_key: 0, after_owner: '', recounted_at: this.clock.now() })
        .where('id', '=', rule.id)
        .execute()
      return true
    }
    await this.#tell(
      tx,
      rule,
      rows.map(({ group_key }) => ({ key: JSON.parse(group_key) as GroupKey, assetName: '', tally: EMPTY_TALLY })),
    )
    await tx
      .deleteFrom('ticket_group')
      .where('rule_id', '=', rule.id)
      .where(
        'group_key',
        'in',
        rows.map(({ group_key }) => group_key),
      )
      .execute()
    return true
  }

  /** Groups of which an instance has changed. */
  async #groupsStep(): Promise<boolean> {
    if (performance.now() < this.#groupsNotBefore) return false
    const started = performance.now()
    const did = await this.database.transaction(async (tx) => {
      if (!(await isOnlyOne(tx, 'groups'))) return false
      const { rows } = await sql<{ owner: string | null; asset_key: number | null; vulnerability_key: number | null }>`
        WITH taken AS (
          DELETE FROM group_due WHERE key IN (SELECT key FROM group_due ORDER BY key LIMIT ${MARKS_AT_ONCE})
          RETURNING owner, asset_key, vulnerability_key
        ) SELECT DISTINCT owner, asset_key, vulnerability_key FROM taken`.execute(tx)
      if (rows.length === 0) return false
      const rules = (await tx
        .selectFrom('grouping_rule')
        .selectAll()
        .where('enabled', '=', true)
        .orderBy('id')
        .forNoKeyUpdate()
        .execute()) as Rule[]
      for (const rule of rules) {
        const units = rows.flatMap(({ owner, asset_key, vulnerability_key }): Unit[] => {
          if (rule.by === 'ownerAndComponent') return owner === null ? [] : [{ owner }]
          if (rule.by === 'asset') return asset_key === null ? [] : [{ asset: asset_key }]
          return vulnerability_key === null ? [] : [{ vulnerability: vulnerability_key }]
        })
        for (let at = 0; at < units.length; at += UNITS_AT_ONCE) {
          await this.#countGroups(tx, rule, units.slice(at, at + UNITS_AT_ONCE))
        }
      }
      return true
    })
    if (did) {
      const rest = restAfterCounting(performance.now() - started)
      this.#groupsNotBefore = performance.now() + rest
    }
    return did
  }

  async #countGroups(tx: Tx, rule: Rule, units: readonly Unit[]): Promise<void> {
    if (units.length === 0) return
    const counted = await groupsOf(tx, rule, units, this.clock.now())
    const { rows: known } = await sql<{ group_key: string; rule_version: number; told: string }>`
      SELECT group_key, rule_version, told FROM ticket_group WHERE rule_id = ${rule.id} AND ${among(units, {
        owner: 'owner',
        asset: 'asset_key',
        vulnerability: 'vulnerability_key',
      })} FOR NO KEY UPDATE`.execute(tx)
    const before = new Map(known.map((group) => [group.group_key, group]))
    const now = new Map(counted.map((group) => [JSON.stringify(group.key), group]))
    const news = counted.filter(({ key, tally }) => {
      const told = before.get(JSON.stringify(key))
      return told?.rule_version !== rule.rule_version || told.told !== tallyKey(tally)
    })
    const gone = known.filter(({ group_key }) => !now.has(group_key)).map(({ group_key }) => group_key)
    await this.#tell(
      tx,
      rule,
      gone.map((key) => ({ key: JSON.parse(key) as GroupKey, assetName: '', tally: EMPTY_TALLY })),
    )
    const versions = await this.#tell(tx, rule, news)
    const versioned = news.map((group, index) => ({ ...group, version: versions[index] ?? 0 }))
    if (gone.length > 0) {
      await tx.deleteFrom('ticket_group').where('rule_id', '=', rule.id).where('group_key', 'in', gone).execute()
    }
    if (news.length === 0) return
    await sql`
      INSERT INTO ticket_group (rule_id, group_key, owner, asset_key, vulnerability_key, asset_name, rule_version, told, told_version)
      SELECT ${rule.id}, group_key, owner, asset_key, vulnerability_key, asset_name, ${rule.rule_version}, told, told_version FROM ${bulkRows(
        'given',
        versioned,
        {
          group_key: ['text', ({ key }) => JSON.stringify(key)],
          owner: ['text', ({ unit }) => ('owner' in unit ? unit.owner : null)],
          asset_key: ['int4', ({ unit }) => ('asset' in unit ? unit.asset : null)],
          vulnerability_key: ['int4', ({ unit }) => ('vulnerability' in unit ? unit.vulnerability : null)],
          asset_name: ['text', ({ assetName }) => assetName],
          told: ['text', ({ tally }) => tallyKey(tally)],
          told_version: ['int8', ({ version }) => version],
        },
      )}
      ON CONFLICT (rule_id, group_key) DO UPDATE SET owner = excluded.owner, asset_key = excluded.asset_key,
        vulnerability_key = excluded.vulnerability_key, rule_version = excluded.rule_version, told = excluded.told, told_version = excluded.told_version,
        asset_name = excluded.asset_name`.execute(tx)
  }

  async #tell(
    tx: Tx,
    rule: Rule,
    groups: ReadonlyArray<Pick<Group, 'key' | 'assetName' | 'tally'>>,
  ): Promise<number[]> {
    const versions = await nextVersions(tx, groups.length)
    const at = this.clock.now()
    await this.outbox.append(
      tx,
      ...groups.map(({ key, assetName, tally }, index) =>
        groupCountsEvent(
          { ruleId: rule.id, ruleVersion: rule.rule_version, key, assetName },
          tally,
          versions[index] ?? 0,
          at,
        ),
      ),
    )
    return versions
  }
}

/** Open instances by what a due date follows from. */
function tallyOf(rows: readonly TallyRow[]): Tally {
  const open = rows.flatMap(({ severity, criticality, kev, open: instances, first_seen }): Bucket[] =>
    first_seen === null
      ? []
      : [{ severity: severityOfRank(severity), criticality: criticality ?? '', kev, instances, firstSeen: first_seen }],
  )
  return { open, closed: rows.reduce((sum, { closed }) => sum + closed, 0) }
}

/** The next units of everything there is, in order. */
async function nextUnits(tx: Tx, { by, after_key, after_owner }: Rule): Promise<Unit[]> {
  if (by === 'ownerAndComponent') {
    const { rows } = await sql<{ owner: string }>`
      SELECT DISTINCT owner FROM asset WHERE owner > ${after_owner} ORDER BY owner LIMIT ${UNITS_AT_ONCE}`.execute(tx)
    return rows
  }
  const table = by === 'asset' ? sql`asset` : sql`vulnerability`
  const { rows } = await sql<{ key: number }>`
    SELECT key FROM ${table} WHERE key > ${after_key} ORDER BY key LIMIT ${UNITS_AT_ONCE}`.execute(tx)
  return rows.map(({ key }) => (by === 'asset' ? { asset: key } : { vulnerability: key }))
}

interface UnitColumns {
  readonly owner: string
  readonly asset: string
  readonly vulnerability: string
}

/** Units of one rule are all of one kind. */
function among(units: readonly Unit[], columns: UnitColumns): RawBuilder<boolean> {
  const owners = units.flatMap((unit) => ('owner' in unit ? [unit.owner] : []))
  if (owners.length > 0) return sql<boolean>`${sql.raw(columns.owner)} = ANY(${owners}::text[])`
  const assets = units.flatMap((unit) => ('asset' in unit ? [unit.asset] : []))
  if (assets.length > 0) return sql<boolean>`${sql.raw(columns.asset)} = ANY(${assets}::int4[])`
  const vulnerabilities = units.flatMap((unit) => ('vulnerability' in unit ? [unit.vulnerability] : []))
  return sql<boolean>`${sql.raw(columns.vulnerability)} = ANY(${vulnerabilities}::int4[])`
}

const GROUPED: Readonly<Record<Grouping, RawBuilder<unknown>>> = {
  ownerAndComponent: sql`a.owner, NULL::int4 AS asset_key, NULL::int4 AS vulnerability_key, i.component_name AS component,
    NULL AS asset_id, NULL AS asset_name, NULL AS canonical`,
  asset: sql`NULL AS owner, a.key AS asset_key, NULL::int4 AS vulnerability_key, NULL AS component,
    a.id AS asset_id, a.name AS asset_name, NULL AS canonical`,
  vulnerability: sql`NULL AS owner, NULL::int4 AS asset_key, v.key AS vulnerability_key, NULL AS component,
    NULL AS asset_id, NULL AS asset_name, v.canonical`,
}

/** Groups that have open instances. */
async function groupsOf(tx: Tx, rule: Rule, units: readonly Unit[], now: Date): Promise<Group[]> {
  const compiled = rule.filter === '' ? null : compileQuery(rule.filter)
  // Its owner has checked it by the same rules; if they differ by version, it selects nothing rather than too much.
  if (compiled !== null && !compiled.ok) return []
  const filter = compiled === null ? sql<boolean>`true` : queryCondition(compiled.query, now)
  const { rows } = await sql<GroupRow>`
    SELECT ${GROUPED[rule.by]}, ${TALLIED} FROM ${INSTANCE_TABLES}
    WHERE ${among(units, { owner: 'a.owner', asset: 'i.asset_key', vulnerability: 'i.vulnerability_key' })} AND (${filter})
      ${rule.by === 'ownerAndComponent' ? sql`AND i.component_name IS NOT NULL` : sql``}
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10`.execute(tx)
  const byKey = Map.groupBy(rows, (row) =>
    JSON.stringify([row.owner, row.component, row.asset_key, row.vulnerability_key]),
  )
  return [...byKey.values()].flatMap((of) => {
    const [row] = of
    const named = row === undefined ? null : nameOf(row)
    const tally = tallyOf(of)
    return row === undefined || named === null || tally.open.length === 0
      ? []
      : [{ ...named, assetName: row.asset_name ?? '', tally }]
  })
}

function nameOf(row: GroupRow): { key: GroupKey; unit: Unit } | null {
  if (row.owner !== null && row.component !== null) {
    return { key: { owner: row.owner, component: row.component }, unit: { owner: row.owner } }
  }
  if (row.asset_key !== null && row.asset_id !== null) {
    return { key: { asset: row.asset_id }, unit: { asset: row.asset_key } }
  }
  if (row.vulnerability_key !== null && row.canonical !== null) {
    return { key: { vulnerability: row.canonical }, unit: { vulnerability: row.vulnerability_key } }
  }
  return null
}

/** Whatever is told later of the same subject has a higher one, even if all that was known of it was forgotten in between. */
async function nextVersions(tx: Tx, count: number): Promise<number[]> {
  if (count === 0) return []
  const { rows } = await sql<{ version: number }>`
    SELECT nextval('ticket_count_version') AS version FROM generate_series(1, ${count}::int4)`.execute(tx)
  return rows.map(({ version }) => version).sort((a, b) => a - b)
}
