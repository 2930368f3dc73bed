import 'reflect-metadata'
import { setTimeout as sleep } from 'node:timers/promises'
import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { BUILT_IN_ROLES, generateSigningKey, signToken } from '@reprieve/auth'
import { ManualClock, systemClock } from '@reprieve/clock'
import { coverage, directory, exceptions, scope, TOPICS } from '@reprieve/contracts'
import type { Database } from '@reprieve/database'
import { type Delivery, InProcessCarrier, keysOfPartitions, messagingMigrations } from '@reprieve/messaging'
import { PeopleReplica } from '@reprieve/people'
import { type RunningService, startService } from '@reprieve/service-host'
import { createLogger, type Logger } from '@reprieve/telemetry'
import { createDatabase } from '@reprieve/testing'
import type pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import type { ScopeTables } from '../src/adapters/postgres/tables.js'
import { scopeService } from '../src/index.js'
import { type ToldCoverage, toldCoverage } from './told-coverage.js'

export interface Reply {
  status: number
  headers: Headers
  // The tests say what they expect of it.
  // biome-ignore lint/suspicious/noExplicitAny: a body of any route
  body: any
}

export interface Person {
  id: string
  name: string
  token: string
}

type Subject = NonNullable<MessageInitShape<typeof directory.DirectoryEventSchema>['subject']>

/** What a test says of an exception; the rest is made up. */
export interface ToldException {
  id?: string
  version?: number
  expression: string
  status?: keyof typeof exceptions.Status
  effect?: 'SUPPRESS' | 'DEFER'
  appliedSince?: Date
  expiresAt?: Date
  endedAt?: Date
  requesterId?: string
  approverIds?: string[]
}

export interface RunningScope {
  /** `api('POST /queries', person, body, headers)`; bytes and text are sent as they are. */
  api(request: string, as: Person | null, body?: unknown, headers?: Record<string, string>): Promise<Reply>
  database: Database<ScopeTables>
  databaseUrl: string
  carrier: InProcessCarrier
  service: RunningService
  clock: ManualClock
  person(name: string, role: string): Promise<Person>
  role(name: string, permissions: readonly string[]): Promise<void>
  /** Publishes lines of instance events as a scanner does, and waits until they have been taken in. */
  publish(...events: object[]): Promise<Reply>
  /** As if the owner of exceptions had told of one. @returns its id */
  tell(exception: ToldException): Promise<string>
  heartbeat(at?: Date): Promise<void>
  /** Waits until the topic has been taken in and no job has anything left to do. */
  rest(): Promise<void>
  /** What scope has published, oldest first. */
  published: {
    scope: scope.ScopeEvent[]
    coverage: ToldCoverage[]
    coverageEvents: coverage.CoverageChanges[]
  }
  deadLetters: Delivery[]
  admin: Person
  restart(): Promise<void>
  close(): Promise<void>
}

export interface ScopeOptions {
  environment?: Record<string, string>
  logger?: Logger
}

/** Scope as it runs: real HTTP, PostgreSQL and carrier; directory and exceptions are played by the test. The clock stands still. */
export async function runScope(options: ScopeOptions = {}): Promise<RunningScope> {
  const [own, messages] = await Promise.all([createDatabase(), createDatabase(messagingMigrations)])
  const carrier = await InProcessCarrier.open({ url: messages.url })
  const clock = new ManualClock(new Date('2026-03-01T12:00:00Z'))
  const published: RunningScope['published'] = { scope: [], coverage: [], coverageEvents: [] }
  const deadLetters: Delivery[] = []
  let service: RunningService | undefined
  const close = async () => {
    await service?.close()
    await carrier.close()
    await Promise.all([own.drop(), messages.drop()])
  }
  const start = async () =>
    await startService(scopeService, {
      databaseUrl: own.url,
      carrier,
      clock,
      logger:
        options.logger ??
        createLogger({ service: 'scope', level: (process.env['TEST_LOG_LEVEL'] ?? 'silent') as 'silent' }),
      environment: options.environment ?? {},
      checkAnswers: true,
    })
  try {
    service = await start()
    await listen()
    const database = own.open<ScopeTables>()
    const log = messages.open<unknown>()
    const replica = new PeopleReplica(database as never, systemClock)
    const { key } = await generateSigningKey()
    const heard = async (subject: Subject) =>
      await replica.apply(
        create(directory.DirectoryEventSchema, { subject, meta: { version: { incarnation: 1n, n: 1n } } }),
      )
    const role = async (name: string, permissions: readonly string[]) =>
      await heard({ case: 'role', value: { name, permissions: [...permissions] } })
    await heard({ case: 'signingKey', value: { kid: key.kid, publicJwk: JSON.stringify(key.publicJwk) } })
    for (const [name, permissions] of Object.entries(BUILT_IN_ROLES)) await role(name, permissions)
    const person = async (name: string, itsRole: string): Promise<Person> => {
      const id = uuidv7()
      const value = {
        id,
        name,
        email: `${id}@example.com`,
        role: itsRole,
        active: true,
        kind: directory.UserKind.PERSON,
      }
      await heard({ case: 'user', value })
      const token = await signToken(key, {
        kind: 'session',
        tokenId: uuidv7(),
        userId: id,
        issuedAt: new Date('2026-01-01T00:00:00Z'),
        expiresAt: new Date('2036-01-01T00:00:00Z'),
        permissions: null,
      })
      return { id, name, token }
    }
    const admin = await person('Ada Admin', 'admin')
    const running: RunningScope = {
      database,
      databaseUrl: own.url,
      carrier,
      get service() {
        return service as RunningService
      },
      clock,
      admin,
      person,
      role,
      published,
      deadLetters,
      close,
      async api(request, as, body, headers = {}) {
        const [method = 'GET', path = '/'] = request.split(' ')
        const raw = body instanceof Uint8Array || typeof body === 'string'
        const response = await fetch(`${service?.url}${path}`, {
          method,
          headers: {
            ...(as === null ? {} : { authorization: `Bearer ${as.token}` }),
            ...(body === undefined || raw ? {} : { 'content-type': 'application/json' }),
            ...headers,
          },
          ...(body === undefined ? {} : { body: raw ? (body as string) : JSON.stringify(body) }),
        })
        const text = await response.text()
        return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
      },
      async publish(...events) {
        const reply = await running.api(
          'POST /instances/batch',
          admin,
          events.map((event) => JSON.stringify(event)).join('\n'),
          { 'content-type': 'application/x-ndjson' },
        )
        await running.rest()
        return reply
      },
      async tell(exception) {
        const id = exception.id ?? uuidv7()
        await carrier.publish([
          { topic: 'exceptions.v1', key: id, value: toldEvent({ ...exception, id }, clock.now()) },
        ])
        await running.rest()
        return id
      },
      async heartbeat(at = clock.now()) {
        const { partitions } = TOPICS['exceptions.v1']
        await carrier.publish(
          keysOfPartitions('heartbeat', partitions).map((key) => {
            const event = create(exceptions.ExceptionsEventSchema, {
              meta: { eventId: uuidv7(), subjectId: key, occurredAt: timestampFromDate(at) },
              body: { case: 'heartbeat', value: { at: timestampFromDate(at) } },
            })
            return { topic: 'exceptions.v1', key, value: toBinary(exceptions.ExceptionsEventSchema, event) }
          }),
        )
        await running.rest()
      },
      rest: () => atRest(database, log.pool, [...CONSUMED_TOPICS, ...PUBLISHED_TOPICS]),
      async restart() {
        await service?.close()
        service = await start()
      },
    }
    return running
  } catch (error) {
    await close()
    throw error
  }

  async function listen(): Promise<void> {
    const group = 'test'
    const shared = { group, handler: 'test', maxBatch: 500 }
    await carrier.subscribe({
      ...shared,
      topics: ['scope.v1'],
      async handle(batch) {
        published.scope.push(...batch.map(({ value }) => fromBinary(scope.ScopeEventSchema, value)))
      },
    })
    await carrier.subscribe({
      ...shared,
      group: 'test-coverage',
      topics: ['coverage.v1'],
      async handle(batch) {
        for (const { value } of batch) {
          const event = fromBinary(coverage.CoverageChangesSchema, value)
          published.coverageEvents.push(event)
          published.coverage.push(...toldCoverage(event))
        }
      },
    })
    await carrier.subscribe({
      ...shared,
      group: 'test-dead-letters',
      topics: ['scanner.instances.v1.dlq'],
      async handle(batch) {
        deadLetters.push(...batch)
      },
    })
  }
}

/** The event that `exceptions` would publish. */
export function toldEvent(exception: ToldException & { id: string }, now: Date): Uint8Array {
  const status = exception.status ?? 'ACTIVE'
  const since = exception.appliedSince ?? (status === 'ACTIVE' ? now : undefined)
  const event = create(exceptions.ExceptionsEventSchema, {
    meta: {
      eventId: uuidv7(),
      subjectId: exception.id,
      occurredAt: timestampFromDate(now),
      version: { incarnation: 1n, n: BigInt(exception.version ?? 1) },
    },
    body: {
      case: 'change',
      value: {
        exception: {
          id: exception.id,
          name: 'An exception',
          status: exceptions.Status[status],
          effect: exceptions.Effect[exception.effect ?? 'SUPPRESS'],
          query: {
            // Derived, so that every version of one exception names the same copy.
            id: exception.id.replace(/^./, (digit) => (digit === 'f' ? 'e' : 'f')),
            name: 'An exception',
            expression: exception.expression,
            folder: 'Vulnerability Exception Queries',
          },
          requestedBy: { id: exception.requesterId ?? uuidv7(), name: 'Rita Requester' },
          requestedAt: timestampFromDate(now),
          steps: (exception.approverIds ?? []).map((id) => ({ approver: { id, name: 'An approver' } })),
          ...(since === undefined ? {} : { appliedSince: timestampFromDate(since) }),
          ...(exception.expiresAt === undefined ? {} : { expiresAt: timestampFromDate(exception.expiresAt) }),
          ...(exception.endedAt === undefined ? {} : { ended: { at: timestampFromDate(exception.endedAt) } }),
        },
      },
    },
  })
  return toBinary(exceptions.ExceptionsEventSchema, event)
}

const JOBS_LEFT = `
  SELECT (SELECT count(*) FROM exception WHERE live AND synced_at IS NULL) AS "to fill in", (SELECT count(*) FROM aftermath) AS "to follow",
    (SELECT count(*) FROM rematch) AS "to rematch", (SELECT count(*) FROM feed_take WHERE finished_at IS NULL) AS "feeds to take",
    (SELECT count(*) FROM group_due) + (SELECT count(*) FROM grouping_rule WHERE recount) AS "groups to count",
    (SELECT count(*) FROM outbox) AS "to publish", (SELECT count(*) FROM reconciliation WHERE status = 'running') AS "to reconcile",
    (SELECT count(*) FROM report WHERE status = 'processing') AS "reports"`

const RECORDS_LEFT = `
  SELECT count(*)::int AS "records to take in" FROM topic_partition p
  WHERE p.topic = ANY($1) AND p.next_offset > 0
    AND (NOT EXISTS (SELECT FROM group_position g WHERE g.partition_id = p.id)
      OR EXISTS (SELECT FROM group_position g WHERE g.partition_id = p.id AND g.next_offset < p.next_offset))`

/** What scope reads itself. */
export const CONSUMED_TOPICS = ['exceptions.v1', 'scanner.instances.v1', 'tickets.v1']

/** What a test reads beside it. */
const PUBLISHED_TOPICS = ['scope.v1', 'coverage.v1', 'scanner.instances.v1.dlq']

/** Twice in a row, because what a record has caused may be on its way from one to the other. */
export async function atRest(
  database: Database<ScopeTables>,
  messages: pg.Pool,
  topics: readonly string[],
): Promise<void> {
  const left = async () => {
    const [jobs, records] = await Promise.all([
      database.pool.query<Record<string, number>>(JOBS_LEFT),
      messages.query<Record<string, number>>(RECORDS_LEFT, [topics]),
    ])
    return Object.entries({ ...jobs.rows[0], ...records.rows[0] }).filter(([, count]) => count > 0)
  }
  const deadline = performance.now() + 30_000
  for (;;) {
    const waits = [...(await left()), ...(await left())]
    if (waits.length === 0) return
    if (performance.now() > deadline) {
      throw new Error(`scope did not come to rest within 30 s: ${JSON.stringify(Object.fromEntries(waits))}`)
    }
    await sleep(15)
  }
}
