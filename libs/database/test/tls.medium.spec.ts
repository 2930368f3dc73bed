import { chmod, chown, copyFile, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readConfig } from '@reprieve/config'
import { PostgresCluster } from '@reprieve/embedded-postgres'
import { makeAuthority } from '@reprieve/testing'
import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Database, databaseUrl, databaseVariables, isDatabaseAway, migrationStateOf } from '../src/index.js'

const authority = await makeAuthority()
const stranger = await makeAuthority()

describe.skipIf(authority === null || stranger === null)('a server that speaks TLS', () => {
  let folder: string
  let cluster: PostgresCluster

  beforeAll(async () => {
    if (authority === null) return
    folder = await mkdtemp(join(tmpdir(), 'reprieve-tls-'))
    await chmod(folder, 0o755)
    const data = join(folder, 'data')
    cluster = await PostgresCluster.start({ folder: data, password: 'the superuser’s' })
    await cluster.execute([`CREATE ROLE "a:b" LOGIN PASSWORD 'p@ss/w:rd?'`])
    // It takes a key of its own user only.
    const { uid, gid } = await stat(data)
    const issued = await authority.issue('server')
    for (const [name, from] of Object.entries({ crt: issued.certificate, key: issued.key })) {
      await copyFile(from, join(data, `server.${name}`))
      await chown(join(data, `server.${name}`), uid, gid)
      await chmod(join(data, `server.${name}`), 0o600)
    }
    await cluster.execute([`ALTER SYSTEM SET ssl = on`, 'SELECT pg_reload_conf()'])
  }, 60_000)

  afterAll(async () => {
    await cluster?.stop()
    await authority?.remove()
    await stranger?.remove()
    if (folder) await rm(folder, { recursive: true, force: true })
  })

  const address = (environment: Record<string, string>) =>
    databaseUrl(
      readConfig(databaseVariables, {
        DATABASE_URL: `postgresql://127.0.0.1:${cluster.port}/postgres`,
        DATABASE_USER: 'a:b',
        DATABASE_PASSWORD: 'p@ss/w:rd?',
        ...environment,
      }),
    )

  async function encrypted(environment: Record<string, string>): Promise<boolean> {
    const client = new pg.Client({ connectionString: address(environment) })
    client.on('error', () => {})
    await client.connect()
    try {
      const { rows } = await client.query('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()')
      return rows[0].ssl
    } finally {
      await client.end()
    }
  }

  it('is spoken to in the clear unless TLS is asked for', async () => {
    expect(await encrypted({})).toBe(false)
  })

  it('is believed where the authority that is named vouches for it', async () => {
    expect(await encrypted({ DATABASE_TLS: 'true', DATABASE_TLS_CA_PATH: authority?.file ?? '' })).toBe(true)
  })

  it('is not believed where another one does, or nobody', async () => {
    const tls = { DATABASE_TLS: 'true' }
    await expect(encrypted({ ...tls, DATABASE_TLS_CA_PATH: stranger?.file ?? '' })).rejects.toThrow(/certificate/)
    await expect(encrypted(tls)).rejects.toThrow(/certificate/)
  })

  it('tells everyone who works with it while it is started anew that it is away, and nothing else', async () => {
    const url = address({ DATABASE_TLS: 'true', DATABASE_TLS_CA_PATH: authority?.file ?? '' })
    const database = new Database<Record<string, never>>({ url, applicationName: 'test', maxConnections: 20 })
    const others: unknown[] = []
    let [done, away, stopping] = [0, 0, false]
    const work = async (how: () => Promise<unknown>) => {
      while (!stopping) {
        await how().then(
          () => {
            done++
          },
          async (error: unknown) => {
            if (isDatabaseAway(error)) away++
            else others.push(error)
            await sleep(5)
          },
        )
      }
    }
    const select = sql`SELECT pg_sleep(0.001)`
    const workers = [
      ...Array.from({ length: 8 }, () => work(() => select.execute(database.db))),
      ...Array.from({ length: 8 }, () => work(() => database.transaction((tx) => select.execute(tx)))),
      ...Array.from({ length: 4 }, () => work(() => database.bulkTransaction((client) => client.query('SELECT 1')))),
      // A connection of its own each time.
      ...Array.from({ length: 4 }, () => work(() => migrationStateOf(url, []))),
    ]
    try {
      for (const end of ['stop', 'kill', 'stop', 'kill'] as const) {
        await sleep(700)
        await cluster[end]()
        await sleep(200)
        await cluster.restart()
      }
      await sleep(300)
    } finally {
      stopping = true
      await Promise.all(workers)
      await database.close()
    }
    expect(others).toEqual([])
    expect(done).toBeGreaterThan(100)
    expect(away).toBeGreaterThan(10)
  })
})
