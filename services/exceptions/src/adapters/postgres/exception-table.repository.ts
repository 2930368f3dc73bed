import type { Database } from '@reprieve/database'
import {
  boundedCount,
  COUNT_BOUND,
  Keyset,
  type List,
  MANY,
  ofFew,
  type PageRequest,
  readPage,
  readPageOfFew,
  type SortColumn,
  type SortTerm,
} from '@reprieve/http-kit'
import { type Expression, type SelectQueryBuilder, sql } from 'kysely'
import type { Kind, Status } from '../../domain/exception.js'
import type { ExceptionsTables } from './tables.js'

export const SORTS = [
  'name',
  'status',
  'expiresAt',
  'appliedSince',
  'requestedAt',
  'requestedBy',
  'instanceCount',
  'waitingFor',
] as const
export type Sort = (typeof SORTS)[number]

/** Several values of one filter mean any of them; several filters mean all of them. */
export interface Filters {
  status?: readonly Status[] | undefined
  kind?: readonly Kind[] | undefined
  /** Ids of people. */
  requestedBy?: readonly string[] | undefined
  waitingFor?: readonly string[] | undefined
  approver?: readonly string[] | undefined
  ticketId?: readonly string[] | undefined
  /** A part of the name, the requester's name or the justification, in any case. */
  text?: readonly string[] | undefined
  /** From this instant on, and until before it. */
  requestedAfter?: Date | undefined
  requestedBefore?: Date | undefined
  expiresAfter?: Date | undefined
  expiresBefore?: Date | undefined
  minInstances?: number | undefined
  /** The table as it was at this time. */
  asOf?: Date | undefined
}

/** Where the columns that change are read: of the exception as it is, or of what was recorded of a time. */
interface Moving {
  readonly id: Expression<string>
  readonly status: Expression<string>
  readonly expiresAt: Expression<Date | null>
  readonly appliedSince: Expression<Date | null>
  readonly waitingForId: Expression<string | null>
  readonly waitingForName: Expression<string | null>
  readonly instanceCount: Expression<number>
  heldBy(ids: readonly string[]): Expression<boolean>
}

const uuids = (ids: readonly string[]) => sql`${[...ids]}::uuid[]`

const NOW: Moving = {
  id: sql.ref('exception.id'),
  status: sql.ref('exception.status'),
  expiresAt: sql.ref('exception.expires_at'),
  appliedSince: sql.ref('exception.applied_since'),
  waitingForId: sql.ref('exception.waiting_for_id'),
  waitingForName: sql.ref('exception.waiting_for_name'),
  instanceCount: sql.ref('exception.instance_count'),
  heldBy: (ids) =>
    sql`exception.id IN (SELECT exception_id FROM exception_step WHERE approver_id = ANY (${uuids(ids)}))`,
}

const then = (asOf: Date): Moving => ({
  id: sql.ref('state.exception_id'),
  status: sql.ref('state.status'),
  expiresAt: sql.ref('state.expires_at'),
  appliedSince: sql.ref('state.applied_since'),
  waitingForId: sql.ref('state.waiting_for_id'),
  waitingForName: sql.ref('state.waiting_for_name'),
  instanceCount: sql`coalesce((
    SELECT reach.instance_count FROM known_reach AS reach WHERE reach.exception_id = state.exception_id AND reach.as_of <= ${asOf}
    ORDER BY reach.as_of DESC, reach.incarnation DESC, reach.version DESC LIMIT 1), 0)`,
  heldBy: (ids) => sql`state.approver_ids && ${uuids(ids)}`,
})

// Each has an index of the same expression.
const columns = (moving: Moving): Readonly<Record<Sort, SortColumn>> => ({
  name: { by: sql`lower(exception.name)`, type: 'text' },
  status: { by: moving.status, type: 'text' },
  expiresAt: { by: moving.expiresAt, type: 'timestamptz', nullable: true },
  appliedSince: { by: moving.appliedSince, type: 'timestamptz', nullable: true },
  requestedAt: { by: 'exception.requested_at', type: 'timestamptz' },
  requestedBy: { by: sql`lower(exception.requester_name)`, type: 'text' },
  instanceCount: { by: moving.instanceCount, type: 'int8' },
  waitingFor: { by: sql`lower(${moving.waitingForName})`, type: 'text', nullable: true },
})

/** Filters that go with the order of requests: what expires late was requested late, and the index of an order meets it last. */
const isByTime = ({ requestedAfter, requestedBefore, expiresAfter, expiresBefore }: Filters): boolean =>
  [requestedAfter, requestedBefore, expiresAfter, expiresBefore].some((time) => time !== undefined)

// Orders that go with time as well. All other orders meet what is filtered by time evenly.
const ORDERS_OF_TIME: ReadonlySet<Sort> = new Set(['requestedAt', 'appliedSince', 'expiresAt', 'status'])

/** The same orders, those of time so that no index serves them: what is selected is read from the filter's index, and sorted. */
function withoutIndex(sorts: Readonly<Record<Sort, SortColumn>>): Readonly<Record<Sort, SortColumn>> {
  const plain = { ...sorts }
  for (const sort of ORDERS_OF_TIME) {
    const { by } = sorts[sort]
    plain[sort] = { ...sorts[sort], by: sql`greatest(${typeof by === 'string' ? sql.ref(by) : by})` }
  }
  return plain
}

/** Filters and orders by what never changes need the exception itself, also as of another time. */
const FIXED_SORTS: ReadonlySet<Sort> = new Set(['name', 'requestedAt', 'requestedBy'])
const isOfFixed = ({ kind, requestedBy, ticketId, text, requestedAfter, requestedBefore }: Filters): boolean =>
  [kind, requestedBy, ticketId, text, requestedAfter, requestedBefore].some((filter) => filter !== undefined)

const ID_BYTES = 16

/** The Exception Table: which exceptions are on a page. */
export class ExceptionTableRepository {
  readonly #database: Database<ExceptionsTables>

  constructor(database: Database<ExceptionsTables>) {
    this.#database = database
  }

  /** @returns their ids */
  async page(filters: Filters, request: PageRequest<Sort>): Promise<List<string>> {
    const { db } = this.#database
    const { asOf, ...others } = filters
    const isFilteredThen = asOf !== undefined && Object.values(others).some((filter) => filter !== undefined)
    const few = isFilteredThen ? await this.#pageOfFewThen(filters, request) : null
    if (few !== null) return few
    const moving = movingOf(filters)
    const all = this.#filtered(filters, moving)
    const count = isFilteredThen ? MANY : await boundedCount(db, all)
    // Few are found by their filters and sorted then; many by the order's index, which meets 51 of them soon. PostgreSQL does not know that
    // what was requested lately is applied lately, too, and would read nearly all of them in that order: 400 ms instead of 10.
    const query = count.exact
      ? this.#filtered({ asOf: filters.asOf }, moving, request.sort).where(
          sql<boolean>`${moving.id} = ANY (ARRAY(${all}))`,
        )
      : this.#filtered(filters, moving, request.sort)
    const { items, ...rest } = await readPage(db, query, request, {
      columns: !count.exact && isByTime(filters) ? withoutIndex(columns(moving)) : columns(moving),
      id: moving.id,
      count,
    })
    return { items: items.map(({ id }) => id), ...rest }
  }

  /** As of another time: few are found by their filters once, counted and then sorted. @returns null where there are more */
  async #pageOfFewThen(filters: Filters, request: PageRequest<Sort>): Promise<List<string> | null> {
    const { db } = this.#database
    const moving = movingOf(filters)
    const all = (this.#filtered(filters, moving) as unknown as QueryThen).clearSelect().selectAll('state')
    const { found, isOfFew } = ofFew('state', 'exception_id')
    const rows = db
      .with(
        (cte) => cte('state').materialized(),
        () => all.limit(COUNT_BOUND + 1),
      )
      .selectFrom('state')
      .select(['state.exception_id as id', found])
      .where(isOfFew)
      .$if(
        request.sort.some(({ field }) => FIXED_SORTS.has(field)),
        (states) => states.innerJoin('exception', 'exception.id', 'state.exception_id'),
      )
    const page = await readPageOfFew(db, rows, all, request, { columns: columns(moving), id: moving.id })
    return page && { ...page, items: page.items.map(({ id }) => id) }
  }

  /**
   * All that the filters select, in their order, as it is at this moment: nothing that happens later moves, doubles or drops one.
   * @returns packed ids, 16 bytes each: a hundred thousand are 1.6 MB
   */
  async all(filters: Filters, sort: readonly SortTerm<Sort>[]): Promise<Buffer> {
    const moving = movingOf(filters)
    const order = new Keyset(sort, columns(moving), moving.id).orderBy()
    const selected = this.#filtered(filters, moving, sort).select(
      sql<number>`row_number() OVER (ORDER BY ${order})`.as('place'),
    )
    const { rows } = await sql<{ ids: Buffer | null }>`
      SELECT string_agg(uuid_send(selected.id), ''::bytea ORDER BY selected.place) AS ids
      FROM (${selected}) AS selected`.execute(this.#database.db)
    return rows[0]?.ids ?? Buffer.alloc(0)
  }

  /** @param sort whose columns shall be in reach */
  #filtered(filters: Filters, moving: Moving, sort: readonly SortTerm<Sort>[] = []): Query {
    const { db } = this.#database
    const { asOf } = filters
    if (asOf === undefined) return filtered(db.selectFrom('exception').select('exception.id'), filters, moving)
    const of = db
      .selectFrom('exception_state as state')
      .select('state.exception_id as id')
      .where('state.valid_from', '<=', asOf)
      .where('state.valid_until', '>', asOf)
      .$if(filters.status?.length === 1 && filters.status[0] === 'pendingApproval', (states) =>
        states.where(sql<boolean>`tstzrange(state.valid_from, state.valid_until) @> ${asOf}::timestamptz`),
      )
    const whole =
      isOfFixed(filters) || sort.some(({ field }) => FIXED_SORTS.has(field))
        ? of
            .innerJoin('exception', 'exception.id', 'state.exception_id')
            // Follows from the others, and lets the newest first begin there.
            .where('exception.requested_at', '<=', asOf)
        : of
    // Its columns are read by `moving` and `isOfFixed`'s alone, in SQL.
    return filtered(whole as unknown as Query, filters, moving)
  }
}

/** Ids that were packed, some at a time. */
export function* unpacked(ids: Buffer, atOnce: number): Generator<string[]> {
  for (let from = 0; from < ids.length; from += atOnce * ID_BYTES) {
    const part = ids.subarray(from, from + atOnce * ID_BYTES).toString('hex')
    yield (part.match(/.{32}/g) ?? []).map((hex) => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'))
  }
}

const movingOf = ({ asOf }: Filters): Moving => (asOf === undefined ? NOW : then(asOf))

type Query = SelectQueryBuilder<ExceptionsTables, 'exception', { id: string }>
type QueryThen = SelectQueryBuilder<
  ExceptionsTables & { state: ExceptionsTables['exception_state'] },
  'state',
  { id: string }
>

function filtered(all: Query, filters: Filters, moving: Moving): Query {
  const { status, kind, requestedBy, waitingFor, approver, ticketId, text, minInstances } = filters
  const { requestedAfter, requestedBefore, expiresAfter, expiresBefore } = filters
  let query = all
  const where = (condition: Expression<unknown>) => {
    query = query.where(sql<boolean>`${condition}`)
  }
  if (status) where(sql`${moving.status} = ANY (${[...status]}::text[])`)
  if (kind) query = query.where('exception.kind', 'in', kind)
  if (requestedBy) query = query.where('exception.requester_id', 'in', requestedBy)
  if (waitingFor) where(sql`${moving.waitingForId} = ANY (${uuids(waitingFor)})`)
  if (ticketId) query = query.where('exception.ticket_id', 'in', ticketId)
  if (approver) where(moving.heldBy(approver))
  if (text) query = query.where(({ or }) => or(text.map(holdsText)))
  if (requestedAfter) query = query.where('exception.requested_at', '>=', requestedAfter)
  if (requestedBefore) query = query.where('exception.requested_at', '<', requestedBefore)
  if (expiresAfter) where(sql`${moving.expiresAt} >= ${expiresAfter}`)
  if (expiresBefore) where(sql`${moving.expiresAt} < ${expiresBefore}`)
  if (minInstances !== undefined) where(sql`${moving.instanceCount} >= ${minInstances}`)
  return query
}

/**
 * A part of a text of three letters or more is found by its trigrams. One or two letters are in nearly every text: they find the words that
 * begin so, which have trigrams, too.
 */
function holdsText(part: string) {
  const wanted = part.toLowerCase().replace(/[\\%_]/g, '\\$&')
  return [...part].length < 3
    ? sql<boolean>`exception.searched LIKE ${`% ${wanted}%`}`
    : sql<boolean>`exception.searched LIKE ${`%${wanted}%`}`
}
