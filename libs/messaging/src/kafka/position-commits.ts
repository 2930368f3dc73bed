import { Latch } from '../delivery/latch.js'

export interface PartitionPosition {
  topic: string
  partition: number
  position: bigint
}

// Positions move with every record; a broker need not hear of each. After a crash this much at most is delivered again.
const PACE_MS = 100
const SETTLE_ATTEMPTS = 10

/** A member's positions on their way to Kafka: the newest of each partition, one request at a time. */
export class PositionCommits {
  readonly #commit: (positions: readonly PartitionPosition[]) => Promise<void>
  #moved = new Map<string, PartitionPosition>()
  #running: Promise<void> | null = null
  /** Opened by whoever cannot wait for the pace. */
  readonly #hurry = new Latch(false)
  /** Cleared by the next good one. */
  #fault: Error | null = null

  constructor(commit: (positions: readonly PartitionPosition[]) => Promise<void>) {
    this.#commit = commit
  }

  keep(moved: PartitionPosition): void {
    this.#moved.set(`${moved.topic}/${moved.partition}`, moved)
    this.#running ??= this.#run()
  }

  /** The partition belongs to another member: its position must not be set back. */
  forget(topic: string, partition: number): void {
    this.#moved.delete(`${topic}/${partition}`)
  }

  /** Commits what waits, without waiting for the pace. @throws where it cannot be, for now */
  async settle(): Promise<void> {
    for (let attempts = 1; this.#moved.size > 0 || this.#running !== null; attempts++) {
      this.#hurry.open()
      this.#running ??= this.#run()
      await this.#running
      if (this.#fault === null) continue
      if (attempts === SETTLE_ATTEMPTS) throw this.#fault
      // A rebalance is over soon.
      await new Promise((resolve) => setTimeout(resolve, PACE_MS))
    }
  }

  async #run(): Promise<void> {
    while (this.#moved.size > 0) {
      const moved = this.#moved
      this.#moved = new Map()
      try {
        await this.#commit([...moved.values()])
        this.#fault = null
      } catch (error) {
        // Refused during a rebalance, or the broker is away: with the next ones, unless they are newer.
        this.#fault = error as Error
        this.#moved = new Map([...moved, ...this.#moved])
      }
      await this.#hurry.wait(null, PACE_MS)
      const hurried = this.#hurry.isOpen
      this.#hurry.shut()
      if (hurried && this.#fault !== null) break
    }
    this.#running = null
  }
}
