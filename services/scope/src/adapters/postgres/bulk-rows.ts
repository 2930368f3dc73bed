import { binaryArray, type ElementType } from '@reprieve/database'
import { type RawBuilder, sql } from 'kysely'

/** PostgreSQL's type of a column, and its value in a row. */
type Columns<Row> = Readonly<Record<string, readonly [type: ColumnType, value: (row: Row) => unknown]>>

type ColumnType = ElementType | 'text[]'

/**
 * Rows as a table named `alias` for FROM: one array parameter for each column, so that a statement's text does not depend on how
 * many rows there are. PostgreSQL has no arrays of arrays of different lengths, so lists travel as literals.
 */
export function bulkRows<Row>(alias: string, rows: readonly Row[], columns: Columns<Row>): RawBuilder<unknown> {
  const names = Object.keys(columns)
  const arrays = names.map((name) => {
    const [type, value] = columns[name] as Columns<Row>[string]
    const values = rows.map(value)
    return type === 'text[]'
      ? sql`${binaryArray('text', values.map(textArray))}::text[]`
      : sql`${binaryArray(type, values)}::${sql.raw(type)}[]`
  })
  const casts = names.map((name) =>
    columns[name]?.[0] === 'text[]' ? sql`${sql.ref(name)}::text[] AS ${sql.ref(name)}` : sql.ref(name),
  )
  return sql`(SELECT ${sql.join(casts)}, n FROM unnest(${sql.join(arrays)})
    WITH ORDINALITY AS given(${sql.join([...names, 'n'].map((name) => sql.ref(name)))})) AS ${sql.ref(alias)}`
}

function textArray(value: unknown): string | null {
  if (value === null || value === undefined) return null
  return `{${(value as readonly string[]).map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`).join(',')}}`
}
