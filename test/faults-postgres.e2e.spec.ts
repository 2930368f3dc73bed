import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { SERVICE_NAMES } from '@reprieve/service-host'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Api, eventually } from './support/api.js'
import { ADMIN, Composition } from './support/composition.js'
import { cycloneDx } from './support/cyclone-dx.js'
import { PASSWORD } from './support/standalone.js'
import { type Outcome, SteadyLoad } from './support/steady-load.js'

const ASSET = 'host-under-load'
const NIGHTLY = process.env['REPRIEVE_TEST_SIZE'] === 'nightly'
const FINDINGS_A_REPORT = 40
const AWAY_MS = NIGHTLY ? 45_000 : 6_000
// From the moment that PostgreSQL takes connections again.
const RECOVERY_MS = 60_000

interface Exception {
  id: string
  name: string
  status: string
  instanceCount: number
}

describe('PostgreSQL that goes away under load', () => {
  let composition: Composition
  let admin: Api
  let danaToken: string
  let adminToken: string

  beforeAll(async () => {
    composition = await Composition.start()
    admin = await new Api(composition.url).signIn(ADMIN, PASSWORD)
    const permissions = ['exceptions.request', 'exceptions.read', 'instances.read']
    await admin.post('/roles', { name: 'developer', permissions })
    const dana = { email: 'dana@reprieve.example', name: 'Dana', role: 'developer', password: PASSWORD, kind: 'person' }
    expect(await admin.post('/users', dana)).toMatchObject({ status: 201 })
    await admin.post('/rules', { role: 'developer', instructions: '', workflow: { type: 'autoPilot' } })
    const token = async (email: string) =>
      (await admin.post<{ accessToken: string }>('/session', { email, password: PASSWORD })).body.accessToken
    danaToken = await token(dana.email)
    adminToken = await token(ADMIN)
    await eventually(
      () => admin.get<{ count: { value: number } }>('/users'),
      ({ body }) => body.count.value === 2,
    )
  })
  afterAll(async () => composition?.remove())

  const ready = async (base = composition.url) => {
    const response = await fetch(`${base}/readyz`).catch((error: Error) => {
      throw new Error(
        `${error.message}; the process ended: ${composition.process.ended}\n${composition.process.output.slice(-5_000)}`,
      )
    })
    return {
      status: response.status,
      body: (await response.json()) as { ready: boolean; troubles: string[] },
    }
  }

  const away = {
    'crashes and recovers from its log': {
      take: () => composition.postgres.kill(),
      giveBack: () => composition.postgres.restart(),
      reason: /PostgreSQL is away/,
    },
    'is stopped in order and started again': {
      take: () => composition.postgres.stop(),
      giveBack: () => composition.postgres.restart(),
      reason: /PostgreSQL is away/,
    },
    'is there and does not answer': {
      take: () => composition.signalPostgres('SIGSTOP'),
      giveBack: () => composition.signalPostgres('SIGCONT'),
      reason: /PostgreSQL does not answer/,
    },
  }

  it.each(Object.entries(away))(
    'loses nothing and doubles nothing when it %s',
    async (_, { take, giveBack, reason }) => {
      const run = randomUUID().slice(0, 8)
      const load = new SteadyLoad(composition.url)
      const asked = new Map<string, Outcome>()
      const vulnerabilities: string[] = []
      const reports: string[] = []
      const request = (name: string) => ({
        name,
        justification: 'It is switched off next month.',
        riskAcknowledged: true,
        expression: `asset.name == "${ASSET}-${run}"`,
        expiration: { type: 'never' },
      })
      for (let client = 0; client < 3; client++) {
        load.add(async (round) => {
          const name = `keyed ${run} ${client}.${round}`
          const headers = { 'idempotency-key': name.replaceAll(' ', '-') }
          const body = request(name)
          asked.set(
            name,
            await load.insist({ method: 'POST', path: '/exceptions', token: danaToken, body, headers }, [503, 504]),
          )
        })
        load.add(async (round) => {
          const name = `plain ${run} ${client}.${round}`
          asked.set(
            name,
            await load.insist({ method: 'POST', path: '/exceptions', token: danaToken, body: request(name) }),
          )
        })
        load.add(async (round) => {
          const id = `CVE-2024-${client + 1}${String(round).padStart(5, '0')}`
          const event = {
            observed: {
              scanner: 'load',
              scanId: 'scan',
              asset: { name: `${ASSET}-${run}`, type: 'ASSET_TYPE_HOST' },
              vulnerability: { id },
              component: { name: 'log4j-core', version: '1.0.0' },
              severity: 'high',
              observedAt: new Date().toISOString(),
            },
          }
          const headers = { 'content-type': 'application/x-ndjson' }
          const body = JSON.stringify(event)
          // What is observed may be told twice: a lost answer costs nothing here.
          const { status, body: answer } = await load.insist(
            { method: 'POST', path: '/instances/batch', token: adminToken, body, headers },
            [503, 504],
          )
          if (status === 202 && answer['accepted'] === 1) vulnerabilities.push(id)
          else load.faults.push(`an event was answered ${status} ${JSON.stringify(answer)}`)
        })
        load.add(async (round) => {
          const headers = { 'idempotency-key': `report-${run}-${client}-${round}` }
          const path = `/reports?scanner=load-sbom&asset=report-${run}-${client}-${round}`
          const body = cycloneDx(FINDINGS_A_REPORT)
          const { status, body: answer } = await load.insist(
            { method: 'POST', path, token: adminToken, body, headers },
            [503, 504],
          )
          if (status === 202) reports.push(String(answer['id']))
          else load.faults.push(`a report was answered ${status} ${JSON.stringify(answer)}`)
        })
      }
      for (const path of [
        '/me',
        '/exceptions?sort=name',
        '/instances?coverage=uncovered',
        '/rules',
        '/approvals',
        '/me/notifications',
      ]) {
        load.add(() => load.ask({ method: 'GET', path, token: adminToken }))
      }
      load.add(async () => {
        const { status } = await load.ask({
          method: 'POST',
          path: '/session',
          body: { email: ADMIN, password: PASSWORD },
        })
        if (status !== 200 && status !== 503 && status !== 504) load.faults.push(`signing in was answered ${status}`)
      })

      await sleep(2_000)
      await take()
      try {
        const until = performance.now() + AWAY_MS
        await sleep(2_500)
        while (performance.now() < until) {
          expect(await ready()).toMatchObject({ status: 503, body: { ready: false } })
          expect((await fetch(`${composition.url}/healthz`)).status).toBe(200)
          for (const service of SERVICE_NAMES) {
            const { status, body } = await ready(composition.addressOf(service))
            expect(status).toBe(503)
            expect(body.troubles.join('; ')).toMatch(reason)
            expect((await fetch(`${composition.addressOf(service)}/healthz`)).status).toBe(200)
          }
          await sleep(500)
        }
      } finally {
        await giveBack()
      }
      await eventually(ready, ({ status }) => status === 200, RECOVERY_MS).catch(async (error: Error) => {
        const troubles = await Promise.all(SERVICE_NAMES.map((name) => ready(composition.addressOf(name))))
        throw new Error(`${error.message}\n${JSON.stringify(troubles)}\n${composition.process.output.slice(-5_000)}`)
      })
      await sleep(2_000)
      await load.stop()

      expect(composition.process.ended).toBe(false)
      load.expectHonest()

      expect(await composition.deadLetters()).toBe(0)
      const found = await everyException(admin, run)
      const times = new Map<string, number>()
      for (const { name } of found) times.set(name, (times.get(name) ?? 0) + 1)
      for (const [name, { status }] of asked) {
        // Only who sent no key and was told that it is not known may not know.
        const allowed = status === 201 ? [1] : name.startsWith('plain') && status === 504 ? [0, 1] : []
        expect(allowed, `${name} was answered ${status}`).toContain(times.get(name) ?? 0)
      }
      expect([...times.keys()].filter((name) => !asked.has(name))).toEqual([])
      expect(new Set(found.map(({ status }) => status))).toEqual(new Set(['active']))

      const filter = encodeURIComponent(`asset.name == "${ASSET}-${run}"`)
      const covered = await eventually(
        async () =>
          (
            await admin.get<{ count: { value: number }; items: Array<{ coveredBy: string[] }> }>(
              `/instances?limit=1&coverage=covered&filter=${filter}`,
            )
          ).body,
        ({ count, items }) =>
          count.value === new Set(vulnerabilities).size && items[0]?.coveredBy.length === found.length,
      )
      expect(covered.count.value).toBe(new Set(vulnerabilities).size)
      await eventually(
        () => everyException(admin, run),
        (all) => all.every(({ instanceCount }) => instanceCount === covered.count.value),
      )
      for (const id of reports) {
        await eventually(
          async () => (await admin.get<Record<string, unknown>>(`/reports/${id}`)).body,
          ({ status, received, created }) =>
            status === 'done' && received === FINDINGS_A_REPORT && created === FINDINGS_A_REPORT,
        )
      }
      await eventually(
        async () => told(composition, run),
        (mails) => new Set(mails.map(({ name }) => name)).size === found.length,
        60_000,
      )
      // A mail that the server took while PostgreSQL went away may be sent again: then it is the same mail, by its id.
      const mails = told(composition, run)
      expect(new Set(mails.map(({ id }) => id)).size).toBe(found.length)
    },
  )
})

async function everyException(admin: Api, run: string): Promise<Exception[]> {
  const found: Exception[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const path: string = `/exceptions?limit=200&sort=name&text=${encodeURIComponent(` ${run} `)}${cursor === '' ? '' : `&cursor=${cursor}`}`
    const { status, body } = await admin.get<{ items: Exception[]; nextCursor: string | null }>(path)
    expect({ status, body }).toMatchObject({ status: 200 })
    found.push(...body.items)
    cursor = body.nextCursor
  }
  return found
}

const told = (composition: Composition, run: string) =>
  composition.smtp.mails().flatMap(({ parsed }) => {
    const name = new RegExp(`\\w+ ${run} \\d+\\.\\d+`).exec(parsed.subject ?? '')?.[0]
    return name === undefined ? [] : [{ id: parsed.messageId, name }]
  })
