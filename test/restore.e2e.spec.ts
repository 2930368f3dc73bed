import 'reflect-metadata'
import { setTimeout as sleep } from 'node:timers/promises'
import { run } from '@reprieve/cli-service'
import { beginIncarnation } from '@reprieve/outbox'
import { SERVICE_NAMES, type ServiceName } from '@reprieve/service-host'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  expectExceptions,
  expectHistories,
  expectInstances,
  expectNotices,
} from './kill/standalone/expect-all-there.js'
import { makePeople } from './kill/standalone/make-people.js'
import { type People, type Told, work } from './kill/standalone/workload.js'
import { Api, eventually } from './support/api.js'
import { TestProcess } from './support/process.js'
import type { Backup } from './support/restore/backup.js'
import { BaseBackup } from './support/restore/base-backup.js'
import { findPgDump, PgDump } from './support/restore/pg-dump.js'
import { ADMIN, POSTGRES_PASSWORD, RestorableSystem } from './support/restore/restorable-system.js'
import { PASSWORD } from './support/standalone.js'

const NIGHTLY = process.env['REPRIEVE_TEST_SIZE'] === 'nightly'
// How long people work before the backup, and after it.
const BEFORE_MS = NIGHTLY ? 10_000 : 1_500
const AFTER_MS = NIGHTLY ? 20_000 : 2_500
const PATIENCE_MS = 300_000
const REPUBLISHED = ['directory.v1', 'rules.v1', 'exceptions.v1', 'approvals.v1', 'scope.v1', 'tickets.v1']

interface Reconciliation {
  id: string
  status: 'running' | 'done'
  missing: number
  surplus: number
}

const pgDump = await findPgDump()

/** Of what events waited to be published as the backup was taken: they are published once it is restored, for they may never have been. */
async function underwayIn(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ key: string }>('SELECT DISTINCT key FROM outbox')
    return rows.map(({ key }) => key)
  } finally {
    await client.end()
  }
}

async function beginIn(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await beginIncarnation(client)
  } finally {
    await client.end()
  }
}

describe(`a backup under load (${pgDump === null ? 'base backup' : `pg_dump ${pgDump.version}`})`, () => {
  const lines: string[] = []
  let system: RestorableSystem
  let people: People
  let backup: Backup
  let told: Told
  /** Exceptions that were requested before the backup had ended. */
  let known = 0
  let mailed: ReadonlySet<string>

  beforeAll(async () => {
    system = await RestorableSystem.start((line) => lines.push(line))
    people = await makePeople(system.url, ADMIN)
    await system.settled()
    const { postgres, folder } = system
    const method =
      pgDump === null
        ? new BaseBackup({ cluster: postgres, data: `${folder}/postgres`, folder, password: POSTGRES_PASSWORD })
        : new PgDump(pgDump, postgres, SERVICE_NAMES, folder)
    const stop = new AbortController()
    const working = work(people, stop.signal)
    // Told by the await below.
    working.catch(() => stop.abort())
    await sleep(BEFORE_MS)
    backup = await method.take()
    known = await count()
    await sleep(AFTER_MS)
    stop.abort()
    told = await working
    await expectTruth()
    mailed = await everyMail()
  }, PATIENCE_MS)
  afterAll(async () => {
    await system?.remove()
    await backup?.remove()
  })

  const count = async () => (await people.admin.all('/exceptions')).length
  /** Once none waits to be sent. */
  async function everyMail(): Promise<ReadonlySet<string>> {
    const notifications = new pg.Client({ connectionString: system.databaseUrl('notifications') })
    await notifications.connect()
    try {
      await eventually(
        () => notifications.query<{ left: number }>('SELECT count(*)::int AS left FROM mail WHERE finished_at IS NULL'),
        ({ rows }) => rows[0]?.left === 0,
        PATIENCE_MS,
      )
    } finally {
      await notifications.end()
    }
    return new Set(system.mails.mails().map(({ parsed }) => parsed.messageId ?? ''))
  }

  /** All that people did is so, and covers what it covers: by what they were answered, which is the oracle. */
  async function expectTruth(restored: readonly ServiceName[] = []): Promise<void> {
    await system.settled()
    await expectExceptions(people, told)
    await expectHistories(people, told)
    await expectInstances(people, told)
    // What was told after its own backup is in nobody else's database, and is not told a second time.
    if (!restored.includes('notifications')) await expectNotices(people, told)
  }

  /** @returns what was underway in the backup */
  async function restore(...names: readonly ServiceName[]): Promise<string[]> {
    await Promise.all(names.map((name) => system.stop(name)))
    const urls = new Map<ServiceName, string>()
    for (const name of names) urls.set(name, await backup.restore(name))
    const underway = (await Promise.all([...urls.values()].map(underwayIn))).flat()
    const [first = '', ...others] = urls.values()
    // As whoever operates it does; a process each takes its time.
    const began = new TestProcess('scripts/begin-incarnation.mjs', [], { DATABASE_URL: first })
    await began.printed(/new incarnation/)
    for (const url of others) await beginIn(url)
    await Promise.all([...urls].map(([name, url]) => system.startOn(name, url)))
    return underway
  }

  /** As the runbook tells. */
  async function republish(): Promise<void> {
    const token = await new Api(system.url).post<{ accessToken: string }>('/session', {
      email: ADMIN,
      password: PASSWORD,
    })
    for (const topic of REPUBLISHED) {
      const said: string[] = []
      const code = await run(
        ['republish', topic],
        { REPRIEVE_URL: system.url, REPRIEVE_TOKEN: token.body.accessToken },
        { out: (text) => said.push(text), error: (text) => said.push(text) },
      )
      expect(code, said.join('\n')).toBe(0)
    }
  }

  async function expectNoDifference(): Promise<void> {
    const admin = await new Api(system.url).signIn(ADMIN, PASSWORD)
    const begun = await admin.post<{ id: string }>('/reconciliations', {})
    expect(begun.status).toBe(202)
    const found = await eventually(
      async () => {
        const { body } = await admin.get<{ items: Reconciliation[] }>('/reconciliations?limit=1')
        return body.items[0]
      },
      (newest) => newest?.id === begun.body.id && newest.status === 'done',
      PATIENCE_MS,
    )
    expect(found).toMatchObject({ missing: 0, surplus: 0, examples: [] })
  }

  it('is of a time between: some was done before it, and some after', () => {
    expect(known).toBeGreaterThan(0)
    expect(told.exceptions.length).toBeGreaterThan(known)
    expect(new Set(told.exceptions.map(({ status }) => status))).toEqual(new Set(['active', 'denied', 'deactivated']))
  })

  it.each<[string, readonly ServiceName[]]>([
    ['exceptions', ['exceptions']],
    ['approvals', ['approvals']],
    ['scope', ['scope']],
    ['all services', SERVICE_NAMES],
  ])(
    'of %s, restored, comes to all that was done since, and nobody is told again',
    async (_, names) => {
      const before = system.deadLettered
      const underway = await restore(...names)
      await republish()
      await expectTruth(names)
      await expectNoDifference()
      expect(system.deadLettered - before, lines.slice(-5).join('\n')).toBe(0)
      await everyMail()
      const again = system.mails.mails().filter(({ parsed }) => !mailed.has(parsed.messageId ?? ''))
      // Where notifications is as old as the rest, what was underway is told by both lives: rather twice than never.
      const isUnderway = (text: string) => underway.some((key) => text.includes(key))
      const unexplained = again.filter(
        ({ parsed }) => !names.includes('notifications') || !isUnderway(`${parsed.text} ${parsed.html}`),
      )
      expect(unexplained.map(({ to, parsed }) => `${parsed.subject} to ${to.join()}`)).toEqual([])
    },
    PATIENCE_MS,
  )
})
