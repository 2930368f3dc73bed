import {
  type AliasedRawBuilder,
  type Expression,
  type Kysely,
  type RawBuilder,
  type SelectQueryBuilder,
  sql,
} from 'kysely'
import { decodeCursor, encodeCursor, type SortKey, type SortType } from './cursor.js'
import type { BoundedCount, List, SortTerm } from './list-query.js'

/** What a field of the API is sorted by in SQL. */
export interface SortColumn {
  /** `'rule.role'`, or an expression; it must be in reach of the query's FROM. */
  by: string | Expression<unknown>
  type: SortType
  /** Missing values come last in either direction. Leave it out where there are none: an index then serves both directions. */
  nullable?: boolean
}

interface Term {
  column: RawBuilder<unknown>
  type: SortType
  nullable: boolean
  descending: boolean
}

/** Reading a list in pages that neither skip nor repeat a row, whatever comes or goes meanwhile: by the values of the last row seen. */
export class Keyset<Field extends string> {
  readonly #terms: readonly Term[]
  readonly #sort: string

  /** @param id of type uuid and unique: the tiebreak, in the direction of the first term */
  constructor(
    sort: readonly SortTerm<Field>[],
    columns: Readonly<Record<Field, SortColumn>>,
    id: string | Expression<unknown>,
  ) {
    const reference = (by: string | Expression<unknown>): RawBuilder<unknown> =>
      typeof by === 'string' ? sql.ref(by) : sql`(${by})`
    this.#terms = [
      ...sort.map(({ field, descending }) => {
        const { by, type, nullable = false } = columns[field]
        return { column: reference(by), type, nullable, descending }
      }),
      { column: reference(id), type: 'uuid' as const, nullable: false, descending: sort[0]?.descending ?? false },
    ]
    this.#sort = sort.map(({ field, descending }) => (descending ? `-${field}` : field)).join(',')
  }

  /** For ORDER BY. @param page the name of a FROM that has `columns` */
  orderBy(page?: string): RawBuilder<unknown> {
    return sql.join(
      this.#terms.map(({ nullable, descending, ...term }, index) => {
        const column = page === undefined ? term.column : columnOf(page, index)
        const direction = descending ? sql`DESC` : sql`ASC`
        // Without missing values the default order of NULLs is kept, which an index read backwards has, too.
        return nullable ? sql`${column} ${direction} NULLS LAST` : sql`${column} ${direction}`
      }),
    )
  }

  /** For SELECT: the row's sort key, exact. @param page the name of a FROM that has `columns` */
  key(page?: string): RawBuilder<SortKey> {
    const texts = this.#terms.map(({ column, type }, index) =>
      asText(page === undefined ? column : columnOf(page, index), type),
    )
    return sql<SortKey>`ARRAY[${sql.join(texts)}]::text[]`
  }

  /** For SELECT: what rows are ordered by, as it is. */
  columns(): AliasedRawBuilder<unknown, `sort_${number}`>[] {
    return this.#terms.map(({ column }, index) => column.as(`sort_${index}`))
  }

  /** For WHERE: rows after the one that the cursor names. @throws Problem MALFORMED for a cursor of another list or order */
  after(cursor: string): RawBuilder<boolean> {
    const key = this.keyOf(cursor)
    const simple = this.#terms.every(
      ({ nullable, descending }) => !nullable && descending === this.#terms[0]?.descending,
    )
    // One comparison of rows is what an index can start from.
    if (simple) {
      const columns = sql.join(this.#terms.map(({ column }) => column))
      const values = sql.join(this.#terms.map(({ type }, index) => asValue(key[index] ?? null, type)))
      return this.#terms[0]?.descending
        ? sql<boolean>`(${columns}) < (${values})`
        : sql<boolean>`(${columns}) > (${values})`
    }
    return this.#afterFrom(key, 0)
  }

  #afterFrom(key: SortKey, index: number): RawBuilder<boolean> {
    const term = this.#terms[index]
    if (term === undefined) return sql<boolean>`false`
    const { column, type, nullable, descending } = term
    const value = key[index] ?? null
    const rest = this.#afterFrom(key, index + 1)
    // Nothing comes after missing values but others of them.
    if (value === null) return sql<boolean>`(${column} IS NULL AND ${rest})`
    const bound = asValue(value, type)
    const beyond = descending ? sql`${column} < ${bound}` : sql`${column} > ${bound}`
    const later = nullable ? sql`(${beyond} OR ${column} IS NULL)` : beyond
    return sql<boolean>`(${later} OR (${column} = ${bound} AND ${rest}))`
  }

  /** The sort key of the row that a cursor names. @throws Problem MALFORMED for a cursor of another list or order */
  keyOf(cursor: string): SortKey {
    return decodeCursor(
      cursor,
      this.#sort,
      this.#terms.map(({ type }) => type),
    )
  }

  cursor(key: SortKey): string {
    return encodeCursor(this.#sort, key)
  }
}

const columnOf = (page: string, index: number): RawBuilder<unknown> => sql.ref(`${page}.sort_${index}`)

function asText(column: RawBuilder<unknown>, type: SortType): RawBuilder<unknown> {
  switch (type) {
    // A JavaScript date would cut the microseconds off, and rows between with them.
    case 'timestamptz':
      return sql`(extract(epoch FROM ${column}) * 1000000)::int8::text`
    case 'date':
      return sql`(${column} - DATE '1970-01-01')::text`
    default:
      return sql`${column}::text`
  }
}

function asValue(text: string | null, type: SortType): RawBuilder<unknown> {
  switch (type) {
    case 'timestamptz':
      return sql`(TIMESTAMPTZ '1970-01-01 00:00:00Z' + ${text}::int8 * INTERVAL '1 microsecond')`
    case 'date':
      return sql`(DATE '1970-01-01' + ${text}::int4)`
    default:
      return sql`${text}::${sql.raw(type)}`
  }
}

export interface PageRequest<Field extends string> {
  limit: number
  cursor?: string | undefined
  sort: readonly SortTerm<Field>[]
}

export interface PageOptions<Field extends string> {
  columns: Readonly<Record<Field, SortColumn>>
  /** Of type uuid and unique. */
  id: string | Expression<unknown>
  /** How many it selects, for whoever has counted already. */
  count?: BoundedCount
}

/**
 * One page of a query that has its filters but no order and no limit, and the count of all that it selects.
 * @throws Problem MALFORMED for a cursor of another list or order
 */
export async function readPage<Tables, DB, TB extends keyof DB, Row, Field extends string>(
  db: Kysely<Tables>,
  query: SelectQueryBuilder<DB, TB, Row>,
  request: PageRequest<Field>,
  options: PageOptions<Field>,
): Promise<List<Row>> {
  const keyset = new Keyset(request.sort, options.columns, options.id)
  let page = query
    .select(keyset.columns())
    .orderBy(keyset.orderBy())
    .limit(request.limit + 1)
  if (request.cursor !== undefined) page = page.where(keyset.after(request.cursor))
  // Keys are made of the page's rows alone: of all that is sorted they would take longer than the sorting.
  const { rows } = await sql<Row & { sort_key: SortKey }>`
    SELECT page.*, ${keyset.key('page')} AS sort_key FROM (${page}) AS page ORDER BY ${keyset.orderBy('page')}`.execute(
    db,
  )
  const count = options.count ?? (await boundedCount(db, query))
  const shown = rows.slice(0, request.limit)
  const last = shown.at(-1)
  return {
    items: shown.map((row) => withoutKeys(row as Record<string, unknown>) as Row),
    nextCursor: rows.length > request.limit && last !== undefined ? keyset.cursor(last.sort_key) : null,
    count,
  }
}

/**
 * What a page of few is read of: of up to 10 000 found rows all, of more just one, which tells so. To sort ten thousand that nobody reads
 * takes 60 ms where an order's index would meet a page in ten.
 * @param found the name of the materialized rows @param id their unique column
 */
export const ofFew = (found: string, id: string) => ({
  found: sql<number>`(SELECT count(*)::int4 FROM ${sql.table(found)})`.as('found'),
  isOfFew: sql<boolean>`((SELECT count(*) FROM ${sql.table(found)}) <= ${COUNT_BOUND}
    OR ${sql.ref(`${found}.${id}`)} = (SELECT ${sql.ref(id)} FROM ${sql.table(found)} LIMIT 1))`,
})

/**
 * One page of what was found once, to be counted and then sorted: for filters that select few.
 * @param query of materialized rows, with what `ofFew` makes @param all what they were found by, to count where no row tells it
 * @returns null where there are more than 10 000
 * @throws Problem MALFORMED for a cursor of another list or order
 */
export async function readPageOfFew<
  Tables,
  DB,
  TB extends keyof DB,
  Row extends { found: number },
  AB extends keyof DB,
  Found,
  Field extends string,
>(
  db: Kysely<Tables>,
  query: SelectQueryBuilder<DB, TB, Row>,
  all: SelectQueryBuilder<DB, AB, Found>,
  request: PageRequest<Field>,
  options: Omit<PageOptions<Field>, 'count'>,
): Promise<List<Row> | null> {
  const page = await readPage(db, query, request, { ...options, count: asBoundedCount(0) })
  const [first] = page.items
  // Beyond the last page there is no row that tells how many there are.
  const count =
    first === undefined && request.cursor !== undefined
      ? await boundedCount(db, all)
      : asBoundedCount(first?.found ?? 0)
  return count.exact ? { ...page, count } : null
}

const withoutKeys = (row: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(row).filter(([name]) => !/^sort_(key|\d+)$/.test(name)))

/** Lists count up to here. */
export const COUNT_BOUND = 10_000

/** Counts what a query selects and stops at 10 000: beyond that, nobody needs the number, and counting costs as much as reading. */
export async function boundedCount<Tables, DB, TB extends keyof DB, Row>(
  db: Kysely<Tables>,
  query: SelectQueryBuilder<DB, TB, Row>,
): Promise<BoundedCount> {
  const inner = query
    .clearSelect()
    .select(sql<number>`1`.as('one'))
    .limit(COUNT_BOUND + 1)
  const { rows } = await sql<{ value: number }>`SELECT count(*)::int4 AS value FROM (${inner}) AS counted`.execute(db)
  return asBoundedCount(rows[0]?.value ?? 0)
}

/** A number counted up to one beyond the bound, as the API tells it. */
export const asBoundedCount = (value: number): BoundedCount => ({
  value: Math.min(value, COUNT_BOUND),
  exact: value <= COUNT_BOUND,
})

/** The count where `readPageOfFew` has found too many: they need not be counted again. */
export const MANY: BoundedCount = asBoundedCount(COUNT_BOUND + 1)
