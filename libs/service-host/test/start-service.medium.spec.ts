import 'reflect-metadata'
import { create } from '@bufbuild/protobuf'
import { Controller, Inject, Module } from '@nestjs/common'
import { EventPattern, Payload } from '@nestjs/microservices'
import { generateSigningKey, signToken } from '@reprieve/auth'
import { systemClock } from '@reprieve/clock'
import { directory, type rules } from '@reprieve/contracts'
import { Database, migrate } from '@reprieve/database'
import { defineRoute, idempotencyMigrations, Route } from '@reprieve/http-kit'
import { InProcessCarrier, messagingMigrations } from '@reprieve/messaging'
import { beginIncarnation, Outbox, outboxMigrations } from '@reprieve/outbox'
import { PeopleReplica, type PeopleTables, peopleMigrations } from '@reprieve/people'
import { captureMetrics, createLogger, startTelemetry } from '@reprieve/telemetry'
import { createDatabase, freePort, type TestDatabase } from '@reprieve/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import {
  BACKGROUND,
  type BackgroundWork,
  DATABASE,
  OUTBOX,
  RECOLLECTION,
  REPUBLISHERS,
  type RecollectedTopic,
  type Recollection,
  type Republisher,
  type RunningService,
  type ServiceDefinition,
  type StartOptions,
  startService,
} from '../src/index.js'

const ADMIN = '0190b6a2-0000-7000-8000-000000000001'
const RULE = '0190b6a2-0000-7000-8000-0000000000aa'
const seen: rules.RuleEvent[] = []
const order: string[] = []
let trouble: string | null = null
let warning: string | null = null

const background: BackgroundWork = {
  start: () => void order.push('background started'),
  stop: async () => void order.push('background stopped'),
  trouble: () => trouble,
  warning: () => warning,
}

@Controller()
class ExampleController {
  constructor(
    @Inject(DATABASE) private readonly database: Database<never>,
    @Inject(OUTBOX) private readonly outbox: Outbox,
  ) {}

  @Route(
    defineRoute({
      method: 'POST',
      path: '/example',
      operation: 'example',
      summary: 'Example',
      tag: 'Example',
      access: 'rules.manage',
      answers: { 200: z.object({ done: z.boolean() }) },
    }),
  )
  async example() {
    await this.database.transaction((tx) =>
      this.outbox.append(tx as never, {
        topic: 'rules.v1',
        subjectId: RULE,
        version: 1,
        actor: null,
        at: new Date(),
        body: { rule: { id: RULE } },
      }),
    )
    return { done: true }
  }

  @EventPattern('rules.v1')
  async ruleChanged(@Payload() event: rules.RuleEvent) {
    seen.push(event)
  }
}

const recollected: string[] = []
let failing = false
const ownTopic: RecollectedTopic<'rules.v1'> = {
  topic: 'rules.v1',
  take: async ({ rule }) => void recollected.push(rule?.id ?? ''),
}
const recollection: Recollection = {
  topics: [ownTopic],
  async finish() {
    if (failing) throw new Error('half-way')
    recollected.push('finished')
  },
}

const republishers: readonly Republisher[] = [
  {
    topic: 'rules.v1',
    async *events() {
      yield [{ subjectId: RULE, version: 1, actor: null, at: new Date(), body: { rule: { id: RULE } } }]
    },
  },
]

@Module({
  controllers: [ExampleController],
  providers: [
    { provide: BACKGROUND, useValue: [background] },
    { provide: REPUBLISHERS, useValue: republishers },
    { provide: RECOLLECTION, useValue: recollection },
  ],
  exports: [REPUBLISHERS],
})
class ExampleModule {}

const definition: ServiceDefinition = {
  name: 'rules',
  migrations: { name: 'example', folder: new URL('./migrations/', import.meta.url) },
  module: ExampleModule,
}

const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10))
}

describe('a service', () => {
  let own: TestDatabase
  let messages: TestDatabase
  let carrier: InProcessCarrier
  let service: RunningService | null
  const logger = createLogger({ service: 'rules', level: 'silent' })

  const start = async (options: Partial<StartOptions> = {}) => {
    service = await startService(definition, {
      databaseUrl: own.url,
      carrier,
      logger,
      environment: {},
      checkAnswers: true,
      ...options,
    })
    return service
  }

  /** Someone with every right of the admin, as if the directory had told of them. */
  const token = async () => {
    const { key } = await generateSigningKey()
    const replica = new PeopleReplica(own.open<PeopleTables>(), systemClock)
    const meta = { version: { incarnation: 1n, n: 1n } }
    const apply = (subject: directory.DirectoryEvent['subject']) =>
      replica.apply(create(directory.DirectoryEventSchema, { meta, subject } as never))
    await apply({
      case: 'role',
      value: create(directory.RoleSchema, { name: 'admin', permissions: ['rules.manage', 'operations.manage'] }),
    })
    await apply({
      case: 'user',
      value: create(directory.UserSchema, {
        id: ADMIN,
        email: 'a@example.org',
        name: 'Ada',
        role: 'admin',
        active: true,
        kind: directory.UserKind.PERSON,
      }),
    })
    await apply({
      case: 'signingKey',
      value: create(directory.SigningKeySchema, { kid: key.kid, publicJwk: JSON.stringify(key.publicJwk) }),
    })
    return signToken(key, {
      kind: 'session',
      tokenId: '0190b6a2-0000-7000-8000-0000000000ff',
      userId: ADMIN,
      issuedAt: new Date(),
      expiresAt: new Date(Date.now() + 60_000),
      permissions: null,
    })
  }

  beforeEach(async () => {
    own = await createDatabase()
    messages = await createDatabase(messagingMigrations)
    carrier = await InProcessCarrier.open({ url: messages.url })
    service = null
    seen.length = 0
    order.length = 0
    trouble = null
    warning = null
  })

  afterEach(async () => {
    await service?.close()
    await carrier.close()
    await Promise.all([own.drop(), messages.drop()])
  })

  it('brings its database up to date and is ready, with nobody signed in', async () => {
    const { url } = await start()
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: 'alive' })
    const ready = await fetch(`${url}/readyz`)
    expect(ready.status).toBe(200)
    expect(await ready.json()).toEqual({ ready: true, troubles: [] })
    expect(
      await migrate(own.url, [outboxMigrations, idempotencyMigrations, peopleMigrations, definition.migrations]),
    ).toEqual([])
  })

  it('serves its routes to whom they are for, and publishes and consumes what they changed', async () => {
    const { url } = await start()
    expect((await fetch(`${url}/example`, { method: 'POST' })).status).toBe(401)
    const headers = { authorization: `Bearer ${await token()}` }
    const answer = await fetch(`${url}/example`, { method: 'POST', headers })
    expect(answer.status).toBe(200)
    await until(() => seen.length === 1)
    expect(seen[0]?.meta).toMatchObject({ subjectId: RULE, replay: false })
  })

  it('tells in numbers what it answered, published and handled', async () => {
    const metrics = captureMetrics()
    const telemetry = await startTelemetry({ service: 'rules', metricReaders: [metrics.reader] })
    try {
      const { url } = await start()
      const headers = { authorization: `Bearer ${await token()}` }
      expect((await fetch(`${url}/example`, { method: 'POST', headers })).status).toBe(200)
      await until(() => seen.length === 1)
      const labels = { 'reprieve.service': 'rules' }
      expect(await metrics.points('http.server.request.duration')).toMatchObject([
        {
          attributes: {
            ...labels,
            'http.request.method': 'POST',
            'http.route': '/example',
            'http.response.status_code': 200,
          },
          value: { count: 1 },
        },
      ])
      expect(await metrics.points('reprieve.outbox.published')).toMatchObject([{ attributes: labels, value: 1 }])
      expect(await metrics.points('reprieve.consumer.duration')).toMatchObject([
        { attributes: { ...labels, 'messaging.destination.name': 'rules.v1' }, value: { count: 1 } },
      ])
      await expect
        .poll(async () =>
          (await metrics.points('reprieve.consumer.records')).find(
            ({ attributes }) =>
              attributes['reprieve.handler'] === 'rules.rules.v1' && attributes['reprieve.outcome'] === 'handled',
          ),
        )
        .toMatchObject({ value: 1 })
      expect(await metrics.points('reprieve.consumer.lag')).not.toEqual([])
      expect(await metrics.points('reprieve.outbox.oldest_pending_age')).toMatchObject([{ attributes: labels }])
    } finally {
      await service?.close()
      service = null
      await telemetry.stop()
    }
  })

  it('publishes everything again when an operator asks, marked as a replay', async () => {
    const { url } = await start()
    const answer = await fetch(`${url}/republications/rules.v1`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await token()}` },
    })
    expect({ status: answer.status, body: await answer.json() }).toEqual({
      status: 202,
      body: { topic: 'rules.v1', published: 1 },
    })
    await until(() => seen.length === 1)
    expect(seen[0]?.meta?.replay).toBe(true)
  })

  it('is not ready while its background work is in trouble, and says why', async () => {
    const { url } = await start()
    trouble = 'the sweep is late'
    const answer = await fetch(`${url}/readyz`)
    expect({ status: answer.status, body: await answer.json() }).toEqual({
      status: 503,
      body: { ready: false, troubles: ['the sweep is late'] },
    })
  })

  it('stays ready while something is wrong that does not keep it from its work, and says so', async () => {
    const { url } = await start()
    warning = 'mails wait'
    const answer = await fetch(`${url}/readyz`)
    expect({ status: answer.status, body: await answer.json() }).toEqual({
      status: 200,
      body: { ready: true, troubles: [], warnings: ['mails wait'] },
    })
  })

  it('tells its platform that it has come up, lives, and can be sent requests', async () => {
    const { url } = await start()
    const probe = async (path: string) => (await fetch(`${url}/health/${path}`)).status
    expect(await Promise.all(['startup', 'live', 'ready'].map(probe))).toEqual([200, 200, 200])
  })

  it('is sent requests while only its background work is in trouble', async () => {
    const { url } = await start()
    trouble = 'the sweep is late'
    expect((await fetch(`${url}/health/ready`)).status).toBe(200)
  })

  it('is not ready for requests while its schema is not what it expects', async () => {
    const { url } = await start()
    await own.open().pool.query("DELETE FROM schema_migration WHERE set_name = 'example'")
    for (const path of ['health/ready', 'readyz']) {
      const answer = await fetch(`${url}/${path}`)
      expect({ path, status: answer.status, body: await answer.json() }).toEqual({
        path,
        status: 503,
        body: {
          ready: false,
          troubles: ['the database is not migrated to what this version expects: example/0001_example.sql not applied'],
        },
      })
    }
  })

  it('stays ready after a newer version has migrated its database', async () => {
    const { url } = await start()
    await own
      .open()
      .pool.query("INSERT INTO schema_migration (set_name, name, checksum) VALUES ('example', '0002_newer.sql', '')")
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
  })

  it('that is not to migrate waits for its schema, alive but not ready', async () => {
    const port = await freePort()
    const starting = start({ migrate: false, port })
    const probe = async (path: string) => fetch(`http://127.0.0.1:${port}/health/${path}`).catch(() => null)
    await expect.poll(async () => (await probe('startup'))?.status).toBe(200)
    expect((await probe('live'))?.status).toBe(200)
    await expect
      .poll(async () => (await probe('ready'))?.text())
      .toMatch(/the database is not migrated to what this version expects: outbox\/0001_\w+\.sql and \d+ more/)
    expect((await probe('ready'))?.status).toBe(503)
    await migrate(own.url, [outboxMigrations, idempotencyMigrations, peopleMigrations, definition.migrations])
    await starting
    expect((await probe('ready'))?.status).toBe(200)
  })

  it('starts background work last and stops it first', async () => {
    await start()
    expect(order).toEqual(['background started'])
    await service?.close()
    service = null
    expect(order).toEqual(['background started', 'background stopped'])
  })

  it('leaves nothing open where it cannot start', async () => {
    const starting = vi.spyOn(background, 'start').mockRejectedValueOnce(new Error('no background'))
    await expect(start()).rejects.toThrow('no background')
    starting.mockRestore()
    const { pool } = messages.open()
    const connections = async () => {
      const { rows } = await pool.query(
        `SELECT application_name, state, query FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'`,
        [new URL(own.url).pathname.slice(1)],
      )
      return rows
    }
    // PostgreSQL ends a session a moment after its client has gone.
    await expect.poll(connections, { timeout: 10_000 }).toEqual([])
  })

  it('waits for PostgreSQL, alive but not ready, and gives up when it is told to', async () => {
    const stop = new AbortController()
    const port = 20_000 + Math.floor(Math.random() * 20_000)
    const starting = startService(definition, {
      databaseUrl: 'postgres://nobody:none@127.0.0.1:1/none',
      carrier,
      logger,
      environment: {},
      port,
      signal: stop.signal,
    })
    const alive = async () => (await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => null))?.status
    while ((await alive()) !== 200) await new Promise((resolve) => setTimeout(resolve, 10))
    await new Promise((resolve) => setTimeout(resolve, 300))
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`)
    expect(ready.status).toBe(503)
    expect(((await ready.json()) as { troubles: string[] }).troubles[0]).toMatch(/^PostgreSQL is away/)
    const other = await fetch(`http://127.0.0.1:${port}/example`, { method: 'POST' })
    expect({ status: other.status, retry: other.headers.get('retry-after') }).toEqual({ status: 503, retry: '2' })
    stop.abort(new Error('enough'))
    await expect(starting).rejects.toThrow('enough')
  })
  it('takes in again what it published after the backup that its database was restored from, once, then publishes all that it owns', async () => {
    await start()
    const { url } = service as RunningService
    const headers = { authorization: `Bearer ${await token()}` }
    for (let n = 0; n < 3; n++) await fetch(`${url}/example`, { method: 'POST', headers })
    await until(() => seen.length === 3)
    await service?.close()
    const { pool } = own.open()
    await beginIncarnation(pool)
    recollected.length = 0
    await start()
    expect(recollected).toEqual([RULE, RULE, RULE, 'finished'])
    await until(() => seen.length === 4)
    expect(seen[3]?.meta?.replay).toBe(true)
    expect(seen[3]?.meta?.version?.incarnation).toBeGreaterThan(seen[2]?.meta?.version?.incarnation ?? 0n)
    await service?.close()
    await start()
    expect(recollected).toHaveLength(4)
  })

  it('does so from the beginning where it failed half-way, and leaves out what cannot be taken in', async () => {
    await start()
    await carrier.publish([{ topic: 'rules.v1', key: RULE, value: Buffer.from('no event') }])
    const headers = { authorization: `Bearer ${await token()}` }
    await fetch(`${service?.url}/example`, { method: 'POST', headers })
    await until(() => seen.length === 1)
    await service?.close()
    service = null
    await beginIncarnation(own.open().pool)
    recollected.length = 0
    failing = true
    await expect(start()).rejects.toThrow('half-way')
    failing = false
    await start()
    expect(recollected).toEqual([RULE, RULE, 'finished'])
  })
})
