import { setTimeout as sleep } from 'node:timers/promises'
import type { Admin, Kafka } from 'kafkajs'
import type { Extent, TopicDeclaration } from '../carrier.port.js'
import { DEAD_LETTER_RETENTION_MS, DEAD_LETTER_SUFFIX } from '../delivery/dead-letter.js'
import { MOST_MESSAGE_BYTES } from '../delivery/outgoing.js'
import { SurroundingsFault, TopicMismatchError, UnknownTopicError } from '../faults.js'

// Of the largest message: its batch's own bytes, and the headers that a dead letter adds.
const MOST_BATCH_BYTES = MOST_MESSAGE_BYTES + 64 * 1024
// Nothing relies on compaction: a consumer that was away for a week still reads every change.
const COMPACTION_LAG_MS = 7 * 86_400_000

const SPREAD_WITHIN_MS = 30_000
const SPREAD_LOOK_MS = 50
const SPREADING: ReadonlySet<unknown> = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
])

const isStillSpreading = (error: unknown): boolean =>
  error instanceof Error && 'type' in error && SPREADING.has(error.type)

const REFUSALS: ReadonlySet<unknown> = new Set(['TOPIC_AUTHORIZATION_FAILED', 'CLUSTER_AUTHORIZATION_FAILED'])

/** Of what KafkaJS throws when it makes several: those that this user may not make. */
function refusedOf(error: unknown): string[] {
  const { errors = [] } = error as { errors?: ReadonlyArray<{ type?: string; topic?: string }> }
  return errors.flatMap(({ type, topic }) => (REFUSALS.has(type) && topic !== undefined ? [topic] : []))
}

/** Topics as they are on the brokers, and how many partitions each has. */
export class KafkaTopics {
  readonly #kafka: Kafka
  readonly #replicationFactor: number
  readonly #partitions = new Map<string, number>()
  #admin: Admin | null = null

  constructor(kafka: Kafka, replicationFactor: number) {
    this.#kafka = kafka
    this.#replicationFactor = replicationFactor
  }

  partitionCount(topic: string): number | undefined {
    return this.#partitions.get(topic)
  }

  /** Asks for those not known yet. @throws UnknownTopicError */
  async learn(topics: Iterable<string>): Promise<void> {
    const unknown = [...new Set(topics)].filter((topic) => !this.#partitions.has(topic))
    if (unknown.length === 0) return
    const there = await this.#ask((admin) => admin.listTopics())
    for (const topic of unknown) if (!there.includes(topic)) throw new UnknownTopicError(topic)
    await this.#read(unknown)
  }

  /**
   * Creates what is missing.
   * @throws TopicMismatchError where a topic has another number of partitions
   * @throws SurroundingsFault where some are missing and this user may not make them: whoever may will, or what is there will be shown to
   *   it, since a broker heeds new rights a moment after they were given
   */
  async declare(declarations: readonly TopicDeclaration[]): Promise<void> {
    const wanted = declarations.flatMap((topic): TopicDeclaration[] => [
      topic,
      { name: `${topic.name}${DEAD_LETTER_SUFFIX}`, partitions: 1, retentionMs: DEAD_LETTER_RETENTION_MS },
    ])
    const there = new Set(await this.#ask((admin) => admin.listTopics()))
    const missing = wanted.filter(({ name }) => !there.has(name))
    if (missing.length > 0) await this.#create(missing)
    await this.#read(wanted.map(({ name }) => name))
    for (const { name, partitions } of wanted) {
      const found = this.#partitions.get(name)
      if (found !== partitions) {
        throw new TopicMismatchError(
          `topic ${name} has ${found} partitions and is declared with ${partitions}: keys would change their partition`,
        )
      }
    }
  }

  async #create(missing: readonly TopicDeclaration[]): Promise<void> {
    try {
      await this.#ask((admin) =>
        admin.createTopics({
          // KafkaJS' own waiting gives up where a broker has not heard of a topic yet; reading them waits instead.
          waitForLeaders: false,
          topics: missing.map(({ name, partitions, retentionMs }) => ({
            topic: name,
            numPartitions: partitions,
            replicationFactor: this.#replicationFactor,
            configEntries: [
              { name: 'max.message.bytes', value: String(MOST_BATCH_BYTES) },
              ...(retentionMs === 'compacted'
                ? [
                    { name: 'cleanup.policy', value: 'compact' },
                    { name: 'min.compaction.lag.ms', value: String(COMPACTION_LAG_MS) },
                  ]
                : [{ name: 'retention.ms', value: String(retentionMs) }]),
            ],
          })),
        }),
      )
    } catch (error) {
      const refused = refusedOf(error)
      if (refused.length === 0) throw error
      const said = `topics are not there for this user, who may not make them either: ${refused.join(', ')}`
      throw new SurroundingsFault(said, { cause: error })
    }
  }

  /** Asked anew: partitions of those that are there. */
  async counts(topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const there = new Set(await this.#ask((admin) => admin.listTopics()))
    const wanted = topics.filter((topic) => there.has(topic))
    if (wanted.length === 0) return new Map()
    const { topics: found } = await this.#ask((admin) => admin.fetchTopicMetadata({ topics: wanted }))
    return new Map(found.map(({ name, partitions }) => [name, partitions.length]))
  }

  /** Asked anew: what each partition of a topic holds. */
  async extents(topic: string): Promise<ReadonlyMap<number, Extent>> {
    const found = await this.#onceSpread((admin) => admin.fetchTopicOffsets(topic))
    return new Map(found.map(({ partition, low, high }) => [partition, { first: BigInt(low), end: BigInt(high) }]))
  }

  /** Resolves where a broker answers. */
  async check(): Promise<void> {
    await this.#ask((admin) => admin.describeCluster())
  }

  async close(): Promise<void> {
    const admin = this.#admin
    this.#admin = null
    await admin?.disconnect().catch(() => {})
  }

  async #read(topics: string[]): Promise<void> {
    const { topics: found } = await this.#onceSpread((admin) => admin.fetchTopicMetadata({ topics }))
    for (const { name, partitions } of found) this.#partitions.set(name, partitions.length)
  }

  /** Waits until the broker that is asked knows the topics and who leads each partition: what was just made spreads within a second or two. */
  async #onceSpread<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    for (const started = performance.now(); ; ) {
      try {
        return await this.#ask(question)
      } catch (error) {
        if (!isStillSpreading(error) || performance.now() - started > SPREAD_WITHIN_MS) throw error
      }
      await sleep(SPREAD_LOOK_MS)
    }
  }

  async #ask<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    if (this.#admin === null) {
      const admin = this.#kafka.admin()
      await admin.connect()
      this.#admin ??= admin
      if (this.#admin !== admin) await admin.disconnect()
    }
    try {
      return await question(this.#admin)
    } catch (error) {
      // KafkaJS' admin does not always come back by itself after a broker was away.
      await this.close()
      throw error
    }
  }
}
