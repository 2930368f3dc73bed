import { createHash } from 'node:crypto'
import { Controller, Inject } from '@nestjs/common'
import { can } from '@reprieve/auth'
import type { Clock } from '@reprieve/clock'
import { type Answer, Problem, Route, type RouteInput, type WriteTransactions } from '@reprieve/http-kit'
import { CLOCK, WRITES } from '@reprieve/service-host'
import { v7 as uuidv7 } from 'uuid'
import type { Jobs } from '../../application/jobs.port.js'
import type { ReportBlob } from '../../application/reports/report-blob.port.js'
import { JOBS, REPORT_BLOB } from '../../tokens.js'
import { ReportFault, type ReportFaultCode } from '../formats/report-fault.js'
import { reportLimits } from '../formats/report-limits.js'
import { type ReportDetails, ReportRepository } from '../postgres/report.repository.js'
import type { ScopeTables } from '../postgres/tables.js'
import { Keeper } from '../reports/keeper.js'
import { ParsingThread } from '../reports/parsing-thread.js'
import { listReports, readReportRoute, uploadReport } from './reports.routes.js'
import { packingOf, unpacked } from './unpacked-body.js'

@Controller()
export class ReportsController {
  constructor(
    @Inject(WRITES) private readonly writes: WriteTransactions<ScopeTables>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(JOBS) private readonly jobs: Jobs,
    @Inject(REPORT_BLOB) private readonly blob: ReportBlob,
    @Inject(ParsingThread) private readonly thread: ParsingThread,
    @Inject(ReportRepository) private readonly reports: ReportRepository,
  ) {}

  @Route(uploadReport)
  async upload(input: RouteInput<typeof uploadReport>): Promise<Answer> {
    const { query, body, request, principal } = input
    const { scanner, asset, partial } = query
    const packing = packingOf(request.headers['content-encoding'])
    const id = uuidv7()
    const keeper = new Keeper(this.blob, id)
    try {
      const content = counted(unpacked(body, packing, reportLimits.maxBytes, [keeper]))
      const { format } = await this.thread
        .inspect(content.chunks, asset === undefined ? {} : { asset })
        .catch((error: unknown) => {
          throw error instanceof ReportFault ? problemOf(error) : error
        })
      const sha256 = keeper.digest()
      const answer = await this.writes.run(
        // Only now is it known what the body says.
        { ...input, fingerprint: createHash('sha256').update(input.fingerprint).update(sha256).digest('hex') },
        async (tx) => {
          await this.reports.insert(tx, {
            id,
            scanner,
            asset: asset ?? null,
            partial,
            uploadedBy: { id: principal.id, name: principal.name },
            receivedAt: this.clock.now(),
            storedBytes: keeper.bytes,
            bytes: content.bytes,
            gzip: packing === 'gzip',
            sha256,
            format,
          })
          return { status: 202, body: { id } }
        },
      )
      const kept = (answer.body as { id: string }).id
      if (kept !== id) await this.blob.remove(id)
      this.jobs.kick('publishReports')
      const report = await this.reports.find(kept)
      return { ...answer, body: report === null ? answer.body : toReportView(report) }
    } catch (error) {
      await this.blob.remove(id).catch(() => {})
      throw error
    }
  }

  @Route(listReports)
  async list({ query, principal }: RouteInput<typeof listReports>) {
    const { status, scanner, ...request } = query
    const all = can(principal, 'report.read', { ownerId: '' })
    const { items, ...rest } = await this.reports.page(
      { status, scanner, ...(all ? {} : { uploadedBy: principal.id }) },
      request,
    )
    return { items: items.map(toReportView), ...rest }
  }

  @Route(readReportRoute)
  async read({ params, principal }: RouteInput<typeof readReportRoute>) {
    const report = await this.reports.find(params.id)
    if (report === null) throw new Problem('NOT_FOUND', 'There is no such report.')
    if (!can(principal, 'report.read', { ownerId: report.uploaded_by })) {
      throw new Problem('NOT_ALLOWED', 'Whoever sent a report, operators and auditors see it.')
    }
    return toReportView(report)
  }
}

/** Chunks as they are, and how many bytes they were once all have been read. */
function counted(chunks: AsyncIterable<Uint8Array>): { bytes: number; chunks: AsyncIterable<Uint8Array> } {
  const content = { bytes: 0, chunks: counting() }
  return content

  async function* counting() {
    for await (const chunk of chunks) {
      content.bytes += chunk.length
      yield chunk
    }
  }
}

const PROBLEMS: Readonly<Partial<Record<ReportFaultCode, 'ASSET_UNKNOWN' | 'FORMAT_UNKNOWN' | 'PAYLOAD_TOO_LARGE'>>> = {
  ASSET_UNKNOWN: 'ASSET_UNKNOWN',
  UNKNOWN_FORMAT: 'FORMAT_UNKNOWN',
  UNSUPPORTED_VERSION: 'FORMAT_UNKNOWN',
  TOO_LARGE: 'PAYLOAD_TOO_LARGE',
}

const problemOf = (fault: ReportFault): Problem =>
  new Problem(PROBLEMS[fault.code] ?? 'MALFORMED', fault.detail, {
    ...(fault.pointer === undefined ? {} : { errors: [{ pointer: fault.pointer, detail: fault.detail }] }),
    cause: fault,
  })

const toReportView = (report: ReportDetails) => ({
  id: report.id,
  status: report.status,
  scanner: report.scanner,
  asset: report.asset,
  partial: report.partial,
  format: report.format,
  receivedAt: report.received_at,
  finishedAt: report.finished_at,
  received: report.received,
  created: report.created,
  updated: report.updated,
  unchanged: report.unchanged,
  merged: report.merged,
  ignored: report.ignored,
  rejected: report.rejected + report.refused,
  closed: report.closed,
  errors: [
    ...(report.failure === null ? [] : [{ code: 'REPORT_FAILED', pointer: null, detail: report.failure }]),
    ...report.faults,
  ],
})
