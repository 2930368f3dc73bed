import 'reflect-metadata'
import { Controller, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { Payload } from '@nestjs/microservices'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { createDatabase, startKafka, type TestDatabase } from '@reprieve/testing'
import { v7 as uuidv7 } from 'uuid'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  type Carrier,
  Consumes,
  DEAD_LETTER_HEADERS,
  type Delivery,
  InProcessCarrier,
  KafkaCarrier,
  MessagingServer,
  messagingMigrations,
  type Redrive,
} from '../src/index.js'

const kafka = await startKafka()
const QUICK = { record: { firstMs: 5, mostMs: 10 }, surroundings: { firstMs: 5, mostMs: 20 } }
const PATIENCE = { timeout: 60_000, interval: 20 }
const decode = (_topic: string, { value }: Delivery): unknown => JSON.parse(Buffer.from(value).toString())
const encode = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))

/** Headers say for whom, key and value are the record's. */
const read = (asked: Delivery): Redrive => {
  const group = asked.headers['for']
  if (group === undefined) throw new Error('no redrive')
  return { group, delivery: { ...asked, topic: 'things.v1', headers: {} } }
}

const CARRIERS = [
  [
    'in process',
    false,
    async () => {
      const database: TestDatabase = await createDatabase(messagingMigrations)
      const carrier = await InProcessCarrier.open({ url: database.url, retry: QUICK })
      return { carrier: carrier as Carrier, end: () => database.drop() }
    },
  ],
  [
    'on Apache Kafka',
    kafka === null,
    async () => ({
      carrier: new KafkaCarrier({
        brokers: kafka?.brokers ?? [],
        clientId: 'redrive',
        retry: QUICK,
        graceMs: 1_000,
        sessionTimeoutMs: 10_000,
        fetchWaitMs: 250,
        ...(kafka?.controllable ? { replicationFactor: 1 } : {}),
      }) as Carrier,
      end: async () => {},
    }),
  ],
] as const

describe.each(CARRIERS)('a record that is redriven %s', (_name, skipped, open) => {
  const ends: Array<() => Promise<unknown>> = []

  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end()
  })

  it.skipIf(skipped)(
    'is handed to the one consumer that failed, once more; if it is still poison it is dead once more, and never tried again by itself',
    async () => {
      const { carrier, end } = await open()
      ends.push(end, () => carrier.close())
      const service = `t${uuidv7().replaceAll('-', '')}`
      const redrives = `redrives-${service}`
      await carrier.ensureTopics([
        { name: 'things.v1', partitions: 2, retentionMs: 600_000 },
        { name: redrives, partitions: 1, retentionMs: 600_000 },
      ])
      const calls: string[] = []
      let mended = false
      @Controller()
      class Consumers {
        @Consumes('things.v1', { consumer: 'first', retries: 2 })
        async first(@Payload() event: string) {
          calls.push(`first ${event}`)
          if (!mended) throw new RangeError('not yet')
        }

        @Consumes('things.v1', { consumer: 'second', batch: 10 })
        async second(@Payload() events: string[]) {
          calls.push(...events.map((event) => `second ${event}`))
        }
      }
      @Module({ controllers: [Consumers] })
      class Root {}
      const letters: Delivery[] = []
      await carrier.subscribe({
        group: `looker-${service}`,
        topics: ['things.v1.dlq', `${redrives}.dlq`],
        handler: 'looker',
        maxBatch: 100,
        handle: async (batch) => {
          letters.push(...batch.filter(({ headers }) => headers[DEAD_LETTER_HEADERS.group]?.startsWith(service)))
        },
      })
      const app = await NestFactory.create(Root, new FastifyAdapter(), { logger: false, abortOnError: false })
      const server = new MessagingServer({ carrier, service, decode, redrives: { topic: redrives, read } })
      server.mount(app)
      ends.push(
        () => app.close(),
        () => server.close(),
      )
      await app.startAllMicroservices()
      const word = service.slice(-6)
      const mine = () => calls.filter((call) => call.endsWith(word))
      await carrier.publish([{ topic: 'things.v1', key: 'k', value: encode(word) }])
      await vi.waitFor(() => expect(letters).toHaveLength(1), PATIENCE)
      await vi.waitFor(() => expect(mine().filter((call) => call.startsWith('second'))).toHaveLength(1), PATIENCE)

      const redrive = (group: string) =>
        carrier.publish([{ topic: redrives, key: 'k', value: encode(word), headers: { for: group } }])
      calls.length = 0
      await redrive('another.first')
      await redrive(`${service}.first`)
      await vi.waitFor(() => expect(letters).toHaveLength(2), PATIENCE)
      // Six calls, as for any record, and none of the consumer that had handled it.
      expect(mine()).toEqual(Array.from({ length: 6 }, () => `first ${word}`))
      expect(letters[1]?.headers).toMatchObject({
        [DEAD_LETTER_HEADERS.topic]: redrives,
        [DEAD_LETTER_HEADERS.group]: `${service}.redrives`,
        [DEAD_LETTER_HEADERS.reason]: 'RangeError: not yet',
        [DEAD_LETTER_HEADERS.attempts]: '6',
      })

      await redrive(`${service}.gone`)
      await vi.waitFor(() => expect(letters).toHaveLength(3), PATIENCE)
      expect(letters[2]?.headers[DEAD_LETTER_HEADERS.reason]).toMatch(/has no consumer .*\.gone any more/)

      mended = true
      calls.length = 0
      await redrive(`${service}.first`)
      await redrive(`${service}.second`)
      await vi.waitFor(() => expect(mine()).toEqual([`first ${word}`, `second ${word}`]), PATIENCE)
      expect(letters).toHaveLength(3)
    },
    120_000,
  )
})
