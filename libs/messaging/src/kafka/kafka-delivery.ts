import type { IHeaders, KafkaMessage } from 'kafkajs'
import type { Delivery } from '../carrier.port.js'

const NOTHING = Buffer.alloc(0)

/** A record of Kafka's, which knows its own bytes: dead letters carry key, value and headers as they came. */
export class KafkaDelivery implements Delivery {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  /** Empty where the record has none. */
  readonly key: string
  /** Empty where the record has none. */
  readonly value: Uint8Array
  readonly headers: Readonly<Record<string, string>>
  readonly publishedAt: Date
  readonly #raw: KafkaMessage

  constructor(topic: string, partition: number, offset: bigint, raw: KafkaMessage) {
    this.topic = topic
    this.partition = partition
    this.offset = offset
    this.key = raw.key?.toString() ?? ''
    this.value = raw.value ?? NOTHING
    this.headers = textHeaders(raw.headers)
    this.publishedAt = new Date(Number(raw.timestamp))
    this.#raw = raw
  }

  static rawOf(delivery: Delivery): Pick<KafkaMessage, 'key' | 'value' | 'headers'> {
    if (delivery instanceof KafkaDelivery) return delivery.#raw
    return { key: Buffer.from(delivery.key), value: Buffer.from(delivery.value), headers: { ...delivery.headers } }
  }
}

/** Of a header that is there more than once the last one counts. */
function textHeaders(headers: IHeaders | undefined): Record<string, string> {
  const text: Record<string, string> = {}
  for (const name in headers) {
    const given = headers[name]
    const last = Array.isArray(given) ? given.at(-1) : given
    if (last !== undefined) text[name] = last.toString()
  }
  return text
}
