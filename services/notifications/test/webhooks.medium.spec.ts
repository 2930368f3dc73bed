import { setTimeout as sleep } from 'node:timers/promises'
import { fromBinary } from '@bufbuild/protobuf'
import { ManualClock } from '@reprieve/clock'
import { notifications } from '@reprieve/contracts'
import { InProcessCarrier, messagingMigrations } from '@reprieve/messaging'
import type { RunningService } from '@reprieve/service-host'
import { createDatabase } from '@reprieve/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ANNA, type Called, call as callService, ExceptionStory, Harness, OLGA, RITA, until } from './harness.js'
import { isGenuine, Receiver } from './receiver.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const KEY_SECRET = 'a secret of this installation, long enough'

let harness: Harness
let service: RunningService
let receiver: Receiver

beforeEach(async () => {
  harness = await Harness.open()
  receiver = await Receiver.start()
})
afterEach(async () => {
  await harness.close()
  await receiver.stop()
})

const call = (method: string, path: string, body?: unknown, headers?: Record<string, string>, who = OLGA) =>
  callService(harness, service, who, method, path, body, headers)

async function start(): Promise<void> {
  service = await harness.start({ REPRIEVE_KEY_ENCRYPTION_SECRET: KEY_SECRET })
  await harness.tellOfPeople()
  await until(async () => (await call('GET', '/webhooks')).status === 200)
}

async function allow(...hosts: string[]): Promise<void> {
  const { etag } = await call('GET', '/webhook-hosts')
  expect(await call('PUT', '/webhook-hosts', { hosts }, { 'if-match': etag })).toMatchObject({ status: 200 })
}

async function subscribe(more: object = {}): Promise<Called> {
  await allow('127.0.0.1')
  const made = await call('POST', '/webhooks', { name: 'Tickets', url: receiver.url, ...more })
  expect(made).toMatchObject({ status: 201 })
  return made
}

const webhook = async (id: string) => (await call('GET', `/webhooks/${id}`)).body
const deliveries = async (id: string) => (await call('GET', `/webhooks/${id}/deliveries?sort=createdAt`)).body.items

describe('a webhook', () => {
  it('hears of each event once, signed, however often and in whatever order it comes', async () => {
    await start()
    const { body } = await subscribe()
    const story = new ExceptionStory(harness, [ANNA])
    for (let time = 0; time < 3; time++) await story.tell('SUBMITTED', { version: 1, actor: RITA })
    for (let time = 0; time < 3; time++) await story.open()
    await story.act({ type: 'APPROVED', by: ANNA, step: 0, reason: 'Fine.' })
    for (let time = 0; time < 3; time++) await story.again()
    await story.tell('ACTIVATED', { version: 2 })
    await story.tell('SUBMITTED', { version: 1 })
    await story.tell('ACTIVATED', { version: 2, replay: true })
    await harness.settle(story)
    await until(() => receiver.received.length >= 4)
    await sleep(800)
    expect(receiver.types().sort()).toEqual([
      'approval.approved',
      'approval.opened',
      'exception.activated',
      'exception.submitted',
    ])
    expect(new Set(receiver.ids()).size).toBe(4)
    for (const received of receiver.received) {
      expect(isGenuine(received, body.secret)).toBe(true)
      expect(isGenuine({ ...received, body: received.body.replace('TLS', 'SSL') }, body.secret)).toBe(false)
      expect(received.headers['content-type']).toBe('application/json')
      expect(received.data['link']).toBe(`https://reprieve.example/exceptions/${story.id}`)
    }
    const submitted = receiver.received.find(({ type }) => type === 'exception.submitted')
    expect(Object.keys(JSON.parse(submitted?.body ?? ''))).toEqual(['type', 'timestamp', 'data'])
    expect(submitted?.data).toMatchObject({ id: story.id, status: 'pendingApproval', requestedBy: RITA, version: 1 })
    expect(submitted?.body).not.toContain('Replaced in spring')
    const records = await deliveries(body.id)
    expect(records.map(({ id }: { id: string }) => id).sort()).toEqual(receiver.ids().sort())
    expect(records).toMatchObject(
      Array.from({ length: 4 }, () => ({ status: 'delivered', attempts: 1, responseStatus: 204 })),
    )
  })

  it('hears only of what it asked for, and of nothing from before', async () => {
    await start()
    const before = new ExceptionStory(harness, [])
    await before.tell('SUBMITTED')
    await harness.settle(before)
    await subscribe({ eventTypes: ['exception.expired'] })
    const story = new ExceptionStory(harness, [])
    for (const transition of ['SUBMITTED', 'ACTIVATED', 'EXPIRED'] as const) await story.tell(transition)
    await until(() => receiver.received.length > 0)
    await sleep(700)
    expect(receiver.types()).toEqual(['exception.expired'])
  })

  it('is not told of a replay, and is of what comes after one', async () => {
    await start()
    await subscribe()
    const story = new ExceptionStory(harness, [ANNA])
    await story.tell('SUBMITTED', { replay: true })
    await story.open({ replay: true })
    await harness.settle(story)
    await story.act({ type: 'DENIED', by: ANNA, step: 0, reason: 'No.' })
    await until(() => receiver.received.length > 0)
    await sleep(700)
    expect(receiver.types()).toEqual(['approval.denied'])
  })

  it('hears each event once where several processes send', async () => {
    await start()
    const messages = await createDatabase(messagingMigrations)
    const carrier = await InProcessCarrier.open({ url: messages.url })
    try {
      const second = await harness.start({ REPRIEVE_KEY_ENCRYPTION_SECRET: KEY_SECRET }, carrier)
      await subscribe()
      receiver.answer(async (_, response) => {
        await sleep(5)
        response.writeHead(200).end('ok')
      })
      const stories = Array.from({ length: 40 }, () => new ExceptionStory(harness, []))
      for (const story of stories) await story.tell('SUBMITTED')
      await until(() => receiver.received.length >= 40)
      await sleep(700)
      expect(receiver.received).toHaveLength(40)
      expect(new Set(receiver.ids()).size).toBe(40)
      await harness.stop(second)
    } finally {
      await carrier.close()
      await messages.drop()
    }
  })
})

describe('a receiver', () => {
  it('that fails is asked again on the schedule, with the same id, until it takes it', async () => {
    const clock = new ManualClock(new Date())
    harness.clock = clock
    await start()
    const { body } = await subscribe({ eventTypes: ['exception.submitted'] })
    receiver.answer(
      (_, response, count) =>
        void response
          .writeHead(count <= 2 ? 500 : count === 3 ? 429 : 200, count === 3 ? { 'retry-after': '7200' } : {})
          .end(),
    )
    await new ExceptionStory(harness, []).tell('SUBMITTED')
    const attempts = (count: number) => until(async () => (await deliveries(body.id))[0]?.attempts === count)
    const waits = () => until(async () => ['waiting', 'delivered'].includes((await deliveries(body.id))[0]?.status))
    await attempts(1)
    await waits()
    expect((await webhook(body.id)).failing).toMatchObject({ failures: 1, lastError: 'it answered 500' })
    for (const [count, pause] of [
      [2, 5_500],
      [3, 330_000],
    ] as const) {
      clock.advance(pause)
      await attempts(count)
      await waits()
    }
    // It asked for two hours, which is longer than the half hour it would have been.
    clock.advance(HOUR_MS)
    await sleep(1_200)
    expect(receiver.received).toHaveLength(3)
    clock.advance(HOUR_MS)
    await attempts(4)
    await waits()
    expect(new Set(receiver.ids()).size).toBe(1)
    const [delivery] = await deliveries(body.id)
    expect(delivery).toMatchObject({ status: 'delivered', attempts: 4, responseStatus: 200, nextAttemptAt: null })
    expect(await webhook(body.id)).toMatchObject({ failing: null, enabled: true })
  })

  it('that takes nothing for days has its webhook disabled, and whoever operates the installation is told once', async () => {
    const clock = new ManualClock(new Date())
    harness.clock = clock
    await start()
    const { body } = await subscribe({ eventTypes: ['exception.submitted'] })
    receiver.answerStatus(503)
    const events = 3
    for (let n = 0; n < events; n++) await new ExceptionStory(harness, []).tell('SUBMITTED')
    const total = async () =>
      (await deliveries(body.id)).reduce((sum: number, one: { attempts: number }) => sum + one.attempts, 0)
    const settled = async () =>
      (await deliveries(body.id)).every(({ status }: { status: string }) => status !== 'sending')
    for (let attempt = 1; attempt <= 5; attempt++) {
      await until(async () => (await total()) === events * attempt && (await settled()))
      expect((await webhook(body.id)).enabled).toBe(true)
      clock.advance(27 * HOUR_MS)
    }
    await until(async () => !(await webhook(body.id)).enabled && (await settled()))
    expect(await webhook(body.id)).toMatchObject({
      disabled: { because: 'failures' },
      failing: { lastError: 'it answered 503' },
    })
    for (const { status } of await deliveries(body.id)) expect(['dropped', 'given_up']).toContain(status)
    const attempts = await total()
    clock.advance(27 * HOUR_MS)
    await until(() => harness.smtp.mails().some(({ to }) => to[0] === 'olga@x.example'))
    await sleep(1_200)
    expect(await total()).toBe(attempts)
    const told = harness.smtp.mails().filter(({ to }) => to[0] === 'olga@x.example')
    expect(told).toHaveLength(1)
    expect(told[0]?.parsed.text).toContain('Nothing has got through to the webhook Tickets since')
  })

  it('that says it is gone has its webhook disabled at once', async () => {
    await start()
    const { body } = await subscribe()
    receiver.answerStatus(410)
    await new ExceptionStory(harness, []).tell('SUBMITTED')
    await until(async () => (await webhook(body.id)).enabled === false)
    expect(await webhook(body.id)).toMatchObject({ disabled: { because: 'gone' } })
    await until(() => harness.smtp.mails().some(({ to }) => to[0] === 'olga@x.example'))
    const mails = harness.smtp.mails().filter(({ to }) => to[0] === 'olga@x.example')
    expect(mails).toHaveLength(1)
    expect(mails[0]?.parsed.subject).toBe('Webhook disabled: Tickets')
    expect(mails[0]?.parsed.text).toContain('it answered 410')
    const inApp = await call('GET', '/me/notifications')
    expect(inApp.body.items).toMatchObject([{ kind: 'webhook_disabled', exceptionId: null, webhookId: body.id }])
    // Enabled again it begins anew.
    receiver.answerStatus(200)
    const { etag } = await call('GET', `/webhooks/${body.id}`)
    expect(await call('PATCH', `/webhooks/${body.id}`, { enabled: true }, { 'if-match': etag })).toMatchObject({
      status: 200,
      body: { enabled: true, disabled: null, failing: null },
    })
    const before = receiver.received.length
    await new ExceptionStory(harness, []).tell('SUBMITTED')
    await until(() => receiver.received.length > before)
  })

  it('cannot send us elsewhere, keep us, or fill us up', async () => {
    await start()
    const { body } = await subscribe()
    const other = await Receiver.start()
    try {
      const outcome = async (): Promise<{ status: string; responseStatus: number | null; lastError: string }> => {
        const { body: pinged } = await call('POST', `/webhooks/${body.id}/ping`)
        await until(async () => {
          const all = await deliveries(body.id)
          return ['delivered', 'given_up'].includes(
            all.find(({ id }: { id: string }) => id === pinged.deliveryId)?.status,
          )
        })
        return (await deliveries(body.id)).find(({ id }: { id: string }) => id === pinged.deliveryId)
      }
      receiver.answerStatus(307, { location: other.url })
      expect(await outcome()).toMatchObject({
        status: 'given_up',
        responseStatus: 307,
        lastError: 'it answered 307, and redirects are not followed',
      })
      expect(other.received).toEqual([])
      receiver.answer((_, response) => {
        response.writeHead(200)
        const more = () => {
          while (!response.destroyed && response.write(Buffer.alloc(65_536)));
        }
        response.on('drain', more)
        response.on('error', () => {})
        more()
      })
      expect(await outcome()).toMatchObject({ status: 'delivered' })
      receiver.answer((_, response) => void response.writeHead(200, { 'x-long': 'x'.repeat(40_000) }).end())
      expect(await outcome()).toMatchObject({ status: 'given_up', responseStatus: null })
      receiver.answer((_, response) => void response.destroy())
      expect(await outcome()).toMatchObject({ status: 'given_up', responseStatus: null })
    } finally {
      await other.stop()
    }
  })
})

describe('a host', () => {
  it('within the network is refused until an admin allows it, and link-local ones always', async () => {
    await start()
    const make = (url: string) => call('POST', '/webhooks', { url })
    for (const url of [
      receiver.url,
      'https://localhost/x',
      'https://[::1]/',
      'https://10.0.0.1/',
      'https://2130706433/',
    ]) {
      expect(await make(url)).toMatchObject({
        status: 422,
        body: { code: 'HOST_NOT_ALLOWED', errors: [{ pointer: '/url' }] },
      })
    }
    expect(await make('http://hooks.example.org/')).toMatchObject({ status: 422, body: { code: 'HOST_NOT_ALLOWED' } })
    expect(await make('https://user:pw@hooks.example.org/')).toMatchObject({ status: 422, body: { code: 'INVALID' } })
    await allow('127.0.0.1', '169.254.169.254')
    expect(await make(receiver.url)).toMatchObject({ status: 201 })
    expect(await make('http://169.254.169.254/latest/meta-data')).toMatchObject({ status: 422 })
    // What is allowed no more gets nothing more.
    await allow()
    const [made] = (await call('GET', '/webhooks')).body.items
    await call('POST', `/webhooks/${made.id}/ping`)
    await until(async () => (await deliveries(made.id))[0]?.status === 'given_up')
    expect((await deliveries(made.id))[0].lastError).toMatch(/may not be delivered to/)
    expect(receiver.received).toEqual([])
    const wrong = await call('PUT', '/webhook-hosts', { hosts: ['ok.example', '*.example'] }, { 'if-match': '*' })
    expect(wrong).toMatchObject({ status: 422, body: { errors: [{ pointer: '/hosts/1' }] } })
  })
})

describe('a secret', () => {
  it('is shown once, kept sealed, and is in no log', async () => {
    await start()
    await allow('127.0.0.1')
    const key = { 'idempotency-key': 'make-one' }
    const made = await call('POST', '/webhooks', { url: receiver.url }, key)
    expect(made.body.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(made.body.name).toBe('127.0.0.1')
    const again = await call('POST', '/webhooks', { url: receiver.url }, key)
    expect(again.body).toEqual({ ...made.body, secret: null })
    expect(JSON.stringify((await call('GET', '/webhooks')).body)).not.toContain('whsec_')
    expect(JSON.stringify(await webhook(made.body.id))).not.toContain('whsec_')
    const { pool } = harness.own.open<Record<string, never>>()
    const { rows } = await pool.query(
      "SELECT sealed FROM webhook_secret UNION ALL SELECT coalesce(body::text, '') FROM idempotency_key",
    )
    expect(rows).toHaveLength(2)
    expect(JSON.stringify(rows)).not.toContain(made.body.secret.slice(6))
    expect(harness.lines.join()).not.toContain(made.body.secret.slice(6))
  })

  it('can be changed without a gap: two sign at once, for as long as was asked for', async () => {
    const clock = new ManualClock(new Date())
    harness.clock = clock
    await start()
    const { body } = await subscribe()
    const rotated = await call('POST', `/webhooks/${body.id}/secret`, { previousValidForHours: 1 })
    expect(rotated).toMatchObject({ status: 200, body: { secret: expect.stringMatching(/^whsec_/) } })
    const ping = async () => {
      const before = receiver.received.length
      await call('POST', `/webhooks/${body.id}/ping`)
      await until(() => receiver.received.length > before)
      const received = receiver.received.at(-1)
      if (received === undefined) throw new Error('nothing came')
      return received
    }
    const both = await ping()
    expect(both.type).toBe('webhook.ping')
    expect(both.headers['webhook-signature']?.split(' ')).toHaveLength(2)
    expect(isGenuine(both, body.secret)).toBe(true)
    expect(isGenuine(both, rotated.body.secret)).toBe(true)
    expect((await webhook(body.id)).secrets).toHaveLength(2)
    clock.advance(HOUR_MS)
    const one = await ping()
    expect(one.headers['webhook-signature']?.split(' ')).toHaveLength(1)
    expect((await webhook(body.id)).secrets).toHaveLength(1)
    // A third makes the second the one before, and nothing is left of the first.
    await call('POST', `/webhooks/${body.id}/secret`, {})
    await call('POST', `/webhooks/${body.id}/secret`, {})
    expect((await webhook(body.id)).secrets).toHaveLength(2)
  })
})

describe('webhooks', () => {
  it('are for those who may manage the installation', async () => {
    await start()
    for (const [method, path] of [
      ['GET', '/webhooks'],
      ['POST', '/webhooks'],
      ['GET', '/webhook-hosts'],
      ['PUT', '/webhook-hosts'],
      ['GET', '/mails'],
      ['GET', '/mail-templates'],
    ] as const) {
      expect((await call(method, path, method === 'GET' ? undefined : {}, { 'if-match': '*' }, RITA)).status).toBe(403)
    }
  })

  it('are changed against what was read, and forgotten with their deliveries', async () => {
    await start()
    const { body, etag } = await subscribe()
    const patch = (change: object, headers: Record<string, string>) =>
      call('PATCH', `/webhooks/${body.id}`, change, headers)
    expect((await patch({ name: 'x' }, {})).status).toBe(428)
    expect((await patch({ name: 'x' }, { 'if-match': '"99"' })).status).toBe(412)
    const changed = await patch({ name: 'Other', eventTypes: ['exception.lapsed'] }, { 'if-match': etag })
    expect(changed).toMatchObject({
      status: 200,
      body: { name: 'Other', eventTypes: ['exception.lapsed'], url: receiver.url },
    })
    expect((await patch({ url: 'https://10.0.0.1/' }, { 'if-match': changed.etag })).status).toBe(422)
    const disabled = await patch({ enabled: false }, { 'if-match': changed.etag })
    expect(disabled.body).toMatchObject({ enabled: false, disabled: { because: 'person' } })
    expect((await call('GET', '/webhooks?enabled=true')).body.items).toEqual([])
    const ping = await call('POST', `/webhooks/${body.id}/ping`)
    expect(ping.status).toBe(202)
    await until(() => receiver.received.length === 1)
    expect((await call('GET', `/webhooks/${body.id}/deliveries?type=webhook.ping`)).body.items).toHaveLength(1)
    expect((await call('GET', `/webhooks/${body.id}/deliveries?status=dropped`)).body.items).toEqual([])
    expect((await call('DELETE', `/webhooks/${body.id}`)).status).toBe(204)
    expect((await call('DELETE', `/webhooks/${body.id}`)).status).toBe(404)
    expect((await call('GET', `/webhooks/${body.id}/deliveries`)).status).toBe(404)
  })

  it('and what is old is forgotten', async () => {
    const clock = new ManualClock(new Date())
    harness.clock = clock
    await start()
    const { body } = await subscribe()
    const story = new ExceptionStory(harness, [])
    await story.tell('SUBMITTED')
    await story.tell('ACTIVATED')
    await until(() => receiver.received.length === 2)
    await harness.settle(story)
    await harness.stop(service)
    clock.advance(366 * DAY_MS)
    service = await harness.start({ REPRIEVE_KEY_ENCRYPTION_SECRET: KEY_SECRET })
    await until(async () => (await deliveries(body.id)).length === 0)
    await until(async () => (await call('GET', '/mails')).body.items.length === 0)
    expect((await call('GET', '/me/notifications', undefined, {}, RITA)).body.items).toEqual([])
  })
})

describe('what operators change', () => {
  const { WebhookTransition } = notifications

  /** What is told on the topic from now on, but for notices. */
  async function hear(): Promise<notifications.NoticeEvent[]> {
    const heard: notifications.NoticeEvent[] = []
    await harness.carrier.subscribe({
      group: 'test',
      topics: ['notifications.v1'],
      handler: 'test',
      maxBatch: 10,
      handle: async (batch) => {
        const events = batch.map(({ value }) => fromBinary(notifications.NoticeEventSchema, value))
        heard.push(...events.filter(({ notice }) => notice === undefined))
      },
    })
    return heard
  }

  it('is told with who did it, and no secret, path or password is', async () => {
    await start()
    const heard = await hear()
    await allow('127.0.0.1')
    const url = `${receiver.url}?token=in-the-address`
    const { body, etag } = await call('POST', '/webhooks', { name: 'Tickets', url })
    const renamed = await call('PATCH', `/webhooks/${body.id}`, { name: 'Chat' }, { 'if-match': etag })
    const rotated = await call('POST', `/webhooks/${body.id}/secret`, {})
    // What is read of it has changed: its secrets' ages.
    const late = await call('PATCH', `/webhooks/${body.id}`, { name: 'Late' }, { 'if-match': renamed.etag })
    expect(late.status).toBe(412)
    receiver.answerStatus(410)
    await new ExceptionStory(harness, []).tell('SUBMITTED')
    await until(async () => (await webhook(body.id)).enabled === false)
    expect((await call('DELETE', `/webhooks/${body.id}`)).status).toBe(204)
    const template = { subject: 'Ja', text: 'Ja.', html: '<p>Ja.</p>' }
    await call('PUT', '/mail-templates/approved', template, { 'if-match': '*' })
    await call('DELETE', '/mail-templates/approved')

    await until(() => heard.length >= 8)
    expect(heard.map(({ meta }) => meta?.actor?.userId ?? null)).toEqual([
      ...Array(4).fill(OLGA.id),
      null,
      ...Array(3).fill(OLGA.id),
    ])
    expect(heard.flatMap(({ webhookHosts }) => webhookHosts?.hosts ?? [])).toEqual(['127.0.0.1'])
    const told = heard.flatMap(({ meta, webhook: change }) =>
      change?.webhook === undefined
        ? []
        : [
            [
              WebhookTransition[change.transition],
              change.webhook.name,
              change.webhook.enabled,
              Number(meta?.version?.n),
            ],
          ],
    )
    expect(told).toEqual([
      ['CREATED', 'Tickets', true, 1],
      ['CHANGED', 'Chat', true, 2],
      ['SECRET_ROTATED', 'Chat', true, 3],
      ['DISABLED', 'Chat', false, 4],
      ['DELETED', 'Chat', false, 5],
    ])
    expect(heard[1]?.webhook?.webhook).toMatchObject({
      id: body.id,
      origin: new URL(url).origin,
      urlSha256: expect.stringMatching(/^[\da-f]{64}$/),
    })
    expect(heard.flatMap(({ mailTemplate }) => (mailTemplate === undefined ? [] : [mailTemplate]))).toMatchObject([
      { kind: 'approved', edited: true, ...template },
      { kind: 'approved', edited: false, subject: '', text: '', html: '' },
    ])
    const everything = JSON.stringify(heard, (_name, value) => (typeof value === 'bigint' ? `${value}` : value))
    for (const secret of ['in-the-address', 'whsec_', body.secret.slice(6), rotated.body.secret.slice(6)]) {
      expect(everything).not.toContain(secret)
    }
  })
})
