import { Controller, Inject } from '@nestjs/common'
import type { Clock } from '@reprieve/clock'
import { Route, type RouteInput, type WriteTransactions } from '@reprieve/http-kit'
import type { Outbox } from '@reprieve/outbox'
import { CLOCK, OUTBOX, WRITES } from '@reprieve/service-host'
import type { Selectable } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Jobs } from '../../application/jobs.port.js'
import { JOBS } from '../../tokens.js'
import { reconciliationEvent } from '../messaging/scope-events.js'
import { OperationsReader } from '../postgres/operations.reader.js'
import type { Reconciliation } from '../postgres/tables.gen.js'
import type { ScopeTables } from '../postgres/tables.js'
import { listReconciliations, listScans, startReconciliation } from './operations.routes.js'

const toReconciliationView = (row: Selectable<Reconciliation>) => ({
  id: row.id,
  cause: row.cause,
  status: row.status,
  startedAt: row.started_at,
  finishedAt: row.finished_at,
  instances: row.instances,
  exceptions: row.exceptions,
  missing: row.missing,
  surplus: row.surplus,
  examples: row.examples,
})

@Controller()
export class OperationsController {
  constructor(
    @Inject(WRITES) private readonly writes: WriteTransactions<ScopeTables>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(OUTBOX) private readonly outbox: Outbox,
    @Inject(JOBS) private readonly jobs: Jobs,
    @Inject(OperationsReader) private readonly reader: OperationsReader,
  ) {}

  @Route(startReconciliation)
  async start(input: RouteInput<typeof startReconciliation>) {
    const answer = await this.writes.run(input, async (tx) => {
      const made = await tx
        .insertInto('reconciliation')
        .values({
          id: uuidv7(),
          cause: 'request',
          requested_by: input.principal.id,
          started_at: this.clock.now(),
          status: 'running',
        })
        .onConflict((conflict) => conflict.doNothing())
        .returningAll()
        .executeTakeFirst()
      const { id, name } = input.principal
      if (made !== undefined) await this.outbox.append(tx, reconciliationEvent(made, { id, name }))
      const row =
        made ??
        (await tx
          .selectFrom('reconciliation')
          .selectAll()
          .orderBy('started_at', 'desc')
          .limit(1)
          .executeTakeFirstOrThrow())
      return { status: 202, body: toReconciliationView(row) }
    })
    this.jobs.kick('reconcile')
    return answer
  }

  @Route(listReconciliations)
  async list({ query }: RouteInput<typeof listReconciliations>) {
    const { status, ...request } = query
    const { items, ...rest } = await this.reader.reconciliations(status ?? null, request)
    return { items: items.map(toReconciliationView), ...rest }
  }

  @Route(listScans)
  async scans({ query }: RouteInput<typeof listScans>) {
    const { limit, cursor, sort, ...filter } = query
    const { items, ...rest } = await this.reader.scans(filter, { limit, cursor, sort })
    return {
      items: items.map((scan) => ({
        scanner: scan.scanner,
        scanId: scan.scan_id,
        asset: { id: scan.asset_id, name: scan.asset_name },
        reportId: scan.report_id,
        startedAt: scan.started_at,
        completedAt: scan.completed_at,
        announced: scan.announced,
        arrived: scan.arrived,
        rejected: scan.rejected,
        closed: scan.closed,
        outcome: scan.outcome,
      })),
      ...rest,
    }
  }
}
