import { randomUUID } from 'node:crypto'
import { startKafka } from '@reprieve/testing'
import kafkajs from 'kafkajs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DEAD_LETTER_HEADERS, KafkaCarrier, type KafkaOptions, SurroundingsFault } from '../src/index.js'
import { describeCarrier } from './carrier-conformance.js'
import { QUICK_RETRY } from './support/carrier-harness.js'
import { Recorder } from './support/recorder.js'

// A broker of its own: one test crashes it.
const kafka = await startKafka()

describe.skipIf(kafka === null)('on Apache Kafka', () => {
  const { brokers, controllable } = kafka ?? { brokers: ['none:9092'], controllable: false }
  // A broker that was given allows no shorter session by default.
  const sessionTimeoutMs = controllable ? 3_000 : 6_000
  const options: KafkaOptions = {
    brokers,
    clientId: 'test',
    retry: QUICK_RETRY,
    graceMs: 1_000,
    sessionTimeoutMs: 10_000,
    fetchWaitMs: 250,
    ...(controllable ? { replicationFactor: 1 } : {}),
  }
  const open = async () => new KafkaCarrier(options)

  describe('the Kafka carrier meets others', () => {
    const client = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING })
    let carrier: KafkaCarrier
    let topic: string

    beforeEach(async () => {
      carrier = await open()
      topic = `others-${randomUUID()}`
      await carrier.ensureTopics([{ name: topic, partitions: 2, retentionMs: 3_600_000 }])
    })
    afterEach(async () => carrier.close())

    const PATIENCE = { timeout: 30_000, interval: 10 }
    const subscribe = (recorder: Recorder, maxBatch = 1) =>
      carrier.subscribe({
        group: randomUUID(),
        topics: [topic],
        handler: 'h',
        maxBatch,
        retries: 0,
        handle: recorder.handle,
      })

    it('whose records have no key, no value, binary keys and headers that repeat, and puts them aside as they are', async () => {
      const producer = client.producer()
      await producer.connect()
      const binary = Buffer.from([0xff, 0xfe, 0x00, 0x80])
      await producer.send({
        topic,
        messages: [
          { partition: 0, key: null, value: null },
          { partition: 0, key: binary, value: binary, headers: { again: ['a', 'b'], raw: binary } },
        ],
      })
      await producer.disconnect()
      const recorder = new Recorder(() => {
        throw new Error('not ours')
      })
      await subscribe(recorder)
      const consumer = client.consumer({ groupId: randomUUID() })
      const letters: kafkajs.KafkaMessage[] = []
      await consumer.connect()
      await consumer.subscribe({ topics: [`${topic}.dlq`], fromBeginning: true })
      await consumer.run({
        eachMessage: async ({ message }) => {
          letters.push(message)
        },
      })
      await vi.waitFor(() => expect(letters).toHaveLength(2), PATIENCE)
      await consumer.disconnect()
      expect(recorder.deliveries.map(({ key, value, headers }) => [key, value.length, { ...headers }])).toEqual([
        ['', 0, {}],
        [binary.toString(), 4, { again: 'b', raw: binary.toString() }],
      ])
      expect(letters[0]).toMatchObject({ key: null, value: null })
      expect(letters[1]).toMatchObject({ key: binary, value: binary })
      expect(letters[1]?.headers?.['raw']).toEqual(binary)
      expect(letters[1]?.headers?.['again']).toEqual([Buffer.from('a'), Buffer.from('b')])
      expect(String(letters[1]?.headers?.[DEAD_LETTER_HEADERS.offset])).toBe('1')
    })

    it.each(['gzip', 'zstd'] as const)('and reads what was published with %s', async (compression) => {
      const compressing = new KafkaCarrier({ ...options, compression })
      const value = Buffer.from('so much the same '.repeat(1_000))
      await compressing.publish(Array.from({ length: 20 }, (_, n) => ({ topic, key: `${n}`, value })))
      await compressing.close()
      const recorder = new Recorder()
      await subscribe(recorder, 10)
      await vi.waitFor(() => expect(recorder.deliveries).toHaveLength(20), PATIENCE)
      for (const delivery of recorder.deliveries) expect(Buffer.compare(delivery.value, value)).toBe(0)
    })

    it('and goes on from the beginning of a topic that was made anew', async () => {
      const recorder = new Recorder()
      const active = await subscribe(recorder)
      const send = async (...texts: string[]) => {
        const one = await open()
        await one.publish(texts.map((text) => ({ topic, key: 'k', value: Buffer.from(text) })))
        await one.close()
      }
      await send('1', '2', '3')
      await vi.waitFor(() => expect(recorder.texts).toEqual(['1', '2', '3']), PATIENCE)
      const admin = client.admin()
      await admin.connect()
      await admin.deleteTopics({ topics: [topic] })
      await vi.waitFor(async () => expect(await admin.listTopics()).not.toContain(topic), PATIENCE)
      // KafkaJS' own waiting for leaders fails where the broker does not know the topic yet.
      await admin.createTopics({ topics: [{ topic, numPartitions: 2, replicationFactor: 1 }], waitForLeaders: false })
      await vi.waitFor(async () => {
        const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
        expect(topics[0]?.partitions.map(({ leader }) => leader >= 0)).toEqual([true, true])
      }, PATIENCE)
      await admin.disconnect()
      await send('4')
      await vi.waitFor(() => expect(recorder.texts).toEqual(['1', '2', '3', '4']), { timeout: 60_000, interval: 50 })
      expect(active.status().deadLettered).toBe(0)
    }, 90_000)
  })

  it('the Kafka carrier says that nothing answers, and publishes and reads nothing', async () => {
    const nowhere = new KafkaCarrier({ brokers: ['127.0.0.1:1'], clientId: 'test' })
    expect(await nowhere.trouble()).toMatch(/ECONNREFUSED/)
    const subscription = { group: 'g', topics: ['t'], handler: 'h', maxBatch: 1, handle: async () => {} }
    await expect(nowhere.subscribe(subscription)).rejects.toThrow(/ECONNREFUSED/)
    await expect(nowhere.publish([{ topic: 't', key: 'k', value: Buffer.from('x') }])).rejects.toThrow(/ECONNREFUSED/)
    await nowhere.close()
    await expect(nowhere.publish([])).rejects.toThrow(SurroundingsFault)
  })

  describeCarrier('Kafka', async () => ({
    open,
    openBeside: open,
    store: kafka?.controllable ? { crash: () => kafka.kill(), recover: () => kafka.start() } : null,
    child: {
      kind: 'kafka',
      newStore: async () => ({ brokers: brokers.join(), sessionTimeoutMs: String(sessionTimeoutMs) }),
    },
    close: async () => kafka?.close(),
  }))
})
