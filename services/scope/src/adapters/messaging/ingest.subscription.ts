import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '@reprieve/clock'
import {
  type ActiveSubscription,
  type BatchContext,
  type Carrier,
  type Delivery,
  isSurroundingsFault,
  PositionConflictError,
  type PositionStore,
  type SubscriptionStatus,
} from '@reprieve/messaging'
import type { BackgroundWork } from '@reprieve/service-host'
import { type Logger, measure } from '@reprieve/telemetry'
import type { IngestBatch } from '../../application/ingest/ingest-batch.js'
import { acceptEvent } from '../../domain/ingest/accept-event.js'
import type { Tally } from '../../domain/ingest/apply-records.js'
import type { IngestRecord, Refused } from '../../domain/ingest/record.js'
import { decodeInstanceEvent, UnreadableEvent } from './decode-instance-event.js'

export const INSTANCES_TOPIC = 'scanner.instances.v1'
export const INGEST_GROUP = 'scope-ingest'

const MAX_BATCH = 4_096
// Records in one turn of the event loop: reading and checking them is plain computing.
const SLICE = 256
// Of one record, before it is put aside for a fault that is neither PostgreSQL's nor Kafka's.
const ATTEMPTS = 3

export interface IngestParts {
  carrier: Carrier
  positions: PositionStore
  ingest: IngestBatch
  clock: Clock
  logger: Logger
  /** Told after a commit of the reports whose counts it moved. */
  onReports: (reports: readonly string[]) => void
}

/** Takes the topic of instances in, in batches, positions kept with the data. */
export class IngestSubscription implements BackgroundWork {
  readonly #parts: IngestParts
  readonly #failures = new Map<number, { offset: bigint; count: number }>()
  #subscription: ActiveSubscription | null = null

  constructor(parts: IngestParts) {
    this.#parts = parts
  }

  async start(): Promise<void> {
    this.#subscription = await this.#parts.carrier.subscribe({
      group: INGEST_GROUP,
      topics: [INSTANCES_TOPIC],
      handler: 'scope ingest',
      maxBatch: MAX_BATCH,
      positions: this.#parts.positions,
      handle: (batch, context) => this.#handle(batch, context),
    })
  }

  async stop(): Promise<void> {
    await this.#subscription?.stop()
  }

  statuses(): readonly SubscriptionStatus[] {
    return this.#subscription === null ? [] : [this.#subscription.status()]
  }

  trouble(): string | null {
    const waitingFor = this.#subscription?.status().waitingFor ?? null
    return waitingFor === null ? null : `ingest waits: ${waitingFor}`
  }

  async #handle(batch: readonly Delivery[], context: BatchContext): Promise<void> {
    const [first] = batch
    if (first === undefined) return
    const now = this.#parts.clock.now()
    const records: (IngestRecord | Refused)[] = []
    for (let start = 0; start < batch.length; start += SLICE) {
      if (start > 0) await nextTurn()
      for (const delivery of batch.slice(start, start + SLICE)) {
        const record = read(delivery, now)
        records.push(record)
        // Before the commit: were it lost between the two, nobody would ever hear of the record.
        if (record.kind === 'refused') await context.deadLetter(delivery, record.reason)
      }
    }
    await this.#take(batch, records, context)
  }

  async #take(
    batch: readonly Delivery[],
    records: readonly (IngestRecord | Refused)[],
    context: BatchContext,
  ): Promise<void> {
    const [first] = batch
    if (first === undefined) return
    const position = { topic: first.topic, partition: first.partition, from: context.from, next: context.next }
    try {
      const { reports, total } = await this.#parts.ingest.run(records, position)
      tell(total)
      if (reports.length > 0) this.#parts.onReports(reports)
    } catch (error) {
      const [record] = records
      if (batch.length > 1 || record === undefined || !this.#isHopeless(first, error)) throw error
      // A fault of ours that one sound record brings out: it is put aside like one that is not, and its scan and report know of it.
      const reason = `it cannot be taken in: ${error instanceof Error ? error.message : String(error)}`
      this.#parts.logger.error(
        { err: error, partition: first.partition, offset: String(first.offset) },
        'a record cannot be taken in',
      )
      if (record.kind !== 'refused') await context.deadLetter(first, reason)
      await this.#parts.ingest.run([refusalOf(record, reason)], position)
    }
  }

  /** Whether a single record has failed often enough, and for a reason of its own. */
  #isHopeless({ partition, offset }: Delivery, error: unknown): boolean {
    if (isSurroundingsFault(error) || error instanceof PositionConflictError) return false
    const failures = this.#failures.get(partition)
    const count = failures?.offset === offset ? failures.count + 1 : 1
    this.#failures.set(partition, { offset, count })
    return count >= ATTEMPTS
  }
}

/** The same record as one that was refused, with as much of where it belongs as is known. */
function refusalOf(record: IngestRecord | Refused, reason: string): Refused {
  if (record.kind === 'refused') return record
  const { scanner, scanId, assetId, asset, at, reportId } = record
  return {
    kind: 'refused',
    reason,
    scan:
      record.kind === 'observed' ? { scanner, scanId, assetId, asset, at, reportId, arrival: record.arrival } : null,
  }
}

function tell(total: Tally): void {
  for (const fate of ['created', 'updated', 'unchanged', 'merged', 'rejected', 'closed'] as const) {
    if (total[fate] > 0) measure('reprieve.ingest.findings', total[fate], { 'reprieve.outcome': fate })
  }
}

function read(delivery: Delivery, now: Date): IngestRecord | Refused {
  try {
    return acceptEvent(decodeInstanceEvent(delivery.value, delivery.headers), now)
  } catch (error) {
    if (!(error instanceof UnreadableEvent)) throw error
    return { kind: 'refused', reason: error.message, scan: null }
  }
}
