import 'reflect-metadata'
import { ManualClock } from '@reprieve/clock'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { agree, refuseTheRest } from './support/life/agreement.js'
import { begin } from './support/life/begin.js'
import { beginnings, lives, request, requestFromTicket } from './support/life/commands.js'
import type { Model } from './support/life/model.js'
import { ADMIN, PASSWORD, Real } from './support/life/real.js'
import { type SystemInProcess, startSystemInProcess } from './support/system-in-process.js'

const NIGHTLY = process.env['REPRIEVE_TEST_SIZE'] === 'nightly'
// A failing run names its seed; with it the same run can be had again.
const SEED = Number(process.env['REPRIEVE_TEST_SEED'] ?? (NIGHTLY ? Date.now() % 2 ** 31 : 20_260_301))
const RUNS = NIGHTLY ? 300 : 16
const MOST_COMMANDS = NIGHTLY ? 30 : 12

describe('the life of exceptions', () => {
  const clock = new ManualClock(new Date('2026-02-27T22:00:00Z'))
  let system: SystemInProcess
  let real: Real

  beforeAll(async () => {
    const limits = { requestsPerSecond: 100_000, requestsBurst: 100_000 }
    system = await startSystemInProcess({ email: ADMIN, password: PASSWORD }, { clock, limits })
    real = await Real.start(system, clock)
  })
  afterAll(async () => system?.close())

  it(`goes as a model says, whatever people and time do: ${RUNS} lives (REPRIEVE_TEST_SEED=${SEED})`, {
    timeout: RUNS * 60_000,
  }, async () => {
    let model: Model | null = null
    const done = new Map<string, number>()
    await fc.assert(
      fc.asyncProperty(beginnings, lives(MOST_COMMANDS), async ({ requests, fromTickets }, commands) => {
        const begun = await begin(real, model)
        model = begun
        for (const one of requests) await request(begun, real, one)
        for (const one of fromTickets) await requestFromTicket(begun, real, one)
        await agree(begun, real)
        await fc.asyncModelRun(() => ({ model: begun, real }), commands)
        await refuseTheRest(begun, real)
        await agree(begun, real)
        for (const { status, ticket } of begun.exceptions) {
          const kind = ticket === null ? status : `${status} of a ticket`
          done.set(kind, (done.get(kind) ?? 0) + 1)
        }
      }),
      { numRuns: RUNS, seed: SEED, endOnFailure: !NIGHTLY },
    )
    process.stdout.write(
      `${[...done]
        .sort()
        .map(([status, count]) => `${count} ${status}`)
        .join(', ')}\n`,
    )
    // The lives went somewhere, many of them everywhere: otherwise any model would do.
    for (const kind of ['', ' of a ticket']) {
      const statuses = [...done.keys()].filter((status) => status.endsWith(' of a ticket') === (kind !== ''))
      expect(statuses.length, `exceptions${kind}`).toBeGreaterThanOrEqual(NIGHTLY ? 6 : 4)
    }
  })
})
