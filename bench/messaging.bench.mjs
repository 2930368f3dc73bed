// Publish to handled: messages published in calls of a thousand while a group reads them, until the last is handled. On Kafka beside bare
// KafkaJS on the same broker in turns, so that both meet the same machine; in-process on PostgreSQL for comparison.
import { randomUUID } from 'node:crypto'
import { InProcessCarrier, KafkaCarrier, messagingMigrations } from '@reprieve/messaging'
import { startKafka } from '@reprieve/testing/kafka-broker'
import kafkajs from 'kafkajs'
import { median, withCluster } from './lib/cluster.mjs'

const MESSAGES = 60_000
const CALL = 1_000
const PARTITIONS = 4
const ROUNDS = 3
const GOAL = 0.7
const VALUE = Buffer.alloc(400, 'value ')
const HEADERS = {
  'event-id': '0192f0c1-1234-7000-8000-000000000000',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
}

const keyOf = (n) => `key-${n % 5_000}`
const perSecond = (milliseconds) => MESSAGES / (milliseconds / 1_000)

/** Counts down to the last message. */
function countdown() {
  const { promise, resolve } = Promise.withResolvers()
  let left = MESSAGES
  return {
    done: promise,
    handled(count) {
      left -= count
      if (left <= 0) resolve()
    },
  }
}

async function ours(carrier, maxBatch) {
  const topic = `bench-${randomUUID()}`
  await carrier.ensureTopics([{ name: topic, partitions: PARTITIONS, retentionMs: 3_600_000 }])
  const { done, handled } = countdown()
  const active = await carrier.subscribe({
    group: topic,
    topics: [topic],
    handler: 'bench',
    maxBatch,
    handle: async (batch) => handled(batch.length),
  })
  while (active.status().partitions < PARTITIONS) await new Promise((resolve) => setTimeout(resolve, 10))
  const started = performance.now()
  for (let n = 0; n < MESSAGES; n += CALL) {
    await carrier.publish(
      Array.from({ length: CALL }, (_, i) => ({ topic, key: keyOf(n + i), value: VALUE, headers: HEADERS })),
    )
  }
  await done
  const rate = perSecond(performance.now() - started)
  await active.stop()
  return rate
}

async function bare(brokers) {
  const client = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING })
  const topic = `bench-${randomUUID()}`
  const admin = client.admin()
  await admin.connect()
  await admin.createTopics({
    waitForLeaders: true,
    topics: [{ topic, numPartitions: PARTITIONS, replicationFactor: 1 }],
  })
  await admin.disconnect()
  const { done, handled } = countdown()
  const consumer = client.consumer({ groupId: topic, maxWaitTimeInMs: 250 })
  const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve))
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  await consumer.run({ eachBatch: async ({ batch }) => handled(batch.messages.length) })
  await joined
  const producer = client.producer({ idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  const started = performance.now()
  for (let n = 0; n < MESSAGES; n += CALL) {
    await producer.send({
      topic,
      acks: -1,
      messages: Array.from({ length: CALL }, (_, i) => ({ key: keyOf(n + i), value: VALUE, headers: HEADERS })),
    })
  }
  await done
  const rate = perSecond(performance.now() - started)
  await Promise.all([producer.disconnect(), consumer.disconnect()])
  return rate
}

const rates = (list) => list.map((rate) => Math.round(rate).toLocaleString('en')).join(', ')

async function onKafka() {
  const kafka = await startKafka()
  if (kafka === null) {
    const detail = 'no Kafka at hand: give KAFKA_BROKERS, Docker, or Java 17 and Maven'
    return [{ id: 'Kafka, of bare KafkaJS', ratio: 0, unit: 'of bare', goal: '≥ 70 %', holds: null, detail }]
  }
  const carrier = new KafkaCarrier({ brokers: kafka.brokers, clientId: 'bench' })
  try {
    const found = { bare: [], batches: [], single: [] }
    await bare(kafka.brokers)
    await ours(carrier, 500)
    for (let round = 0; round < ROUNDS; round++) {
      found.bare.push(await bare(kafka.brokers))
      found.batches.push(await ours(carrier, 500))
      found.single.push(await ours(carrier, 1))
    }
    const result = (id, list) => {
      const ratio = median(list.map((rate, round) => rate / found.bare[round]))
      const detail = `messages/s in turns: ${rates(list)}; bare ${rates(found.bare)}`
      return { id, value: median(list), ratio, unit: 'of bare', goal: '≥ 70 %', holds: ratio >= GOAL, detail }
    }
    return [
      result('Kafka, batches, of bare KafkaJS', found.batches),
      result('Kafka, one by one, of bare KafkaJS', found.single),
    ]
  } finally {
    await carrier.close()
    await kafka.close()
  }
}

async function inProcess() {
  return withCluster(async ({ database }) => {
    const carrier = await InProcessCarrier.open({ url: await database('messages', messagingMigrations) })
    try {
      const found = { batches: [], single: [] }
      await ours(carrier, 500)
      for (let round = 0; round < ROUNDS; round++) {
        found.batches.push(await ours(carrier, 500))
        found.single.push(await ours(carrier, 1))
      }
      const result = (id, list) => ({
        id,
        value: median(list),
        unit: 'messages/s',
        goal: null,
        holds: null,
        detail: rates(list),
      })
      return [result('in-process, batches', found.batches), result('in-process, one by one', found.single)]
    } finally {
      await carrier.close()
    }
  })
}

/** @returns {Promise<Array<{ id: string, value?: number, ratio?: number, unit: string, goal: string | null, holds: boolean | null, detail: string }>>} */
export async function run() {
  return [...(await onKafka()), ...(await inProcess())]
}

export default run

if (import.meta.main) {
  console.table(await run())
  process.exit(0)
}
