import { DEAD_LETTER_HEADERS as H } from '@reprieve/messaging'
import { sharedKafka } from '@reprieve/testing'
import { Kafka, logLevel } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mainJob, type System } from './support/acceptance.js'
import { consoleJob } from './support/acceptance-console.js'
import { noticesJob } from './support/acceptance-notices.js'
import { ticketSourcesJob } from './support/acceptance-ticket-sources.js'
import { ticketsJob } from './support/acceptance-tickets.js'
import { Api, eventually } from './support/api.js'
import { browserAbsent, launch, Visitor } from './support/browser.js'
import { ADMIN, Distributed } from './support/distributed.js'
import { PASSWORD } from './support/standalone.js'

const brokers = await sharedKafka()

describe.skipIf(brokers === null)('one process per service, on Kafka', () => {
  let distributed: Distributed

  beforeAll(async () => {
    distributed = await Distributed.start(brokers ?? [])
  })
  afterAll(async () => distributed?.remove())

  const system = (): System => ({
    url: distributed.url,
    adminEmail: ADMIN,
    password: PASSWORD,
    mails: async () =>
      distributed.smtp.mails().map(({ to, parsed }) => ({ to: to.join(), subject: parsed.subject ?? '' })),
  })
  mainJob(system)
  noticesJob(system)
  ticketsJob(system)
  ticketSourcesJob(system)
  consoleJob(system)

  it('takes instance events that a scanner publishes on the topic itself, as JSON too', async () => {
    const kafka = new Kafka({ brokers: brokers ?? [], logLevel: logLevel.NOTHING })
    const producer = kafka.producer()
    await producer.connect()
    const asset = 'published-on-the-topic'
    const event = {
      observed: {
        scanner: 'topic',
        scanId: '1',
        asset: { name: asset, type: 'ASSET_TYPE_HOST' },
        vulnerability: { id: 'CVE-2023-4911' },
        component: { name: 'glibc', version: '2.36' },
        severity: 'high',
        observedAt: new Date().toISOString(),
      },
    }
    await producer.send({
      topic: 'scanner.instances.v1',
      messages: [
        { key: asset, value: JSON.stringify(event), headers: { 'content-type': 'application/json' } },
        { key: asset, value: 'not an event', headers: { 'content-type': 'application/json' } },
        {
          key: asset,
          value: JSON.stringify({ observed: { ...event.observed, vulnerability: { id: 'CVE-2022-0847' } } }),
          headers: { 'content-type': 'application/json' },
        },
      ],
    })
    await producer.disconnect()
    const admin = await new Api(distributed.url).signIn(ADMIN, PASSWORD)
    const filter = encodeURIComponent(`asset.name == "${asset}"`)
    const page = await eventually(
      async () => (await admin.get<{ items: Array<{ vulnerability: string }> }>(`/instances?filter=${filter}`)).body,
      ({ items }) => items.length === 2,
    )
    expect(page.items.map(({ vulnerability }) => vulnerability).sort()).toEqual(['CVE-2022-0847', 'CVE-2023-4911'])
  })

  it('puts a record that is no event aside, with its cause', async () => {
    const consumer = new Kafka({ brokers: brokers ?? [], logLevel: logLevel.NOTHING }).consumer({
      groupId: `test-${Date.now()}`,
    })
    await consumer.connect()
    await consumer.subscribe({ topics: ['scanner.instances.v1.dlq'], fromBeginning: true })
    const dead: Array<{ value: string; headers: string[] }> = []
    await consumer.run({
      eachMessage: async ({ message }) => {
        dead.push({ value: message.value?.toString() ?? '', headers: Object.keys(message.headers ?? {}) })
      },
    })
    await eventually(
      async () => dead,
      (records) => records.some(({ value }) => value === 'not an event'),
    )
    await consumer.disconnect()
  })

  it.skipIf(browserAbsent)('shows what was put aside, and takes it in once whoever operates it says so', async () => {
    const asset = 'put-aside-and-mended'
    const producer = new Kafka({ brokers: brokers ?? [], logLevel: logLevel.NOTHING }).producer()
    await producer.connect()
    const now = new Date().toISOString()
    const observed = {
      scanner: 'topic',
      scanId: '2',
      asset: { name: asset, type: 'ASSET_TYPE_HOST' },
      vulnerability: { id: 'CVE-2023-4911' },
      component: { name: 'glibc', version: '2.36' },
      severity: 'high',
      observedAt: now,
    }
    await producer.send({
      topic: 'scanner.instances.v1.dlq',
      messages: [
        {
          key: asset,
          value: JSON.stringify({ observed }),
          headers: {
            'content-type': 'application/json',
            [H.topic]: 'scanner.instances.v1',
            [H.partition]: '0',
            [H.offset]: '900000',
            [H.group]: 'scope-ingest',
            [H.handler]: 'scope ingest',
            [H.reason]: 'it cannot be taken in: a fault of ours',
            [H.attempts]: '3',
            [H.failedAt]: now,
            [H.publishedAt]: now,
          },
        },
      ],
    })
    await producer.disconnect()
    const admin = await new Api(distributed.url).signIn(ADMIN, PASSWORD)
    await eventually(
      () => admin.get<{ items: Array<{ key: string }> }>('/dead-letters'),
      ({ body }) => body.items.some(({ key }) => key === asset),
    )
    const browser = await launch()
    const visitor = await Visitor.come(browser, { url: distributed.url, email: ADMIN, password: PASSWORD })
    const { page } = visitor
    await visitor.open('/reports?tab=dead-letters')
    const row = page.getByRole('row', { name: new RegExp(asset) })
    await row.getByText('it cannot be taken in: a fault of ours').waitFor()
    await row.getByRole('button', { name: 'Redrive' }).click()
    await page.getByText('It is on its way to scope-ingest again.').waitFor()
    await row.waitFor({ state: 'detached' })
    await page.getByText('Settled ones, too').click()
    await row.getByText('Redriven', { exact: true }).waitFor()
    // Instances come without being told of one by one: the page is opened until it is there.
    await eventually(
      async () => {
        await visitor.open(`/instances?filter=${encodeURIComponent(`asset.name == "${asset}"`)}`)
        return page.getByRole('row', { name: new RegExp(asset) }).count()
      },
      (count) => count === 1,
    )
    expect(visitor.troubles).toEqual([])
    await browser.close()
  })
})
