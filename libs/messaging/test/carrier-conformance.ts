import { randomUUID } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { context, propagation, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  type ActiveSubscription,
  type Carrier,
  DEAD_LETTER_HEADERS,
  type Delivery,
  MessageTooLargeError,
  MOST_MESSAGE_BYTES,
  type OutgoingMessage,
  PoisonError,
  PositionConflictError,
  type PositionStore,
  partitionOf,
  readWhole,
  type Subscription,
  SurroundingsFault,
  TopicMismatchError,
  UnknownTopicError,
} from '../src/index.js'
import type { CarrierHarness } from './support/carrier-harness.js'
import { buildForChildren, crashScenario, KILL_POINTS } from './support/crash-scenario.js'
import { firstSeen, Recorder, textOf } from './support/recorder.js'

const PARTITIONS = 4
const PATIENCE = { timeout: 30_000, interval: 10 }
const eventually = (assertion: () => void | Promise<void>) => vi.waitFor(assertion, PATIENCE)
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
const nightly = process.env['REPRIEVE_TEST_SIZE'] === 'nightly'

/** Keys of which each lands on another partition. */
const KEYS = Array.from({ length: PARTITIONS }, (_, partition) => {
  for (let n = 0; ; n++) if (partitionOf(Buffer.from(`key-${n}`), PARTITIONS) === partition) return `key-${n}`
})
const [KEY = ''] = KEYS

/** Keeps positions as a handler's own transaction would. */
class MemoryPositions implements PositionStore {
  readonly kept = new Map<number, bigint>()
  readonly loads: Array<readonly number[]> = []

  async load(_topic: string, partitions: readonly number[]) {
    this.loads.push(partitions)
    return new Map([...this.kept].filter(([partition]) => partitions.includes(partition)))
  }

  async save(topic: string, partition: number, { from, next }: { from: bigint; next: bigint }) {
    if ((this.kept.get(partition) ?? 0n) !== from) throw new PositionConflictError(topic, partition, from)
    this.kept.set(partition, next)
  }
}

/** What every carrier keeps, whatever it is made of. */
export function describeCarrier(name: string, makeHarness: () => Promise<CarrierHarness>): void {
  describe(`the ${name} carrier`, () => {
    let harness: CarrierHarness
    let carrier: Carrier
    let topic: string
    const opened: Carrier[] = []

    beforeAll(async () => {
      harness = await makeHarness()
    })
    afterAll(async () => {
      await harness?.close()
    })

    beforeEach(async () => {
      carrier = await harness.open()
      opened.push(carrier)
      topic = `test-${randomUUID()}`
      await carrier.ensureTopics([{ name: topic, partitions: PARTITIONS, retentionMs: 3_600_000 }])
    })
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((one) => one.close()))
    })

    const message = (key: string, text: string): OutgoingMessage => ({ topic, key, value: Buffer.from(text) })
    const publish = (key: string, ...texts: string[]) => carrier.publish(texts.map((text) => message(key, text)))

    async function subscribe(
      handle: Subscription['handle'],
      options: Partial<Subscription> = {},
      on: Carrier = carrier,
    ): Promise<ActiveSubscription> {
      const subscription = {
        group: `group-${randomUUID()}`,
        topics: [topic],
        handler: 'tester',
        maxBatch: 1,
        retries: 2,
      }
      return on.subscribe({ ...subscription, handle, ...options })
    }

    async function deadLetters(): Promise<Delivery[]> {
      const recorder = new Recorder()
      const found: Delivery[] = []
      await subscribe(
        async (batch, batchContext) => {
          await recorder.handle(batch, batchContext)
          found.push(...batch)
        },
        { topics: [`${topic}.dlq`], maxBatch: 100 },
      )
      return found
    }

    describe('carries', () => {
      it('the records of each key in order, to handlers of single records and of batches', async () => {
        const single = new Recorder()
        const batches = new Recorder()
        await subscribe(single.handle)
        await subscribe(batches.handle, { maxBatch: 7 })
        const expected = new Map<string, string[]>()
        for (let call = 0; call < 10; call++) {
          const messages = Array.from({ length: 30 }, (_, n) => message(`key ${n % 9}`, `${call}.${n}`))
          for (const { key, value } of messages) {
            expected.set(key, [...(expected.get(key) ?? []), Buffer.from(value).toString()])
          }
          await carrier.publish(messages)
        }
        await eventually(() => {
          expect(single.deliveries).toHaveLength(300)
          expect(batches.deliveries).toHaveLength(300)
        })
        expect(firstSeen(single.deliveries)).toEqual(expected)
        expect(firstSeen(batches.deliveries)).toEqual(expected)
        expect(single.calls.every(({ batch }) => batch.length === 1)).toBe(true)
        expect(Math.max(...batches.calls.map(({ batch }) => batch.length))).toBe(7)
        for (const { batch } of batches.calls) expect(new Set(batch.map(({ partition }) => partition)).size).toBe(1)
      })

      it('offsets that rise by one, and the time of publishing', async () => {
        const from = Date.now()
        await Promise.all(Array.from({ length: 20 }, (_, n) => publish(KEY, `${n}`)))
        const recorder = new Recorder()
        await subscribe(recorder.handle)
        await eventually(() => expect(recorder.deliveries).toHaveLength(20))
        expect(recorder.deliveries.map(({ offset }) => offset)).toEqual(Array.from({ length: 20 }, (_, n) => BigInt(n)))
        for (const { publishedAt } of recorder.deliveries) {
          expect(publishedAt.getTime()).toBeGreaterThanOrEqual(from - 1)
          expect(publishedAt.getTime()).toBeLessThanOrEqual(Date.now())
        }
      })

      it('keys, headers and bytes unharmed', async () => {
        const everyByte = Uint8Array.from({ length: 256 }, (_, n) => n)
        const messages: OutgoingMessage[] = [
          { topic, key: '', value: everyByte, headers: { empty: '', 'with space': ' a  b ' } },
          { topic, key: 'ключ 钥匙 🔑', value: new Uint8Array(0), headers: { unicode: 'žluťoučký 🐎', 名前: 'x' } },
          { topic, key: 'nul \u0000 inside', value: Buffer.from('{"json":"\\u0000"}'), headers: { nul: 'a\u0000b' } },
          { topic, key: 'k'.repeat(5_000), value: everyByte.subarray(10, 20) },
          { topic, key: '__proto__', value: Buffer.from('x'), headers: { constructor: 'y' } },
        ]
        await carrier.publish(messages)
        const recorder = new Recorder()
        await subscribe(recorder.handle)
        await eventually(() => expect(recorder.deliveries).toHaveLength(messages.length))
        const byKey = new Map(recorder.deliveries.map((delivery) => [delivery.key, delivery]))
        for (const { key, value, headers = {} } of messages) {
          const delivery = byKey.get(key)
          expect(Buffer.compare(delivery?.value ?? Buffer.from('absent'), value), `value of ${key.slice(0, 20)}`).toBe(
            0,
          )
          expect({ ...delivery?.headers }).toEqual({ ...headers })
        }
      })

      it('a message of 1 MiB, and refuses a larger one with all of its call', async () => {
        const room = MOST_MESSAGE_BYTES - KEY.length - 'header'.length - 'value'.length
        const headers = { header: 'value' }
        await carrier.publish([{ topic, key: KEY, value: Buffer.alloc(room, 1), headers }])
        const tooLarge = carrier.publish([
          message(KEY, 'before'),
          { topic, key: KEY, value: Buffer.alloc(room + 1), headers },
        ])
        await expect(tooLarge).rejects.toThrow(MessageTooLargeError)
        await expect(tooLarge).rejects.toThrow(/1048577 bytes .* at most 1048576/)
        await publish(KEY, 'after')
        const recorder = new Recorder()
        await subscribe(recorder.handle)
        await eventually(() => expect(recorder.deliveries).toHaveLength(2))
        expect(recorder.deliveries[0]?.value).toHaveLength(room)
        expect(recorder.texts[1]).toBe('after')
      })

      it('more in one call than fits into one request', async () => {
        const value = Buffer.alloc(100_000, 7)
        await carrier.publish(Array.from({ length: 60 }, () => ({ topic, key: KEY, value })))
        await carrier.publish(Array.from({ length: 3_000 }, (_, n) => message(KEY, `${n}`)))
        const recorder = new Recorder()
        await subscribe(recorder.handle, { maxBatch: 500 })
        await eventually(() => expect(recorder.deliveries).toHaveLength(3_060))
        expect(recorder.texts.slice(60)).toEqual(Array.from({ length: 3_000 }, (_, n) => `${n}`))
      })

      it('many calls at once in the order in which they were made', async () => {
        await Promise.all(Array.from({ length: 200 }, (_, n) => publish(KEY, `${n}`)))
        const recorder = new Recorder()
        await subscribe(recorder.handle, { maxBatch: 50 })
        await eventually(() => expect(recorder.texts).toEqual(Array.from({ length: 200 }, (_, n) => `${n}`)))
      })
    })

    describe('keeps topics', () => {
      it('as they are declared, however often', async () => {
        const declaration = { name: topic, partitions: PARTITIONS, retentionMs: 3_600_000 }
        await carrier.ensureTopics([declaration])
        await carrier.ensureTopics([declaration, { name: `${topic}-state`, partitions: 1, retentionMs: 'compacted' }])
        await carrier.publish([{ topic: `${topic}-state`, key: 'a', value: Buffer.from('x') }])
        await expect(carrier.ensureTopics([{ ...declaration, partitions: PARTITIONS + 1 }])).rejects.toThrow(
          TopicMismatchError,
        )
      })

      it('and refuses to publish on or to read one that was never declared', async () => {
        const nowhere = { topic: `${topic}-nowhere`, key: 'a', value: Buffer.from('x') }
        await expect(carrier.publish([message(KEY, 'before'), nowhere])).rejects.toThrow(UnknownTopicError)
        await expect(subscribe(async () => {}, { topics: [nowhere.topic] })).rejects.toThrow(UnknownTopicError)
        await publish(KEY, 'after')
        const recorder = new Recorder()
        await subscribe(recorder.handle)
        await eventually(() => expect(recorder.texts).toEqual(['after']))
      })
    })

    describe('where a handler fails', () => {
      it('hands the same records over again after jittered, growing, bounded waits, and the next ones only then', async () => {
        let failures = 4
        const recorder = new Recorder(([delivery]) => {
          if (delivery !== undefined && textOf(delivery) === 'shaky' && failures-- > 0) throw new Error('not yet')
        })
        const active = await subscribe(recorder.handle, { retries: 5 })
        await publish(KEY, 'shaky', 'next')
        await eventually(() => expect(recorder.texts).toEqual(['shaky', 'shaky', 'shaky', 'shaky', 'shaky', 'next']))
        const waits = recorder.calls.slice(1, 5).map(({ at }, index) => at - (recorder.calls[index]?.at ?? 0))
        // A timer may be a millisecond early; a busy machine makes a wait longer, never shorter.
        for (const [index, least] of [20, 40, 80, 80].entries()) expect(waits[index]).toBeGreaterThanOrEqual(least - 2)
        await eventually(() => expect(active.status()).toMatchObject({ handled: 2, retried: 4, deadLettered: 0 }))
      })

      it('puts a record that keeps failing aside, untouched and with all about it, and goes on', async () => {
        const letters = await deadLetters()
        const bad = {
          topic,
          key: 'clé \u0000',
          value: Uint8Array.from([0, 255, 1]),
          headers: { mine: 'ü', traceparent },
        }
        const recorder = new Recorder(([delivery]) => {
          if (delivery?.key === bad.key) throw new RangeError('no such colour')
        })
        const group = `group-${randomUUID()}`
        const active = await subscribe(recorder.handle, { group, handler: 'painter', retries: 2 })
        const before = Date.now()
        await carrier.publish([bad, message(bad.key, 'same key'), ...KEYS.map((key) => message(key, 'other'))])
        await eventually(() => expect(letters).toHaveLength(2))
        await eventually(() => expect(recorder.texts.filter((text) => text === 'other')).toHaveLength(KEYS.length))
        const [letter] = letters
        const refused = recorder.deliveries.find(({ key }) => key === bad.key)
        expect(letter).toMatchObject({ topic: `${topic}.dlq`, key: bad.key })
        expect(Buffer.compare(letter?.value ?? Buffer.alloc(0), bad.value)).toBe(0)
        const at = Date.parse(letter?.headers[DEAD_LETTER_HEADERS.failedAt] ?? '')
        expect(at).toBeGreaterThanOrEqual(before)
        expect(at).toBeLessThanOrEqual(Date.now())
        expect({ ...letter?.headers }).toEqual({
          ...bad.headers,
          [DEAD_LETTER_HEADERS.topic]: topic,
          [DEAD_LETTER_HEADERS.partition]: String(partitionOf(Buffer.from(bad.key), PARTITIONS)),
          [DEAD_LETTER_HEADERS.offset]: refused?.offset.toString(),
          [DEAD_LETTER_HEADERS.group]: group,
          [DEAD_LETTER_HEADERS.handler]: 'painter',
          [DEAD_LETTER_HEADERS.reason]: 'RangeError: no such colour',
          [DEAD_LETTER_HEADERS.traceId]: '0af7651916cd43dd8448eb211c80319c',
          [DEAD_LETTER_HEADERS.attempts]: '3',
          [DEAD_LETTER_HEADERS.failedAt]: letter?.headers[DEAD_LETTER_HEADERS.failedAt],
          [DEAD_LETTER_HEADERS.publishedAt]: refused?.publishedAt.toISOString(),
        })
        await eventually(() => expect(active.status()).toMatchObject({ deadLettered: 2, lag: 0 }))
      })

      it('of a failing batch puts only the poison aside, and hands the others over in order', async () => {
        const letters = await deadLetters()
        const done: string[] = []
        const handle = async (batch: readonly Delivery[]) => {
          if (batch.some((delivery) => textOf(delivery).startsWith('bad'))) throw new Error('one of these is bad')
          done.push(...batch.map(textOf))
        }
        const texts = Array.from({ length: 40 }, (_, n) => (n === 11 || n === 30 ? `bad ${n}` : `good ${n}`))
        await publish(KEY, ...texts)
        await subscribe(handle, { maxBatch: 20, retries: 1 })
        await eventually(() => expect(done).toHaveLength(38))
        expect(done).toEqual(texts.filter((text) => text.startsWith('good')))
        await eventually(() => expect(letters.map(textOf)).toEqual(['bad 11', 'bad 30']))
      })

      it('puts aside what a handler names, once, and does not retry what can never be handled', async () => {
        const letters = await deadLetters()
        let failures = 2
        const named = await subscribe(
          async (batch, { deadLetter }) => {
            for (const delivery of batch) if (textOf(delivery) === 'named') await deadLetter(delivery, 'not a number')
            if (failures-- > 0) throw new Error('the rest was not done')
          },
          { maxBatch: 10, handler: 'namer', retries: 5 },
        )
        let calls = 0
        await subscribe(
          async ([delivery]) => {
            if (delivery === undefined || textOf(delivery) !== 'never') return
            calls++
            throw new PoisonError('not a thing')
          },
          { handler: 'refuser' },
        )
        await publish(KEY, 'fine', 'named', 'never', 'fine')
        await eventually(() => expect(letters).toHaveLength(2))
        await eventually(() => expect(named.status()).toMatchObject({ handled: 4, deadLettered: 1, lag: 0 }))
        expect(calls).toBe(1)
        expect(letters.map((letter) => [letter.headers[DEAD_LETTER_HEADERS.handler], textOf(letter)]).sort()).toEqual([
          ['namer', 'named'],
          ['refuser', 'never'],
        ])
      })

      it('waits for the surroundings as long as it takes, puts nothing aside, and other partitions go on', async () => {
        const letters = await deadLetters()
        let away = true
        const recorder = new Recorder(([delivery]) => {
          if (away && delivery?.key === KEY)
            throw new Error('could not save', { cause: new SurroundingsFault('the disk is away') })
        })
        const active = await subscribe(recorder.handle, { retries: 0 })
        for (const key of KEYS) await publish(key, 'a', 'b')
        await eventually(() => expect(recorder.deliveries.filter(({ key }) => key === KEY).length).toBeGreaterThan(5))
        await eventually(() => expect(recorder.deliveries.filter(({ key }) => key !== KEY)).toHaveLength(6))
        expect(active.status()).toMatchObject({ waitingFor: 'Error: could not save', deadLettered: 0 })
        expect(active.status().lag).toBe(2)
        away = false
        await eventually(() => expect(active.status()).toMatchObject({ handled: 8, waitingFor: null, lag: 0 }))
        expect(letters).toEqual([])
      })
    })

    describe('has groups', () => {
      it('each of which sees every record from the beginning, a new one too', async () => {
        await publish(KEY, 'old')
        const first = new Recorder()
        await subscribe(first.handle)
        await publish(KEY, 'new')
        await eventually(() => expect(first.texts).toEqual(['old', 'new']))
        const second = new Recorder()
        await subscribe(second.handle)
        await eventually(() => expect(second.texts).toEqual(['old', 'new']))
      })

      it('beside which somebody reads all that a topic holds, as often as they like, and knows when it is all', async () => {
        expect([...(await carrier.extents(topic))].sort()).toEqual(
          Array.from({ length: PARTITIONS }, (_, partition) => [partition, { first: 0n, end: 0n }]),
        )
        const whole = async () => {
          const seen: string[] = []
          const handle = async (batch: readonly Delivery[]) => void seen.push(...batch.map(textOf))
          await readWhole(carrier, { topic, group: 'whole', handle })
          return seen
        }
        expect(await whole()).toEqual([])
        const [first = '', second = ''] = KEYS
        const numbers = Array.from({ length: 1_200 }, (_, n) => `${n}`)
        await publish(first, ...numbers)
        await publish(second, 'other')
        const partition = partitionOf(Buffer.from(first), PARTITIONS)
        expect((await carrier.extents(topic)).get(partition)).toEqual({ first: 0n, end: 1_200n })
        for (const _ of ['once', 'once more']) {
          const seen = await whole()
          expect(seen.filter((text) => text !== 'other')).toEqual(numbers)
          expect(seen).toContain('other')
        }
        await expect(carrier.extents(`${topic}-none`)).rejects.toThrow(UnknownTopicError)
        const faulty = async () => {
          throw new PoisonError('not this one')
        }
        await expect(readWhole(carrier, { topic, group: 'whole', handle: faulty })).rejects.toThrow('not this one')
        const signal = AbortSignal.timeout(100)
        const never = () => new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
        await expect(readWhole(carrier, { topic, group: 'whole', handle: never, signal })).rejects.toThrow(/timeout/)
      })

      it('that go on where they were', async () => {
        const group = `group-${randomUUID()}`
        const first = new Recorder()
        const active = await subscribe(first.handle, { group })
        for (const key of KEYS) await publish(key, 'one')
        await eventually(() => expect(first.texts).toHaveLength(KEYS.length))
        await active.stop()
        await publish(KEY, 'two')
        await pause(100)
        expect(first.texts).toHaveLength(KEYS.length)
        const second = new Recorder()
        await subscribe(second.handle, { group })
        await eventually(() => expect(second.texts).toContain('two'))
        expect(second.texts).toEqual(['two'])
      })

      it('whose members share the load, and lose nothing as members join and leave', async () => {
        const group = `group-${randomUUID()}`
        const seen: Delivery[] = []
        const handle = async (batch: readonly Delivery[]) => {
          await pause(1)
          seen.push(...batch)
        }
        const beside = await harness.openBeside(carrier)
        if (beside !== carrier) opened.push(beside)
        let publishing = true
        let published = 0
        const load = (async () => {
          for (; publishing; published++) await carrier.publish(KEYS.map((key) => message(key, `${published}`)))
        })()
        const first = await subscribe(handle, { group })
        await eventually(() => expect(first.status()).toMatchObject({ partitions: 4, waitingFor: null }))
        const second = await subscribe(handle, { group }, beside)
        await eventually(() => {
          expect(first.status().partitions).toBe(2)
          expect(second.status().partitions).toBe(2)
        })
        const before = second.status().handled
        await eventually(() => expect(second.status().handled).toBeGreaterThan(before + 20))
        await first.stop()
        await eventually(() => expect(second.status().partitions).toBe(4))
        const third = await subscribe(handle, { group })
        await eventually(() => expect(third.status().partitions).toBe(2))
        publishing = false
        await load
        await eventually(() => expect(second.status().lag + third.status().lag).toBe(0))
        const expected = Array.from({ length: published }, (_, n) => `${n}`)
        await eventually(() => {
          const texts = firstSeen(seen)
          for (const key of KEYS) expect(texts.get(key)).toHaveLength(published)
        })
        const texts = firstSeen(seen)
        for (const key of KEYS) expect(texts.get(key)).toEqual(expected)
      })
    })

    describe('when it stops', () => {
      it('finishes the batch in flight, begins no other, and delivers nothing twice', async () => {
        const group = `group-${randomUUID()}`
        const finished: string[] = []
        const begun: string[] = []
        const active = await subscribe(
          async (batch) => {
            begun.push(...batch.map(textOf))
            await pause(300)
            finished.push(...batch.map(textOf))
          },
          { group, maxBatch: 2 },
        )
        await publish(KEY, ...Array.from({ length: 10 }, (_, n) => `${n}`))
        await eventually(() => expect(begun.length).toBeGreaterThan(0))
        await active.stop()
        expect(finished).toEqual(begun)
        expect(finished.length).toBeLessThan(10)
        const rest = new Recorder()
        await subscribe(rest.handle, { group })
        await eventually(() =>
          expect([...finished, ...rest.texts]).toEqual(Array.from({ length: 10 }, (_, n) => `${n}`)),
        )
      })

      it('tells a handler that does not end, and delivers its batch again', async () => {
        const group = `group-${randomUUID()}`
        let begun = false
        const active = await subscribe(
          ([delivery], { signal }) => {
            begun = true
            expect(delivery).toBeDefined()
            return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('told to end'))))
          },
          { group },
        )
        await publish(KEY, 'endless')
        await eventually(() => expect(begun).toBe(true))
        await active.stop()
        const recorder = new Recorder()
        await subscribe(recorder.handle, { group })
        await eventually(() => expect(recorder.texts).toEqual(['endless']))
      })

      it('does not wait out a retry', async () => {
        const group = `group-${randomUUID()}`
        const recorder = new Recorder(() => {
          throw new SurroundingsFault('away')
        })
        const active = await subscribe(recorder.handle, { group })
        await publish(KEY, 'kept')
        await eventually(() => expect(recorder.calls.length).toBeGreaterThan(2))
        await active.stop()
        const calls = recorder.calls.length
        await pause(300)
        expect(recorder.calls).toHaveLength(calls)
        const after = new Recorder()
        await subscribe(after.handle, { group })
        await eventually(() => expect(after.texts).toEqual(['kept']))
      })
    })

    it('holds back what a slow handler cannot take: memory stays flat', async () => {
      setFlagsFromString('--expose-gc')
      const collect = runInNewContext('gc') as () => void
      const value = Buffer.alloc(100_000, 3)
      const messages = Array.from({ length: 40 }, () => ({ topic, key: KEY, value }))
      const records = 320
      for (let n = 0; n < records; n += messages.length) await carrier.publish(messages)
      const held = () => {
        collect()
        return process.memoryUsage().arrayBuffers
      }
      await pause(200)
      const before = held()
      const gate = Promise.withResolvers<void>()
      let handled = 0
      const active = await subscribe(async () => {
        await gate.promise
        handled++
      })
      try {
        let most = 0
        for (let n = 0; n < 15; n++) {
          await pause(100)
          most = Math.max(most, held() - before)
        }
        expect(active.status()).toMatchObject({ partitions: PARTITIONS, handled: 0 })
        // 32 MB wait; a few fetches of one partition are here.
        expect(most).toBeLessThan(16_000_000)
      } finally {
        gate.resolve()
      }
      await eventually(() => expect(handled).toBe(records))
    })

    describe('with a position store', () => {
      it('starts from what the store holds, whatever the group has read, and tells each batch its place', async () => {
        const group = `group-${randomUUID()}`
        await publish(KEY, ...Array.from({ length: 10 }, (_, n) => `${n}`))
        const other = new Recorder()
        const active = await subscribe(other.handle, { group })
        await eventually(() => expect(other.texts).toHaveLength(10))
        await active.stop()
        const positions = new MemoryPositions()
        const partition = partitionOf(Buffer.from(KEY), PARTITIONS)
        positions.kept.set(partition, 4n)
        const places: string[] = []
        const recorder = new Recorder(async (_batch, { from, next }) => {
          places.push(`${from}-${next}`)
          await positions.save(topic, partition, { from, next })
        })
        await subscribe(recorder.handle, { group, positions, maxBatch: 2 })
        await eventually(() => expect(recorder.texts).toEqual(['4', '5', '6', '7', '8', '9']))
        expect(places).toEqual(['4-6', '6-8', '8-10'])
        expect(positions.kept.get(partition)).toBe(10n)
        expect(positions.loads.flat().sort()).toEqual([0, 1, 2, 3])
      })

      it('moves the store past a dead letter, so that the next batch fits', async () => {
        const letters = await deadLetters()
        const positions = new MemoryPositions()
        const recorder = new Recorder(async ([delivery], { from, next }) => {
          if (delivery !== undefined && textOf(delivery) === 'bad') throw new Error('bad')
          await positions.save(topic, delivery?.partition ?? -1, { from, next })
        })
        await subscribe(recorder.handle, { positions, retries: 0 })
        await publish(KEY, 'a', 'bad', 'b')
        await eventually(() => expect(recorder.texts).toEqual(['a', 'bad', 'b']))
        await eventually(() => expect(positions.kept.get(partitionOf(Buffer.from(KEY), PARTITIONS))).toBe(3n))
        await eventually(() => expect(letters).toHaveLength(1))
      })

      it('reads from the store again where another member has moved it, and puts nothing aside', async () => {
        const letters = await deadLetters()
        const positions = new MemoryPositions()
        const partition = partitionOf(Buffer.from(KEY), PARTITIONS)
        const done: string[] = []
        let taken = false
        await subscribe(
          async (batch, { from, next }) => {
            if (!taken && batch.some((delivery) => textOf(delivery) === '2')) {
              // Another member did 2 to 5 while this one thought that the partition was its own.
              taken = true
              positions.kept.set(partition, 6n)
            }
            await positions.save(topic, partition, { from, next })
            done.push(...batch.map(textOf))
          },
          { positions, retries: 0 },
        )
        await publish(KEY, ...Array.from({ length: 9 }, (_, n) => `${n}`))
        await eventually(() => expect(done).toEqual(['0', '1', '6', '7', '8']))
        expect(letters).toEqual([])
      })
    })

    describe('carries the trace', () => {
      const exporter = new InMemorySpanExporter()

      beforeAll(() => {
        context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
        propagation.setGlobalPropagator(new W3CTraceContextPropagator())
        trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }))
      })
      afterAll(() => {
        context.disable()
        propagation.disable()
        trace.disable()
      })
      beforeEach(() => exporter.reset())

      it('of whoever publishes into a handler of single records', async () => {
        const active: Array<string | undefined> = []
        const recorder = new Recorder(() => {
          active.push(trace.getActiveSpan()?.spanContext().traceId)
        })
        await subscribe(recorder.handle)
        const published = await trace.getTracer('test').startActiveSpan('publish', async (span) => {
          await publish(KEY, 'traced')
          span.end()
          return span.spanContext()
        })
        await eventually(() => expect(recorder.texts).toEqual(['traced']))
        expect(recorder.deliveries[0]?.headers['traceparent']).toBe(`00-${published.traceId}-${published.spanId}-01`)
        expect(active).toEqual([published.traceId])
        await eventually(() => {
          const span = exporter.getFinishedSpans().find(({ name }) => name === `process ${topic}`)
          expect(span?.parentSpanContext?.spanId).toBe(published.spanId)
          expect(span?.attributes).toMatchObject({ 'messaging.destination.name': topic, 'reprieve.handler': 'tester' })
        })
      })

      it('that a message brings along, and links a batch to each of them', async () => {
        const brought = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` }
        const other = { traceparent: `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01` }
        await trace.getTracer('test').startActiveSpan('relay', async (span) => {
          await carrier.publish([
            { ...message(KEY, '1'), headers: brought },
            { ...message(KEY, '2'), headers: brought },
            { ...message(KEY, '3'), headers: other },
          ])
          span.end()
        })
        const recorder = new Recorder()
        await subscribe(recorder.handle, { maxBatch: 10 })
        await eventually(() => expect(recorder.deliveries).toHaveLength(3))
        expect(recorder.deliveries.map(({ headers }) => headers['traceparent'])).toEqual([
          brought.traceparent,
          brought.traceparent,
          other.traceparent,
        ])
        await eventually(() => {
          const span = exporter.getFinishedSpans().find(({ name }) => name === `process ${topic}`)
          expect(span?.links.map((link) => link.context.traceId)).toEqual(['a'.repeat(32), 'c'.repeat(32)])
          expect(span?.parentSpanContext).toBeUndefined()
        })
      })

      it('into a handler of batches where all of one batch is of one trace', async () => {
        const headers = (span: string) => ({ traceparent: `00-${'a'.repeat(32)}-${span.repeat(16)}-01` })
        await carrier.publish(['b', 'c'].map((span) => ({ ...message(KEY, span), headers: headers(span) })))
        const recorder = new Recorder()
        await subscribe(recorder.handle, { maxBatch: 10 })
        await eventually(() => {
          const span = exporter.getFinishedSpans().find(({ name }) => name === `process ${topic}`)
          expect(span?.spanContext().traceId).toBe('a'.repeat(32))
          expect(span?.parentSpanContext?.spanId).toBe('b'.repeat(16))
          expect(span?.links.map((link) => link.context.spanId)).toEqual(['c'.repeat(16)])
        })
      })
    })

    it('loses nothing when its store crashes and comes back under load', async ({ skip }) => {
      if (harness.store === null) skip('the store is not ours to stop')
      const { store } = harness as CarrierHarness & { store: NonNullable<CarrierHarness['store']> }
      const seen: Delivery[] = []
      const active = await subscribe(
        async (batch) => {
          seen.push(...batch)
        },
        { maxBatch: 10 },
      )
      expect(await carrier.trouble()).toBeNull()
      let publishing = true
      let faults = 0
      const acknowledged: string[] = []
      const load = (async () => {
        for (let n = 0; publishing; n++) {
          for (;;) {
            try {
              await carrier.publish(KEYS.map((key) => message(key, `${n}`)))
              break
            } catch {
              faults++
              await pause(50)
            }
          }
          acknowledged.push(`${n}`)
          await pause(2)
        }
      })()
      await eventually(() => expect(seen.length).toBeGreaterThan(100))
      await store.crash()
      await eventually(async () => expect(await carrier.trouble()).toEqual(expect.any(String)))
      await pause(500)
      const before = acknowledged.length
      await store.recover()
      await eventually(async () => expect(await carrier.trouble()).toBeNull())
      await eventually(() => expect(acknowledged.length).toBeGreaterThan(before + 50))
      publishing = false
      await load
      expect(faults).toBeGreaterThan(0)
      const missing = () => {
        const texts = firstSeen(seen)
        return KEYS.map((key) => acknowledged.filter((text) => !texts.get(key)?.includes(text)))
      }
      await eventually(() => expect(missing(), JSON.stringify(active.status())).toEqual(KEYS.map(() => [])))
      const texts = firstSeen(seen)
      for (const key of KEYS) expect(texts.get(key)).toEqual(acknowledged)
      await eventually(() => expect(active.status()).toMatchObject({ waitingFor: null, deadLettered: 0 }))
    }, 120_000)

    it('loses nothing and keeps the order when its process is killed between any two steps', async () => {
      await buildForChildren()
      const rounds = nightly ? 5 : 1
      for (let round = 0; round < rounds; round++) {
        const outcomes = await Promise.all(KILL_POINTS.map((killAt) => crashScenario(harness, killAt)))
        for (const [index, killAt] of KILL_POINTS.entries()) {
          const outcome = outcomes[index]
          expect(outcome?.signal, killAt).toBe('SIGKILL')
          expect(
            outcome?.published.toSorted((a, b) => a - b),
            killAt,
          ).toEqual(Array.from({ length: 40 }, (_, n) => n))
          for (const [key, numbers] of outcome?.handled ?? []) {
            const expected = Array.from({ length: 40 }, (_, n) => n).filter((n) => `key-${n % 3}` === key)
            expect([...new Set(numbers)], `${killAt}, ${key}`).toEqual(expected)
          }
          expect(outcome?.handled.size, killAt).toBe(3)
          // Delivered again is at most what one process had in hand and had not committed.
          const repeated = [...(outcome?.handled.values() ?? [])].flatMap(
            (numbers) => numbers.length - new Set(numbers).size,
          )
          if (killAt === 'after commit') expect(Math.max(...repeated)).toBe(0)
        }
      }
    }, 180_000)
  })
}

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
