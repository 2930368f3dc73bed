import { create, fromBinary, type MessageInitShape, type MessageShape, toBinary } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { generateSigningKey, type Permission, type SigningKey, signToken } from '@reprieve/auth'
import { type Clock, systemClock } from '@reprieve/clock'
import { deadLetterTopic, directory, TOPICS, type TopicName } from '@reprieve/contracts'
import { type Delivery, InProcessCarrier, messagingMigrations } from '@reprieve/messaging'
import type { EventBody } from '@reprieve/outbox'
import { PeopleReplica, type PeopleTables } from '@reprieve/people'
import { type RunningService, type ServiceDefinition, startService } from '@reprieve/service-host'
import { createLogger } from '@reprieve/telemetry'
import { v7 as uuidv7 } from 'uuid'
import { createDatabase, type TestDatabase } from './postgres.js'

export type TestEventOf<T extends TopicName> = MessageShape<(typeof TOPICS)[T]['message']>

/** An event of another service, as it would come from its topic. */
export interface TestEvent<T extends TopicName> {
  subjectId: string
  version: number
  body: EventBody<T>
  incarnation?: number
}

export interface TestAnswer {
  status: number
  /** As it came; the test says what it expects of it. */
  // biome-ignore lint/suspicious/noExplicitAny: an answer's form is what a test is about
  body: any
  headers: Headers
}

/** Somebody who calls the service. */
export interface TestPerson {
  id: string
  name: string
  /** Goes into `Authorization: Bearer`. */
  token: string
  /** For whatever is no JSON. */
  fetch(path: string, init?: RequestInit): Promise<Response>
  get(path: string): Promise<TestAnswer>
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<TestAnswer>
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<TestAnswer>
}

export interface TestPersonOptions {
  role?: string
  active?: boolean
  kind?: 'person' | 'service'
  /** A narrowed token: only these of the role's. */
  narrowedTo?: readonly Permission[]
}

type Subject = NonNullable<MessageInitShape<typeof directory.DirectoryEventSchema>['subject']>

// The role of whoever was given none: it allows nothing.
const NO_ROLE = 'nobody'
const CENTURY_MS = 100 * 365 * 86_400_000

/**
 * One service, whole, on real PostgreSQL and the in-process carrier. What others would tell it the test tells; what it publishes the
 * test sees. People are in its replica as if the directory had told of them. Every answer is held against its route's schema.
 */
export class ServiceUnderTest {
  readonly #definition: ServiceDefinition
  readonly #clock: Clock
  readonly #environment: Readonly<Record<string, string>>
  readonly #database: TestDatabase
  readonly #messages: TestDatabase
  readonly #carrier: InProcessCarrier
  readonly #key: SigningKey
  readonly #replica: PeopleReplica
  readonly #published: Array<{ topic: TopicName; event: TestEventOf<TopicName> }> = []
  readonly #deadLetters: Delivery[] = []
  #service: RunningService | null = null
  #directoryVersion = 0

  private constructor(
    definition: ServiceDefinition,
    clock: Clock,
    environment: Readonly<Record<string, string>>,
    database: TestDatabase,
    messages: TestDatabase,
    carrier: InProcessCarrier,
    key: SigningKey,
  ) {
    this.#definition = definition
    this.#clock = clock
    this.#environment = environment
    this.#database = database
    this.#messages = messages
    this.#carrier = carrier
    this.#key = key
    this.#replica = new PeopleReplica(database.open<PeopleTables>(), clock)
  }

  /** @param options.environment what the service reads from its environment beside what every service does */
  static async start(
    definition: ServiceDefinition,
    options: { clock?: Clock; environment?: Readonly<Record<string, string>> } = {},
  ): Promise<ServiceUnderTest> {
    const database = await createDatabase()
    const messages = await createDatabase(messagingMigrations)
    const carrier = await InProcessCarrier.open({ url: messages.url })
    const { key } = await generateSigningKey()
    const under = new ServiceUnderTest(
      definition,
      options.clock ?? systemClock,
      options.environment ?? {},
      database,
      messages,
      carrier,
      key,
    )
    await under.restart()
    await under.tell({ case: 'signingKey', value: { kid: key.kid, publicJwk: JSON.stringify(key.publicJwk) } })
    await under.role(NO_ROLE)
    await under.#observe()
    return under
  }

  get database(): TestDatabase {
    return this.#database
  }

  get url(): string {
    if (this.#service === null) throw new Error('the service is stopped')
    return this.#service.url
  }

  async stop(): Promise<void> {
    await this.#service?.close()
    this.#service = null
  }

  /** Starts it on the same data, after a stop or for the first time. */
  async restart(): Promise<void> {
    await this.stop()
    this.#service = await this.#start()
  }

  /** One more process of the service on the same data. The caller closes it. */
  async startAnother(): Promise<RunningService> {
    return this.#start()
  }

  #start(): Promise<RunningService> {
    return startService(this.#definition, {
      databaseUrl: this.#database.url,
      carrier: this.#carrier,
      logger: createLogger({ service: this.#definition.name, level: 'silent' }),
      environment: this.#environment,
      clock: this.#clock,
      checkAnswers: true,
    })
  }

  async close(): Promise<void> {
    await this.stop()
    await this.#carrier.close()
    await Promise.all([this.#database.drop(), this.#messages.drop()])
  }

  /** What the directory would tell; newer than all before it. */
  async tell(subject: Subject): Promise<void> {
    const meta = { version: { incarnation: 1n, n: BigInt(++this.#directoryVersion) } }
    await this.#replica.apply(create(directory.DirectoryEventSchema, { meta, subject }))
  }

  async role(name: string, ...permissions: Permission[]): Promise<void> {
    await this.tell({ case: 'role', value: { name, permissions } })
  }

  async person(name: string, options: TestPersonOptions = {}): Promise<TestPerson> {
    return this.tellPerson({ id: uuidv7(), name }, options)
  }

  /** Tells of somebody again, changed. */
  async tellPerson({ id, name }: { id: string; name: string }, options: TestPersonOptions = {}): Promise<TestPerson> {
    const kind = options.kind === 'service' ? directory.UserKind.SERVICE : directory.UserKind.PERSON
    const { role = NO_ROLE, active = true } = options
    await this.tell({ case: 'user', value: { id, name, email: `${id}@reprieve.example`, role, active, kind } })
    const now = this.#clock.now()
    const token = await signToken(this.#key, {
      kind: options.narrowedTo === undefined ? 'session' : 'access',
      tokenId: uuidv7(),
      userId: id,
      issuedAt: now,
      expiresAt: new Date(now.getTime() + CENTURY_MS),
      permissions: options.narrowedTo ?? null,
    })
    const raw: TestPerson['fetch'] = (path, init = {}) => {
      const headers = new Headers(init.headers)
      headers.set('authorization', `Bearer ${token}`)
      return fetch(`${this.url}${path}`, { ...init, headers })
    }
    const call: TestPerson['call'] = async (method, path, body, headers = {}) => {
      const response = await fetch(`${this.url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      return { status: response.status, body: text === '' ? null : JSON.parse(text), headers: response.headers }
    }
    return {
      id,
      name,
      token,
      fetch: raw,
      call,
      get: (path) => call('GET', path),
      post: (path, ...rest) => call('POST', path, ...rest),
    }
  }

  /** Publishes events of another service, in this order. */
  async publish<T extends TopicName>(topic: T, ...events: ReadonlyArray<TestEvent<T>>): Promise<void> {
    await this.#carrier.publish(
      events.map((event) => ({ topic, key: event.subjectId, value: encode(topic, event, this.#clock.now()) })),
    )
  }

  /** Publishes an event that was seen, as it was. */
  async publishAgain<T extends TopicName>(topic: T, event: TestEventOf<T>): Promise<void> {
    const { meta } = event as unknown as { meta?: { subjectId: string } }
    const { message } = TOPICS[topic]
    await this.#carrier.publish([{ topic, key: meta?.subjectId ?? '', value: toBinary(message, event) }])
  }

  /** Publishes bytes as they are, whatever they are. */
  async publishBytes(topic: string, key: string, value: Uint8Array, headers: Readonly<Record<string, string>> = {}) {
    await this.#carrier.publish([{ topic, key, value, headers }])
  }

  /** What this service published so far on a topic, oldest first. */
  published<T extends TopicName>(topic: T): Array<TestEventOf<T>> {
    return this.#published.filter((seen) => seen.topic === topic).map(({ event }) => event as TestEventOf<T>)
  }

  /** Records of a topic that the service refused, oldest first. */
  deadLetters(topic: TopicName): readonly Delivery[] {
    return this.#deadLetters.filter((seen) => seen.topic === deadLetterTopic(topic))
  }

  async #observe(): Promise<void> {
    const topics = (Object.keys(TOPICS) as TopicName[]).filter((topic) => TOPICS[topic].owner === this.#definition.name)
    // Not every service publishes.
    if (topics.length === 0) return
    await this.#carrier.subscribe({
      group: 'test-dead-letters',
      handler: 'test dead letters',
      topics: topics.map(deadLetterTopic),
      maxBatch: 100,
      handle: async (batch) => {
        this.#deadLetters.push(...batch)
      },
    })
    await this.#carrier.subscribe({
      group: 'test',
      handler: 'test',
      topics,
      maxBatch: 100,
      handle: async (batch) => {
        for (const { topic, value, headers } of batch) {
          const name = topic as TopicName
          // What other systems publish on its topics, in their form.
          if (headers['content-type'] !== undefined) continue
          this.#published.push({
            topic: name,
            event: fromBinary(TOPICS[name].message, value) as TestEventOf<TopicName>,
          })
        }
      },
    })
  }
}

function encode<T extends TopicName>(topic: T, event: TestEvent<T>, at: Date): Uint8Array {
  const schema = TOPICS[topic].message
  const message = create(schema, {
    ...event.body,
    meta: {
      eventId: uuidv7(),
      occurredAt: timestampFromDate(at),
      subjectId: event.subjectId,
      version: { incarnation: BigInt(event.incarnation ?? 1), n: BigInt(event.version) },
    },
  } as MessageInitShape<typeof schema>)
  return toBinary(schema, message)
}
