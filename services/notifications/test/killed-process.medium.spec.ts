import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { systemClock } from '@reprieve/clock'
import { Secret } from '@reprieve/config'
import type { Database } from '@reprieve/database'
import { Outbox, outboxMigrations } from '@reprieve/outbox'
import { type People, peopleMigrations } from '@reprieve/people'
import { createLogger } from '@reprieve/telemetry'
import { createDatabase, type SmtpTestServer, startSmtpServer, type TestDatabase } from '@reprieve/testing'
import { v7 as uuidv7 } from 'uuid'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MailJobs } from '../src/adapters/jobs/mail-jobs.js'
import { SmtpMailer } from '../src/adapters/mail/smtp-mailer.js'
import { TemplateRenderer } from '../src/adapters/mail/template-renderer.js'
import { MailRepository } from '../src/adapters/postgres/mail.repository.js'
import { NoticeRepository } from '../src/adapters/postgres/notice.repository.js'
import { PreferenceRepository } from '../src/adapters/postgres/preference.repository.js'
import { ReminderRepository } from '../src/adapters/postgres/reminder.repository.js'
import type { NotificationsTables } from '../src/adapters/postgres/tables.js'
import { TemplateRepository } from '../src/adapters/postgres/template.repository.js'
import { WebhookDeliveryRepository } from '../src/adapters/postgres/webhook-delivery.repository.js'
import { DigestSweep } from '../src/application/digest-sweep.js'
import { MailDelivery } from '../src/application/mail-delivery.js'
import { NoticeBook } from '../src/application/notice-book.js'
import { NoticeWriter } from '../src/application/notice-writer.js'
import { WebhookOutlet } from '../src/application/webhook-outlet.js'
import { notificationsService } from '../src/index.js'
import { RITA, until } from './harness.js'
import { isGenuine, Receiver } from './receiver.js'

// A killed process is known by its silence, and silence takes its time.
const PATIENCE_MS = 120_000

const MAILS = fileURLToPath(new URL('./mail-process.mjs', import.meta.url))
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const WEBHOOKS = fileURLToPath(new URL('./webhook-process.mjs', import.meta.url))

let own: TestDatabase
let database: Database<NotificationsTables>
let smtp: SmtpTestServer
let jobs: MailJobs
let book: NoticeBook
let outlet: WebhookOutlet
let processes: ChildProcess[]

beforeEach(async () => {
  own = await createDatabase(outboxMigrations, peopleMigrations, notificationsService.migrations)
  database = own.open()
  smtp = await startSmtpServer()
  processes = []
  const logger = createLogger({ service: 'test', level: 'silent' })
  jobs = await MailJobs.open(database, logger, { heartbeatSeconds: 10, retryDelay: 1 })
  outlet = new WebhookOutlet({
    store: new WebhookDeliveryRepository(database),
    clock: systemClock,
    publicUrl: 'https://reprieve.example',
    maxAgeMs: 3_600_000,
  })
  const writer = new NoticeWriter({
    store: new NoticeRepository(),
    mails: new MailRepository(database),
    preferences: new PreferenceRepository(database),
    queue: jobs,
    outbox: new Outbox(),
    clock: systemClock,
    logger,
    maxAgeMs: 3_600_000,
  })
  const reminders = new ReminderRepository(database)
  book = new NoticeBook({ database, store: new NoticeRepository(), reminders, writer, outlet, clock: systemClock })
  await database.db
    .insertInto('people_person')
    .values({
      ...RITA,
      email: 'rita@x.example',
      role: 'member',
      active: true,
      kind: 'person',
      incarnation: 1,
      version: 1,
    })
    .execute()
})
afterEach(async () => {
  for (const one of processes) one.kill('SIGKILL')
  await jobs.close()
  await smtp.stop()
  await own.drop()
})

async function startProcess(program = MAILS): Promise<ChildProcess> {
  const child = spawn(process.execPath, [program, own.url, smtp.url], { stdio: ['ignore', 'pipe', 'inherit'] })
  processes.push(child)
  const [line] = await once(child.stdout, 'data')
  expect(String(line)).toBe('ready\n')
  return child
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL')
  await once(child, 'exit')
}

/** Something that Rita is told of. */
async function happen(): Promise<void> {
  await book.takeInExceptions([
    {
      replay: false,
      trace: {},
      change: {
        exception: {
          id: uuidv7(),
          version: { incarnation: 1, n: 1 },
          name: 'Old TLS',
          justification: 'x',
          autoPilot: false,
          defers: false,
          requester: RITA,
          expiresAt: null,
          expiresAfterDays: null,
          active: false,
          appliedSince: null,
          approvers: [RITA],
        },
        transition: 'submitted',
        at: new Date(),
        publishedAt: new Date(),
        by: RITA,
        reason: null,
        told: {
          kind: 'query',
          effect: 'suppress',
          status: 'pendingApproval',
          requestedAt: null,
          query: null,
          ticketId: null,
          ended: null,
        },
      },
    },
  ])
}

const deliveries = () => database.db.selectFrom('mail').select(['status', 'attempts', 'claim']).execute()

describe('a process that is killed', () => {
  it('before the mail server has the mail leaves it to the next one, which sends it once', {
    timeout: PATIENCE_MS,
  }, async () => {
    let asked = 0
    let first: ChildProcess | null = null
    smtp.refuse('RCPT TO', () => {
      asked++
      if (asked === 1) first?.kill('SIGKILL')
      return null
    })
    first = await startProcess()
    await happen()
    await until(() => first?.signalCode === 'SIGKILL')
    expect(await deliveries()).toMatchObject([{ status: 'sending', attempts: 1 }])
    await startProcess()
    await until(async () => (await deliveries())[0]?.status === 'sent', 90_000)
    expect(await deliveries()).toEqual([{ status: 'sent', attempts: 2, claim: null }])
    expect(smtp.mails()).toHaveLength(1)
  })

  it('between the mail server taking the mail and the record of it has it sent again, as the same message', {
    timeout: PATIENCE_MS,
  }, async () => {
    const first = await startProcess()
    let times = 0
    smtp.beforeAnswer(async () => {
      times++
      if (times === 1) await kill(first)
    })
    await happen()
    await until(() => times === 1)
    await startProcess()
    await until(async () => (await deliveries())[0]?.status === 'sent', 90_000)
    const ids = smtp.mails().map(({ parsed }) => parsed.messageId)
    expect(ids).toHaveLength(2)
    expect(new Set(ids).size).toBe(1)
  })
})

describe('an attempt that a fault ends', () => {
  it('is gone on with at once where it was made, and left alone everywhere else', async () => {
    let away = true
    const people = {
      waitForUser: async () => {
        if (away) throw new Error('Connection terminated unexpectedly')
        return { id: RITA.id, name: RITA.name, email: 'rita@x.example', active: true }
      },
    } as unknown as Pick<People, 'waitForUser'>
    const logger = createLogger({ service: 'test', level: 'silent' })
    const open = () =>
      new MailDelivery({
        mails: new MailRepository(database),
        people,
        renderer: new TemplateRenderer({
          publicUrl: 'https://reprieve.example',
          folder: null,
          store: new TemplateRepository(database),
          logger,
        }),
        mailer: new SmtpMailer({
          url: new Secret(smtp.url),
          from: { name: '', address: 'reprieve@mail.example', domain: 'mail.example' },
          clock: systemClock,
        }),
        clock: systemClock,
        logger,
      })
    await happen()
    const [mail] = await database.db.selectFrom('mail').select('id').execute()
    const [here, elsewhere] = [open(), open()]
    await expect(here.deliver(mail?.id ?? '')).rejects.toThrow('terminated')
    away = false
    expect(await elsewhere.deliver(mail?.id ?? '')).toBe('later')
    expect(await here.deliver(mail?.id ?? '')).toBe('done')
    expect(await deliveries()).toEqual([{ status: 'sent', attempts: 2, claim: null }])
    expect(smtp.mails()).toHaveLength(1)
  })
})

describe('a job that comes again', () => {
  it('for a mail that was sent sends nothing', async () => {
    await startProcess()
    await happen()
    await until(async () => (await deliveries())[0]?.status === 'sent')
    const [notice] = await database.db.selectFrom('notice').select('id').execute()
    await database.transaction((tx) => jobs.add(tx, [{ mailId: notice?.id ?? '', trace: {} }]))
    await until(async () => {
      const { rows } = await database.pool.query("SELECT 1 FROM jobs.job WHERE state = 'completed'")
      return rows.length === 2
    })
    expect(smtp.mails()).toHaveLength(1)
  })

  it('is not there where the transaction that wrote it was rolled back', async () => {
    await expect(
      database.transaction(async (tx) => {
        await jobs.add(tx, [{ mailId: uuidv7(), trace: {} }])
        throw new Error('rolled back')
      }),
    ).rejects.toThrow('rolled back')
    expect((await database.pool.query('SELECT 1 FROM jobs.job')).rows).toEqual([])
  })
})

describe('a day’s mail', () => {
  it('whose process is killed before the record is sent again, as the same message with the same notices', {
    timeout: PATIENCE_MS,
  }, async () => {
    await database.db
      .insertInto('preference')
      .values({ person_id: RITA.id, version: 1, kinds: '{}', digest: true, digest_hour: 8, time_zone: 'UTC' })
      .execute()
    for (let count = 0; count < 3; count++) await happen()
    expect(await deliveries()).toMatchObject([{ status: 'waiting', attempts: 0 }])
    // The next morning.
    await database.db.updateTable('mail').set({ due_at: new Date() }).execute()
    const sweep = new DigestSweep({ database, mails: new MailRepository(database), queue: jobs, clock: systemClock })
    const first = await startProcess()
    let times = 0
    smtp.beforeAnswer(async () => {
      times++
      if (times === 1) await kill(first)
    })
    await sweep.run()
    await sweep.run()
    await until(() => times === 1)
    await startProcess()
    await until(async () => (await deliveries())[0]?.status === 'sent', 90_000)
    expect(smtp.mails().map(({ parsed }) => parsed.subject)).toEqual(Array(2).fill('3 messages from Reprieve'))
    expect(new Set(smtp.mails().map(({ parsed }) => parsed.messageId)).size).toBe(1)
  })
})

describe('a webhook', () => {
  const sent = () => database.db.selectFrom('webhook_delivery').select(['id', 'status', 'attempts']).execute()

  async function webhookTo(url: string): Promise<void> {
    const id = uuidv7()
    const now = new Date()
    const by = { created_by: RITA.id, created_by_name: RITA.name, created_at: now }
    await database.db
      .insertInto('webhook')
      .values({ id, version: 1, name: 'x', url, event_types: ['exception.submitted'], enabled: true, ...by })
      .execute()
    await database.db
      .insertInto('webhook_secret')
      .values({ id: uuidv7(), webhook_id: id, sealed: SECRET, made_at: now })
      .execute()
    await database.db
      .updateTable('webhook_hosts')
      .set({ hosts: ['127.0.0.1'] })
      .execute()
  }

  it('whose process is killed between the receiver’s answer and the record is told again, by the same id', {
    timeout: PATIENCE_MS,
  }, async () => {
    const receiver = await Receiver.start()
    try {
      await webhookTo(receiver.url)
      const first = await startProcess(WEBHOOKS)
      receiver.answer(async (_, response, count) => {
        if (count === 1) await kill(first)
        response.writeHead(200).end()
      })
      await happen()
      await until(() => receiver.received.length === 1)
      await startProcess(WEBHOOKS)
      await until(async () => (await sent())[0]?.status === 'delivered', 30_000)
      expect(await sent()).toMatchObject([{ attempts: 2 }])
      expect(receiver.received).toHaveLength(2)
      expect(new Set(receiver.ids())).toEqual(new Set([(await sent())[0]?.id]))
      for (const received of receiver.received) expect(isGenuine(received, SECRET)).toBe(true)
    } finally {
      await receiver.stop()
    }
  })

  it('hears of each event though processes are killed again and again, and of none under two ids', {
    timeout: PATIENCE_MS,
  }, async () => {
    const receiver = await Receiver.start()
    try {
      await webhookTo(receiver.url)
      receiver.answer(async (_, response) => {
        await sleep(20)
        response.writeHead(200).end()
      })
      for (let count = 0; count < 30; count++) await happen()
      for (let round = 0; round < 4; round++) {
        const child = await startProcess(WEBHOOKS)
        await sleep(60 * (round + 1))
        await kill(child)
      }
      await startProcess(WEBHOOKS)
      await until(async () => (await sent()).every(({ status }) => status === 'delivered'), 60_000)
      expect(new Set(receiver.ids()).size).toBe(30)
      expect(new Set(receiver.received.map(({ data }) => data['id'])).size).toBe(30)
    } finally {
      await receiver.stop()
    }
  })
})
