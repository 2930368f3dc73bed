import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { idempotencyMigrations } from '@reprieve/http-kit'
import { messagingMigrations } from '@reprieve/messaging'
import { outboxMigrations } from '@reprieve/outbox'
import { peopleMigrations } from '@reprieve/people'
import { createDatabase } from '@reprieve/testing'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ScopeTables } from '../src/adapters/postgres/tables.js'
import { scopeService } from '../src/index.js'
import { epssFile, kevFile, nvdFile } from './feed-files.js'
import { interleaved, randomExpression, randomHistory, seeded } from './random-history.js'
import { atRest, CONSUMED_TOPICS, runScope, toldEvent } from './running-scope.js'
import { membershipAndOracle } from './stored-state.js'

const NIGHTLY = process.env['REPRIEVE_TEST_SIZE'] === 'nightly'
const SEEDS = Array.from({ length: NIGHTLY ? 20 : 2 }, (_, n) => n + 1)
const KILLS = NIGHTLY ? 60 : 4
const NOW = new Date('2026-03-01T12:00:00Z')
const IDS = Array.from({ length: 10 }, (_, n) => `CVE-2024-${1000 + n}`)

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reprieve-feeds-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

/** The feeds' files of one day, by a generator of numbers. */
async function publishFeeds(random: ReturnType<typeof seeded>, day: number, into = folder): Promise<void> {
  const dated = new Date(NOW.getTime() + day * 86_400_000).toISOString()
  const some = () => IDS.filter(() => random.next() < 0.7)
  const scores = (most: number) =>
    Object.fromEntries(['CVE-2020-0001', ...some()].map((id) => [id, random.integer(most * 10) / 10]))
  const files = {
    'known_exploited_vulnerabilities.json': kevFile(['CVE-2020-0001', ...some().slice(3)], dated),
    'epss_scores-current.csv': epssFile(scores(1), dated),
    'nvdcve-2.0-modified.json': nvdFile(scores(10), dated.slice(0, -1)),
  }
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(into, `${name}.new`), content)
    await rename(join(into, `${name}.new`), join(into, name))
  }
}

/** A query over what feeds say, most of the time. */
function expressionOverScores(random: ReturnType<typeof seeded>): string {
  const leaf = () =>
    random.pick([`cvss >= ${random.integer(100) / 10}`, `epss < 0.${random.integer(9)}`, 'kev', '!kev', 'has(epss)'])
  return random.pick([leaf(), `${leaf()} && ${leaf()}`, `${randomExpression(random)} && ${leaf()}`])
}

const environment = () => ({ FEED_KEV: folder, FEED_EPSS: folder, FEED_NVD: folder })

it.each(SEEDS)(
  'Feeds taken while instances arrive, exceptions join and scope is started anew leave exactly the members that the queries select (seed %i)',
  async (seed) => {
    const random = seeded(seed + 300)
    await publishFeeds(random, 0)
    const scope = await runScope({ environment: environment() })
    try {
      const history = interleaved(randomHistory(seed, { assets: 10, scans: 6 }), seed).map(({ asset, event }) => ({
        topic: 'scanner.instances.v1',
        key: asset,
        value: Buffer.from(JSON.stringify(event)),
        headers: { 'content-type': 'application/json' },
      }))
      const scanners = async () => {
        const pace = seeded(seed + 100)
        for (let done = 0; done < history.length; ) {
          const size = 1 + pace.integer(60)
          await scope.carrier.publish(history.slice(done, done + size))
          done += size
          await sleep(pace.integer(60))
        }
      }
      const people = async () => {
        for (let count = 0; count < 15; count++) {
          const id = uuidv7()
          const expression = expressionOverScores(random)
          await scope.carrier.publish([
            { topic: 'exceptions.v1', key: id, value: toldEvent({ id, expression }, scope.clock.now()) },
          ])
          await sleep(random.integer(80))
        }
      }
      const publishers = async () => {
        const days = seeded(seed + 500)
        for (let day = 1; day <= 4; day++) {
          await publishFeeds(days, day)
          for (const feed of ['kev', 'epss', 'nvd']) {
            expect((await scope.api(`POST /feeds/${feed}/takes`, scope.admin, {})).status).toBe(202)
          }
          await sleep(50 + days.integer(200))
        }
      }
      await Promise.all([scanners(), people(), publishers()])
      // In the middle of whatever is going on.
      await scope.restart()
      await scope.rest()
      const { stored, oracle, instances } = await membershipAndOracle(scope.database, scope.clock.now())
      expect(instances).toBeGreaterThan(50)
      expect(oracle.length).toBeGreaterThan(50)
      expect(stored).toEqual(oracle)
    } finally {
      await scope.close()
    }
  },
  60_000,
)

it(
  `A process killed at any statement while it takes feeds in, ${KILLS} times over, comes to the same as one that was never disturbed`,
  async () => {
    const random = seeded(9)
    await publishFeeds(random, 0)
    const plan = join(folder, 'plan.json')
    const records = interleaved(randomHistory(3, { assets: 4, scans: 2 }), 1).map(({ asset, event }) => ({
      topic: 'scanner.instances.v1',
      key: asset,
      value: Buffer.from(JSON.stringify(event)).toString('base64'),
      headers: { 'content-type': 'application/json' },
    }))
    const exceptions = Array.from({ length: 6 }, (_, n) => {
      const id = `01a00000-0000-7000-8000-00000000000${n}`
      const value = toldEvent({ id, expression: expressionOverScores(random) }, NOW)
      return { topic: 'exceptions.v1', key: id, value: Buffer.from(value).toString('base64'), headers: {} }
    })
    await writeFile(plan, JSON.stringify({ messages: [...exceptions, ...records] }))
    const undisturbed = await runUntilRest(plan, [])
    expect(undisturbed.members.length).toBeGreaterThan(10)
    expect(undisturbed.scores.filter(({ kev }) => kev !== null).length).toBeGreaterThan(5)
    const kills = Array.from(
      { length: KILLS },
      () => `${1 + random.integer(undisturbed.statements)}:${random.pick(['before', 'after'])}`,
    )
    const disturbed = await runUntilRest(plan, kills)
    expect(disturbed.scores).toEqual(undisturbed.scores)
    expect(disturbed.members).toEqual(undisturbed.members)
  },
  NIGHTLY ? 30 * 60_000 : 120_000,
)

/** Starts a process, kills it where it shall be, starts the next, and lets the last one come to rest. */
async function runUntilRest(plan: string, kills: readonly string[]) {
  const [own, messages] = await Promise.all([
    createDatabase(outboxMigrations, idempotencyMigrations, peopleMigrations, scopeService.migrations),
    createDatabase(messagingMigrations),
  ])
  const database = own.open<ScopeTables>()
  const log = messages.open<unknown>()
  let child: ChildProcess | null = null
  const start = (killAt: string) =>
    spawn(process.execPath, [fileURLToPath(new URL('./killed-scope.mjs', import.meta.url)), plan], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: {
        ...process.env,
        ...environment(),
        DATABASE_URL: own.url,
        MESSAGES_URL: messages.url,
        KILL_AT: killAt,
      },
    })
  try {
    for (const kill of kills) {
      child = start(kill)
      const patience = setTimeout(() => child?.kill('SIGKILL'), 10_000)
      await once(child, 'exit')
      clearTimeout(patience)
    }
    child = start('never')
    const lines: string[] = []
    child.stdout?.on('data', (data: Buffer) => lines.push(...data.toString().split('\n')))
    await expect.poll(() => lines, { timeout: 30_000 }).toContain('published')
    const taken = async () => (await database.pool.query('SELECT name FROM feed ORDER BY name')).rows
    await expect.poll(taken, { timeout: 20_000 }).toEqual([{ name: 'epss' }, { name: 'kev' }, { name: 'nvd' }])
    await atRest(database, log.pool, CONSUMED_TOPICS)
    const { stored, oracle } = await membershipAndOracle(database, NOW)
    expect(stored).toEqual(oracle)
    const scores = await database.pool.query<{ canonical: string; kev: boolean | null }>(
      'SELECT canonical, cvss, epss, kev FROM vulnerability WHERE merged_into IS NULL ORDER BY canonical',
    )
    const members = await database.pool.query<{ member: string }>(`
      SELECT concat_ws(' ', a.id, v.canonical, i.variant, e.id) AS member FROM membership m
      JOIN exception e ON e.key = m.exception_key JOIN instance i ON i.asset_key = m.asset_key AND i.key = m.instance_key
      JOIN asset a ON a.key = i.asset_key JOIN vulnerability v ON v.key = i.vulnerability_key
      WHERE m.until IS NULL ORDER BY 1`)
    const ended = once(child, 'exit')
    child.stdin?.write('end\n')
    await ended
    const statements = Number(/statements (\d+)/.exec(lines.join(' '))?.[1])
    return { scores: scores.rows, members: members.rows.map(({ member }) => member), statements }
  } finally {
    if (child !== null && child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    await Promise.all([own.drop(), messages.drop()])
  }
}
