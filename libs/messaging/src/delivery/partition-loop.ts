import type { Clock } from '@reprieve/clock'
import type { Delivery, Subscription } from '../carrier.port.js'
import { isSurroundingsFault, PoisonError, PositionConflictError } from '../faults.js'
import type { MessagingLog } from '../log.port.js'
import { backoffMs, type RetryPolicy, sleep } from './backoff.js'
import { DEAD_LETTER_SUFFIX, deadLetterHeaders } from './dead-letter.js'
import { inConsumerSpan } from './tracing.js'

/** What a carrier supplies for one partition that was assigned to one member. */
export interface PartitionSource {
  readonly topic: string
  readonly partition: number
  /** See `BatchContext.generation`. */
  readonly generation: number
  /** Where to read from: what the position store holds, else the group's own position. */
  start(): Promise<bigint>
  /**
   * Waits for records at `position` or after it, in order, a bounded number of bytes. Empty only where the signal is aborted. It may
   * give earlier ones where the topic was made anew and does not reach `position`.
   */
  fetch(position: bigint, signal: AbortSignal): Promise<readonly Delivery[]>
  /** Keeps the group's position, soon: what is handled before it is kept may be delivered again after a crash. */
  keep(position: bigint): void
  /** Writes a record to the dead letters, its key, value and headers as they are, `headers` added. */
  putAside(delivery: Delivery, headers: Readonly<Record<string, string>>): Promise<void>
  /** Records that are there but not handled. */
  lag(position: bigint): number
}

/** Shared by the partitions of one member. */
export interface MemberTally {
  handled: number
  retried: number
  deadLettered: number
}

export interface LoopSurroundings {
  /** For traces: `kafka` or `reprieve`. */
  system: string
  clock: Clock
  retry: RetryPolicy
  log: MessagingLog
  /** A stop aborts the batch's signal after this time. */
  graceMs: number
}

const DEFAULT_RETRIES = 5

/** Thrown within the loop where it has to end, whatever the batch came to. */
const ENDED = Symbol('ended')

/**
 * Reads one partition and hands its records to the handler, in order, one batch at a time: what is tried again, what waits and what goes
 * to the dead letters is decided here, for every carrier alike.
 */
export class PartitionLoop {
  readonly #source: PartitionSource
  readonly #subscription: Subscription
  readonly #tally: MemberTally
  readonly #around: LoopSurroundings
  /** No further batch begins, waits are cut short. */
  readonly #stopping = new AbortController()
  /** The batch in flight does not count any more. */
  readonly #lost = new AbortController()
  /** Null until it is known. */
  #position: bigint | null = null
  /** What the position store holds, as far as this member moved it. */
  #kept = 0n
  #waitingFor: string | null = null
  /** When the record in flight, or the last one, was published. */
  #reached: Date | null = null
  #running: Promise<void> | null = null

  constructor(source: PartitionSource, subscription: Subscription, tally: MemberTally, around: LoopSurroundings) {
    this.#source = source
    this.#subscription = subscription
    this.#tally = tally
    this.#around = around
  }

  get waitingFor(): string | null {
    return this.#waitingFor
  }

  get lag(): number {
    return this.#position === null ? 0 : this.#source.lag(this.#position)
  }

  /** See `SubscriptionStatus.lagSeconds`. */
  get lagSeconds(): number {
    if (this.#reached === null || this.lag === 0) return 0
    return Math.max(0, (this.#around.clock.now().getTime() - this.#reached.getTime()) / 1_000)
  }

  start(): void {
    this.#running ??= this.#run()
  }

  /** Resolves when nothing of it is in flight any more. */
  async ended(): Promise<void> {
    await this.#running
  }

  /** Resolves when the batch in flight is finished; its signal is aborted once the grace period is over. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    const grace = setTimeout(() => this.#lost.abort(), this.#around.graceMs)
    await this.#running
    clearTimeout(grace)
  }

  /** The partition belongs to another member: nothing is kept any more. */
  drop(): void {
    this.#lost.abort()
    this.#stopping.abort()
  }

  get #ending(): boolean {
    return this.#stopping.signal.aborted
  }

  async #run(): Promise<void> {
    for (let faults = 0; !this.#ending; ) {
      try {
        if (this.#position === null) {
          this.#position = await this.#source.start()
          this.#kept = this.#position
        }
        const records = await this.#source.fetch(this.#position, this.#stopping.signal)
        this.#recovered()
        faults = 0
        await this.#handleAll(records)
      } catch (error) {
        if (error === ENDED || this.#ending) return
        // A conflict tells that the position is elsewhere; after any other fault it is still the right one.
        if (error instanceof PositionConflictError && this.#subscription.positions !== undefined) this.#position = null
        await this.#waitOut(error, faults++)
      }
    }
  }

  async #handleAll(records: readonly Delivery[]): Promise<void> {
    const { maxBatch } = this.#subscription
    for (let start = 0; start < records.length; start += maxBatch) {
      if (this.#ending) return
      const batch =
        start === 0 && records.length <= maxBatch
          ? records
          : records.slice(start, Math.min(start + maxBatch, records.length))
      this.#reached = batch[0]?.publishedAt ?? this.#reached
      await this.#settle(batch, 0, new Set())
    }
  }

  /** Returns once every record of the batch is handled or among the dead letters. `before` counts the calls that included them already. */
  async #settle(batch: readonly Delivery[], before: number, aside: Set<bigint>): Promise<void> {
    const [first] = batch
    if (first === undefined) return
    // Parts of a failed batch are only narrowed down: they have been waited for already.
    const retries = before === 0 || batch.length === 1 ? (this.#subscription.retries ?? DEFAULT_RETRIES) : 0
    let attempts = before
    let waits = 0
    for (let failures = 0; ; ) {
      let cause: unknown
      try {
        attempts++
        await this.#call(batch, attempts, aside)
        return this.#handled(batch)
      } catch (error) {
        cause = error
      }
      if (this.#ending) throw ENDED
      if (cause instanceof PositionConflictError) throw cause
      if (isSurroundingsFault(cause) || first.topic.endsWith(DEAD_LETTER_SUFFIX)) {
        await this.#waitOut(cause, waits++)
        if (this.#ending) throw ENDED
        continue
      }
      waits = 0
      if (cause instanceof PoisonError || failures >= retries) {
        if (batch.length === 1) return this.#giveUp(first, cause, attempts, aside)
        break
      }
      this.#tally.retried++
      this.#around.log.warn(
        { ...this.#names(first), records: batch.length, attempt: attempts, fault: textOf(cause) },
        'a handler failed and will be called again',
      )
      await sleep(backoffMs(this.#around.retry.record, failures++), this.#stopping.signal)
      if (this.#ending) throw ENDED
    }
    const middle = batch.length >> 1
    await this.#settle(batch.slice(0, middle), attempts, aside)
    await this.#settle(batch.slice(middle), attempts, aside)
  }

  async #call(batch: readonly Delivery[], attempts: number, aside: Set<bigint>): Promise<void> {
    const { generation } = this.#source
    const context = {
      signal: this.#lost.signal,
      generation,
      from: this.#kept,
      next: after(batch),
      deadLetter: (delivery: Delivery, reason: string) => this.#putAside(delivery, reason, attempts, aside),
    }
    await inConsumerSpan(this.#subscription, batch, this.#around.system, () =>
      this.#subscription.handle(batch, context),
    )
    this.#recovered()
  }

  #handled(batch: readonly Delivery[]): void {
    this.#tally.handled += batch.length
    this.#kept = after(batch)
    this.#moveTo(this.#kept)
  }

  /** Another member decides about a lost partition: its position must not be set back. */
  #moveTo(position: bigint): void {
    if (this.#lost.signal.aborted) throw ENDED
    this.#position = position
    this.#source.keep(position)
  }

  async #giveUp(delivery: Delivery, cause: unknown, attempts: number, aside: Set<bigint>): Promise<void> {
    await this.#persist(() => this.#putAside(delivery, textOf(cause), attempts, aside))
    const next = delivery.offset + 1n
    const { positions } = this.#subscription
    if (positions !== undefined) {
      await this.#persist(() => positions.save(delivery.topic, delivery.partition, { from: this.#kept, next }))
      this.#kept = next
    }
    this.#moveTo(next)
  }

  async #putAside(delivery: Delivery, reason: string, attempts: number, aside: Set<bigint>): Promise<void> {
    // A handler that fails after it put a record aside does so again at the next attempt.
    if (aside.has(delivery.offset)) return
    const failedAt = this.#around.clock.now()
    await this.#source.putAside(
      delivery,
      deadLetterHeaders(delivery, this.#subscription, { reason, attempts, failedAt }),
    )
    aside.add(delivery.offset)
    this.#tally.deadLettered++
    this.#around.log.error({ ...this.#names(delivery), attempts, reason }, 'a record went to the dead letters')
  }

  /** Does what must not be left out, as long as it takes. */
  async #persist(work: () => Promise<void>): Promise<void> {
    for (let faults = 0; ; faults++) {
      try {
        await work()
        return this.#recovered()
      } catch (error) {
        if (this.#ending) throw ENDED
        if (error instanceof PositionConflictError) throw error
        await this.#waitOut(error, faults)
        if (this.#ending) throw ENDED
      }
    }
  }

  async #waitOut(cause: unknown, faults: number): Promise<void> {
    if (this.#waitingFor === null) {
      this.#around.log.warn({ ...this.#names(this.#source), fault: textOf(cause) }, 'a partition waits')
    }
    this.#waitingFor = textOf(cause)
    await sleep(backoffMs(this.#around.retry.surroundings, faults), this.#stopping.signal)
  }

  #recovered(): void {
    if (this.#waitingFor === null) return
    this.#waitingFor = null
    this.#around.log.info(this.#names(this.#source), 'a partition goes on')
  }

  #names({ topic, partition, offset }: { topic: string; partition: number; offset?: bigint }): object {
    const { group, handler } = this.#subscription
    return { topic, partition, ...(offset === undefined ? {} : { offset: String(offset) }), group, handler }
  }
}

function after(batch: readonly Delivery[]): bigint {
  return (batch.at(-1)?.offset ?? -1n) + 1n
}

function textOf(fault: unknown): string {
  if (fault instanceof AggregateError && fault.errors.length > 0) return textOf(fault.errors[0])
  return fault instanceof Error ? `${fault.name}: ${fault.message}` : String(fault)
}
