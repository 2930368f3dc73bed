import { createDatabase, type TestDatabase } from '@reprieve/testing'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Database } from '../src/index.js'

describe('a database that is closed', () => {
  let test: TestDatabase
  let database: Database<Record<string, never>>

  beforeEach(async () => {
    test = await createDatabase()
    database = new Database({ url: test.url, applicationName: 'closed' })
  })
  afterEach(async () => test.drop())

  it.each([
    ['bulk work', () => database.pool.query('SELECT 1')],
    ['typed statements', () => sql`SELECT 1`.execute(database.db)],
    ['nobody', async () => {}],
  ])('keeps no connection, if it was used by %s', async (_, use) => {
    await use()
    await database.close()
    await expect(database.pool.query('SELECT 1')).rejects.toThrow(/after calling end/)
    const sessions = async () => {
      const { rows } = await test
        .open()
        .pool.query(
          `SELECT pid FROM pg_stat_activity WHERE application_name = 'closed' AND datname = current_database()`,
        )
      return rows
    }
    // PostgreSQL ends a session a moment after its client has gone, and a pool one that is idle after ten seconds.
    await expect.poll(sessions, { timeout: 5_000 }).toEqual([])
  })
})
