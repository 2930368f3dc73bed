import { SERVICE_NAMES } from '@reprieve/service-host'
import { startKafka } from '@reprieve/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectAllThere } from './kill/standalone/expect-all-there.js'
import { makePeople } from './kill/standalone/make-people.js'
import { type People, type Told, work } from './kill/standalone/workload.js'
import { Api } from './support/api.js'
import { ROOT } from './support/process.js'
import { ADMIN, GATEWAYS, RollingSystem } from './support/rolling/rolling-system.js'
import { PASSWORD } from './support/standalone.js'
import { SteadyLoad } from './support/steady-load.js'

// A built tree of the last release, where `npm run test:upgrade` has made one; without it this version is replaced by itself.
const LAST_RELEASE = process.env['REPRIEVE_LAST_RELEASE'] ?? ROOT
const PATIENCE_MS = 1_200_000
// One of its own: the topics have their real names.
const kafka = await startKafka()

describe.skipIf(kafka === null)('an upgrade while people work, process by process', () => {
  let system: RollingSystem
  let people: People
  let token: string

  beforeAll(async () => {
    system = await RollingSystem.start(kafka?.brokers ?? [], LAST_RELEASE)
    people = await makePeople(system.url, ADMIN)
    const session = await new Api(system.url).post<{ accessToken: string }>('/session', {
      email: ADMIN,
      password: PASSWORD,
    })
    token = session.body.accessToken
  }, PATIENCE_MS)
  afterAll(async () => {
    await system?.remove()
    await kafka?.close()
  })

  /** Clients of all that a process answers, whose every answer is looked at. */
  function steadyLoad(): SteadyLoad {
    const load = new SteadyLoad(system.url)
    load.addReadersAndWriter(token, [
      '/me',
      '/exceptions?sort=name',
      '/instances?coverage=uncovered',
      '/me/notifications',
    ])
    return load
  }

  it(
    'fails no request but with 503 and when to come again, and loses nothing',
    async () => {
      const load = steadyLoad()
      const stop = new AbortController()
      const working: Promise<Told> = work(people, stop.signal)
      // Told by the await below.
      working.catch(() => stop.abort())
      const ended: Record<string, number | null> = {}
      const names = [...SERVICE_NAMES, ...GATEWAYS]
      for (const name of names) ended[name] = await system.replace(name)
      stop.abort()
      const told = await working.catch((error: Error) => {
        throw new Error(`${error.message}\n${system.output.slice(-20_000)}`)
      })
      await load.stop()

      // Each ended in order, and in time.
      expect(ended).toEqual(Object.fromEntries(names.map((name) => [name, 0])))
      load.expectHonest()
      const failed = [...load.answers.keys()].filter((seen) => / (4\d\d|5\d\d) /.test(seen) && !/ 503 /.test(seen))
      expect(failed).toEqual([])
      await expectAllThere(people, told)
      const dead = await people.admin.get<{ items: unknown[] }>('/dead-letters')
      expect(dead.body.items).toEqual([])
      expect(told.exceptions.length).toBeGreaterThan(10)
    },
    PATIENCE_MS,
  )
})
