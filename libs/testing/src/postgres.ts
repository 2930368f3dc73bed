import { randomUUID } from 'node:crypto'
import { Database, type MigrationSet, migrate } from '@reprieve/database'
import pg from 'pg'
import { inject } from 'vitest'

const admin = async (statement: string): Promise<void> => {
  const client = new pg.Client({ connectionString: inject('postgresUrl') })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

const at = (database: string): string => {
  const url = new URL(inject('postgresUrl'))
  url.pathname = `/${database}`
  return url.href
}

/** One template for each combination of migrations in this test file's process, cloned for every database. */
const templates = new Map<string, Promise<string>>()

async function template(sets: readonly MigrationSet[]): Promise<string> {
  const name = `template_${randomUUID().replaceAll('-', '')}`
  await admin(`CREATE DATABASE ${name}`)
  await migrate(at(name), sets)
  return name
}

export interface TestDatabase {
  url: string
  /** Opens a pool on it, closed by `drop`. */
  open<Tables>(): Database<Tables>
  drop(): Promise<void>
}

/** A database of its own on the run's real PostgreSQL, migrated. Medium and end-to-end tests only. */
export async function createDatabase(...sets: MigrationSet[]): Promise<TestDatabase> {
  const key = sets.map((set) => set.name).join(' ')
  let source = templates.get(key)
  if (source === undefined) {
    source = template(sets)
    templates.set(key, source)
  }
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await admin(`CREATE DATABASE ${name} TEMPLATE ${await source}`)
  const opened: Array<{ close(): Promise<void> }> = []
  return {
    url: at(name),
    open<Tables>() {
      const database = new Database<Tables>({ url: at(name), applicationName: 'test' })
      opened.push(database)
      return database
    },
    async drop() {
      await Promise.all(opened.map((database) => database.close()))
      await admin(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    },
  }
}
