import { setTimeout as sleep } from 'node:timers/promises'
import { createLogger } from '@reprieve/telemetry'
import { v7 as uuidv7 } from 'uuid'
import { afterEach, expect, it, vi } from 'vitest'
import { InstanceColumnsReader } from '../src/adapters/columns/instance-columns.reader.js'
import { interleaved, randomExpression, randomHistory, seeded } from './random-history.js'
import { type RunningScope, runScope, type ToldException, toldEvent } from './running-scope.js'
import { membershipAndOracle } from './stored-state.js'

let scope: RunningScope
afterEach(async () => {
  vi.restoreAllMocks()
  await scope.close()
})

/** Runs scope with every inventory in memory. `inMemory` resolves once it is. */
async function start() {
  let tell = () => {}
  const inMemory = new Promise<void>((resolve) => {
    tell = resolve
  })
  const destination = { write: (line: string) => (line.includes('"state":"ready"') ? tell() : undefined) }
  scope = await runScope({
    environment: { COLUMNS_FROM_INSTANCES: '0' },
    logger: createLogger({ service: 'scope', level: 'info', destination }),
  })
  return { inMemory }
}

const tellAll = (exceptions: readonly ToldException[]) =>
  scope.carrier.publish(
    exceptions.map((told) => {
      const id = told.id ?? uuidv7()
      return { topic: 'exceptions.v1', key: id, value: toldEvent({ ...told, id }, scope.clock.now()) }
    }),
  )

it.each([1, 2])(
  'What exceptions select is looked up in memory, while instances arrive, and is what their queries select (seed %i)',
  async (seed) => {
    const { inMemory } = await start()
    const lookedUp = vi.spyOn(InstanceColumnsReader.prototype, 'placesFor')
    const history = interleaved(randomHistory(seed, { assets: 12, scans: 8 }), seed).map(({ asset, event }) => ({
      topic: 'scanner.instances.v1',
      key: asset,
      value: Buffer.from(JSON.stringify(event)),
      headers: { 'content-type': 'application/json' },
    }))
    const half = Math.ceil(history.length / 2)
    await scope.carrier.publish(history.slice(0, half))
    await inMemory
    const random = seeded(seed)
    const scanners = async () => {
      for (let done = half; done < history.length; done += 25) {
        await scope.carrier.publish(history.slice(done, done + 25))
        await sleep(random.integer(15))
      }
    }
    const people = async () => {
      // One alone, some, and more at once than the database would be asked about.
      for (const many of [1, 4, 30]) {
        await tellAll(
          Array.from({ length: many }, () => ({
            expression: randomExpression(random),
            status: random.pick(['ACTIVE', 'PENDING_APPROVAL']),
          })),
        )
        await sleep(random.integer(100))
      }
    }
    await Promise.all([scanners(), people()])
    await scope.rest()
    const { stored, oracle } = await membershipAndOracle(scope.database, scope.clock.now())
    expect(oracle.length).toBeGreaterThan(100)
    expect(stored).toEqual(oracle)
    const answers = await Promise.all(lookedUp.mock.results.map(({ value }) => value))
    expect(answers.filter((answer) => answer !== null && answer !== 'many').length).toBeGreaterThan(10)
  },
)
