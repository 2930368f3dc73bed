import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'

/** A folder of `NNNN_what_it_does.sql` files, applied in the order of their names. */
export interface MigrationSet {
  /** Names the set in the record of what was applied; never changed. */
  name: string
  /** `new URL('../migrations/', import.meta.url)`. */
  folder: URL
}

export class MigrationError extends Error {
  override readonly name = 'MigrationError'
}

interface Migration {
  set: string
  name: string
  sql: string
  checksum: string
}

const FILE_NAME = /^\d{4}_[a-z0-9_]+\.sql$/
// Any number, the same for every process that migrates this database.
const ADVISORY_LOCK = 7_302_001
const UNDEFINED_TABLE = '42P01'

async function read(sets: readonly MigrationSet[]): Promise<Migration[]> {
  const all: Migration[] = []
  for (const { name: set, folder } of sets) {
    const directory = fileURLToPath(folder)
    for (const name of (await readdir(directory)).filter((file) => file.endsWith('.sql')).sort()) {
      if (!FILE_NAME.test(name))
        throw new MigrationError(`${join(directory, name)}: a migration is named NNNN_what_it_does.sql`)
      const sql = await readFile(join(directory, name), 'utf8')
      all.push({ set, name, sql, checksum: createHash('sha256').update(sql).digest('hex') })
    }
  }
  return all
}

/**
 * Brings a database up to date: each migration in a transaction of its own, under an advisory lock so that processes
 * that start together take turns. A migration that was applied and has changed since is refused.
 * @returns names of the migrations that were applied now
 */
export async function migrate(url: string, sets: readonly MigrationSet[]): Promise<string[]> {
  const migrations = await read(sets)
  return await overOneConnection(url, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [ADVISORY_LOCK])
    await client.query(`CREATE TABLE IF NOT EXISTS schema_migration (
      set_name text NOT NULL,
      name text NOT NULL,
      checksum text NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      PRIMARY KEY (set_name, name)
    )`)
    const { rows } = await client.query<{ set_name: string; name: string; checksum: string }>(
      'SELECT set_name, name, checksum FROM schema_migration',
    )
    const applied = new Map(rows.map((row) => [`${row.set_name}/${row.name}`, row.checksum]))
    const now: string[] = []
    for (const { set, name, sql, checksum } of migrations) {
      const known = applied.get(`${set}/${name}`)
      if (known === checksum) continue
      if (known !== undefined) {
        throw new MigrationError(`${set}/${name} was changed after it was applied; write a new migration instead`)
      }
      try {
        await client.query('BEGIN')
        await client.query(sql)
        await client.query('INSERT INTO schema_migration (set_name, name, checksum) VALUES ($1, $2, $3)', [
          set,
          name,
          checksum,
        ])
        await client.query('COMMIT')
      } catch (error) {
        await client.query('ROLLBACK')
        throw new MigrationError(`${set}/${name} failed: ${(error as Error).message}`, { cause: error })
      }
      now.push(`${set}/${name}`)
    }
    return now
  })
}

export interface MigrationState {
  applied: number
  /** Known here and not applied, or changed since. */
  missing: string[]
  /** Applied by a version that knows more than this one. */
  unknown: string[]
}

/** Tells how a database stands to what this process knows. The files are read once, at the first question. */
export function migrationStates(
  sets: readonly MigrationSet[],
): (database: Pick<pg.Pool, 'query'>) => Promise<MigrationState> {
  let known: Promise<Migration[]> | undefined
  return async (database) => {
    known ??= read(sets)
    const migrations = await known
    const applied = await appliedOf(
      database,
      sets.map(({ name }) => name),
    )
    const names = new Set(migrations.map(({ set, name }) => `${set}/${name}`))
    return {
      applied: applied.size,
      missing: migrations
        .filter(({ set, name, checksum }) => applied.get(`${set}/${name}`) !== checksum)
        .map(({ set, name }) => `${set}/${name}`),
      unknown: [...applied.keys()].filter((name) => !names.has(name)),
    }
  }
}

/** The same, once, over a connection of its own. */
export async function migrationStateOf(url: string, sets: readonly MigrationSet[]): Promise<MigrationState> {
  return await overOneConnection(url, migrationStates(sets))
}

/** Checksums by the names of what was applied; none in a database that was never migrated. */
async function appliedOf(database: Pick<pg.Pool, 'query'>, sets: readonly string[]): Promise<Map<string, string>> {
  try {
    const { rows } = await database.query<{ name: string; checksum: string }>(
      `SELECT set_name || '/' || name AS name, checksum FROM schema_migration WHERE set_name = ANY($1)`,
      [sets],
    )
    return new Map(rows.map(({ name, checksum }) => [name, checksum]))
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === UNDEFINED_TABLE) return new Map()
    throw error
  }
}

async function overOneConnection<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'reprieve-migrate',
    connectionTimeoutMillis: 5_000,
  })
  // A connection that breaks fails the query in flight, or the next one.
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    // Ends the session, and an advisory lock with it.
    await client.end()
  }
}
