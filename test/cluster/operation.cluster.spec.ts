import { SERVICE_NAMES } from '@reprieve/service-host'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectAllThere } from '../kill/standalone/expect-all-there.js'
import { makePeople } from '../kill/standalone/make-people.js'
import { type People, type Told, work } from '../kill/standalone/workload.js'
import { mainJob } from '../support/acceptance.js'
import { Api, eventually } from '../support/api.js'
import { PASSWORD } from '../support/standalone.js'
import { SteadyLoad } from '../support/steady-load.js'
import { evictAll, Killer, Watch } from './faults.js'
import {
  ADMIN,
  helm,
  leaveCluster,
  logs,
  mails,
  makeNeighbours,
  NAMESPACE,
  pods,
  RELEASE,
  restartNeighbour,
  servicePods,
  settled,
  wayToGateway,
} from './installation.js'
import { program, type WayIn } from './kubernetes.js'

const PODS = (SERVICE_NAMES.length + 1) * 2
const KILL_EVERY_MS = 5_000
const BACK_WITHIN_S = 60
// A dozen clients without any take the two processors of the node for themselves, and nothing can be started beside them. With one second
// of it eighteen pods that were evicted were back 69 seconds after the last of them went.
const PAUSE_MS = 2_000

describe('on a cluster', () => {
  let way: WayIn
  let people: People
  let token: string
  const told: Told = { exceptions: [], findings: [], reports: [] }
  const restarts = async () =>
    (await servicePods()).flatMap(({ metadata, status }) =>
      (status.containerStatuses ?? []).flatMap(({ restartCount }) => (restartCount > 0 ? [metadata.name] : [])),
    )

  beforeAll(makeNeighbours)
  afterAll(async () => {
    await way?.close()
    await leaveCluster()
  })

  it('is installed into a namespace that lets nothing in but what is restricted, and is ready', async () => {
    const said = await helm('install')
    expect(said).not.toMatch(/would violate PodSecurity|[Ww]arning:/)
    await settled()
    expect(await servicePods()).toHaveLength(PODS)
    way = await wayToGateway()
  })

  describe('while people work', () => {
    beforeAll(async () => {
      people = await makePeople(way.url, ADMIN)
      const answer = await new Api(way.url).post<{ accessToken: string }>('/session', {
        email: ADMIN,
        password: PASSWORD,
      })
      token = answer.body.accessToken
    })

    /** Clients of all that the gateway leads to, whose every answer is looked at. */
    function steadyLoad(): SteadyLoad {
      const load = new SteadyLoad(way.url, PAUSE_MS)
      load.addReadersAndWriter(token, [
        '/me',
        '/rules',
        '/exceptions?sort=name',
        '/approvals',
        '/instances?coverage=uncovered',
        '/tickets',
        '/me/notifications',
        '/audit',
      ])
      return load
    }

    /** What people were told while something happened, and that no answer was another than the API promises. */
    async function whileWorking<T>(occasion: string, happens: () => Promise<T>): Promise<T> {
      const load = steadyLoad()
      const stop = new AbortController()
      const working = work(people, stop.signal, { pauseMs: PAUSE_MS, prefix: `${occasion}-` })
      // Told by the await below.
      working.catch(() => stop.abort())
      try {
        return await happens()
      } finally {
        stop.abort()
        const seen = await working.catch(async (error: Error) => {
          const faults = (await logs()).split('\n').filter((line) => /"level":"(error|fatal)"/.test(line))
          throw new Error(`${error.message}\n${faults.join('\n')}`, { cause: error })
        })
        await load.stop()
        told.exceptions.push(...seen.exceptions)
        told.findings.push(...seen.findings)
        told.reports.push(...seen.reports)
        load.expectHonest()
        expect(seen.exceptions.length).toBeGreaterThan(3)
      }
    }

    it('is upgraded: every pod is replaced, and no request fails', async () => {
      const before = (await servicePods()).map(({ metadata }) => metadata.name)
      const watch = new Watch()
      await whileWorking('upgrade', async () => {
        await helm('upgrade', '--set-string', 'serviceDefaults.podAnnotations.upgraded=yes')
        await settled()
      })
      await watch.stop()
      const after = (await servicePods()).map(({ metadata }) => metadata.name)
      expect(after.filter((name) => before.includes(name))).toEqual([])
      for (const [name, fewest] of watch.fewest) expect([name, fewest]).toEqual([name, 2])
    })

    it('has every pod evicted, never two of a service at once', async () => {
      const before = (await servicePods()).map(({ metadata }) => metadata.name).toSorted()
      const watch = new Watch()
      const { evicted, refused } = await whileWorking('evictions', async () => {
        const evictions = await evictAll()
        expect(await settled()).toBeLessThan(BACK_WITHIN_S)
        return evictions
      })
      await watch.stop()
      expect(evicted.toSorted()).toEqual(before)
      // The second of each had to wait for the first to be replaced.
      expect(refused).toBeGreaterThanOrEqual(PODS / 2)
      for (const [name, fewest] of watch.fewest) expect([name, fewest]).toEqual([name, 1])
    })

    it.each(['kafka', 'postgresql'] as const)('goes on after %s was started anew', async (neighbour) => {
      const before = await restarts()
      const seconds = await whileWorking(neighbour, async () => {
        await restartNeighbour(neighbour)
        return await settled()
      })
      expect(seconds).toBeLessThan(BACK_WITHIN_S)
      expect(await restarts()).toEqual(before)
    })

    it('has lost nothing of all that, and doubled nothing', async () => {
      await expectAllThere(people, told)
      const dead = await people.admin.get<{ items: unknown[] }>('/dead-letters')
      expect(dead.body.items).toEqual([])
      expect(await restarts()).toEqual([])
    })
  })

  it('makes a round trip when it is asked for', async () => {
    const said = await program('helm', ['--namespace', NAMESPACE, 'test', RELEASE, '--logs'])
    expect(said).toContain('Phase:          Succeeded')
    expect(said).toMatch(/ok .* the finding is covered/)
  })

  describe('undisturbed', () => {
    mainJob(() => ({ url: way.url, adminEmail: ADMIN, password: PASSWORD, mails }))
  })

  describe('with a pod killed every few seconds', () => {
    let killer: Killer
    beforeAll(() => {
      killer = new Killer(KILL_EVERY_MS)
    })
    afterAll(async () => {
      await killer.stop()
      expect(killer.killed.length).toBeGreaterThan(3)
      expect(await settled()).toBeLessThan(BACK_WITHIN_S)
    })

    mainJob(() => ({ url: way.url, adminEmail: ADMIN, password: PASSWORD, mails, restless: true }))
  })

  it('is whole again after that, by its own word', async () => {
    const ready = async () =>
      fetch(`${way.url}/readyz`).then(async (answer) => ({ status: answer.status, body: await answer.text() }))
    await eventually(ready, ({ status }) => status === 200, 120_000)
    expect((await pods()).length).toBeGreaterThanOrEqual(PODS)
    const said = (await logs()).split('\n')
    expect(said.filter((line) => /"level":"fatal"/.test(line))).toEqual([])
    const dead = await people.admin.get<{ items: unknown[] }>('/dead-letters')
    expect(dead.body.items).toEqual([])
  })
})
