import 'reflect-metadata'
import { Controller, Injectable, Module, type OnModuleInit } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { Ctx, EventPattern, Payload } from '@nestjs/microservices'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { createDatabase, type TestDatabase } from '@reprieve/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  Consumes,
  DEAD_LETTER_HEADERS,
  type Delivery,
  InProcessCarrier,
  MessagingContext,
  MessagingServer,
  messagingMigrations,
  type PositionStore,
  SurroundingsFault,
} from '../src/index.js'

const decode = (_topic: string, { value }: Delivery): unknown => JSON.parse(Buffer.from(value).toString())
const encode = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))
const POSITIONS = Symbol('POSITIONS')

describe('the messaging server', () => {
  let database: TestDatabase
  let carrier: InProcessCarrier
  const running: Array<{ close(): Promise<void> }> = []

  beforeEach(async () => {
    database = await createDatabase(messagingMigrations)
    carrier = await InProcessCarrier.open({
      url: database.url,
      retry: { record: { firstMs: 5, mostMs: 10 }, surroundings: { firstMs: 5, mostMs: 20 } },
    })
    await carrier.ensureTopics([{ name: 'things.v1', partitions: 2, retentionMs: 60_000 }])
  })

  afterEach(async () => {
    await Promise.all(running.splice(0).map((app) => app.close()))
    await carrier.close()
    await database.drop()
  })

  const publish = (...bodies: unknown[]) =>
    carrier.publish(bodies.map((body) => ({ topic: 'things.v1', key: 'one', value: encode(body) })))

  async function start(module: new () => object): Promise<MessagingServer> {
    const app = await NestFactory.create(module, new FastifyAdapter(), { logger: false, abortOnError: false })
    const server = new MessagingServer({ carrier, service: 'test', decode })
    server.mount(app)
    running.push(app)
    await app.startAllMicroservices()
    return server
  }

  /** Records that went to the dead letters, as they come. */
  async function deadLetters(): Promise<Delivery[]> {
    const found: Delivery[] = []
    await carrier.subscribe({
      group: 'looker',
      topics: ['things.v1.dlq'],
      handler: 'looker',
      maxBatch: 100,
      handle: async (batch) => {
        found.push(...batch)
      },
    })
    return found
  }

  it('hands the decoded event and its record to a handler of single events, after the application is initialised', async () => {
    const seen: unknown[] = []
    @Controller()
    class Consumer implements OnModuleInit {
      ready = false
      onModuleInit() {
        this.ready = true
      }
      @Consumes('things.v1')
      async handle(@Payload() event: unknown, @Ctx() context: MessagingContext) {
        seen.push({ event, key: context.delivery.key, ready: this.ready, signal: context.batch.signal.aborted })
      }
    }
    @Module({ controllers: [Consumer] })
    class Root {}
    const server = await start(Root)
    await publish({ n: 1 })
    await vi.waitFor(() => expect(seen).toEqual([{ event: { n: 1 }, key: 'one', ready: true, signal: false }]))
    await vi.waitFor(() =>
      expect(server.statuses()).toMatchObject([{ group: 'test.things.v1', handled: 1, partitions: 2 }]),
    )
  })

  it('hands lists to a handler that takes batches, without those that cannot be decoded', async () => {
    const seen: unknown[][] = []
    @Controller()
    class Consumer {
      @Consumes('things.v1', { batch: 10, consumer: 'lists' })
      async handle(@Payload() events: unknown[], @Ctx() context: MessagingContext) {
        seen.push(events)
        expect(context.deliveries).toHaveLength(events.length)
      }
    }
    @Module({ controllers: [Consumer] })
    class Root {}
    await carrier.publish([
      { topic: 'things.v1', key: 'one', value: encode(1) },
      { topic: 'things.v1', key: 'one', value: Buffer.from('{oops') },
      { topic: 'things.v1', key: 'one', value: encode(3) },
    ])
    const letters = await deadLetters()
    await start(Root)
    await vi.waitFor(() => expect(seen).toEqual([[1, 3]]))
    await vi.waitFor(() => expect(letters).toHaveLength(1))
    expect(Buffer.from(letters[0]?.value ?? []).toString()).toBe('{oops')
    expect(letters[0]?.headers[DEAD_LETTER_HEADERS.reason]).toMatch(/cannot be decoded.*JSON/)
    expect(letters[0]?.headers[DEAD_LETTER_HEADERS.handler]).toBe('test.lists')
  })

  it('puts a record that cannot be decoded aside without calling a handler of single events', async () => {
    const seen: unknown[] = []
    @Controller()
    class Consumer {
      @EventPattern('things.v1')
      async handle(@Payload() event: unknown) {
        seen.push(event)
      }
    }
    @Module({ controllers: [Consumer] })
    class Root {}
    const letters = await deadLetters()
    await start(Root)
    await carrier.publish([{ topic: 'things.v1', key: 'one', value: Buffer.from('{oops') }])
    await publish('next')
    await vi.waitFor(() => expect(seen).toEqual(['next']))
    await vi.waitFor(() => expect(letters).toHaveLength(1))
    expect(letters[0]?.headers[DEAD_LETTER_HEADERS.attempts]).toBe('1')
  })

  it("lets the handler's own error reach the carrier: waits for the surroundings, retries, puts aside with the reason", async () => {
    const calls: unknown[] = []
    @Controller()
    class Consumer {
      @Consumes('things.v1', { retries: 1 })
      async handle(@Payload() event: string) {
        calls.push(event)
        if (event === 'away' && calls.length < 4) throw new SurroundingsFault('the mail server is away')
        if (event === 'bad') throw new RangeError('no such thing')
      }
    }
    @Module({ controllers: [Consumer] })
    class Root {}
    const letters = await deadLetters()
    await start(Root)
    await publish('away', 'bad', 'good')
    await vi.waitFor(() => expect(calls.at(-1)).toBe('good'))
    expect(calls).toEqual(['away', 'away', 'away', 'away', 'bad', 'bad', 'good'])
    await vi.waitFor(() => expect(letters).toHaveLength(1))
    expect(letters[0]?.headers[DEAD_LETTER_HEADERS.reason]).toBe('RangeError: no such thing')
  })

  it('shows every event to each of several handlers of one topic', async () => {
    const seen: string[] = []
    @Controller()
    class First {
      @Consumes('things.v1', { consumer: 'first' })
      async handle() {
        seen.push('first')
      }
    }
    @Controller()
    class Second {
      @Consumes('things.v1', { consumer: 'second', retries: 0 })
      async handle() {
        seen.push('second')
        throw new Error('this one fails by itself')
      }
    }
    @Module({ controllers: [First, Second] })
    class Root {}
    await start(Root)
    await publish('a')
    await vi.waitFor(() => expect(seen.toSorted()).toEqual(['first', 'second']))
  })

  it('refuses two handlers of one topic that would share a position', async () => {
    @Controller()
    class First {
      @Consumes('things.v1')
      async handle() {}
    }
    @Controller()
    class Second {
      @Consumes('things.v1')
      async handle() {}
    }
    @Module({ controllers: [First, Second] })
    class Root {}
    await expect(start(Root)).rejects.toThrow(/two handlers are test\.things\.v1/)
  })

  it('starts from the position store of a handler, and moves it past a batch of which nothing could be decoded', async () => {
    const seen: unknown[] = []
    @Injectable()
    class Positions implements PositionStore {
      readonly kept = new Map<number, bigint>([
        [0, 1n],
        [1, 1n],
      ])
      async load() {
        return this.kept
      }
      async save(_topic: string, partition: number, { next }: { next: bigint }) {
        this.kept.set(partition, next)
      }
    }
    @Controller()
    class Consumer {
      @Consumes('things.v1', { batch: 10, positions: POSITIONS })
      async handle(@Payload() events: unknown[]) {
        seen.push(...events)
      }
    }
    const store = new Positions()
    @Module({ controllers: [Consumer], providers: [{ provide: POSITIONS, useValue: store }] })
    class Root {}
    await publish('skipped', 'read')
    await start(Root)
    await vi.waitFor(() => expect(seen).toEqual(['read']))
    await carrier.publish([{ topic: 'things.v1', key: 'one', value: Buffer.from('{') }])
    await vi.waitFor(() => expect([...store.kept.values()]).toContain(3n))
  })

  it('finishes the handler in flight when it is closed', async () => {
    const steps: string[] = []
    @Controller()
    class Consumer {
      @EventPattern('things.v1')
      async handle(@Payload() event: string) {
        steps.push(`begin ${event}`)
        await new Promise((resolve) => setTimeout(resolve, 100))
        steps.push(`end ${event}`)
      }
    }
    @Module({ controllers: [Consumer] })
    class Root {}
    const server = await start(Root)
    await publish('a', 'b')
    await vi.waitFor(() => expect(steps).toContain('begin a'))
    await server.close()
    expect(steps).toEqual(['begin a', 'end a'])
  })
})
