import { setTimeout as sleep } from 'node:timers/promises'
import { ManualClock } from '@reprieve/clock'
import { InProcessCarrier, messagingMigrations } from '@reprieve/messaging'
import type { RunningService } from '@reprieve/service-host'
import { createDatabase } from '@reprieve/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { NOTICE_KINDS } from '../src/domain/notice-kind.js'
import { ANNA, addressOf, BEN, call as callService, ExceptionStory, Harness, OLGA, RITA, until } from './harness.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
// Long enough for every sweep and every look into the queue.
const QUIET_MS = 1_800

let harness: Harness
let clock: ManualClock
let service: RunningService

beforeEach(async () => {
  harness = await Harness.open()
  clock = new ManualClock(new Date())
  harness.clock = clock
})
afterEach(async () => {
  await harness.close()
})

const call = (method: string, path: string, body?: unknown, headers?: Record<string, string>, who = RITA) =>
  callService(harness, service, who, method, path, body, headers)

async function start(): Promise<void> {
  service = await harness.start()
  await harness.tellOfPeople()
  await until(async () => (await call('GET', '/me/preferences')).status === 200)
}

const subjects = (of?: { name: string }): string[] =>
  harness.smtp
    .mails()
    .filter(({ to }) => of === undefined || to[0] === addressOf(of))
    .map(({ to, parsed }) => `${to[0]?.split('@')[0]} ${parsed.subject?.replace(/: Old TLS.*/, '')}`)

/** As an owner would tell it at the clock's time. */
const now = () => ({ at: clock.now(), writtenAt: clock.now() })

async function activeFor(days: number): Promise<ExceptionStory> {
  const story = new ExceptionStory(harness, [ANNA])
  await story.tell('ACTIVATED', { ...now(), expiresAt: new Date(clock.now().getTime() + days * DAY_MS) })
  await harness.settle(story)
  return story
}

describe('a reminder', () => {
  it('comes 7 days and 1 day before the end, each once, whatever events come again', async () => {
    await start()
    const story = await activeFor(30)
    clock.advance(23 * DAY_MS - 1_000)
    await sleep(QUIET_MS)
    expect(subjects().filter((subject) => subject.includes('Expires'))).toEqual([])
    clock.advance(1_000)
    await until(() => subjects().filter((subject) => subject.includes('Expires')).length === 2)
    await story.tell('AMENDED', now())
    await story.tell('AMENDED', { ...now(), replay: true })
    await story.tell('ACTIVATED', { ...now(), version: 1 })
    await harness.settle(story)
    clock.advance(6 * DAY_MS)
    await until(() => subjects().filter((subject) => subject.includes('Expires')).length === 4)
    await sleep(QUIET_MS)
    expect(
      subjects()
        .filter((subject) => subject.includes('Expires'))
        .sort(),
    ).toEqual(['anna Expires in 1 day', 'anna Expires in 7 days', 'rita Expires in 1 day', 'rita Expires in 7 days'])
  })

  it('that was missed while nothing ran comes at the start, the one closest to the end alone', async () => {
    await start()
    const story = await activeFor(30)
    const ended = await activeFor(10)
    await harness.stop(service)
    clock.advance(29.5 * DAY_MS)
    service = await harness.start()
    await until(() => subjects().filter((subject) => subject.includes('Expires')).length === 2)
    await sleep(QUIET_MS)
    expect(subjects(RITA).filter((subject) => subject.includes('Expires'))).toEqual(['rita Expires in 1 day'])
    const mails = harness.smtp.mails().filter(({ parsed }) => parsed.subject?.includes('Expires'))
    for (const { parsed } of mails) {
      expect(parsed.text).toContain(`/exceptions/${story.id}`)
      expect(parsed.text).not.toContain(ended.id)
      expect(parsed.references).toBe(`<exception-${story.id}@mail.example>`)
    }
  })

  it('does not come for one that was ended meanwhile, and comes anew where the end moved', async () => {
    await start()
    const deactivated = await activeFor(30)
    const moved = await activeFor(30)
    await deactivated.tell('DEACTIVATED', { ...now(), actor: ANNA })
    await moved.tell('AMENDED', { ...now(), expiresAt: new Date(clock.now().getTime() + 40 * DAY_MS) })
    await harness.settle(deactivated, moved)
    clock.advance(25 * DAY_MS)
    await sleep(QUIET_MS)
    expect(subjects().filter((subject) => subject.includes('Expires'))).toEqual([])
    clock.advance(8 * DAY_MS)
    await until(() => subjects().filter((subject) => subject.includes('Expires')).length === 2)
    expect(subjects(RITA).at(-1)).toBe('rita Expires in 7 days')
  })

  it('of a short exception is only the one that makes sense', async () => {
    await start()
    const story = new ExceptionStory(harness, [])
    const end = new Date(clock.now().getTime() + 3 * DAY_MS)
    await story.tell('ACTIVATED', { ...now(), expiresAt: end })
    const hour = new ExceptionStory(harness, [])
    await hour.tell('ACTIVATED', { ...now(), expiresAt: new Date(clock.now().getTime() + HOUR_MS) })
    await harness.settle(story, hour)
    clock.set(new Date(end.getTime() - 1_000))
    await until(() => subjects().length >= 3)
    await sleep(QUIET_MS)
    expect(subjects()).toEqual(['rita Now active', 'rita Now active', 'rita Expires in 1 day'])
  })

  it('comes once where several processes look for it', async () => {
    await start()
    const messages = await createDatabase(messagingMigrations)
    const carrier = await InProcessCarrier.open({ url: messages.url })
    try {
      const second = await harness.start({}, carrier)
      for (let count = 0; count < 20; count++) await activeFor(30)
      clock.advance(23 * DAY_MS)
      await until(() => subjects().filter((subject) => subject.includes('Expires')).length >= 40)
      await sleep(QUIET_MS)
      expect(subjects().filter((subject) => subject.includes('Expires'))).toHaveLength(40)
      await harness.stop(second)
    } finally {
      await carrier.close()
      await messages.drop()
    }
  })

  it('is not told again where the topic is read anew into an empty database, and later ones are', async () => {
    await start()
    const story = new ExceptionStory(harness, [])
    await story.tell('ACTIVATED', {
      at: new Date(clock.now().getTime() - 25 * DAY_MS),
      expiresAt: new Date(clock.now().getTime() + 5 * DAY_MS),
      replay: true,
    })
    await harness.settle(story)
    await sleep(QUIET_MS)
    expect(subjects()).toEqual([])
    clock.advance(4 * DAY_MS)
    await until(() => subjects().length === 1)
    expect(subjects()).toEqual(['rita Expires in 1 day'])
  })
})

describe('what piled up while nothing ran', () => {
  it('is told as what comes one by one: each once, and reminded of by what was last', async () => {
    await start()
    const expiresAt = new Date(clock.now().getTime() + 30 * DAY_MS)
    const live = async (story: ExceptionStory, step: () => Promise<void>) => {
      await story.tell('SUBMITTED', now())
      await step()
      await story.tell('ACTIVATED', { ...now(), expiresAt })
      await step()
    }
    const ends = new ExceptionStory(harness, [ANNA])
    await live(ends, () => harness.settle(ends))
    await ends.tell('DEACTIVATED', now())
    await harness.settle(ends)
    const oneByOne = subjects().sort()
    expect(oneByOne.length).toBeGreaterThan(2)

    await harness.stop(service)
    const piled = [1, 2, 3].map(() => new ExceptionStory(harness, [ANNA]))
    for (const story of piled) await live(story, async () => {})
    for (const story of piled.slice(1)) await story.tell('DEACTIVATED', now())
    service = await harness.start()
    await harness.settle(...piled)
    const [staying] = piled
    const told = subjects().sort()
    const deactivated = oneByOne.filter((subject) => subject.includes('Deactivated'))
    expect(deactivated.length).toBeGreaterThan(0)
    // The first, one that stays, and two that end.
    expect(told).toEqual(
      [...oneByOne, ...oneByOne, ...oneByOne, ...oneByOne.filter((s) => !deactivated.includes(s))].sort(),
    )
    const reminded = await harness.db().selectFrom('reminder').select('exception_id').distinct().execute()
    expect(reminded).toEqual([{ exception_id: staying?.id }])
  })
})

async function prefer(preferences: object, who = RITA): Promise<void> {
  const { etag } = await call('GET', '/me/preferences', undefined, {}, who)
  expect(await call('PUT', '/me/preferences', preferences, { 'if-match': etag }, who)).toMatchObject({ status: 200 })
}
const daily = { digest: { enabled: true, hour: 8, timeZone: 'Europe/Zurich' } }
const off = { mail: false, inApp: false }

describe('preferences', () => {
  it('are everything at first, and changed against what was read', async () => {
    await start()
    const first = await call('GET', '/me/preferences')
    expect(first.body).toMatchObject({
      kinds: { approved: { mail: true, inApp: true }, decision_waits: { mail: true, inApp: true } },
      digest: { enabled: false },
      required: ['decision_waits', 'handed_over'],
    })
    expect((await call('PUT', '/me/preferences', daily)).status).toBe(428)
    const put = await call('PUT', '/me/preferences', { ...first.body, ...daily }, { 'if-match': first.etag })
    expect(put).toMatchObject({ status: 200, body: { ...first.body, ...daily } })
    expect((await call('PUT', '/me/preferences', daily, { 'if-match': first.etag })).status).toBe(412)
    expect((await call('GET', '/me/preferences')).etag).toBe(put.etag)
    expect((await call('GET', '/me/preferences', undefined, {}, ANNA)).body.digest.enabled).toBe(false)
  })

  it('cannot switch off what others wait for, name what there is not, or be nonsense', async () => {
    await start()
    const put = (body: object) => call('PUT', '/me/preferences', body, { 'if-match': '*' })
    expect(await put({ kinds: { decision_waits: off } })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/kinds/decision_waits/mail' }, { pointer: '/kinds/decision_waits/inApp' }] },
    })
    for (const wrong of [
      { kinds: { gossip: off } },
      { kinds: { expired: { mail: false } } },
      { digest: { enabled: true, hour: 24, timeZone: 'UTC' } },
      { digest: { enabled: true, hour: 8, timeZone: 'Mars/Olympus' } },
    ]) {
      expect((await put(wrong)).status).toBe(422)
    }
  })

  it('hold for each channel, and what was not wanted is on record', async () => {
    await start()
    await prefer({ kinds: { request_sent: { mail: false, inApp: true }, approved: { mail: true, inApp: false } } })
    const story = new ExceptionStory(harness, [ANNA])
    await story.tell('SUBMITTED')
    await story.open()
    await story.act({ type: 'APPROVED', by: ANNA, step: 0 })
    await harness.settle(story)
    expect(subjects()).toContain('anna Your decision is needed')
    expect(subjects(RITA)).toEqual(['rita Approved'])
    const list = await call('GET', '/me/notifications')
    expect(list.body).toMatchObject({
      items: [{ kind: 'request_sent' }],
      count: { value: 1, exact: true },
      unread: { value: 1, exact: true },
    })
    const mails = await call('GET', `/mails?exceptionId=${story.id}&status=dropped`, undefined, {}, OLGA)
    expect(mails.body.items).toMatchObject([
      {
        recipient: { id: RITA.id, name: RITA.name },
        notices: [{ kind: 'request_sent', exceptionId: story.id }],
        attempts: 0,
        lastError: 'the recipient has switched mails of this kind off',
      },
    ])
  })
})

describe('a day’s mail', () => {
  it('has all of the day in one, each once, also what cannot be switched off; the list shows it meanwhile', async () => {
    clock.set(new Date(Date.now() + 1))
    await start()
    await prefer(daily, ANNA)
    const stories = Array.from({ length: 3 }, () => new ExceptionStory(harness, [ANNA]))
    for (const story of stories) {
      await story.tell('SUBMITTED', now())
      await story.open()
      await story.again()
      await story.open({ replay: true })
    }
    const [first] = stories
    await first?.act({ type: 'WITHDRAWN', by: RITA })
    await harness.settle(...stories)
    await sleep(QUIET_MS)
    expect(subjects(ANNA)).toEqual([])
    expect((await call('GET', '/me/notifications', undefined, {}, ANNA)).body.items).toHaveLength(4)
    const { body } = await call('GET', `/mails?recipientId=${ANNA.id}`, undefined, {}, OLGA)
    expect(body.items).toMatchObject([{ digest: true, status: 'waiting', attempts: 0 }])
    const due = new Date(body.items[0].dueAt)
    expect(new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Zurich', timeStyle: 'short' }).format(due)).toBe(
      '08:00',
    )
    clock.set(due)
    await until(() => subjects(ANNA).length === 1)
    await sleep(QUIET_MS)
    const mails = harness.smtp.mails().filter(({ to }) => to[0] === addressOf(ANNA))
    expect(mails).toHaveLength(1)
    expect(mails[0]?.parsed.subject).toBe('4 messages from Reprieve')
    expect(mails[0]?.parsed.text?.match(/Your decision is needed: Old TLS/g)).toHaveLength(3)
    expect(mails[0]?.parsed.text).toContain('* Withdrawn: Old TLS on the mainframe')
    for (const { id } of stories)
      expect(mails[0]?.parsed.html).toContain(`href="https://reprieve.example/exceptions/${id}"`)
    expect(mails[0]?.parsed.inReplyTo).toBeUndefined()
    // The next day has a mail of its own, and a day without anything none.
    const later = new ExceptionStory(harness, [ANNA])
    await later.tell('SUBMITTED', now())
    await later.open(now())
    await harness.settle(later)
    clock.advance(DAY_MS)
    await until(() => subjects(ANNA).length === 2)
    clock.advance(DAY_MS)
    await sleep(QUIET_MS)
    expect(subjects(ANNA)).toEqual(['anna 4 messages from Reprieve', 'anna 1 message from Reprieve'])
  })

  it('waits for a mail server that is down for an hour, and then comes once', async () => {
    await start()
    await prefer(daily, ANNA)
    const story = new ExceptionStory(harness, [ANNA])
    await story.tell('SUBMITTED', now())
    await story.open()
    await harness.settle(story)
    await harness.smtp.stop()
    clock.advance(DAY_MS)
    await until(async () => ((await service.readiness()).warnings ?? []).length > 0)
    clock.advance(HOUR_MS)
    await harness.smtp.restart()
    await until(() => subjects(ANNA).length === 1, 40_000)
    await sleep(QUIET_MS)
    expect(subjects(ANNA)).toEqual(['anna 1 message from Reprieve'])
  })

  it('that was missed while nothing ran comes at the start, and one that is not wanted any more comes all the same', async () => {
    await start()
    await prefer(daily, ANNA)
    const story = new ExceptionStory(harness, [ANNA])
    await story.tell('SUBMITTED', now())
    await story.open()
    await harness.settle(story)
    await prefer({}, ANNA)
    await harness.stop(service)
    clock.advance(3 * DAY_MS)
    service = await harness.start()
    await until(() => subjects(ANNA).length === 1)
    expect(subjects(ANNA)).toEqual(['anna 1 message from Reprieve'])
  })

  it('loses nothing of what happens while it is sent', async () => {
    await start()
    await prefer(daily, ANNA)
    const tell = async () => {
      const story = new ExceptionStory(harness, [ANNA])
      await story.tell('SUBMITTED', now())
      await story.open(now())
    }
    await tell()
    await until(async () => (await call('GET', '/me/notifications', undefined, {}, ANNA)).body.items.length === 1)
    let held = false
    harness.smtp.beforeAnswer(async () => {
      if (held) return
      held = true
      await tell()
      await until(async () => (await call('GET', '/me/notifications', undefined, {}, ANNA)).body.items.length === 2)
    })
    clock.advance(DAY_MS)
    await until(() => subjects(ANNA).length === 1)
    await until(async () => {
      const { body } = await call('GET', `/mails?recipientId=${ANNA.id}`, undefined, {}, OLGA)
      return body.items.length === 2 && body.items.some(({ status }: { status: string }) => status === 'sent')
    })
    clock.advance(2 * DAY_MS)
    await until(() => subjects(ANNA).length === 2)
    expect(subjects(ANNA)).toEqual(['anna 1 message from Reprieve', 'anna 1 message from Reprieve'])
  })
})

describe('a template', () => {
  const path = '/mail-templates/request_sent'
  const content = {
    subject: 'Gesendet: {{exceptionName}}',
    text: 'Hallo {{recipientName}}',
    html: '<p>{{exceptionName}}</p>',
  }
  const put = (body: object, etag: string) => call('PUT', path, body, { 'if-match': etag }, OLGA)

  it('that a person edits is used from the next mail on, and ours again when they take it back', async () => {
    await start()
    const ours = await call('GET', path, undefined, {}, OLGA)
    expect(ours.body).toMatchObject({ kind: 'request_sent', subject: 'Request sent: {{exceptionName}}', edited: null })
    expect((await call('PUT', path, content, {}, OLGA)).status).toBe(428)
    const edited = await put(content, ours.etag)
    expect(edited).toMatchObject({ status: 200, body: { ...content, edited: { by: { name: OLGA.name } } } })
    expect((await put(content, ours.etag)).status).toBe(412)
    await new ExceptionStory(harness, [ANNA], 'Tea <b>&').tell('SUBMITTED')
    const [mail] = await harness.smtp.waitForMails(1)
    expect(mail?.parsed.subject).toBe('Gesendet: Tea <b>&')
    expect(mail?.parsed.html).toContain('<p>Tea &lt;b&gt;&amp;</p>')
    expect((await call('GET', '/me/notifications')).body.items).toMatchObject([{ title: 'Gesendet: Tea <b>&' }])
    expect((await call('DELETE', path, undefined, {}, OLGA)).status).toBe(204)
    const back = await call('GET', path, undefined, {}, OLGA)
    expect(back.body).toEqual(ours.body)
    // No version comes twice: what was read before the edit does not pass for what is there now.
    expect(back.etag).not.toBe(ours.etag)
    expect((await put(content, edited.etag)).status).toBe(412)
    await new ExceptionStory(harness, [ANNA]).tell('SUBMITTED')
    const mails = await harness.smtp.waitForMails(2)
    expect(mails[1]?.parsed.subject).toBe('Request sent: Old TLS on the mainframe')
  })

  it('that is wrong is refused with each place, and nothing is stored', async () => {
    await start()
    const wrong = { ...content, text: 'Hallo\n{{recipientNam}}', html: '<a href="{{exceptionName}}">{{{byName}}}</a>' }
    expect(await put(wrong, '*')).toMatchObject({
      status: 422,
      body: {
        code: 'TEMPLATE_INVALID',
        errors: [
          { pointer: '/text', line: 2, column: 3, detail: 'There is no field recipientNam.' },
          { pointer: '/html', line: 1, column: 10 },
          { pointer: '/html', line: 1, column: 29 },
        ],
      },
    })
    expect((await put({ ...content, subject: 'a\nBcc: x@x.example' }, '*')).status).toBe(422)
    expect((await call('GET', path, undefined, {}, OLGA)).body.edited).toBeNull()
    const list = await call('GET', '/mail-templates', undefined, {}, OLGA)
    expect(list.body.items).toHaveLength(NOTICE_KINDS.length)
    expect((await call('GET', '/mail-templates/gossip', undefined, {}, OLGA)).status).toBe(400)
  })

  it('is shown as a mail before it is stored, and nothing is sent', async () => {
    await start()
    const preview = (body: object) => call('POST', `${path}/preview`, body, {}, OLGA)
    expect(await preview({ subject: content.subject })).toMatchObject({
      status: 200,
      body: {
        subject: 'Gesendet: Log4j on the legacy payment host',
        text: expect.stringContaining('Your request for an exception has been sent.'),
        html: expect.stringContaining('<!doctype html>'),
      },
    })
    expect(await preview({ html: '{{#if bySelf}}' })).toMatchObject({ status: 422, body: { code: 'TEMPLATE_INVALID' } })
    expect((await call('GET', path, undefined, {}, OLGA)).body.edited).toBeNull()
    expect(harness.smtp.mails()).toEqual([])
  })
})

describe('the list of notifications', () => {
  it('is read in pages that neither skip nor repeat, counted, and marked up to what was seen', async () => {
    await start()
    const stories = Array.from({ length: 7 }, () => new ExceptionStory(harness, [ANNA, BEN]))
    for (const story of stories) {
      await story.tell('SUBMITTED', { at: clock.now() })
      await story.tell('ACTIVATED', { at: clock.now() })
    }
    await harness.settle(...stories)
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
      const { body } = await call('GET', `/me/notifications?limit=3${query}`)
      expect(body.count).toEqual({ value: 14, exact: true })
      seen.push(...body.items.map(({ id }: { id: string }) => id))
      cursor = body.nextCursor
    } while (cursor !== null)
    expect(new Set(seen).size).toBe(14)
    const [story] = stories
    const narrow = await call('GET', `/me/notifications?kind=request_sent&exceptionId=${story?.id}`)
    expect(narrow.body).toMatchObject({ items: [{ kind: 'request_sent' }], unread: { value: 14 } })
    const until_ = clock.now().toISOString()
    clock.advance(1_000)
    const later = new ExceptionStory(harness, [])
    await later.tell('ACTIVATED')
    await harness.settle(later)
    const marked = await call('PATCH', '/me/notifications', { read: true, until: until_ })
    expect(marked.body).toEqual({ changed: 14, unread: { value: 1, exact: true } })
    expect((await call('PATCH', '/me/notifications', { read: true })).body).toEqual({
      changed: 1,
      unread: { value: 0, exact: true },
    })
  })
})
