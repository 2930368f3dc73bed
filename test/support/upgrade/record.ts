import { writeFileSync } from 'node:fs'
import { ManualClock } from '@reprieve/clock'
import fc from 'fast-check'
import { begin } from '../life/begin.js'
import { beginnings, lives, request, requestFromTicket } from '../life/commands.js'
import type { Model } from '../life/model.js'
import { ADMIN, PASSWORD, Real } from '../life/real.js'
import { recorded } from '../replays/recorded.js'
import { startSystemInProcess } from '../system-in-process.js'
import { writeEvents } from './recorded-events.js'
import { schemas } from './schemas.js'

const SEED = 20_260_304
const LIVES = 2
const MOST_COMMANDS = 12

/** Keeps what this version publishes in a life or two. */
export async function recordEvents(): Promise<void> {
  const clock = new ManualClock(new Date('2026-02-27T22:00:00Z'))
  const limits = { requestsPerSecond: 100_000, requestsBurst: 100_000 }
  const system = await startSystemInProcess(
    { email: ADMIN, password: PASSWORD },
    { clock, limits, pruneEveryMs: 3_600_000 },
  )
  try {
    const real = await Real.start(system, clock)
    const drawn = fc.sample(fc.tuple(beginnings, lives(MOST_COMMANDS)), { numRuns: LIVES, seed: SEED })
    let model: Model | null = null
    for (const [{ requests, fromTickets }, commands] of drawn) {
      const begun: Model = await begin(real, model)
      model = begun
      for (const one of requests) await request(begun, real, one)
      for (const one of fromTickets) await requestFromTicket(begun, real, one)
      await fc.asyncModelRun(() => ({ model: begun, real }), commands)
    }
    await system.settled()
    const { messages } = system.databases
    if (messages === undefined) throw new Error('the log has a database')
    const records = await recorded(messages)
    // Heartbeats all say the same: one of each partition will do.
    const isBeat = ({ topic, key }: (typeof records)[number]) =>
      topic === 'exceptions.v1' && key.startsWith('heartbeat')
    const beats = new Map(records.filter(isBeat).map((record) => [record.key, record]))
    writeEvents(records.filter((record) => !isBeat(record) || beats.get(record.key) === record))
  } finally {
    await system.close()
  }
}

/** Keeps what this version's code relies on in every service's database. */
export async function recordSchemas(): Promise<void> {
  writeFileSync(
    new URL('../../last-release/schemas.json', import.meta.url),
    `${JSON.stringify(await schemas(), null, 1)}\n`,
  )
}
