import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type KafkaBroker, startKafka } from '@reprieve/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Api, eventually } from './support/api.js'
import { ADMIN, Distributed } from './support/distributed.js'
import { PASSWORD } from './support/standalone.js'
import { type Outcome, SteadyLoad } from './support/steady-load.js'

// One of its own: it is taken away, which nobody else who shares one would bear.
const kafka = process.env['KAFKA_BROKERS'] ? null : await startKafka()
const ASSET = 'host-without-kafka'
const AWAY_MS = process.env['REPRIEVE_TEST_SIZE'] === 'nightly' ? 60_000 : 8_000

interface Exception {
  id: string
  name: string
  status: string
  instanceCount: number
}

describe.skipIf(kafka === null)('Kafka that goes away', () => {
  const broker = kafka as KafkaBroker
  let distributed: Distributed
  let admin: Api

  beforeAll(async () => {
    await broker.stop()
  })
  afterAll(async () => {
    await distributed?.remove()
    await broker?.close()
  })

  it('is waited for at the start', async () => {
    let isReady = false
    const starting = Distributed.start(broker.brokers).then((started) => {
      isReady = true
      return started
    })
    await sleep(8_000)
    expect(isReady).toBe(false)
    await broker.start()
    distributed = await starting
    admin = await new Api(distributed.url).signIn(ADMIN, PASSWORD)
  })

  it.each([
    ['crashes', () => broker.kill()],
    ['is stopped in order', () => broker.stop()],
  ])(
    'keeps nobody from working when it %s, and what happened meanwhile is told once it is back',
    async (_, takeAway) => {
      const run = randomUUID().slice(0, 8)
      const role = `developer-${run}`
      const permissions = ['exceptions.request', 'exceptions.read', 'instances.read', 'instances.publish']
      await admin.post('/roles', { name: role, permissions })
      const email = `dana-${run}@reprieve.example`
      const person = { email, name: `Dana ${run}`, role, password: PASSWORD, kind: 'person' }
      expect(await admin.post('/users', person)).toMatchObject({ status: 201 })
      await admin.post('/rules', { role, instructions: '', workflow: { type: 'autoPilot' } })
      const token = (await admin.post<{ accessToken: string }>('/session', { email, password: PASSWORD })).body
        .accessToken
      const load = new SteadyLoad(distributed.url)
      const asset = `${ASSET}-${run}`
      const request = (name: string) => ({
        name,
        justification: 'It is switched off next month.',
        riskAcknowledged: true,
        expression: `asset.name == "${asset}"`,
        expiration: { type: 'never' },
      })
      // The first one waits until every service has heard of the role and its rule.
      await load.insist({ method: 'POST', path: '/exceptions', token, body: request(`${run} first`) }, [403, 503])

      const asked = new Map<string, Outcome>()
      const during = new Map<string, number>()
      let away = false
      for (let client = 0; client < 2; client++) {
        load.add(async (round) => {
          const name = `${run} ${client}.${round}`
          const headers = { 'idempotency-key': name.replaceAll(' ', '-') }
          const isAway = away
          const ask = { method: 'POST', path: '/exceptions', token, body: request(name), headers }
          const outcome = await load.insist(ask, [503, 504])
          asked.set(name, outcome)
          if (isAway && away) during.set(name, outcome.status)
          await sleep(100)
        })
      }
      const vulnerabilities: string[] = []
      load.add(async (round) => {
        const id = `CVE-2024-${String(10_000 + round)}`
        const event = {
          observed: {
            scanner: 'load',
            scanId: run,
            asset: { name: asset, type: 'ASSET_TYPE_HOST' },
            vulnerability: { id },
            component: { name: 'log4j-core', version: '1.0.0' },
            severity: 'high',
            observedAt: new Date().toISOString(),
          },
        }
        const headers = { 'content-type': 'application/x-ndjson' }
        const ask = { method: 'POST', path: '/instances/batch', token, body: JSON.stringify(event), headers }
        const { status } = await load.insist(ask, [503, 504])
        if (status === 202) vulnerabilities.push(id)
        else load.faults.push(`an event was answered ${status}`)
        await sleep(100)
      })
      const ready = async () => (await fetch(`${distributed.url}/readyz`)).status

      await sleep(2_000)
      await takeAway()
      away = true
      await eventually(ready, (status) => status === 503)
      await sleep(AWAY_MS)
      expect((await fetch(`${distributed.url}/healthz`)).status).toBe(200)
      away = false
      await broker.start()
      await eventually(ready, (status) => status === 200, 60_000)
      await sleep(2_000)
      await load.stop()

      load.expectHonest()
      // What people do needs PostgreSQL alone: events wait in the outbox.
      expect(during.size).toBeGreaterThan(5)
      expect(new Set(during.values())).toEqual(new Set([201]))
      expect(new Set([...asked.values()].map(({ status }) => status))).toEqual(new Set([201]))
      const all = () => everyException(admin, run)
      const found = await all()
      expect(found.map(({ name }) => name).sort()).toEqual([...asked.keys(), `${run} first`].sort())
      const known = new Set(vulnerabilities).size
      await eventually(
        all,
        (exceptions) => exceptions.every(({ status, instanceCount }) => status === 'active' && instanceCount === known),
        60_000,
      )
      const subjects = () =>
        distributed.smtp.mails().flatMap(({ parsed }) => {
          const name = new RegExp(`${run} (first|\\d+\\.\\d+)`).exec(parsed.subject ?? '')?.[0]
          return name === undefined ? [] : [{ id: parsed.messageId, name }]
        })
      await eventually(
        async () => subjects(),
        (mails) => new Set(mails.map(({ name }) => name)).size === found.length,
        60_000,
      )
    },
  )
})

async function everyException(admin: Api, run: string): Promise<Exception[]> {
  const found: Exception[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const path: string = `/exceptions?limit=200&text=${run}${cursor === '' ? '' : `&cursor=${cursor}`}`
    const { status, body } = await admin.get<{ items: Exception[]; nextCursor: string | null }>(path)
    expect({ status, body }).toMatchObject({ status: 200 })
    found.push(...body.items)
    cursor = body.nextCursor
  }
  return found
}
