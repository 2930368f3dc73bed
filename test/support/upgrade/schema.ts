import pg from 'pg'

export interface Column {
  /** As PostgreSQL writes it: `timestamp with time zone`. */
  type: string
  nullable: boolean
  /** An insert may leave it out: a default, an identity, or it is computed. */
  filled: boolean
}

/** Something that refuses rows, and what it looks at. */
export interface Rule {
  definition: string
  columns: string[]
}

export interface Table {
  columns: Record<string, Column>
  /** Constraints and unique indexes, by name. */
  rules: Record<string, Rule>
}

/** What a service's code can rely on in its database. */
export type Schema = Record<string, Table>

const COLUMNS = `
  SELECT c.relname AS table_name, a.attname AS column_name, format_type(a.atttypid, a.atttypmod) AS type,
         NOT a.attnotnull AS nullable, a.atthasdef OR a.attidentity <> '' OR NOT a.attnotnull AS filled
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  ORDER BY c.relname, a.attname`

const RULES = `
  SELECT c.relname AS table_name, k.conname AS name, pg_get_constraintdef(k.oid) AS definition,
         ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY(k.conkey) ORDER BY 1) AS columns
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
  -- That a column is not null is told with the column.
  WHERE c.relnamespace = 'public'::regnamespace AND NOT c.relispartition AND k.contype <> 'n'
  UNION ALL
  SELECT c.relname, i.relname, pg_get_indexdef(i.oid),
         ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY(x.indkey) ORDER BY 1)
  FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
  WHERE c.relnamespace = 'public'::regnamespace AND NOT c.relispartition AND x.indisunique
    AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = x.indexrelid)
  ORDER BY 1, 2`

/** The tables of a migrated database. */
export async function readSchema(url: string): Promise<Schema> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const schema: Schema = {}
    const columns = await client.query<{ table_name: string; column_name: string } & Column>(COLUMNS)
    for (const { table_name, column_name, type, nullable, filled } of columns.rows) {
      schema[table_name] ??= { columns: {}, rules: {} }
      schema[table_name].columns[column_name] = { type, nullable, filled }
    }
    const rules = await client.query<{ table_name: string; name: string } & Rule>(RULES)
    for (const { table_name, name, definition, columns: of } of rules.rows) {
      const table = schema[table_name]
      if (table !== undefined) table.rules[name] = { definition, columns: of }
    }
    return schema
  } finally {
    await client.end()
  }
}
