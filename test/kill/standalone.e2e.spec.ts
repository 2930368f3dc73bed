import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { Random } from '../support/random.js'
import { Standalone } from '../support/standalone.js'
import { expectAllThere } from './standalone/expect-all-there.js'
import { MailWatch } from './standalone/mail-watch.js'
import { makePeople } from './standalone/make-people.js'
import { PatientClient } from './standalone/patient-client.js'
import { work } from './standalone/workload.js'

const nightly = process.env['REPRIEVE_TEST_SIZE'] === 'nightly'
const SEEDS = Array.from({ length: nightly ? 10 : 1 }, (_, index) => index + 1)
const KILLS = nightly ? 12 : 4
const ADMIN = 'admin@reprieve.example'

describe('the whole of Reprieve, killed at any moment while people work with it', () => {
  let running: Standalone | null = null
  afterEach(async () => {
    await running?.process.end('SIGKILL')
    await running?.remove()
    running = null
  })

  it.each(SEEDS)(
    'has everything afterwards that it acknowledged, and nothing twice (seed %i)',
    async (seed) => {
      const random = new Random(seed)
      running = await Standalone.start()
      const { url, data, ports } = running
      const people = await makePeople(url, ADMIN)
      const mails = new MailWatch(running.mailUrl)
      const stop = new AbortController()
      const working = work(people, stop.signal)
      // Told by the await below.
      working.catch(() => stop.abort())
      for (let kill = 0; kill < KILLS && !stop.signal.aborted; kill++) {
        await sleep(random.between(200, 2_500))
        await running.process.end('SIGKILL')
        running = await Standalone.start({ data, ports })
      }
      await sleep(random.between(200, 1_000))
      stop.abort()
      const told = await working
      await expectAllThere(people, told)
      const { seen, toldAgain } = await mails.stop()
      expect(toldAgain).toEqual([])
      expect(seen).toBeGreaterThan(0)
      expect(await running.stop()).toBe(0)
      // Else nothing was killed at work.
      expect(Object.values(people).some((one) => one instanceof PatientClient && one.repeated > 0)).toBe(true)
    },
    nightly ? 600_000 : 240_000,
  )
})
