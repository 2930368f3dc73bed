import type { Clock } from '@reprieve/clock'
import { isSurroundingsFault, type OutgoingMessage, type Publisher } from '@reprieve/messaging'
import type { Logger } from '@reprieve/telemetry'
import { type Selectable, sql } from 'kysely'
import type { ReportBlob } from '../../application/reports/report-blob.port.js'
import { ReportFault } from '../formats/report-fault.js'
import { reportLimits } from '../formats/report-limits.js'
import { unpackedBytes } from '../http/unpacked-body.js'
import { INSTANCES_TOPIC } from '../messaging/ingest.subscription.js'
import type { Progress, ReportFaultRow, ReportRepository } from '../postgres/report.repository.js'
import { MOST_FAULTS } from '../postgres/report-tally.rows.js'
import type { Report } from '../postgres/tables.gen.js'
import type { ScopeDatabase } from '../postgres/tables.js'
import type { ParsedBatch } from '../reports/parsing-protocol.js'
import type { ParsingThread } from '../reports/parsing-thread.js'

// First key of two of an advisory lock: one report is published by one process at a time.
const LOCK_SPACE = 7_302_013
const AT_ONCE = 2
const LOOKED_AT = 20
const MOST_ATTEMPTS = 5

/**
 * Publishes the findings of kept reports to the topic. It reads a report again from its beginning after it was cut off, and goes on
 * publishing where it had come to; what was published twice arrives once, by its place in the report.
 */
export class PublishReportsJob {
  readonly #busy = new Set<string>()

  constructor(
    private readonly database: ScopeDatabase,
    private readonly reports: ReportRepository,
    private readonly blob: ReportBlob,
    private readonly thread: ParsingThread,
    private readonly publisher: Publisher,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** Publishes whatever waits, a few reports at a time, until nothing does or it shall stop. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(Array.from({ length: AT_ONCE }, () => this.#work(signal)))
    await this.reports.settle(this.clock.now())
  }

  async #work(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const waiting = await this.reports.unpublished(LOOKED_AT)
      let did = false
      for (const report of waiting) {
        if (signal.aborted || this.#busy.has(report.id)) continue
        this.#busy.add(report.id)
        try {
          did = await this.#exclusively(report.id, () => this.#attempt(report, signal))
        } finally {
          this.#busy.delete(report.id)
        }
        if (did) break
      }
      if (!did) return
    }
  }

  /** The lock is the connection's: it is free again as soon as this process is gone. */
  async #exclusively(id: string, work: () => Promise<void>): Promise<boolean> {
    return await this.database.db.connection().execute(async (connection) => {
      const { rows } = await sql<{ mine: boolean }>`
        SELECT pg_try_advisory_lock(${LOCK_SPACE}, hashtext(${id})) AS mine`.execute(connection)
      if (rows[0]?.mine !== true) return false
      try {
        const state = await sql<{ waits: boolean }>`
          SELECT status = 'processing' AND published_at IS NULL AS waits FROM report WHERE id = ${id}`.execute(
          connection,
        )
        if (state.rows[0]?.waits !== true) return false
        await work()
        return true
      } finally {
        await sql`SELECT pg_advisory_unlock(${LOCK_SPACE}, hashtext(${id}))`.execute(connection)
      }
    })
  }

  async #attempt(report: Selectable<Report>, signal: AbortSignal): Promise<void> {
    try {
      await this.#publish(report, signal)
    } catch (error) {
      if (signal.aborted || isSurroundingsFault(error)) throw error
      if (error instanceof ReportFault) {
        const at = error.pointer === undefined ? '' : ` (at ${error.pointer || 'the top'})`
        return await this.reports.noteFailure(report.id, `${error.detail}${at}`, this.clock.now())
      }
      const attempts = await this.reports.noteAttempt(report.id)
      this.logger.error({ err: error, report: report.id, attempts }, 'a report could not be published')
      if (attempts < MOST_ATTEMPTS) throw error
      await this.reports.noteFailure(
        report.id,
        'It could not be read for a reason of our own; the log says more.',
        this.clock.now(),
      )
    }
  }

  async #publish(report: Selectable<Report>, signal: AbortSignal): Promise<void> {
    const source = unpackedBytes(this.blob.read(report.id), report.gzip ? 'gzip' : 'identity', reportLimits.maxBytes)
    const options = {
      scanner: report.scanner,
      asset: report.asset ?? undefined,
      partial: report.partial,
      reportId: report.id,
      scanId: `report-${report.id}`,
      receivedAt: report.received_at,
    }
    const faults: ReportFaultRow[] = []
    let progress: Progress = { through: 0, sent: 0, ignored: 0, rejected: 0, completions: 0 }
    for await (const batch of this.thread.read(source, options, report.published)) {
      if (signal.aborted) return
      await this.publisher.publish(messagesOf(batch))
      const { through, sent, ignored, rejected, completions } = batch
      progress = { through, sent, ignored, rejected, completions }
      for (const { pointer, detail } of batch.faults) {
        if (faults.length < MOST_FAULTS) faults.push({ code: 'FINDING_REJECTED', pointer, detail })
      }
      await this.reports.noteProgress(report.id, progress)
    }
    await this.reports.notePublished(report.id, progress, faults, this.clock.now())
    await this.reports.settle(this.clock.now(), [report.id])
  }
}

function messagesOf({ keys, ends, bytes }: ParsedBatch): OutgoingMessage[] {
  return keys.map((key, index) => ({
    topic: INSTANCES_TOPIC,
    key,
    value: bytes.subarray(index === 0 ? 0 : ends[index - 1], ends[index]),
  }))
}
