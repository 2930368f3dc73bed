import 'reflect-metadata'
import { ManualClock } from '@reprieve/clock'
import type { ServiceDefinition } from '@reprieve/service-host'
import { SERVICES } from '@reprieve/standalone-service'
import { dumpTables, type SmtpTestServer, startSmtpServer, type TableDump } from '@reprieve/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { agree } from './support/life/agreement.js'
import { begin } from './support/life/begin.js'
import { beginnings, lives, request, requestFromTicket } from './support/life/commands.js'
import type { Model } from './support/life/model.js'
import { ADMIN, PASSWORD, Real } from './support/life/real.js'
import { CONSUMERS, leewaysAt } from './support/replays/consumers.js'
import { eachTwice, mixedAcrossKeys, recorded } from './support/replays/recorded.js'
import { done, replay } from './support/replays/replay.js'
import type { Recorded } from './support/replays/replay-carrier.js'
import { type SystemInProcess, startSystemInProcess } from './support/system-in-process.js'

const NIGHTLY = process.env['REPRIEVE_TEST_SIZE'] === 'nightly'
// A failing run names its seed; with it the same run can be had again.
const SEED = Number(process.env['REPRIEVE_TEST_SEED'] ?? (NIGHTLY ? Date.now() % 2 ** 31 : 20_260_302))
const LIVES = NIGHTLY ? 20 : 2
const MOST_COMMANDS = 12

// In these lives nothing failed that could be redriven, and no other system has tickets.
const NOTHING_TOLD = /redrives$|dead-letters$|external\.tickets\.v1$/

describe(`topics that come twice, in another order or again leave the same tables (REPRIEVE_TEST_SEED=${SEED})`, () => {
  const clock = new ManualClock(new Date('2026-02-27T22:00:00Z'))
  const left = new Map<string, TableDump>()
  let system: SystemInProcess
  let mails: SmtpTestServer
  let records: readonly Recorded[]

  beforeAll(async () => {
    const limits = { requestsPerSecond: 100_000, requestsBurst: 100_000 }
    const pruneEveryMs = 3_600_000
    system = await startSystemInProcess({ email: ADMIN, password: PASSWORD }, { clock, limits, pruneEveryMs })
    await live(await Real.start(system, clock))
    for (const { name } of SERVICES) await done(database(name), CONSUMERS[name], clock)
    await system.settled()
    records = await recorded(database('messages'))
    await system.stop()
    for (const { name } of SERVICES) {
      left.set(name, await dumpTables(database(name), leewaysAt(clock.now(), CONSUMERS[name])))
    }
    mails = await startSmtpServer()
  }, LIVES * 150_000)
  afterAll(async () => {
    await mails?.stop()
    await system?.close()
  })

  const database = (name: string) => {
    const found = system.databases[name]
    if (found === undefined) throw new Error(`${name} has no database`)
    return found
  }

  /** Random lives, one after the other, each held against its model. */
  async function live(real: Real): Promise<void> {
    let model: Model | null = null
    const drawn = fc.sample(fc.tuple(beginnings, lives(MOST_COMMANDS)), { numRuns: LIVES, seed: SEED })
    for (const [{ requests, fromTickets }, commands] of drawn) {
      const begun: Model = await begin(real, model)
      model = begun
      for (const one of requests) await request(begun, real, one)
      for (const one of fromTickets) await requestFromTicket(begun, real, one)
      await agree(begun, real)
      await fc.asyncModelRun(() => ({ model: begun, real }), commands)
    }
  }

  const told = (definition: ServiceDefinition, ...tellings: Array<readonly Recorded[]>) =>
    replay(
      {
        definition,
        consumer: CONSUMERS[definition.name],
        kept: database(definition.name),
        clock,
        environment: {
          REPRIEVE_ADMIN_EMAIL: ADMIN,
          REPRIEVE_ADMIN_PASSWORD: PASSWORD,
          SMTP_URL: mails.url,
          MAIL_FROM: 'Reprieve <reprieve@reprieve.example>',
          PUBLIC_URL: 'http://localhost',
        },
      },
      ...tellings,
    )

  it('of lives that told something on every topic', () => {
    const topics = Map.groupBy(records, ({ topic }) => topic)
    expect([...topics.keys()].sort()).toEqual([
      'approvals.v1',
      'coverage.v1',
      'directory.v1',
      'exceptions.v1',
      'notifications.v1',
      'rules.v1',
      'scanner.instances.v1',
      'scope.v1',
      'ticket-counts.v1',
      'tickets.v1',
    ])
    expect(left.get('exceptions')?.['exception']?.length).toBeGreaterThanOrEqual(LIVES)
    expect(left.get('approvals')?.['approval_act']?.length).toBeGreaterThanOrEqual(LIVES)
  })

  it.each(SERVICES.map((definition) => [definition.name, definition] as const))(
    'whatever is told again leaves the tables of %s as they were',
    async (name, definition) => {
      const expected = left.get(name)
      const orders: Array<[string, Array<readonly Recorded[]>]> = [
        // What comes late must not win: half of the log again is all old news.
        ['in order, once more whole, then half again', [records, records, records.slice(0, records.length / 2)]],
        ['each record twice', [eachTwice(records)]],
        ['mixed across keys', [mixedAcrossKeys(records, SEED)]],
      ]
      for (const [order, tellings] of orders) {
        const { dumps, handled, published } = await told(definition, ...tellings)
        for (const [time, tables] of dumps.entries()) expect(tables, `${order}, telling ${time + 1}`).toEqual(expected)
        const unheard = Object.entries(handled).flatMap(([group, count]) =>
          count === 0 && !NOTHING_TOLD.test(group) ? [group] : [],
        )
        expect(unheard, order).toEqual(name === 'scope' ? ['scope-ingest'] : [])
        if (CONSUMERS[name].silent) expect(published, `${order}: told others`).toBe(0)
      }
      expect(mails.mails(), 'nobody has mail twice').toEqual([])
    },
  )
})
