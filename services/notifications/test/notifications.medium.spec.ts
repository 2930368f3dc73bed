import { setTimeout as sleep } from 'node:timers/promises'
import { fromBinary } from '@bufbuild/protobuf'
import { notifications } from '@reprieve/contracts'
import { InProcessCarrier, messagingMigrations } from '@reprieve/messaging'
import { captureSpans, inSpan, startTelemetry, traceHeaders } from '@reprieve/telemetry'
import { type CapturedMail, createDatabase } from '@reprieve/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ANNA, addressOf, BEN, CLEO, ExceptionStory, Harness, RITA, until } from './harness.js'

let harness: Harness

beforeEach(async () => {
  harness = await Harness.open()
})
afterEach(async () => {
  await harness.close()
})

const told = (mails: readonly CapturedMail[]): string[] =>
  mails.map(({ to, parsed }) => `${to.join()} ${parsed.subject?.replace(/: Old TLS.*/, '')}`)

describe('mail', () => {
  it('is sent at each stage, to whom it concerns', async () => {
    await harness.start()
    await harness.tellOfPeople()
    const story = new ExceptionStory(harness, [ANNA, BEN])
    await story.tell('SUBMITTED', { actor: RITA })
    await story.open()
    await harness.smtp.waitForMails(2)
    await story.act({ type: 'STEP_APPROVED', by: ANNA, step: 0, reason: 'Fine with me.' })
    await harness.smtp.waitForMails(4)
    await story.act({ type: 'HANDED_OVER', by: RITA, step: 1, to: CLEO, reason: 'Ben is away.' })
    await harness.smtp.waitForMails(6)
    await story.act({ type: 'APPROVED', by: CLEO, step: 1 })
    await story.tell('ACTIVATED', { actor: CLEO })
    await harness.smtp.waitForMails(9)
    await story.tell('DEACTIVATED', { actor: ANNA, reason: 'Patched.' })
    const mails = await harness.smtp.waitForMails(11)
    expect(told(mails).sort()).toEqual(
      [
        'rita@x.example Request sent',
        'anna@x.example Your decision is needed',
        'rita@x.example Step 1 of 2 approved',
        'ben@x.example Your decision is needed',
        'cleo@x.example Handed over to you',
        'ben@x.example No longer yours to decide',
        'rita@x.example Approved',
        'rita@x.example Now active',
        'anna@x.example Now active',
        'rita@x.example Deactivated',
        'cleo@x.example Deactivated',
      ].sort(),
    )
  })

  it('has text and HTML, links to the exception, threads with the others of it, and asks for no automatic answer', async () => {
    await harness.start()
    await harness.tellOfPeople()
    const story = new ExceptionStory(harness, [ANNA])
    await story.tell('SUBMITTED')
    await story.open()
    const mails = await harness.smtp.waitForMails(2)
    const ids = new Set<string>()
    for (const { from, parsed } of mails) {
      const header = (name: string) => parsed.headers.find(({ key }) => key === name)?.value
      expect(from).toBe('reprieve@mail.example')
      expect(parsed.from).toMatchObject({ name: 'Reprieve', address: 'reprieve@mail.example' })
      expect(parsed.text).toContain(`https://reprieve.example/exceptions/${story.id}`)
      expect(parsed.html).toContain(`href="https://reprieve.example/exceptions/${story.id}"`)
      expect(parsed.messageId).toMatch(/^<[0-9a-f-]{36}@mail\.example>$/)
      expect(parsed.inReplyTo).toBe(`<exception-${story.id}@mail.example>`)
      expect(parsed.references).toBe(`<exception-${story.id}@mail.example>`)
      expect(header('auto-submitted')).toBe('auto-generated')
      ids.add(parsed.messageId ?? '')
    }
    expect(ids.size).toBe(2)
  })

  it('is sent once however often and in whatever order its event comes', async () => {
    await harness.start()
    await harness.tellOfPeople()
    const story = new ExceptionStory(harness, [ANNA, BEN])
    for (let time = 0; time < 5; time++) await story.tell('SUBMITTED', { version: 1 })
    for (let time = 0; time < 5; time++) await story.open()
    await story.act({ type: 'STEP_APPROVED', by: ANNA, step: 0 })
    for (let time = 0; time < 5; time++) await story.again()
    await story.tell('SUBMITTED', { version: 1 })
    await harness.settle(story)
    expect(told(harness.smtp.mails()).sort()).toEqual([
      'anna@x.example Your decision is needed',
      'ben@x.example Your decision is needed',
      'rita@x.example Request sent',
      'rita@x.example Step 1 of 2 approved',
    ])
  })

  it('is never sent for a replay, and what comes after a replay is told', async () => {
    await harness.start()
    await harness.tellOfPeople()
    const story = new ExceptionStory(harness, [ANNA, BEN])
    await story.tell('SUBMITTED', { replay: true })
    await story.open({ replay: true })
    await story.act({ type: 'STEP_APPROVED', by: ANNA, step: 0 }, { replay: true })
    await harness.settle(story)
    expect(told(harness.smtp.mails())).toEqual([])
    await story.act({ type: 'APPROVED', by: BEN, step: 1 })
    await harness.settle(story)
    expect(told(harness.smtp.mails())).toEqual(['rita@x.example Approved'])
  })

  it('is sent whichever of the two topics comes first', async () => {
    await harness.start()
    await harness.tellOfPeople()
    const story = new ExceptionStory(harness, [ANNA, BEN])
    await story.open()
    await story.act({ type: 'STEP_APPROVED', by: ANNA, step: 0 })
    await harness.settle(story)
    expect(told(harness.smtp.mails())).toEqual([])
    await story.tell('SUBMITTED')
    await harness.settle(story)
    expect(told(harness.smtp.mails()).sort()).toEqual([
      'ben@x.example Your decision is needed',
      'rita@x.example Request sent',
      'rita@x.example Step 1 of 2 approved',
    ])
  })

  it('is not sent of what was told too long ago, and is of what was noticed late', async () => {
    await harness.start({ NOTICE_MAX_AGE_HOURS: '24' })
    await harness.tellOfPeople()
    const old = new Date(Date.now() - 25 * 3_600_000)
    const story = new ExceptionStory(harness, [])
    await story.tell('SUBMITTED', { at: old, writtenAt: old })
    await story.tell('ACTIVATED', { at: old, writtenAt: old })
    await harness.settle(story)
    expect(told(harness.smtp.mails())).toEqual([])
    // It ended while nothing was running.
    await story.tell('EXPIRED', { at: old })
    await harness.settle(story)
    expect(told(harness.smtp.mails())).toEqual(['rita@x.example Expired'])
  })

  it('cannot be given a header or a recipient by a hostile name', async () => {
    await harness.start()
    await harness.tellOfPeople({ [RITA.id]: { name: 'Rita\r\nBcc: all@x.example\r\n' } })
    const story = new ExceptionStory(harness, [ANNA], 'Tea\r\nBcc: all@x.example\r\n\r\n<b>x</b>\u202e')
    await story.tell('SUBMITTED')
    const [mail] = await harness.smtp.waitForMails(1)
    expect(mail?.to).toEqual([addressOf(RITA)])
    expect(mail?.parsed.subject).toBe('Request sent: Tea Bcc: all@x.example <b>x</b>')
    expect(mail?.parsed.to).toMatchObject([{ name: 'Rita Bcc: all@x.example', address: 'rita@x.example' }])
    const headers = mail?.raw.split('\r\n\r\n')[0] ?? ''
    expect(headers).not.toMatch(/^bcc:/im)
    expect(mail?.parsed.html).toContain('&lt;b&gt;x&lt;/b&gt;')
  })
})

describe('a mail server', () => {
  it('that is down loses nothing: the service stays ready and says so, and each mail comes once when it is back', async () => {
    const service = await harness.start()
    await harness.tellOfPeople()
    await harness.smtp.stop()
    const stories = Array.from({ length: 10 }, () => new ExceptionStory(harness, [ANNA]))
    for (const story of stories) {
      await story.tell('SUBMITTED')
      await story.open()
    }
    await until(async () => ((await service.readiness()).warnings ?? []).length > 0)
    const readiness = await service.readiness()
    expect(readiness).toMatchObject({ ready: true, troubles: [] })
    expect(readiness.warnings?.[0]).toMatch(/^the mail server has been away since \d{4}-.*ECONNREFUSED/)
    const db = harness.db()
    await until(async () => (await db.selectFrom('notice').select('id').execute()).length === 20)
    await harness.smtp.restart()
    const mails = await harness.smtp.waitForMails(20, 40_000)
    await harness.settle(...stories)
    await until(async () => (await service.readiness()).warnings === undefined)
    const deliveries = await db.selectFrom('mail').select(['status', 'attempts']).execute()
    expect(deliveries.filter(({ status }) => status === 'sent')).toHaveLength(20)
    // Tried by those in flight when it went away, not by all of them again and again.
    expect(deliveries.reduce((sum, { attempts }) => sum + attempts, 0)).toBeLessThan(60)
    expect(new Set(mails.map(({ parsed }) => parsed.messageId)).size).toBe(20)
    await sleep(1_000)
    expect(harness.smtp.mails()).toHaveLength(20)
  })

  it('that refuses a recipient for good is not asked again, and the reason is on record', async () => {
    harness.smtp.refuse('RCPT TO', (address) =>
      address === addressOf(ANNA) ? { code: 550, text: 'No such user' } : null,
    )
    await harness.start()
    await harness.tellOfPeople()
    const story = new ExceptionStory(harness, [ANNA])
    await story.tell('SUBMITTED')
    await story.open()
    const db = harness.db()
    const refused = () => db.selectFrom('mail').selectAll().where('status', '=', 'refused').execute()
    await harness.settle(story)
    expect(await refused()).toMatchObject([
      { attempts: 1, last_error: expect.stringContaining('550 No such user'), claim: null },
    ])
    expect(told(harness.smtp.mails())).toEqual(['rita@x.example Request sent'])
  })

  it('that does not take a mail now is asked again later, and only for that mail', async () => {
    let times = 0
    harness.smtp.refuse('RCPT TO', (address) =>
      address === addressOf(ANNA) && ++times === 1 ? { code: 451, text: 'Greylisted, try again' } : null,
    )
    await harness.start()
    await harness.tellOfPeople()
    const story = new ExceptionStory(harness, [ANNA])
    await story.tell('SUBMITTED')
    await story.open()
    await harness.smtp.waitForMails(2, 30_000)
    expect(times).toBe(2)
    const deliveries = await harness
      .db()
      .selectFrom('mail')
      .select(['status', 'attempts'])
      .orderBy('attempts')
      .execute()
    await until(async () =>
      (await harness.db().selectFrom('mail').select('status').execute()).every(({ status }) => status === 'sent'),
    )
    expect(deliveries.map(({ attempts }) => attempts)).toEqual([1, 2])
  })

  it('whose answer finds the database gone has the mail on record all the same, and gets it once', async () => {
    const service = await harness.start()
    await harness.tellOfPeople()
    const admin = harness.own.open<Record<string, never>>()
    harness.smtp.beforeAnswer(async () => {
      await admin.pool.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'reprieve-notifications'",
      )
    })
    const story = new ExceptionStory(harness, [ANNA])
    await story.tell('SUBMITTED')
    await until(async () => {
      const rows = await harness.db().selectFrom('mail').select('status').execute()
      return rows.length === 1 && rows[0]?.status === 'sent'
    })
    await sleep(500)
    expect(harness.smtp.mails()).toHaveLength(1)
    expect((await service.readiness()).ready).toBe(true)
  })
})

describe('a recipient', () => {
  it('who is not active gets no mail, and that is on record', async () => {
    await harness.start()
    await harness.tellOfPeople({ [ANNA.id]: { active: false }, [RITA.id]: { email: '' } })
    const story = new ExceptionStory(harness, [ANNA])
    await story.tell('SUBMITTED')
    await story.open()
    await harness.settle(story)
    expect(told(harness.smtp.mails())).toEqual([])
    const rows = await harness
      .db()
      .selectFrom('mail')
      .select(['status', 'last_error'])
      .where('status', '=', 'dropped')
      .execute()
    expect(rows.map(({ last_error }) => last_error).sort()).toEqual([
      'the recipient has no mail address',
      'the recipient is not active',
    ])
  })

  it('who is not known yet gets the mail when they are', async () => {
    await harness.start()
    const story = new ExceptionStory(harness, [ANNA])
    await story.tell('SUBMITTED')
    const db = harness.db()
    await until(async () => (await db.selectFrom('mail').select('last_error').execute())[0]?.last_error !== null)
    await harness.tellOfPeople()
    await harness.smtp.waitForMails(1, 30_000)
  })
})

describe('several processes', () => {
  it('share the mails, and each mail is sent by one of them', async () => {
    const messages = await createDatabase(messagingMigrations)
    const carrier = await InProcessCarrier.open({ url: messages.url })
    try {
      await harness.start()
      const second = await harness.start({}, carrier)
      await harness.tellOfPeople()
      for (let n = 0; n < 40; n++) {
        const story = new ExceptionStory(harness, [ANNA])
        await story.tell('SUBMITTED')
        await story.open()
      }
      const mails = await harness.smtp.waitForMails(80, 40_000)
      await sleep(700)
      expect(harness.smtp.mails()).toHaveLength(80)
      expect(new Set(mails.map(({ parsed }) => parsed.messageId)).size).toBe(80)
      await harness.stop(second)
    } finally {
      await carrier.close()
      await messages.drop()
    }
  })
})

describe('a trace', () => {
  it('goes from what happened to the mail of it', async () => {
    const telemetry = await startTelemetry({ service: 'test' })
    const captured = captureSpans()
    try {
      await harness.start()
      await harness.tellOfPeople()
      const story = new ExceptionStory(harness, [ANNA])
      await inSpan('request', {}, async () => story.tell('SUBMITTED', { headers: traceHeaders() }))
      await harness.smtp.waitForMails(1)
      await until(() => captured.spans().some(({ name }) => name === 'deliver mail'))
      const spans = captured.spans()
      const request = spans.find(({ name }) => name === 'request')
      const handled = spans.find(
        ({ name, attributes }) =>
          name === 'process exceptions.v1' && attributes['messaging.consumer.group.name'] !== undefined,
      )
      const delivered = spans.find(({ name }) => name === 'deliver mail')
      expect(handled?.parentSpanContext?.spanId).toBe(request?.spanContext().spanId)
      expect(delivered?.parentSpanContext?.spanId).toBe(handled?.spanContext().spanId)
      expect(delivered?.spanContext().traceId).toBe(request?.spanContext().traceId)
      expect(delivered?.attributes).toMatchObject({
        'reprieve.kind': 'request_sent',
        'reprieve.outcome': 'sent',
        'reprieve.attempt': 1,
      })
    } finally {
      captured.stop()
      await telemetry.stop()
    }
  })
})

describe('the topic notifications.v1', () => {
  it('tells of each notice once, to whoever listens for its recipient', async () => {
    await harness.start()
    await harness.tellOfPeople()
    const heard: Array<{ key: string; notice: notifications.Notice | undefined }> = []
    const listening = await harness.carrier.subscribe({
      group: 'test',
      topics: ['notifications.v1'],
      handler: 'test',
      maxBatch: 10,
      handle: async (batch) => {
        for (const { key, value } of batch) {
          heard.push({ key, notice: fromBinary(notifications.NoticeEventSchema, value).notice })
        }
      },
    })
    const story = new ExceptionStory(harness, [ANNA])
    await story.tell('SUBMITTED')
    await story.open()
    await story.open()
    await until(() => heard.length >= 2)
    await harness.settle(story)
    await listening.stop()
    expect(heard.map(({ key, notice }) => [key, notice?.recipientId, notice?.kind]).sort()).toEqual([
      [RITA.id, RITA.id, 'request_sent'],
      [ANNA.id, ANNA.id, 'decision_waits'],
    ])
  })
})

describe('the list of notifications', () => {
  it('shows the caller their own, newest first, and marks them as read', async () => {
    const service = await harness.start()
    await harness.tellOfPeople()
    const story = new ExceptionStory(harness, [ANNA])
    await story.tell('SUBMITTED')
    await story.open()
    await harness.smtp.waitForMails(2)
    await story.act({ type: 'APPROVED', by: ANNA, step: 0 })
    await harness.settle(story)
    const call = async (who: typeof RITA, query = '', init: RequestInit = {}) => {
      const response = await fetch(`${service.url}/me/notifications${query}`, {
        ...init,
        headers: { authorization: `Bearer ${await harness.token(who)}`, 'content-type': 'application/json' },
      })
      return {
        status: response.status,
        body: (await response.json()) as Record<string, unknown> & { items: Array<Record<string, unknown>> },
      }
    }

    const list = await call(RITA)
    expect(list.status).toBe(200)
    expect(list.body.items).toMatchObject([
      { kind: 'approved', title: 'Approved: Old TLS on the mainframe', readAt: null },
      { kind: 'request_sent', title: 'Request sent: Old TLS on the mainframe', readAt: null },
    ])
    expect((await call(ANNA)).body.items).toMatchObject([{ kind: 'decision_waits' }])

    const [newest] = list.body.items
    const annas = (await call(ANNA)).body.items[0]?.['id']
    const mark = (body: unknown) => call(RITA, '', { method: 'PATCH', body: JSON.stringify(body) })
    expect((await mark({ read: true, ids: [newest?.['id'], annas] })).body).toMatchObject({ changed: 1 })
    expect((await mark({ read: true, ids: [newest?.['id']] })).body).toMatchObject({ changed: 0 })
    expect((await call(RITA, '?unread=true')).body.items).toMatchObject([{ kind: 'request_sent' }])
    expect((await call(RITA, '?unread=false')).body.items).toMatchObject([
      { kind: 'approved', readAt: expect.any(String) },
    ])
    expect((await call(ANNA, '?unread=true')).body.items).toHaveLength(1)
    expect((await mark({ read: false })).body).toMatchObject({ changed: 1 })
    expect((await mark({ read: true })).body).toMatchObject({ changed: 2 })

    const paged = await call(RITA, '?limit=1')
    expect(paged.body.items).toHaveLength(1)
    expect(paged.body['count']).toEqual({ value: 2, exact: true })
    expect((await call(RITA, '?what=1')).status).toBe(400)
    expect((await mark({ read: true, ids: ['x'] })).status).toBe(422)
    expect((await fetch(`${service.url}/me/notifications`)).status).toBe(401)
  })
})

describe('the configuration', () => {
  it('is refused with every fault at once, and without the password in it', async () => {
    const wrong = { SMTP_URL: 'http://user:hunter2@x.example', MAIL_FROM: 'nobody', PUBLIC_URL: 'reprieve' }
    const starting = harness.start(wrong)
    await expect(starting).rejects.toThrow(/SMTP_URL[\s\S]*MAIL_FROM[\s\S]*PUBLIC_URL/)
    await expect(starting).rejects.not.toThrow(/hunter2/)
    expect(harness.lines.join()).not.toContain('hunter2')
  })
})
