import type {
  ActiveSubscription,
  Carrier,
  Delivery,
  Extent,
  OutgoingMessage,
  Subscription,
  TopicDeclaration,
} from '../carrier.port.js'
import { DEAD_LETTER_SUFFIX } from '../delivery/dead-letter.js'
import { prepare } from '../delivery/outgoing.js'
import { SurroundingsFault } from '../faults.js'
import { BRIEF, kafkaClient, PATIENT } from './kafka-client.js'
import { KafkaDelivery } from './kafka-delivery.js'
import { KafkaMember, type MemberSurroundings } from './kafka-member.js'
import { type KafkaOptions, kafkaSettings } from './kafka-options.js'
import { KafkaPublisher } from './kafka-publisher.js'
import { KafkaTopics } from './kafka-topics.js'

/** Carries events between processes by Apache Kafka. It connects when it is first used, and again by itself after brokers were away. */
export class KafkaCarrier implements Carrier {
  readonly kind = 'kafka'
  readonly #topics: KafkaTopics
  readonly #publisher: KafkaPublisher
  readonly #around: MemberSurroundings
  readonly #members = new Set<KafkaMember>()
  #checking: Promise<string | null> | null = null
  #closed = false

  constructor(options: KafkaOptions) {
    const settings = kafkaSettings(options)
    const kafka = kafkaClient(options, settings.log, BRIEF)
    this.#topics = new KafkaTopics(kafka, settings.replicationFactor)
    this.#publisher = new KafkaPublisher(kafka, settings.compression)
    this.#around = {
      system: 'kafka',
      kafka: kafkaClient(options, settings.log, PATIENT),
      check: () => this.#topics.check(),
      clock: settings.clock,
      log: settings.log,
      retry: settings.retry,
      graceMs: settings.graceMs,
      sessionTimeoutMs: settings.sessionTimeoutMs,
      fetchWaitMs: settings.fetchWaitMs,
      putAside: (delivery, headers) => this.#putAside(delivery, headers),
    }
  }

  async ensureTopics(topics: readonly TopicDeclaration[]): Promise<void> {
    await this.#topics.declare(topics)
  }

  partitionCounts(topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return this.#topics.counts(topics)
  }

  async extents(topic: string): Promise<ReadonlyMap<number, Extent>> {
    await this.#topics.learn([topic])
    return await this.#topics.extents(topic)
  }

  async publish(messages: readonly OutgoingMessage[]): Promise<void> {
    if (this.#closed) throw new SurroundingsFault('the carrier is closed')
    await this.#topics.learn(messages.map(({ topic }) => topic))
    await this.#publisher.publish(prepare(messages, (topic) => this.#topics.partitionCount(topic)))
  }

  async subscribe(subscription: Subscription): Promise<ActiveSubscription> {
    if (this.#closed) throw new SurroundingsFault('the carrier is closed')
    await this.#topics.learn(subscription.topics)
    const member = new KafkaMember(subscription, this.#around)
    await member.open()
    this.#members.add(member)
    return {
      stop: async () => {
        this.#members.delete(member)
        await member.stop()
      },
      status: () => member.status(),
    }
  }

  /** Asks a broker; questions at the same time share one answer. */
  trouble(): Promise<string | null> {
    this.#checking ??= this.#topics
      .check()
      .then(
        () => null,
        (error: Error) => error.message,
      )
      .finally(() => {
        this.#checking = null
      })
    return this.#checking
  }

  async close(): Promise<void> {
    this.#closed = true
    const members = [...this.#members]
    this.#members.clear()
    await Promise.all(members.map((member) => member.stop()))
    await this.#publisher.close()
    await this.#topics.close()
  }

  /** Not measured again: with its cause it may be a little larger than what is taken from publishers. */
  async #putAside(delivery: Delivery, headers: Readonly<Record<string, string>>): Promise<void> {
    const raw = KafkaDelivery.rawOf(delivery)
    const topic = `${delivery.topic}${DEAD_LETTER_SUFFIX}`
    await this.#topics.learn([topic])
    await this.#publisher.publish([
      {
        topic,
        partition: 0,
        key: raw.key,
        value: raw.value,
        headers: { ...raw.headers, ...headers },
        bytes: (raw.key?.length ?? 0) + (raw.value?.length ?? 0),
      },
    ])
  }
}
