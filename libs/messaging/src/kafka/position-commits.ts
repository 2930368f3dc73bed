import { sleep } from '../delivery/backoff.js'

export interface PartitionPosition {
  topic: string
  partition: number
  position: bigint
}

// Positions move with every record; a broker need not hear of each. After a crash this much at most is delivered again.
const PACE_MS = 100
const SETTLE_ATTEMPTS = 10
const NEVER = new AbortController().signal

/** A member's positions on their way to Kafka: the newest of each partition, one request at a time. */
export class PositionCommits {
  readonly #commit: (positions: readonly PartitionPosition[]) => Promise<void>
  #moved = new Map<string, PartitionPosition>()
  #running: Promise<void> | null = null
  #hurry = new AbortController()
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
      this.#hurry.abort()
      this.#running ??= this.#run()
      await this.#running
      if (this.#fault === null) continue
      if (attempts === SETTLE_ATTEMPTS) throw this.#fault
      // A rebalance is over soon.
      await sleep(PACE_MS, NEVER)
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
      const { signal } = this.#hurry
      await sleep(PACE_MS, signal)
      if (signal.aborted) {
        this.#hurry = new AbortController()
        if (this.#fault !== null) break
      }
    }
    this.#running = null
  }
}
