import { type Clock, systemClock } from '@reprieve/clock'
import type { MigrationSet } from '@reprieve/database'
import pg from 'pg'
import type {
  ActiveSubscription,
  Carrier,
  Delivery,
  Extent,
  OutgoingMessage,
  Subscription,
  SubscriptionStatus,
  TopicDeclaration,
} from '../carrier.port.js'
import { DEFAULT_RETRY, type RetryPolicy } from '../delivery/backoff.js'
import { DEAD_LETTER_SUFFIX } from '../delivery/dead-letter.js'
import { bufferOf, type PreparedMessage, prepare } from '../delivery/outgoing.js'
import { PublishQueue } from '../delivery/publish-queue.js'
import { SurroundingsFault } from '../faults.js'
import { type MessagingLog, silentLog } from '../log.port.js'
import { Chore } from './chore.js'
import { ConsumerGroup, type GroupMember, type GroupSurroundings } from './consumer-group.js'
import { GroupPositions } from './group-positions.js'
import { LogSession } from './log-session.js'
import { RecordLog } from './record-log.js'
import { type Pruned, Retention } from './retention.js'

/** Tables of the log, for a database of its own. */
export const messagingMigrations: MigrationSet = {
  name: 'messaging',
  folder: new URL('../../migrations/', import.meta.url),
}

export interface InProcessOptions {
  /** A database of its own, migrated with `messagingMigrations`. */
  url: string
  clock?: Clock
  log?: MessagingLog
  retry?: Partial<RetryPolicy>
  /** A stop aborts the signal of a batch in flight after this time. Default 10 s. */
  graceMs?: number
  /** Between looks for what is past its retention. Default 60 s. */
  pruneEveryMs?: number
  /** A group that nobody has read for this long does not hold records back any more. Default 30 days. */
  forgetGroupsAfterMs?: number
}

// A flush is one statement; larger ones gained nothing and hold the connection longer.
const FLUSH = { messages: 2_000, bytes: 4 * 1024 * 1024 }
const READERS = 4
// Readers are told of what this process commits. This look is for what nobody could tell of.
const LOOK_EVERY_MS = 5_000
const DAY_MS = 86_400_000

/** Carries events within one process, its log and its groups' positions in PostgreSQL: nothing is lost with the process. */
export class InProcessCarrier implements Carrier {
  readonly kind = 'in-process'
  readonly #log: MessagingLog
  readonly #readers: pg.Pool
  readonly #records: RecordLog
  readonly #positions: GroupPositions
  readonly #retention: Retention
  readonly #queue: PublishQueue<PreparedMessage>
  readonly #around: GroupSurroundings
  readonly #groups = new Map<string, ConsumerGroup>()
  readonly #active = new Set<ActiveSubscription>()
  readonly #chores: Chore[]
  #session: LogSession | null = null
  #closed = false

  private constructor(options: InProcessOptions) {
    const clock = options.clock ?? systemClock
    this.#log = options.log ?? silentLog
    const session = () => this.#writer()
    this.#readers = new pg.Pool({
      connectionString: options.url,
      application_name: 'reprieve-log-readers',
      max: READERS,
      connectionTimeoutMillis: 5_000,
    })
    // Told by the next read.
    this.#readers.on('error', () => {})
    this.#records = new RecordLog(session, this.#readers, clock)
    this.#positions = new GroupPositions(session, clock)
    this.#retention = new Retention(session, clock, options.forgetGroupsAfterMs ?? 30 * DAY_MS)
    this.#queue = new PublishQueue((messages) => this.#records.append(messages), FLUSH)
    this.#around = {
      system: 'reprieve',
      clock,
      log: this.#log,
      retry: { ...DEFAULT_RETRY, ...options.retry },
      graceMs: options.graceMs ?? 10_000,
      records: this.#records,
      positions: this.#positions,
      putAside: (delivery, headers) => this.#putAside(delivery, headers),
    }
    this.#chores = [
      new Chore(() => this.#quietly(() => this.prune(), 'the log could not be pruned'), options.pruneEveryMs ?? 60_000),
      new Chore(() => this.#quietly(() => this.#records.refresh(), 'the log could not be looked at'), LOOK_EVERY_MS),
    ]
  }

  /**
   * Takes the log for this process.
   * @throws LogInUseError where another process has it; a connection fault where PostgreSQL is away
   */
  static async open(options: InProcessOptions): Promise<InProcessCarrier> {
    const carrier = new InProcessCarrier(options)
    try {
      carrier.#session = await LogSession.open(options.url, carrier.#log, () => carrier.#regained())
      await carrier.#records.refresh()
      return carrier
    } catch (error) {
      await carrier.close()
      throw error
    }
  }

  async ensureTopics(topics: readonly TopicDeclaration[]): Promise<void> {
    await this.#records.declare(topics)
  }

  async partitionCounts(topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const counts = topics.map((topic) => [topic, this.#records.partitionCount(topic)] as const)
    return new Map(counts.filter((found): found is [string, number] => found[1] !== undefined))
  }

  extents(topic: string): Promise<ReadonlyMap<number, Extent>> {
    return this.#records.extents(topic)
  }

  async publish(messages: readonly OutgoingMessage[]): Promise<void> {
    if (this.#closed) throw new SurroundingsFault('the carrier is closed')
    await this.#queue.publish(prepare(messages, (topic) => this.#records.partitionCount(topic)))
  }

  async subscribe(subscription: Subscription): Promise<ActiveSubscription> {
    if (this.#closed) throw new SurroundingsFault('the carrier is closed')
    const member: GroupMember = {
      subscription,
      tally: { handled: 0, retried: 0, deadLettered: 0 },
      generation: 0,
    }
    const group = this.#groups.get(subscription.group) ?? new ConsumerGroup(subscription.group, this.#around)
    this.#groups.set(group.name, group)
    await group.join(member)
    const active: ActiveSubscription = {
      stop: async () => {
        if (!this.#active.delete(active)) return
        await group.leave(member)
        await this.#positions.settle().catch((fault: Error) => {
          this.#log.warn({ group: group.name, fault: fault.message }, 'handled records will be delivered again')
        })
      },
      status: () => statusOf(group, member),
    }
    this.#active.add(active)
    return active
  }

  async trouble(): Promise<string | null> {
    try {
      const session = this.#writer()
      if (session.trouble !== null) return session.trouble
      await session.query({ text: 'SELECT 1' })
      return null
    } catch (error) {
      return (error as Error).message
    }
  }

  /** Deletes what is past its retention now; done regularly by itself. */
  async prune(): Promise<Pruned> {
    const reading = [...this.#groups.values()].filter((group) => !group.empty).map((group) => group.name)
    const pruned = await this.#retention.prune(reading)
    if (pruned.expired + pruned.compacted > 0) this.#records.forgetTail()
    return pruned
  }

  async close(): Promise<void> {
    await Promise.all(this.#chores.map((chore) => chore.stop()))
    await Promise.all([...this.#active].map((active) => active.stop()))
    this.#closed = true
    await this.#queue.idle()
    await this.#session?.close()
    if (!this.#readers.ended) await this.#readers.end()
  }

  #writer(): LogSession {
    if (this.#session === null) throw new SurroundingsFault('the log is not open')
    return this.#session
  }

  async #quietly(work: () => Promise<unknown>, failed: string): Promise<void> {
    // While the connection is away there is nothing to do, and that is told already.
    if (this.#session?.trouble !== null) return
    try {
      await work()
    } catch (error) {
      this.#log.warn({ fault: (error as Error).message }, failed)
    }
  }

  async #regained(): Promise<void> {
    await this.#records.refresh()
    await this.#positions.settle()
  }

  #putAside(delivery: Delivery, headers: Readonly<Record<string, string>>): Promise<void> {
    // Not measured again: with its cause it may be a little larger than what is taken from publishers.
    const message: PreparedMessage = {
      topic: `${delivery.topic}${DEAD_LETTER_SUFFIX}`,
      partition: 0,
      key: Buffer.from(delivery.key),
      value: bufferOf(delivery.value),
      headers: { ...delivery.headers, ...headers },
      bytes: delivery.value.length,
    }
    return this.#queue.publish([message])
  }
}

function statusOf(group: ConsumerGroup, member: GroupMember): SubscriptionStatus {
  const loops = group.loops(member)
  return {
    group: group.name,
    handler: member.subscription.handler,
    waitingFor: loops.find((loop) => loop.waitingFor !== null)?.waitingFor ?? null,
    partitions: loops.length,
    lag: loops.reduce((sum, loop) => sum + loop.lag, 0),
    lagSeconds: loops.reduce((most, loop) => Math.max(most, loop.lagSeconds), 0),
    ...member.tally,
  }
}
