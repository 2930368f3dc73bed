import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { outboxMigrations } from '@reprieve/outbox'
import { createDatabase, type TestDatabase } from '@reprieve/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { rulesService } from '../src/index.js'

// The built process: `npm test` builds before it tests.
const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))

interface Ended {
  code: number
  output: string
}

const run = (words: readonly string[], environment: Record<string, string>): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...words], { env: environment }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr }),
    )
  })

describe('the process of a service', () => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await createDatabase()
  })
  afterEach(() => database.drop())

  it('migrates its database and ends, knowing no more than its address', async () => {
    const first = await run(['migrate'], { DATABASE_URL: database.url })
    expect(first.code, first.output).toBe(0)
    const { rows } = await database
      .open()
      .pool.query<{ sets: string[] }>(
        'SELECT array_agg(DISTINCT set_name ORDER BY set_name) AS sets FROM schema_migration',
      )
    expect(rows[0]?.sets).toEqual(expect.arrayContaining(['outbox', 'people', 'rules']))
    const again = await run(['migrate'], { DATABASE_URL: database.url })
    expect(again.code, again.output).toBe(0)
    expect(again.output).toContain('"applied":0')
  })

  it('says what hinders a migration, and ends with 1', async () => {
    const migrated = await createDatabase(rulesService.migrations)
    try {
      await migrated.open().pool.query("UPDATE schema_migration SET checksum = 'another'")
      const ended = await run(['migrate'], { DATABASE_URL: migrated.url })
      expect(ended.code).toBe(1)
      expect(ended.output).toContain('was changed after it was applied')
    } finally {
      await migrated.drop()
    }
  })

  it('begins a new incarnation of a restored database', async () => {
    const restored = await createDatabase(outboxMigrations)
    const { pool } = restored.open()
    const started = async () =>
      Number((await pool.query<{ at: string }>('SELECT started_at_ms AS at FROM incarnation')).rows[0]?.at)
    try {
      const before = await started()
      const ended = await run(['begin-incarnation'], { DATABASE_URL: restored.url })
      expect(ended.code, ended.output).toBe(0)
      expect(await started()).toBeGreaterThan(before)
    } finally {
      await restored.drop()
    }
  })

  it.each([
    [[], /rules cannot start\. The configuration has 2 faults:\n {2}KAFKA_BROKERS .*\n {2}DATABASE_URL /],
    [['migrate'], /rules cannot start\. The configuration has a fault:\n {2}DATABASE_URL /],
    [['dance'], /takes one of: migrate, begin-incarnation/],
  ])('with %j and an empty environment says what is wrong, and ends with 2', async (words, told) => {
    expect(await run(words, {})).toEqual({ code: 2, output: expect.stringMatching(told) })
  })
})
