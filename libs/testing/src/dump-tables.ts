import type { TestDatabase } from './postgres.js'

/** What of a table two databases that were told the same may differ in: all of it, some columns, or how its rows are named. */
export interface Leeway {
  table: string
  /** These columns do not count. */
  columns?: readonly string[]
  /** Instead of the table: a SELECT of its rows by what names them in every database. */
  rows?: string
  because: string
}

/** Of the host's tables, in every service. */
const EVERYWHERE: readonly Leeway[] = [
  { table: 'schema_migration', because: 'it tells when the database was made' },
  { table: 'incarnation', because: 'it tells when the database was made' },
  { table: 'outbox', because: 'it holds what is not published at this moment, with ids and times of its own' },
]

/** Rows of each table, in an order of their own. */
export type TableDump = Readonly<Record<string, readonly unknown[]>>

/**
 * Every row of every table that information_schema knows, without what may differ.
 * @throws where a leeway names a table or a column that is not there: what was left out is another thing now
 */
export async function dumpTables(database: TestDatabase, leeways: readonly Leeway[] = []): Promise<TableDump> {
  const { pool } = database.open()
  const { rows: columns } = await pool.query<{ table: string; column: string }>(`
    SELECT table_name AS "table", column_name AS "column" FROM information_schema.columns
    JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`)
  const tables = Map.groupBy(columns, ({ table }) => table)
  const all = [...EVERYWHERE, ...leeways]
  for (const { table, columns: named = [] } of all) {
    const there = tables.get(table)?.map(({ column }) => column)
    const unknown = there === undefined ? table : named.find((column) => !there.includes(column))
    if (unknown !== undefined) throw new Error(`there is no ${unknown} to leave out of ${table}`)
  }
  const dump: Record<string, unknown[]> = {}
  for (const table of [...tables.keys()].sort()) {
    const leeway = all.find((one) => one.table === table)
    if (leeway !== undefined && leeway.columns === undefined && leeway.rows === undefined) continue
    const source = leeway?.rows ?? `SELECT * FROM "${table}"`
    const { rows } = await pool.query<{ row: unknown }>(
      `SELECT to_jsonb(t) - $1::text[] AS row FROM (${source}) AS t ORDER BY 1`,
      [leeway?.columns ?? []],
    )
    dump[table] = rows.map(({ row }) => row)
  }
  return dump
}
