import 'reflect-metadata'
import { readFileSync } from 'node:fs'
import { ManualClock } from '@reprieve/clock'
import { TOPICS, type TopicName } from '@reprieve/contracts'
import { type ServiceDefinition, type ServiceName, startService } from '@reprieve/service-host'
import { SERVICES } from '@reprieve/standalone-service'
import { createLogger } from '@reprieve/telemetry'
import { dumpTables, type SmtpTestServer, startSmtpServer, type TableDump } from '@reprieve/testing'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ADMIN, PASSWORD } from './support/life/real.js'
import { CONSUMERS, leewaysAt } from './support/replays/consumers.js'
import { done } from './support/replays/replay.js'
import { type Recorded, ReplayCarrier } from './support/replays/replay-carrier.js'
import { narrowings } from './support/upgrade/narrowings.js'
import { recordEvents, recordSchemas } from './support/upgrade/record.js'
import { readEvents, withUnknownFields } from './support/upgrade/recorded-events.js'
import { readSchema, type Schema } from './support/upgrade/schema.js'
import { migrated } from './support/upgrade/schemas.js'

const FOLDER = new URL('./last-release/', import.meta.url)
const read = <T>(file: string): T => JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as T
// `npm run record-release` asks for it.
const RECORD = process.env['REPRIEVE_RECORD']

/** What has to be told of something that nobody but the service itself knows: an empty database has it not. */
const OF_ITS_OWN: Readonly<Partial<Record<ServiceName, readonly TopicName[]>>> = {
  exceptions: ['approvals.v1', 'scope.v1'],
  tickets: ['exceptions.v1', 'ticket-counts.v1'],
}

beforeAll(async () => {
  if (RECORD !== undefined) await recordEvents()
  if (RECORD === 'release') await recordSchemas()
}, 300_000)

describe('the last release goes on working on the schema of this version', () => {
  // Until something is released there is none: each schema is held against itself.
  const { version } = read<{ version: string | null }>('release.json')
  const released = version === null ? null : read<Record<string, Schema>>('schemas.json')

  it.each(SERVICES.map((definition) => [definition.name, definition] as const))(
    `of %s (${version ?? 'nothing was released yet'})`,
    async (name, definition) => {
      const database = await migrated(definition)
      try {
        const now = await readSchema(database.url)
        const before = released === null ? now : released[name]
        // A service that the last release did not have is nobody's yet.
        if (before !== undefined) expect(narrowings(before, now)).toEqual([])
        const { db } = database.open()
        await sql`ALTER TABLE outbox DROP COLUMN headers, ADD COLUMN more integer NOT NULL`.execute(db)
        await sql`ALTER TABLE inbox ADD CONSTRAINT short CHECK (length(consumer) < 20)`.execute(db)
        expect(narrowings(now, await readSchema(database.url))).toEqual([
          'inbox: short is new: CHECK ((length(consumer) < 20))',
          'outbox.headers is gone',
          'outbox.more is new, not null and without a default',
        ])
      } finally {
        await database.drop()
      }
    },
  )
})

describe('this version takes what the last release told', () => {
  let events: Recorded[]
  let mails: SmtpTestServer
  let clock: ManualClock

  beforeAll(async () => {
    events = readEvents()
    mails = await startSmtpServer()
    clock = new ManualClock(new Date(Math.max(...events.map(({ publishedAt }) => publishedAt.getTime())) + 1_000))
  })
  afterAll(async () => mails?.stop())

  it('on every topic on which somebody tells something of a life', () => {
    const told = new Set(events.map(({ topic }) => topic))
    // Others publish on the first two; nothing failed that was redriven.
    const untold = Object.keys(TOPICS).filter((topic) => !told.has(topic))
    expect(untold.sort()).toEqual(['external.tickets.v1', 'redrives.v1'])
  })

  /** A service with an empty database that is told these. @returns its tables then */
  async function told(definition: ServiceDefinition, records: readonly Recorded[]): Promise<TableDump> {
    const database = await migrated(definition)
    const carrier = new ReplayCarrier()
    try {
      const service = await startService(definition, {
        databaseUrl: database.url,
        carrier,
        clock,
        logger: createLogger({ service: 'test', level: 'silent' }),
        environment: {
          REPRIEVE_ADMIN_EMAIL: ADMIN,
          REPRIEVE_ADMIN_PASSWORD: PASSWORD,
          SMTP_URL: mails.url,
          MAIL_FROM: 'Reprieve <reprieve@reprieve.example>',
          PUBLIC_URL: 'http://localhost',
        },
      })
      try {
        // Its carrier throws where a handler does, or puts something aside.
        const handled = await carrier.feed(records)
        expect(Math.max(...Object.values(handled))).toBeGreaterThan(10)
        const consumer = CONSUMERS[definition.name]
        await done(database, consumer, clock)
        return await dumpTables(database, leewaysAt(clock.now(), consumer))
      } finally {
        await service.close()
      }
    } finally {
      await database.drop()
    }
  }

  it.each(SERVICES.map((definition) => [definition.name, definition] as const))(
    '%s, and the same with fields that are not known yet',
    async (name, definition) => {
      const mine = events.filter(({ topic }) => !OF_ITS_OWN[name]?.some((one) => one === topic))
      const known = await told(definition, mine)
      const later = await told(definition, mine.map(withUnknownFields))
      const rows = (dump: TableDump) =>
        Object.fromEntries(Object.entries(dump).map(([table, { length }]) => [table, length]))
      expect(rows(later)).toEqual(rows(known))
      expect(Object.values(rows(known)).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(20)
    },
    120_000,
  )
})
