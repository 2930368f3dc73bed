import kafkajs, { type CompressionTypes, type IHeaders, type Kafka, type Message, type Producer } from 'kafkajs'
import { PublishQueue } from '../delivery/publish-queue.js'
import type { KafkaCompression } from './kafka-options.js'

export interface KafkaOutgoing {
  topic: string
  partition: number
  key: Buffer | null
  value: Buffer | null
  headers: Readonly<IHeaders>
  bytes: number
}

// KafkaJS makes one record batch of all that goes to a partition in one request, and a broker takes no larger one than a single message
// may be. Each record adds a few bytes of its own.
const MOST_BATCH_BYTES = 1_000_000
const RECORD_OVERHEAD = 64
// KafkaJS copies the messages of a partition once for each of them.
const MOST_BATCH_RECORDS = 1_000
const FLUSH = { messages: 4_000, bytes: 4 * 1024 * 1024 }

const COMPRESSIONS: Record<KafkaCompression, CompressionTypes> = {
  none: kafkajs.CompressionTypes.None,
  gzip: kafkajs.CompressionTypes.GZIP,
  zstd: kafkajs.CompressionTypes.ZSTD,
}

/** Publishes in the order of the calls, acknowledged by all replicas. */
export class KafkaPublisher {
  readonly #kafka: Kafka
  readonly #compression: CompressionTypes
  readonly #queue: PublishQueue<KafkaOutgoing>
  #producer: Producer | null = null

  constructor(kafka: Kafka, compression: KafkaCompression) {
    this.#kafka = kafka
    this.#compression = COMPRESSIONS[compression]
    this.#queue = new PublishQueue((messages) => this.#flush(messages), FLUSH)
  }

  publish(messages: readonly KafkaOutgoing[]): Promise<void> {
    return this.#queue.publish(messages)
  }

  /** Sends what waits, then disconnects. */
  async close(): Promise<void> {
    await this.#queue.idle()
    await this.#discard()
  }

  async #flush(messages: readonly KafkaOutgoing[]): Promise<void> {
    try {
      const producer = await this.#connected()
      for (const request of requests(messages)) {
        await producer.sendBatch({
          acks: -1,
          compression: this.#compression,
          topicMessages: [...request].map(([topic, ofTopic]) => ({ topic, messages: ofTopic })),
        })
      }
    } catch (error) {
      // KafkaJS gives the next request the sequence numbers of the failed one. Had that one arrived after all, the broker would take the
      // next for its repetition and drop it in silence; with another producer it cannot.
      await this.#discard()
      throw error
    }
  }

  async #connected(): Promise<Producer> {
    if (this.#producer === null) {
      const producer = this.#kafka.producer({
        idempotent: true,
        maxInFlightRequests: 1,
        allowAutoTopicCreation: false,
        createPartitioner:
          () =>
          ({ message }) =>
            message.partition ?? 0,
      })
      this.#producer = producer
      await producer.connect()
    }
    return this.#producer
  }

  async #discard(): Promise<void> {
    const producer = this.#producer
    this.#producer = null
    await producer?.disconnect().catch(() => {})
  }
}

/** Splits a flush so that no partition gets more in one request than a broker takes as one batch; order stays. */
function* requests(messages: readonly KafkaOutgoing[]): Generator<Map<string, Message[]>> {
  let request = new Map<string, Message[]>()
  let loads = new Map<string, { bytes: number; records: number }>()
  for (const { topic, partition, key, value, headers, bytes } of messages) {
    const place = `${topic}/${partition}`
    let load = loads.get(place) ?? { bytes: 0, records: 0 }
    const size = bytes + RECORD_OVERHEAD
    if (load.records > 0 && (load.bytes + size > MOST_BATCH_BYTES || load.records === MOST_BATCH_RECORDS)) {
      yield request
      request = new Map()
      loads = new Map()
      load = { bytes: 0, records: 0 }
    }
    loads.set(place, { bytes: load.bytes + size, records: load.records + 1 })
    const ofTopic = request.get(topic) ?? []
    request.set(topic, ofTopic)
    ofTopic.push({ key, value, headers, partition })
  }
  if (request.size > 0) yield request
}
