import 'reflect-metadata'
import { readFile } from 'node:fs/promises'
import { run } from '@reprieve/cli-service'
import { readConfig } from '@reprieve/config'
import { TOPICS } from '@reprieve/contracts'
import { startGateway } from '@reprieve/gateway-service'
import {
  InProcessCarrier,
  isSurroundingsFault,
  KafkaCarrier,
  kafkaOptions,
  kafkaVariables,
  type Subscription,
} from '@reprieve/messaging'
import { SERVICE_NAMES, startService } from '@reprieve/service-host'
import { SERVICES } from '@reprieve/standalone-service'
import { createLogger } from '@reprieve/telemetry'
import {
  createDatabase,
  type KafkaAccess,
  type SecuredKafka,
  startSecuredKafka,
  startSmtpServer,
} from '@reprieve/testing'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { Api, eventually } from './support/api.js'
import { ROOT } from './support/process.js'
import { type SystemInProcess, startSystemInProcess } from './support/system-in-process.js'

interface Acl {
  resource: { type: 'topic' | 'group'; name: string; patternType: 'literal' | 'prefix' }
  operations: string[]
}

interface Resource {
  kind: string
  metadata: { name: string }
  spec: { authorization: { acls: Acl[] }; partitions: number }
}

const ADMIN = { email: 'first@reprieve.example', password: 'a long enough password' }
const example = parseAllDocuments(await readFile(`${ROOT}helm/examples/strimzi.yaml`, 'utf8')).map(
  (document) => document.toJS() as Resource,
)
/** What users of the example may do, by service. */
const access: ReadonlyMap<string, readonly Acl[]> = new Map(
  example
    .filter(({ kind }) => kind === 'KafkaUser')
    .map(({ metadata, spec }) => [metadata.name.replace('reprieve-', ''), spec.authorization.acls]),
)

const serviceOf = (group: string): string => group.split(/[.-]/)[0] ?? ''

describe('the Kafka users of the example', () => {
  let system: SystemInProcess
  const subscribed: Subscription[] = []
  const subscriptions = (service: string) => subscribed.filter(({ group }) => serviceOf(group) === service)

  beforeAll(async () => {
    const { subscribe } = InProcessCarrier.prototype
    vi.spyOn(InProcessCarrier.prototype, 'subscribe').mockImplementation(function (
      this: InProcessCarrier,
      subscription,
    ) {
      subscribed.push(subscription)
      return subscribe.call(this, subscription)
    })
    system = await startSystemInProcess(ADMIN)
  }, 240_000)
  afterAll(async () => system?.close())

  const may = (service: string, operation: string, type: Acl['resource']['type'], name: string): boolean =>
    (access.get(service) ?? []).some(
      ({ resource, operations }) =>
        operations.includes(operation) &&
        resource.type === type &&
        (resource.patternType === 'prefix' ? name.startsWith(resource.name) : name === resource.name),
    )
  it.each(SERVICE_NAMES)(
    'let %s join the groups, read the topics and write the dead letters that it does',
    (service) => {
      expect(subscriptions(service).length).toBeGreaterThan(0)
      for (const { group, topics } of subscriptions(service)) {
        expect(may(service, 'Read', 'group', group), `group ${group}`).toBe(true)
        for (const topic of topics) {
          expect(may(service, 'Read', 'topic', topic), topic).toBe(true)
          if (!topic.endsWith('.dlq')) expect(may(service, 'Write', 'topic', `${topic}.dlq`), `${topic}.dlq`).toBe(true)
        }
      }
    },
  )

  it.each(SERVICE_NAMES)('let %s read nothing but that and its own topics, and publish on its own alone', (service) => {
    const reads = subscriptions(service).flatMap(({ topics }) => topics)
    const own = Object.entries(TOPICS).flatMap(([topic, { owner }]) => (owner === service ? [topic] : []))
    for (const { resource, operations } of access.get(service) ?? []) {
      if (resource.type !== 'topic') continue
      const { name } = resource
      if (operations.includes('Read')) expect([...reads, ...own]).toContain(name)
      if (operations.includes('Write')) {
        expect([...own, ...reads.map((topic) => `${topic}.dlq`)]).toContain(name)
      }
    }
    for (const topic of own.filter((name) => name !== 'external.tickets.v1'))
      expect(may(service, 'Write', 'topic', topic), topic).toBe(true)
  })

  it('let each service see every topic, which it holds against what it is declared to be', () => {
    for (const service of SERVICE_NAMES) {
      const seen = (access.get(service) ?? []).flatMap(({ resource }) =>
        resource.type === 'topic' ? [resource.name] : [],
      )
      expect(seen).toEqual(expect.arrayContaining(Object.keys(TOPICS).flatMap((topic) => [topic, `${topic}.dlq`])))
    }
  })

  it('are in groups of their own service only', () => {
    for (const [service, acls] of access) {
      for (const { resource } of acls) if (resource.type === 'group') expect(serviceOf(resource.name)).toBe(service)
    }
  })
}, 180_000)

/** Every service with the certificate of its user, on a Kafka that has the example's topics and users and no others. */
async function startOn(kafka: SecuredKafka) {
  const ends: Array<() => Promise<unknown>> = []
  const topics = example.filter(({ kind }) => kind === 'KafkaTopic')
  await kafka.createTopics(
    topics.map(({ metadata, spec }) => ({ topic: metadata.name, numPartitions: spec.partitions })),
  )
  const logger = createLogger({ service: 'test', level: 'silent' })
  const carrierOf = async (service: string) => {
    const { certificate, key } = await kafka.issue(service)
    const allowed = (access.get(service) ?? []).flatMap(({ resource, operations }) =>
      operations.map((operation) => ({ ...resource, operation: operation as KafkaAccess['operation'] })),
    )
    if (allowed.length > 0) await kafka.allow(service, allowed)
    const config = readConfig(kafkaVariables, {
      KAFKA_BROKERS: kafka.brokers.join(','),
      KAFKA_TLS: 'true',
      KAFKA_TLS_CA_PATH: kafka.authority,
      KAFKA_TLS_CERTIFICATE_PATH: certificate,
      KAFKA_TLS_KEY_PATH: key,
    })
    const carrier = new KafkaCarrier({ ...kafkaOptions(config), clientId: `reprieve-${service}` })
    ends.push(() => carrier.close())
    return carrier
  }
  const smtp = await startSmtpServer()
  ends.push(() => smtp.stop())
  const carriers = new Map<string, KafkaCarrier>()
  const addresses = await Promise.all(
    SERVICES.map(async (definition) => {
      const database = await createDatabase()
      ends.unshift(() => database.drop())
      const carrier = await carrierOf(definition.name)
      carriers.set(definition.name, carrier)
      const service = await startService(definition, {
        databaseUrl: database.url,
        carrier,
        logger,
        environment: {
          REPRIEVE_ADMIN_EMAIL: ADMIN.email,
          REPRIEVE_ADMIN_PASSWORD: ADMIN.password,
          SMTP_URL: smtp.url,
          MAIL_FROM: 'Reprieve <reprieve@reprieve.example>',
          PUBLIC_URL: 'http://localhost',
        },
      })
      ends.push(() => service.close())
      return [definition.name, service.url] as const
    }),
  )
  const gateway = await startGateway({ services: Object.fromEntries(addresses), logger })
  ends.push(() => gateway.close())
  return {
    gateway,
    carriers,
    carrierOf,
    async stop() {
      for (const end of ends.splice(0).reverse()) await end()
    },
  }
}

describe('a Kafka with these users', async () => {
  const kafka = await startSecuredKafka()
  let system: Awaited<ReturnType<typeof startOn>>

  beforeAll(async () => {
    if (kafka !== null) system = await startOn(kafka)
  }, 240_000)
  afterAll(async () => {
    await system?.stop()
    await kafka?.close()
  }, 60_000)

  const carrier = (service: string): KafkaCarrier => {
    const found = system.carriers.get(service)
    if (found === undefined) throw new Error(`no ${service}`)
    return found
  }

  it.skipIf(kafka === null)('lets the services do what they are for, dead letters and all', async () => {
    const said: string[] = []
    const terminal = { out: (text: string) => said.push(text), error: (text: string) => said.push(text) }
    const environment = {
      REPRIEVE_URL: system.gateway.url,
      REPRIEVE_EMAIL: ADMIN.email,
      REPRIEVE_PASSWORD: ADMIN.password,
    }
    expect(await run(['round-trip'], environment, terminal), said.join('\n')).toBe(0)

    await carrier('scope').publish([
      { topic: 'scanner.instances.v1', key: 'a', value: Buffer.from('no event'), headers: {} },
    ])
    const session = await new Api(system.gateway.url).signIn(ADMIN.email, ADMIN.password)
    const dead = () => session.get<{ items: Array<{ id: string; failures: number }> }>('/dead-letters')
    const { body } = await eventually(dead, (answer) => answer.body.items.length === 1, 60_000)
    await session.post(`/dead-letters/${body.items[0]?.id}/redrive`)
    await eventually(dead, (answer) => answer.body.items[0]?.failures === 2, 60_000)
    expect((await session.get('/../../readyz')).status).toBe(200)
  })

  it.skipIf(kafka === null)('lets none of them publish for another, nor read in another’s name', async () => {
    const event = { topic: 'exceptions.v1', key: 'a', value: Buffer.from('forged'), headers: {} }
    await expect(carrier('rules').publish([event])).rejects.toThrow(/authorized/i)
    const nothing = { topics: ['directory.v1'], handler: 'none', maxBatch: 1, handle: async () => {} }
    const spy = await carrier('rules').subscribe({ ...nothing, group: 'scope.directory.v1' })
    // KafkaJS finds no coordinator for a group that is not its user's.
    await expect.poll(() => spy.status().waitingFor, { timeout: 60_000 }).toMatch(/authorized|coordinator/i)
    expect(spy.status().partitions).toBe(0)
    await spy.stop()
  })

  it.skipIf(kafka === null)('has a service wait whose rights are not given yet, and say what it lacks', async () => {
    const early = await system.carrierOf('early')
    const declaring = early.ensureTopics([{ name: 'rules.v1', partitions: 1, retentionMs: 'compacted' }])
    const fault = await declaring.catch((error: unknown) => error)
    expect(String(fault)).toMatch(/may not make them either: rules\.v1, rules\.v1\.dlq/)
    expect(isSurroundingsFault(fault)).toBe(true)
  })
}, 300_000)
