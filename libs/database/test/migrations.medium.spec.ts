import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createDatabase, type TestDatabase } from '@reprieve/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isDatabaseAway, type MigrationSet, migrate, migrationStateOf } from '../src/index.js'

const write = async (folder: string, name: string, sql: string) => writeFile(join(folder, name), sql)

describe('migrations', () => {
  let database: TestDatabase
  let folder: string
  let set: MigrationSet

  beforeEach(async () => {
    database = await createDatabase()
    folder = await mkdtemp(join(tmpdir(), 'migrations-'))
    set = { name: 'example', folder: pathToFileURL(`${folder}/`) }
    await write(folder, '0001_first.sql', 'CREATE TABLE first (id int)')
  })

  afterEach(async () => database.drop())

  it('are applied once, in the order of their names', async () => {
    await write(folder, '0002_second.sql', 'ALTER TABLE first ADD COLUMN name text')
    expect(await migrate(database.url, [set])).toEqual(['example/0001_first.sql', 'example/0002_second.sql'])
    expect(await migrate(database.url, [set])).toEqual([])
  })

  it('are applied once by processes that start at the same moment', async () => {
    const applied = await Promise.all(Array.from({ length: 8 }, () => migrate(database.url, [set])))
    expect(applied.flat()).toEqual(['example/0001_first.sql'])
  })

  it('leave nothing behind when one fails, and go on from there', async () => {
    await write(folder, '0002_second.sql', 'CREATE TABLE second (id int); SELECT nothing')
    await expect(migrate(database.url, [set])).rejects.toThrow(/example\/0002_second.sql failed: .*nothing/)
    await write(folder, '0002_second.sql', 'CREATE TABLE second (id int)')
    expect(await migrate(database.url, [set])).toEqual(['example/0002_second.sql'])
  })

  it('are refused when one was changed after it was applied', async () => {
    await migrate(database.url, [set])
    await write(folder, '0001_first.sql', 'CREATE TABLE first (id bigint)')
    await expect(migrate(database.url, [set])).rejects.toThrow(/was changed after it was applied/)
  })

  it('are refused when a file is not named as one', async () => {
    await write(folder, 'oops.sql', 'SELECT 1')
    await expect(migrate(database.url, [set])).rejects.toThrow(/NNNN_what_it_does.sql/)
  })

  it('tell how a database stands to the files: what is missing, changed, or newer', async () => {
    const state = () => migrationStateOf(database.url, [set])
    expect(await state()).toEqual({ applied: 0, missing: ['example/0001_first.sql'], unknown: [] })
    await write(folder, '0002_second.sql', 'ALTER TABLE first ADD COLUMN name text')
    await migrate(database.url, [set])
    expect(await state()).toEqual({ applied: 2, missing: [], unknown: [] })
    await write(folder, '0001_first.sql', 'CREATE TABLE first (id bigint)')
    expect((await state()).missing).toEqual(['example/0001_first.sql'])
    await rm(join(folder, '0002_second.sql'))
    expect((await state()).unknown).toEqual(['example/0002_second.sql'])
  })

  it('wait, as for one that is away, for a server too busy to let anybody in', async () => {
    const callers: Socket[] = []
    const silent = createServer((socket) => callers.push(socket)).listen(0, '127.0.0.1')
    try {
      await once(silent, 'listening')
      const url = `postgres://nobody@127.0.0.1:${(silent.address() as AddressInfo).port}/none`
      const fault = await migrate(url, [set]).catch((error: unknown) => error)
      expect(fault).toBeInstanceOf(Error)
      expect([fault, isDatabaseAway(fault)]).toEqual([fault, true])
    } finally {
      for (const socket of callers) socket.destroy()
      silent.close()
    }
  })
})
