import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Database } from '@reprieve/database'
import { idempotencyMigrations } from '@reprieve/http-kit'
import { messagingMigrations } from '@reprieve/messaging'
import { outboxMigrations } from '@reprieve/outbox'
import { peopleMigrations } from '@reprieve/people'
import { createDatabase, type TestDatabase } from '@reprieve/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ScopeTables } from '../src/adapters/postgres/tables.js'
import { scopeService } from '../src/index.js'
import { interleaved, randomExpression, randomHistory, seeded } from './random-history.js'
import { atRest, CONSUMED_TOPICS, toldEvent } from './running-scope.js'
import { membershipAndOracle, storedState } from './stored-state.js'

// Each kill is a start of the whole service: a few in every run, many at night.
const NIGHTLY = process.env['REPRIEVE_TEST_SIZE'] === 'nightly'
const KILLS = NIGHTLY ? 100 : 5
const PROCESS = fileURLToPath(new URL('./killed-scope.mjs', import.meta.url))
const REPORT = '01a00000-0000-7000-8000-00000000aaaa'
const NOW = new Date('2026-03-01T12:00:00Z')

let folder: string
let planFile: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reprieve-scope-'))
  planFile = join(folder, 'plan.json')
  await writeFile(planFile, JSON.stringify({ messages: plan() }))
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

it(
  `A process killed at any statement, ${KILLS} times over, comes to the same as one that was never disturbed`,
  async () => {
    const undisturbed = await runUntilRest([])
    expect(undisturbed.state.instances.length).toBeGreaterThan(50)
    expect(undisturbed.state.members.length).toBeGreaterThan(20)
    expect(undisturbed.state.reports).toMatchObject([{ status: 'done', received: 40, created: 40 }])
    const random = seeded(20)
    const kills = Array.from(
      { length: KILLS },
      () => `${1 + random.integer(undisturbed.statements)}:${random.pick(['before', 'after'])}`,
    )
    expect((await runUntilRest(kills)).state).toEqual(undisturbed.state)
  },
  NIGHTLY ? 30 * 60_000 : 180_000,
)

/** Scans, exceptions that join and end between them, and a report that was kept before the first process began. */
function plan() {
  const records = interleaved(randomHistory(11, { assets: 6, scans: 5 }), 5).map(({ asset, event }) => ({
    topic: 'scanner.instances.v1',
    key: asset,
    value: Buffer.from(JSON.stringify(event)).toString('base64'),
    headers: { 'content-type': 'application/json' },
  }))
  const exceptions = Array.from({ length: 8 }, (_, n) => {
    const id = `01a00000-0000-7000-8000-00000000000${n}`
    const expression = randomExpression(seeded(n + 40))
    const told = (version: number, status: 'PENDING_APPROVAL' | 'ACTIVE' | 'DENIED') => ({
      topic: 'exceptions.v1',
      key: id,
      value: Buffer.from(
        toldEvent({ id, expression, version, status, ...(status === 'DENIED' ? { endedAt: NOW } : {}) }, NOW),
      ).toString('base64'),
      headers: {},
    })
    return [told(1, 'PENDING_APPROVAL'), told(2, n % 4 === 3 ? 'DENIED' : 'ACTIVE')]
  }).flat()
  const messages: object[] = []
  const every = Math.ceil(records.length / exceptions.length)
  records.forEach((record, index) => {
    if (index % every === 0) messages.push(exceptions[index / every] as object)
    messages.push(record)
  })
  return messages
}

async function keepReport(database: Database<ScopeTables>): Promise<void> {
  const matches = Array.from({ length: 40 }, (_, n) => ({
    vulnerability: { id: `CVE-2025-${2000 + n}`, severity: 'High', fix: { versions: [], state: 'unknown' } },
    artifact: { name: `lib-${n}`, version: '1.0', type: 'deb', purl: `pkg:deb/debian/lib-${n}@1.0`, locations: [] },
  }))
  const bytes = Buffer.from(
    JSON.stringify({
      matches,
      source: { type: 'image', target: { userInput: 'app:1', tags: ['app:1'] } },
      descriptor: { name: 'grype', version: '0.74.0' },
    }),
  )
  await database.db.insertInto('report_part').values({ report_id: REPORT, part: 0, bytes, written_at: NOW }).execute()
  await database.db
    .insertInto('report')
    .values({
      id: REPORT,
      scanner: 'grype',
      partial: false,
      uploaded_by: REPORT,
      received_at: NOW,
      stored_bytes: bytes.length,
      bytes: bytes.length,
      gzip: false,
      sha256: Buffer.alloc(32),
      format: 'grype',
      status: 'processing',
    })
    .execute()
}

/** Starts a process, kills it where it shall be, starts the next, and lets the last one come to rest. */
async function runUntilRest(kills: readonly string[]) {
  const [own, messages] = await Promise.all([
    createDatabase(outboxMigrations, idempotencyMigrations, peopleMigrations, scopeService.migrations),
    createDatabase(messagingMigrations),
  ])
  const database = own.open<ScopeTables>()
  const log = messages.open<unknown>()
  let child: ChildProcess | null = null
  try {
    await keepReport(database)
    for (const kill of kills) {
      child = start(own, messages, kill)
      // One whose statement never comes is ended where it is.
      const patience = setTimeout(() => child?.kill('SIGKILL'), 15_000)
      const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
      clearTimeout(patience)
      expect({ code, signal }).toEqual({ code: null, signal: 'SIGKILL' })
    }
    child = start(own, messages, 'never')
    const lines: string[] = []
    child.stdout?.on('data', (data: Buffer) => lines.push(...data.toString().split('\n')))
    await expect.poll(() => lines, { timeout: 60_000 }).toContain('published')
    await atRest(database, log.pool, CONSUMED_TOPICS)
    const { stored, oracle } = await membershipAndOracle(database, NOW)
    expect(stored).toEqual(oracle)
    const state = await storedState(database)
    const ended = once(child, 'exit')
    child.stdin?.write('end\n')
    await ended
    return { state, statements: Number(/statements (\d+)/.exec(lines.join(' '))?.[1]) }
  } finally {
    if (child !== null && child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    await Promise.all([own.drop(), messages.drop()])
  }
}

function start(own: TestDatabase, messages: TestDatabase, kill: string): ChildProcess {
  return spawn(process.execPath, [PROCESS, planFile], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, DATABASE_URL: own.url, MESSAGES_URL: messages.url, KILL_AT: kill },
  })
}
