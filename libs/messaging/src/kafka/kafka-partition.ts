import type { Batch } from 'kafkajs'
import type { Delivery, PositionStore } from '../carrier.port.js'
import { Latch } from '../delivery/latch.js'
import type { PartitionSource } from '../delivery/partition-loop.js'
import { KafkaDelivery } from './kafka-delivery.js'

/** What a partition needs of the member it is assigned to. */
export interface PartitionMember {
  readonly generation: number
  readonly positions: PositionStore | undefined
  readonly maxBatch: number
  /** Resolves when no rebalance is under way, or the signal is aborted. */
  settled(signal: AbortSignal): Promise<void>
  seek(topic: string, partition: number, offset: bigint): void
  pause(topic: string, partition: number): void
  resume(topic: string, partition: number): void
  keep(topic: string, partition: number, position: bigint): void
  putAside(delivery: Delivery, headers: Readonly<Record<string, string>>): Promise<void>
}

// How long a fetch waits for a handler that is busy, before the partition is paused: KafkaJS fetches nothing from a broker until all
// that came from it is taken, so that one slow partition would hold up the others, and heartbeats.
const HOLD_MS = 200

/** Between KafkaJS, which brings batches, and the loop that asks for them. Where two of them wait the partition is paused. */
export class KafkaPartition implements PartitionSource {
  readonly topic: string
  readonly partition: number
  readonly #member: PartitionMember
  /** Each is in use from `#taken` on in the first, whole in the others. */
  #batches: KafkaDelivery[][] = []
  #taken = 0
  /** The offset after all that was brought; null until the first batch of a group that keeps its positions in Kafka. */
  #brought: bigint | null = null
  /** The offset after all that was handed out. */
  #given: bigint | null = null
  #highWatermark = 0n
  #paused = false
  readonly #arrived = new Latch(false)
  readonly #room = new Latch(true)

  constructor(topic: string, partition: number, member: PartitionMember) {
    this.topic = topic
    this.partition = partition
    this.#member = member
    // KafkaJS would start from the group's own position at once.
    if (member.positions !== undefined) this.#pause()
  }

  get generation(): number {
    return this.#member.generation
  }

  async start(): Promise<bigint> {
    const { positions } = this.#member
    if (positions === undefined) return 0n
    const stored = await positions.load(this.topic, [this.partition])
    const position = stored.get(this.partition) ?? 0n
    this.#readFrom(position)
    return position
  }

  /** KafkaJS goes on from what the group has committed, which is behind what is here. */
  rejoined(): void {
    if (this.#brought !== null) this.#member.seek(this.topic, this.partition, this.#brought)
  }

  /** Takes a batch; resolves when there is room for the next one, or the partition is paused. */
  async offer(batch: Batch, isStale: () => boolean): Promise<void> {
    if (isStale()) return
    this.#highWatermark = BigInt(batch.highWatermark)
    // A topic that was deleted and made anew begins again: KafkaJS has gone to its beginning.
    if (this.#brought !== null && this.#highWatermark < this.#brought) this.#brought = null
    const records: KafkaDelivery[] = []
    for (const message of batch.messages) {
      const offset = BigInt(message.offset)
      if (this.#brought !== null && offset < this.#brought) continue
      records.push(new KafkaDelivery(this.topic, this.partition, offset, message))
    }
    const last = records.at(-1)
    if (last === undefined) return
    this.#brought = last.offset + 1n
    const busy = this.#batches.length > 0
    this.#batches.push(records)
    this.#arrived.open()
    if (!busy) return
    this.#room.shut()
    await this.#room.wait(null, HOLD_MS)
    if (!this.#room.isOpen) this.#pause()
  }

  async fetch(position: bigint, signal: AbortSignal): Promise<readonly Delivery[]> {
    if (this.#given !== null && position !== this.#given) this.#readFrom(position)
    for (;;) {
      await this.#member.settled(signal)
      if (signal.aborted) return []
      const records = this.#take()
      if (records.length > 0) {
        this.#given = (records.at(-1)?.offset ?? 0n) + 1n
        return records
      }
      this.#arrived.shut()
      await this.#arrived.wait(signal)
    }
  }

  keep(position: bigint): void {
    this.#member.keep(this.topic, this.partition, position)
  }

  putAside(delivery: Delivery, headers: Readonly<Record<string, string>>): Promise<void> {
    return this.#member.putAside(delivery, headers)
  }

  lag(position: bigint): number {
    if (this.#given === null) return 0
    return Math.max(0, Number(this.#highWatermark - position))
  }

  /** No more than the handler takes at once, so that a rebalance waits for one batch only. */
  #take(): KafkaDelivery[] {
    const { maxBatch } = this.#member
    let taken: KafkaDelivery[] = []
    while (taken.length < maxBatch) {
      const [first] = this.#batches
      if (first === undefined) break
      const most = maxBatch - taken.length
      const whole = this.#taken === 0 && first.length <= most
      const part = whole ? first : first.slice(this.#taken, this.#taken + most)
      taken = taken.length === 0 ? part : taken.concat(part)
      this.#taken += part.length
      if (this.#taken < first.length) break
      this.#batches.shift()
      this.#taken = 0
    }
    if (this.#batches.length <= 1) this.#makeRoom()
    return taken
  }

  #readFrom(position: bigint): void {
    this.#batches = []
    this.#taken = 0
    this.#brought = position
    this.#given = position
    this.#member.seek(this.topic, this.partition, position)
    this.#makeRoom()
  }

  #makeRoom(): void {
    this.#room.open()
    this.#resume()
  }

  #pause(): void {
    if (this.#paused) return
    this.#paused = true
    this.#member.pause(this.topic, this.partition)
  }

  #resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#member.resume(this.topic, this.partition)
  }
}
