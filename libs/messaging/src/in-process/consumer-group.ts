import type { Delivery, Subscription } from '../carrier.port.js'
import { assign } from '../delivery/assignment.js'
import {
  type LoopSurroundings,
  type MemberTally,
  PartitionLoop,
  type PartitionSource,
} from '../delivery/partition-loop.js'
import type { GroupPositions } from './group-positions.js'
import type { LogPartition, RecordLog } from './record-log.js'

export interface GroupSurroundings extends LoopSurroundings {
  records: RecordLog
  positions: GroupPositions
  putAside(delivery: Delivery, headers: Readonly<Record<string, string>>): Promise<void>
}

export interface GroupMember {
  readonly subscription: Subscription
  readonly tally: MemberTally
  /** Counts its assignments. */
  generation: number
}

interface Assigned {
  member: GroupMember
  loop: PartitionLoop
}

// Read ahead for handlers of single records: enough that reading costs little, little enough to hold.
const LEAST_FETCH = 256

/** The members of one group in this process. A partition changes hands between two batches, never during one. */
export class ConsumerGroup {
  readonly name: string
  readonly #around: GroupSurroundings
  readonly #members: GroupMember[] = []
  readonly #positions = new Map<LogPartition, bigint>()
  readonly #assigned = new Map<LogPartition, Assigned>()
  #changing: Promise<void> = Promise.resolve()

  constructor(name: string, around: GroupSurroundings) {
    this.name = name
    this.#around = around
  }

  get empty(): boolean {
    return this.#members.length === 0
  }

  async join(member: GroupMember): Promise<void> {
    const partitions = member.subscription.topics.flatMap((topic) => this.#around.records.partitions(topic))
    await this.#change(async () => {
      const unknown = partitions.filter((partition) => !this.#positions.has(partition))
      const positions = await this.#around.positions.open(
        this.name,
        unknown.map((partition) => partition.id),
      )
      for (const partition of unknown) this.#positions.set(partition, positions.get(partition.id) ?? 0n)
      this.#members.push(member)
      await this.#rebalance()
    })
  }

  async leave(member: GroupMember): Promise<void> {
    // Its loops stop at once, even while another change waits for something slow.
    const stopping = this.loops(member).map((loop) => loop.stop())
    await this.#change(async () => {
      await Promise.all(stopping)
      const index = this.#members.indexOf(member)
      if (index >= 0) this.#members.splice(index, 1)
      await this.#rebalance()
    })
  }

  loops(member: GroupMember): PartitionLoop[] {
    return [...this.#assigned.values()].filter((assigned) => assigned.member === member).map(({ loop }) => loop)
  }

  #change(work: () => Promise<void>): Promise<void> {
    const changed = this.#changing.then(work)
    this.#changing = changed.catch(() => {})
    return changed
  }

  async #rebalance(): Promise<void> {
    const owners = new Map([...this.#assigned].map(([partition, { member }]) => [partition, member]))
    const target = assign(this.#members, [...this.#positions.keys()], owners)
    await Promise.all(
      [...this.#assigned].map(async ([partition, { member, loop }]) => {
        if (target.get(partition) === member) return
        await loop.stop()
        this.#assigned.delete(partition)
      }),
    )
    for (const [partition, member] of target) {
      if (this.#assigned.has(partition)) continue
      member.generation++
      const loop = new PartitionLoop(this.#source(partition, member), member.subscription, member.tally, this.#around)
      this.#assigned.set(partition, { member, loop })
      loop.start()
    }
  }

  #source(partition: LogPartition, member: GroupMember): PartitionSource {
    const { records, positions, putAside } = this.#around
    const { subscription, generation } = member
    const most = Math.max(subscription.maxBatch, LEAST_FETCH)
    return {
      topic: partition.topic,
      partition: partition.partition,
      generation,
      putAside,
      start: async () => {
        if (subscription.positions === undefined) return this.#positions.get(partition) ?? 0n
        const stored = await subscription.positions.load(partition.topic, [partition.partition])
        return stored.get(partition.partition) ?? 0n
      },
      fetch: async (position, signal) => {
        for (let from = position; !signal.aborted; ) {
          const written = partition.nextOffset
          if (from < written) {
            const batch = await records.read(partition, from, most)
            if (batch.length > 0) return batch
            // Whatever was there has been pruned.
            from = written
          }
          if (from >= partition.nextOffset) await moved(partition, signal)
        }
        return []
      },
      keep: (position) => {
        this.#positions.set(partition, position)
        positions.keep(this.name, partition.id, position)
      },
      lag: (position) => Math.max(0, Number(partition.nextOffset - position)),
    }
  }
}

function moved(partition: LogPartition, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      partition.waiting.delete(done)
      signal.removeEventListener('abort', done)
      resolve()
    }
    partition.waiting.add(done)
    signal.addEventListener('abort', done)
    if (signal.aborted) done()
  })
}
