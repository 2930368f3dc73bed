import { asBoundedCount, Keyset, type List, type PageRequest, readPage, type SortColumn } from '@reprieve/http-kit'
import { compileQuery, explain, explainHeld, type Query } from '@reprieve/query'
import { type RawBuilder, sql } from 'kysely'
import type { Severity } from '../../domain/identity/index.js'
import type { FindingFacts } from '../../domain/ingest/record.js'
import { decodeSightings } from '../../domain/ingest/scan-part.js'
import { severityOfRank } from '../../domain/inventory/instance.js'
import type { InstanceColumnsReader } from '../columns/instance-columns.reader.js'
import { bulkRows } from './bulk-rows.js'
import type { ForceReader, InForce } from './force.reader.js'
import { CVSS, EPSS, KEV } from './instance-columns.js'
import type { InstanceFilter, InstanceSort } from './instance-filter.js'
import { type MatchRow, matchRowsWhere } from './match-rows.js'
import { queryCondition } from './query-condition.js'
import type { Db, ScopeDatabase } from './tables.js'

const SORT_COLUMNS: Readonly<Record<InstanceSort, SortColumn>> = {
  severity: { by: 'i.severity', type: 'int4' },
  cvss: { by: sql.raw(CVSS), type: 'float8', nullable: true },
  epss: { by: sql.raw(EPSS), type: 'float8', nullable: true },
  firstSeen: { by: 'i.first_seen', type: 'timestamptz' },
  'asset.name': { by: 'a.name', type: 'text' },
  vulnerability: { by: 'v.canonical', type: 'text' },
}

export interface AttributionView {
  readonly scanner: string
  readonly status: 'open' | 'closed'
  readonly facts: FindingFacts
  readonly firstSeen: Date
  readonly lastSeen: Date
  readonly closedAt: Date | null
  readonly scanId: string
}

/** A page of a list, and up to when everything about exceptions is in it. */
type Page<Item> = List<Item> & { asOf: Date | null }

// Rows that change so often while they are read are told as far as they still belong here.
const MOST_ATTEMPTS = 3

type InstanceRow = Awaited<ReturnType<ReturnType<typeof instances>['execute']>>[number]

export type InstanceDetails = Omit<InstanceRow, 'severity'> & {
  severity: Severity
  lastSeen: Date
  attributions: AttributionView[]
  coveredBy: string[]
  deferredBy: string[]
}

/** What the API tells of instances. */
export class InstanceReader {
  constructor(
    private readonly database: ScopeDatabase,
    private readonly force: ForceReader,
    private readonly columns: InstanceColumnsReader,
  ) {}

  async page(filter: InstanceFilter, request: PageRequest<InstanceSort>): Promise<Page<InstanceDetails>> {
    const { asOf } = filter
    const force = asOf === undefined ? await this.force.now() : await this.force.at(asOf)
    const page = (await this.#pageByColumns(filter, request, force)) ?? (await this.#pageBySql(filter, request, force))
    return { ...page, items: await this.#complete(page.items, force, asOf) }
  }

  async #pageBySql(
    filter: InstanceFilter,
    request: PageRequest<InstanceSort>,
    force: InForce,
  ): Promise<Page<InstanceRow>> {
    const { db } = this.database
    let query = instances(db)
    for (const condition of conditions(filter, force)) query = query.where(condition)
    return { ...(await readPage(db, query, request, { columns: SORT_COLUMNS, id: 'i.id' })), asOf: force.asOf }
  }

  /**
   * Which rows a page consists of comes from the columns in memory; what is told of them, from the database, under the same conditions. Where
   * the two differ, rows have changed in between, and the columns are asked again.
   * @returns null where the columns have no answer
   */
  async #pageByColumns(
    filter: InstanceFilter,
    request: PageRequest<InstanceSort>,
    force: InForce,
  ): Promise<Page<InstanceRow> | null> {
    const { sort, cursor, limit } = request
    const keyset = new Keyset(sort, SORT_COLUMNS, 'i.id')
    const after = cursor === undefined ? null : keyset.keyOf(cursor)
    for (let attempt = 1; ; attempt++) {
      const answer = await this.columns.page(filter, force, { sort, after, limit: limit + 1 })
      if (answer === null) return null
      let query = instances(this.database.db)
        .select(keyset.key().as('sort_key'))
        .where(keysAmong(answer.rows))
        .orderBy(keyset.orderBy())
      for (const condition of conditions(filter, force)) query = query.where(condition)
      if (cursor !== undefined) query = query.where(keyset.after(cursor))
      const rows = answer.rows.length === 0 ? [] : await query.execute()
      const isAsExpected =
        rows.length === answer.rows.length && rows.every(({ key }, index) => key === answer.rows[index]?.instance)
      if (!isAsExpected && attempt < MOST_ATTEMPTS) continue
      const hasMore = answer.rows.length > limit
      const shown = rows.slice(0, limit)
      const last = shown.at(-1)
      // All of them have changed, however often they were asked for.
      if (hasMore && last === undefined) return null
      return {
        items: shown.map(({ sort_key: _, ...row }) => row),
        nextCursor: hasMore && last !== undefined ? keyset.cursor(last.sort_key) : null,
        count: asBoundedCount(answer.count),
        asOf: answer.asOf,
      }
    }
  }

  /** By its id, or by that of one that has become it. */
  async find(id: string) {
    const force = await this.force.now()
    const at = await this.whereIs(id)
    if (at === null) return null
    const rows = await instances(this.database.db)
      .where('i.asset_key', '=', at.asset_key)
      .where('i.key', '=', at.key)
      .execute()
    const [instance] = await this.#complete(rows, force)
    return instance === undefined ? null : { ...instance, asOf: force.asOf }
  }

  /** Several at once, in the order of the ids; those that are gone are left out. */
  async findAll(ids: readonly string[]): Promise<InstanceDetails[]> {
    if (ids.length === 0) return []
    const force = await this.force.now()
    const rows = await instances(this.database.db).where('i.id', '=', sql<string>`ANY(${ids}::uuid[])`).execute()
    const found = new Map((await this.#complete(rows, force)).map((instance) => [instance.id, instance]))
    return ids.map((id) => found.get(id)).filter((instance) => instance !== undefined)
  }

  /**
   * By what it is and was covered, newest first, and why: of what covers it now, the leaves that hold now; of the rest, those that held when it
   * began.
   * @param asOf only what covered it then
   */
  async coverage(id: string, asOf?: Date) {
    const force = await this.force.now()
    const at = await this.whereIs(id)
    if (at === null) return null
    const { db } = this.database
    const members = await db
      .selectFrom('membership as m')
      .innerJoin('exception as e', 'e.key', 'm.exception_key')
      .select([
        'e.id',
        'e.name',
        'e.effect',
        'e.expression',
        'e.active_from',
        'e.active_until',
        'm.since',
        'm.until',
        'm.held',
      ])
      .where('m.instance_key', '=', at.key)
      // Covered is where membership and force overlap.
      .where('e.active_from', 'is not', null)
      .where('e.active_from', '<=', force.at)
      .where(
        sql<boolean>`(m.until IS NULL OR m.until > e.active_from) AND (e.active_until IS NULL OR m.since < e.active_until)`,
      )
      .$if(asOf !== undefined, (query) =>
        query
          .where(membersAt(asOf))
          .where('e.active_from', '<=', asOf ?? force.at)
          .where(sql<boolean>`(e.active_until IS NULL OR e.active_until > ${asOf ?? force.at})`),
      )
      .orderBy('m.since', 'desc')
      .limit(1_000)
      .execute()
    const [row] = await matchRowsWhere(db, sql`i.asset_key = ${at.asset_key} AND i.key = ${at.key}`)
    return {
      asOf: force.asOf,
      items: members.map((member) => {
        const from = later(member.since, member.active_from ?? member.since)
        const to = earlier(member.until, member.active_until)
        const compiled = compileQuery(member.expression)
        const now = to === null || to > force.at
        return {
          exceptionId: member.id,
          exceptionName: member.name,
          effect: member.effect as 'suppress' | 'defer',
          from,
          to,
          because: compiled.ok ? reasons(compiled.query, now ? row : undefined, member.held, force.at) : [],
        }
      }),
    }
  }

  /** Its keys, also by the id of one that has become it. */
  async whereIs(id: string): Promise<{ asset_key: number; key: number } | null> {
    const { rows } = await sql<{ asset_key: number; key: number }>`
      WITH RECURSIVE become AS (
        SELECT asset_key, into_key AS key FROM instance_merged WHERE from_id = ${id}
        UNION SELECT next.asset_key, next.into_key FROM instance_merged next JOIN become ON next.from_key = become.key
      )
      SELECT asset_key, key FROM instance WHERE id = ${id}
      UNION ALL SELECT i.asset_key, i.key FROM become JOIN instance i ON i.asset_key = become.asset_key AND i.key = become.key`.execute(
      this.database.db,
    )
    return rows[0] ?? null
  }

  async #complete(rows: readonly InstanceRow[], force: InForce, asOf?: Date): Promise<InstanceDetails[]> {
    const { db } = this.database
    const wanted = rows.map(({ asset_key, key }) => ({ asset: asset_key, instance: key }))
    const [attributions, members] = await Promise.all([
      attributionsOf(db, wanted),
      membersOf(db, wanted, [...force.suppress, ...force.defer], asOf),
    ])
    return rows.map((row) => {
      const said = attributions.get(row.key) ?? []
      const of = members.get(row.key) ?? []
      return {
        ...row,
        severity: severityOfRank(row.severity),
        lastSeen: said.reduce((latest, { lastSeen }) => later(latest, lastSeen), row.last_seen),
        attributions: said,
        coveredBy: of.filter(({ effect }) => effect === 'suppress').map((member) => member.id),
        deferredBy: of.filter(({ effect }) => effect === 'defer').map((member) => member.id),
      }
    })
  }
}

function reasons(query: Query, row: MatchRow | undefined, held: number[] | null, now: Date): string[] {
  const current = row === undefined ? [] : explain(query, row, now)
  return current.length > 0 ? current : explainHeld(query, held)
}

const later = (a: Date, b: Date): Date => (a > b ? a : b)
const earlier = (a: Date | null, b: Date | null): Date | null => (a === null ? b : b === null || a < b ? a : b)

const instances = (db: Db) =>
  db
    .selectFrom('instance as i')
    .innerJoin('asset as a', 'a.key', 'i.asset_key')
    .innerJoin('vulnerability as v', 'v.key', 'i.vulnerability_key')
    .select([
      'i.key',
      'i.asset_key',
      'i.id',
      'i.open',
      'i.severity',
      'i.title',
      sql<number | null>`${sql.raw(CVSS)}`.as('cvss'),
      sql<number | null>`${sql.raw(EPSS)}`.as('epss'),
      sql<boolean | null>`${sql.raw(KEV)}`.as('kev'),
      'i.fix_available',
      'i.component_name',
      'i.component_version',
      'i.component_purl',
      'i.location',
      'i.port',
      'i.first_seen',
      'i.last_seen',
      'i.closed_at',
      'a.id as asset_id',
      'a.name as asset_name',
      'a.type as asset_type',
      'a.os as asset_os',
      'a.owner as asset_owner',
      'a.business_unit as asset_business_unit',
      'a.environment as asset_environment',
      'a.exposure as asset_exposure',
      'a.criticality as asset_criticality',
      'a.tags as asset_tags',
      'v.canonical as vulnerability_id',
      'v.ids as vulnerability_ids',
      'v.description as vulnerability_description',
      'v.link as vulnerability_link',
    ])

function conditions(
  { query, coverage, status, memberOf, asOf }: InstanceFilter,
  force: InForce,
): RawBuilder<boolean>[] {
  const all: RawBuilder<boolean>[] = []
  if (asOf !== undefined) all.push(sql<boolean>`i.first_seen <= ${asOf}`)
  if (status !== 'all' && asOf !== undefined) {
    const closed = sql`(i.closed_at IS NOT NULL AND i.closed_at <= ${asOf})`
    all.push(status === 'open' ? sql<boolean>`NOT ${closed}` : sql<boolean>`${closed}`)
  } else if (status !== 'all') all.push(status === 'open' ? sql<boolean>`i.open` : sql<boolean>`NOT i.open`)
  if (query !== null) all.push(queryCondition(query, force.at))
  if (coverage === 'covered') all.push(memberOfAny(force.suppress, asOf))
  if (coverage === 'deferred') all.push(memberOfAny(force.defer, asOf))
  if (coverage === 'uncovered') all.push(sql<boolean>`NOT ${memberOfAny(force.suppress, asOf)}`)
  if (memberOf !== undefined) {
    const { exception, at } = memberOf
    const time = membersAt(at ?? undefined)
    all.push(sql<boolean>`EXISTS (SELECT FROM membership m WHERE m.instance_key = i.key
      AND m.exception_key = ${exception} AND ${time})`)
  }
  return all
}

/** Exactly these rows, by the key of their partition and their own. */
const keysAmong = (rows: readonly { asset: number; instance: number }[]): RawBuilder<boolean> =>
  sql<boolean>`(i.asset_key, i.key) IN (SELECT asset_key, key FROM ${bulkRows('given', rows, {
    asset_key: ['int4', (row) => row.asset],
    key: ['int8', (row) => row.instance],
  })})`

/** Over a membership `m`. */
const membersAt = (at: Date | undefined): RawBuilder<boolean> =>
  at === undefined ? sql`m.until IS NULL` : sql`(m.since <= ${at} AND (m.until IS NULL OR m.until > ${at}))`

/** Whether an instance is a member, now or at a time, of one of these exceptions. */
export const memberOfAny = (exceptions: readonly number[], at?: Date): RawBuilder<boolean> =>
  exceptions.length === 0
    ? sql<boolean>`false`
    : sql<boolean>`EXISTS (SELECT FROM membership m WHERE m.instance_key = i.key
        AND ${membersAt(at)} AND m.exception_key = ANY(${exceptions}::int4[]))`

async function attributionsOf(
  db: Db,
  wanted: readonly { asset: number; instance: number }[],
): Promise<Map<number, AttributionView[]>> {
  if (wanted.length === 0) return new Map()
  const { rows } = await sql<{
    asset_key: number
    instance_key: number
    scanner_key: number
    scanner: string
    open: boolean
    facts: FindingFacts
    first_seen: Date
    last_seen: Date
    closed_at: Date | null
    scan_id: string
  }>`
    SELECT t.asset_key, t.instance_key, t.scanner_key, s.name AS scanner, t.open, t.facts, t.first_seen, t.last_seen, t.closed_at, t.scan_id
    FROM ${bulkRows('given', wanted, {
      asset_key: ['int4', (row) => row.asset],
      key: ['int8', (row) => row.instance],
    })}
    JOIN attribution t ON t.asset_key = given.asset_key AND t.instance_key = given.key
    JOIN scanner s ON s.key = t.scanner_key ORDER BY s.name`.execute(db)
  const sighted = await sightings(db, rows)
  const found = new Map<number, AttributionView[]>()
  for (const row of rows) {
    const of = found.get(row.instance_key) ?? []
    found.set(row.instance_key, of)
    const seenAt = row.open ? sighted.get(`${row.scanner_key} ${row.instance_key}`) : undefined
    of.push({
      scanner: row.scanner,
      status: row.open ? 'open' : 'closed',
      facts: row.facts,
      firstSeen: row.first_seen,
      lastSeen: seenAt === undefined ? row.last_seen : later(row.last_seen, new Date(seenAt)),
      closedAt: row.closed_at,
      scanId: row.scan_id,
    })
  }
  return found
}

/** When scanners last saw instances without anything new to say of them, by scanner and instance. */
async function sightings(
  db: Db,
  rows: readonly { asset_key: number; scanner_key: number; instance_key: number }[],
): Promise<Map<string, number>> {
  const wanted = new Set(rows.map((row) => `${row.scanner_key} ${row.instance_key}`))
  const assets = [...new Set(rows.map((row) => row.asset_key))]
  const [parts, merged] = await Promise.all([
    db
      .selectFrom('scan_part')
      .select(['scanner_key', 'seen'])
      .where('asset_key', '=', sql<number>`ANY(${assets}::int4[])`)
      .execute(),
    db
      .selectFrom('instance_merged')
      .select(['from_key', 'into_key'])
      .where('asset_key', '=', sql<number>`ANY(${assets}::int4[])`)
      .execute(),
  ])
  const into = new Map(merged.map((row) => [row.from_key, row.into_key]))
  const latest = new Map<string, number>()
  for (const { scanner_key, seen } of parts) {
    for (const { instance, at } of decodeSightings(seen)) {
      const key = `${scanner_key} ${into.get(instance) ?? instance}`
      if (wanted.has(key) && at > (latest.get(key) ?? 0)) latest.set(key, at)
    }
  }
  return latest
}

async function membersOf(
  db: Db,
  wanted: readonly { asset: number; instance: number }[],
  exceptions: readonly number[],
  at?: Date,
): Promise<Map<number, { id: string; effect: string }[]>> {
  if (wanted.length === 0 || exceptions.length === 0) return new Map()
  const { rows } = await sql<{ instance_key: number; id: string; effect: string }>`
    SELECT m.instance_key, e.id, e.effect FROM ${bulkRows('given', wanted, {
      asset_key: ['int4', (row) => row.asset],
      key: ['int8', (row) => row.instance],
    })}
    JOIN membership m ON m.instance_key = given.key AND ${membersAt(at)}
      AND m.exception_key = ANY(${exceptions}::int4[])
    JOIN exception e ON e.key = m.exception_key ORDER BY m.since, e.key`.execute(db)
  return Map.groupBy(rows, ({ instance_key }) => instance_key)
}
