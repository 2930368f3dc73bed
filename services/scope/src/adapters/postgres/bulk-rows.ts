import { type RawBuilder, sql } from 'kysely'

/** PostgreSQL's type of a column, and its value in a row. */
type Columns<Row> = Readonly<Record<string, readonly [type: ColumnType, value: (row: Row) => unknown]>>

type ColumnType =
  | 'bool'
  | 'int2'
  | 'int4'
  | 'int8'
  | 'float8'
  | 'text'
  | 'text[]'
  | 'uuid'
  | 'jsonb'
  | 'timestamptz'
  | 'bytea'

/**
 * Rows as a table named `alias` for FROM: one array parameter for each column, so that a statement's text does not depend on how
 * many rows there are. PostgreSQL has no arrays of arrays of different lengths, so lists travel as literals.
 */
export function bulkRows<Row>(alias: string, rows: readonly Row[], columns: Columns<Row>): RawBuilder<unknown> {
  const names = Object.keys(columns)
  const arrays = names.map((name) => {
    const [type, value] = columns[name] as Columns<Row>[string]
    if (type === 'text[]') return sql`${rows.map((row) => textArray(value(row)))}::text[]`
    if (type === 'timestamptz') return sql`${rows.map((row) => instant(value(row)))}::timestamptz[]`
    return sql`${rows.map(value)}::${sql.raw(type)}[]`
  })
  const casts = names.map((name) =>
    columns[name]?.[0] === 'text[]' ? sql`${sql.ref(name)}::text[] AS ${sql.ref(name)}` : sql.ref(name),
  )
  return sql`(SELECT ${sql.join(casts)}, n FROM unnest(${sql.join(arrays)})
    WITH ORDINALITY AS given(${sql.join([...names, 'n'].map((name) => sql.ref(name)))})) AS ${sql.ref(alias)}`
}

const instant = (value: unknown): string | null =>
  value === null ? null : new Date(value as number | Date).toISOString()

function textArray(value: unknown): string | null {
  if (value === null) return null
  return `{${(value as readonly string[]).map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`).join(',')}}`
}
