import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '@reprieve/clock'
import type { ActiveSubscription, BatchContext, Carrier, Delivery, PositionStore } from '@reprieve/messaging'
import type { BackgroundWork } from '@reprieve/service-host'
import type { IngestBatch } from '../../application/ingest/ingest-batch.js'
import { acceptEvent } from '../../domain/ingest/accept-event.js'
import type { IngestRecord, Refused } from '../../domain/ingest/record.js'
import { decodeInstanceEvent, UnreadableEvent } from './decode-instance-event.js'

export const INSTANCES_TOPIC = 'scanner.instances.v1'

const MAX_BATCH = 4_096
// Records in one turn of the event loop: reading and checking them is plain computing.
const SLICE = 256

export interface IngestParts {
  carrier: Carrier
  positions: PositionStore
  ingest: IngestBatch
  clock: Clock
  /** Told after a commit of the reports whose counts it moved. */
  onReports: (reports: readonly string[]) => void
}

/** Takes the topic of instances in, in batches, positions kept with the data. */
export class IngestSubscription implements BackgroundWork {
  readonly #parts: IngestParts
  #subscription: ActiveSubscription | null = null

  constructor(parts: IngestParts) {
    this.#parts = parts
  }

  async start(): Promise<void> {
    this.#subscription = await this.#parts.carrier.subscribe({
      group: 'scope-ingest',
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
    const { reports } = await this.#parts.ingest.run(records, {
      topic: first.topic,
      partition: first.partition,
      from: context.from,
      next: context.next,
    })
    if (reports.length > 0) this.#parts.onReports(reports)
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
