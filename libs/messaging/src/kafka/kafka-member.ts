import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs'
import type { ActiveSubscription, Delivery, Subscription, SubscriptionStatus } from '../carrier.port.js'
import { backoffMs, sleep } from '../delivery/backoff.js'
import { Latch } from '../delivery/latch.js'
import { type LoopSurroundings, type MemberTally, PartitionLoop } from '../delivery/partition-loop.js'
import { PATIENT } from './kafka-client.js'
import { KafkaPartition, type PartitionMember } from './kafka-partition.js'
import { type PartitionPosition, PositionCommits } from './position-commits.js'
import { type OwnedPartitions, stickyAssigner } from './sticky-assigner.js'

export interface MemberSurroundings extends LoopSurroundings {
  /** A patient client. */
  kafka: Kafka
  /** Rejects soon where the brokers are away. */
  check(): Promise<void>
  sessionTimeoutMs: number
  fetchWaitMs: number
  putAside(delivery: Delivery, headers: Readonly<Record<string, string>>): Promise<void>
}

interface Assigned {
  partition: KafkaPartition
  loop: PartitionLoop
}

const HEARTBEAT_MS = 1_000
const SILENCE_MS = 10_000
// Batches that KafkaJS may hand over at the same time. They only wait there, briefly.
const HANDED_AT_ONCE = 64
// KafkaJS cannot be stopped while it tries to reach a broker.
const DISCONNECT_MS = 5_000
const REOPEN = { firstMs: 100, mostMs: 3_000 }

/** One subscription: a member of its group, with a KafkaJS consumer of its own that is made anew whenever KafkaJS gives up. */
export class KafkaMember implements ActiveSubscription, PartitionMember {
  readonly #subscription: Subscription
  readonly #around: MemberSurroundings
  readonly #tally: MemberTally = { handled: 0, retried: 0, deadLettered: 0 }
  readonly #assigned = new Map<string, Assigned>()
  /** Loops of partitions that were lost and may still have a batch in flight. */
  readonly #ending = new Map<string, Promise<void>>()
  readonly #commits: PositionCommits
  readonly #stopping = new AbortController()
  #consumer: Consumer | null = null
  #commitOffsets: EachBatchPayload['commitOffsetsIfNecessary'] | null = null
  #memberId: string | null = null
  #generation = 0
  /** Open while no rebalance is under way. */
  readonly #settled = new Latch(false)
  #trouble: string | null = 'it has not joined its group yet'
  #heardAt = performance.now()
  #reopening: Promise<void> = Promise.resolve()
  #stopped: Promise<void> | null = null

  constructor(subscription: Subscription, around: MemberSurroundings) {
    this.#subscription = subscription
    this.#around = around
    this.#commits = new PositionCommits((positions) => this.#commit(positions))
  }

  get generation(): number {
    return this.#generation
  }

  get positions() {
    return this.#subscription.positions
  }

  get maxBatch(): number {
    return this.#subscription.maxBatch
  }

  /** Joins the group. @throws where the brokers are away */
  async open(): Promise<void> {
    await this.#around.check()
    const { group, topics } = this.#subscription
    const consumer = this.#around.kafka.consumer({
      groupId: group,
      sessionTimeout: this.#around.sessionTimeoutMs,
      rebalanceTimeout: Math.max(this.#around.sessionTimeoutMs, 30_000),
      heartbeatInterval: Math.min(HEARTBEAT_MS, this.#around.sessionTimeoutMs / 3),
      maxWaitTimeInMs: this.#around.fetchWaitMs,
      partitionAssigners: [stickyAssigner(() => this.#owned())],
      allowAutoTopicCreation: false,
      // After a crash everything is made anew here, which works for every fault alike.
      retry: { ...PATIENT, restartOnFailure: async () => false },
    })
    this.#consumer = consumer
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      if (this.#consumer === consumer) this.#joined(payload.memberId, payload.memberAssignment)
    })
    consumer.on(consumer.events.REBALANCING, () => {
      if (this.#consumer === consumer) this.#settled.shut()
    })
    consumer.on(consumer.events.HEARTBEAT, () => {
      this.#heardAt = performance.now()
      // KafkaJS also takes a broker that has just started for a rebalance. If it cannot join then it goes on as it was, once the broker
      // knows the group again, and nothing but this tells of it.
      if (this.#consumer === consumer) this.#settled.open()
    })
    consumer.on(consumer.events.CRASH, ({ payload }) => this.#crashed(consumer, payload.error))
    try {
      await consumer.connect()
      await consumer.subscribe({ topics: [...topics], fromBeginning: true })
    } catch (error) {
      await consumer.disconnect().catch(() => {})
      throw error
    }
    await consumer.run({
      autoCommit: false,
      partitionsConsumedConcurrently: HANDED_AT_ONCE,
      eachBatch: (payload) => this.#take(consumer, payload),
    })
    // The stop did not wait for this.
    if (this.#stopping.signal.aborted) await within(DISCONNECT_MS, consumer.disconnect())
  }

  status(): SubscriptionStatus {
    const loops = [...this.#assigned.values()].map(({ loop }) => loop)
    return {
      group: this.#subscription.group,
      handler: this.#subscription.handler,
      waitingFor: this.#waitingFor(loops),
      partitions: loops.length,
      lag: loops.reduce((sum, loop) => sum + loop.lag, 0),
      lagSeconds: loops.reduce((most, loop) => Math.max(most, loop.lagSeconds), 0),
      ...this.#tally,
    }
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  settled(signal: AbortSignal): Promise<void> {
    return this.#settled.wait(signal)
  }

  seek(topic: string, partition: number, offset: bigint): void {
    this.#consumer?.seek({ topic, partition, offset: String(offset) })
  }

  pause(topic: string, partition: number): void {
    this.#consumer?.pause([{ topic, partitions: [partition] }])
  }

  resume(topic: string, partition: number): void {
    this.#consumer?.resume([{ topic, partitions: [partition] }])
  }

  keep(topic: string, partition: number, position: bigint): void {
    this.#commits.keep({ topic, partition, position })
  }

  putAside(delivery: Delivery, headers: Readonly<Record<string, string>>): Promise<void> {
    return this.#around.putAside(delivery, headers)
  }

  async #stop(): Promise<void> {
    this.#stopping.abort()
    await within(DISCONNECT_MS, this.#reopening)
    await Promise.all([...this.#assigned.values()].map(({ loop }) => loop.stop()))
    await Promise.all(this.#ending.values())
    if (this.#commitOffsets !== null) {
      await this.#commits.settle().catch((fault: Error) => {
        const fields = { group: this.#subscription.group, fault: fault.message }
        this.#around.log.warn(fields, 'handled records will be delivered again')
      })
    }
    const consumer = this.#consumer
    this.#consumer = null
    if (consumer !== null) await within(DISCONNECT_MS, consumer.disconnect())
  }

  async #take(consumer: Consumer, payload: EachBatchPayload): Promise<void> {
    if (this.#consumer !== consumer) return
    // Commits at once and does not try again: a later try could set back a partition that another member has by then.
    this.#commitOffsets = payload.commitOffsetsIfNecessary
    const assigned = this.#assigned.get(placeOf(payload.batch.topic, payload.batch.partition))
    await assigned?.partition.offer(payload.batch, payload.isStale)
  }

  #joined(memberId: string, assignment: OwnedPartitions): void {
    this.#generation++
    this.#heardAt = performance.now()
    this.#trouble = null
    const wanted = new Map(
      Object.entries(assignment).flatMap(([topic, partitions]) =>
        partitions.map((partition) => [placeOf(topic, partition), { topic, partition }] as const),
      ),
    )
    // Under another id it was out of the group for a while: others may have had its partitions.
    const anew = memberId !== this.#memberId
    this.#memberId = memberId
    for (const place of [...this.#assigned.keys()]) if (anew || !wanted.has(place)) this.#drop(place)
    for (const [place, { topic, partition }] of wanted) {
      const held = this.#assigned.get(place)
      if (held === undefined) this.#begin(place, topic, partition)
      else held.partition.rejoined()
    }
    this.#settled.open()
  }

  #begin(place: string, topic: string, number: number): void {
    if (this.#stopping.signal.aborted) return
    const partition = new KafkaPartition(topic, number, this)
    const loop = new PartitionLoop(partition, this.#subscription, this.#tally, this.#around)
    this.#assigned.set(place, { partition, loop })
    // Never two batches of a partition at once, not even where it was lost and came back.
    const before = this.#ending.get(place)
    if (before === undefined) loop.start()
    else before.then(() => loop.start())
  }

  #drop(place: string): void {
    const assigned = this.#assigned.get(place)
    if (assigned === undefined) return
    const { partition, loop } = assigned
    this.#assigned.delete(place)
    loop.drop()
    this.#commits.forget(partition.topic, partition.partition)
    const ended = Promise.all([this.#ending.get(place), loop.ended()]).then(() => {
      if (this.#ending.get(place) === ended) this.#ending.delete(place)
    })
    this.#ending.set(place, ended)
  }

  #crashed(consumer: Consumer, error: Error): void {
    if (this.#consumer !== consumer) return
    this.#consumer = null
    this.#commitOffsets = null
    this.#memberId = null
    for (const place of [...this.#assigned.keys()]) this.#drop(place)
    this.#trouble = error.message
    if (this.#stopping.signal.aborted) return
    this.#around.log.warn({ group: this.#subscription.group, fault: error.message }, 'a group is left and joined again')
    this.#reopening = this.#reopen()
  }

  async #reopen(): Promise<void> {
    for (let faults = 0; !this.#stopping.signal.aborted; faults++) {
      await sleep(backoffMs(REOPEN, faults), this.#stopping.signal)
      if (this.#stopping.signal.aborted) return
      try {
        return await this.open()
      } catch (error) {
        this.#consumer = null
        this.#trouble = (error as Error).message
      }
    }
  }

  async #commit(positions: readonly PartitionPosition[]): Promise<void> {
    const owned = positions.filter(({ topic, partition }) => this.#assigned.has(placeOf(topic, partition)))
    if (owned.length === 0) return
    if (this.#commitOffsets === null) throw new Error('the group is not joined')
    const topics = new Map<string, Array<{ partition: number; offset: string }>>()
    for (const { topic, partition, position } of owned) {
      const ofTopic = topics.get(topic) ?? []
      topics.set(topic, ofTopic)
      ofTopic.push({ partition, offset: String(position) })
    }
    await this.#commitOffsets({ topics: [...topics].map(([topic, partitions]) => ({ topic, partitions })) })
  }

  #owned(): OwnedPartitions {
    const owned: OwnedPartitions = {}
    for (const { partition } of this.#assigned.values()) {
      const ofTopic = owned[partition.topic] ?? []
      owned[partition.topic] = ofTopic
      ofTopic.push(partition.partition)
    }
    return owned
  }

  #waitingFor(loops: readonly PartitionLoop[]): string | null {
    if (this.#trouble !== null) return this.#trouble
    const silentMs = performance.now() - this.#heardAt
    if (silentMs > SILENCE_MS) return `Kafka has not answered for ${Math.round(silentMs / 1_000)} s`
    return loops.find((loop) => loop.waitingFor !== null)?.waitingFor ?? null
  }
}

/** Resolves when the work is done or failed, or after the time. */
async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  const patience = new AbortController()
  await Promise.race([work.catch(() => {}), sleep(milliseconds, patience.signal)])
  patience.abort()
}

const placeOf = (topic: string, partition: number): string => `${topic}/${partition}`
