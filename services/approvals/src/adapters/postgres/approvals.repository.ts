import type { Database } from '@reprieve/database'
import type { Outbox } from '@reprieve/outbox'
import { sql } from 'kysely'
import type { Approvals } from '../../application/approvals.port.js'
import { type Approval, waitingFor } from '../../domain/approval.js'
import { approvalEvent } from '../messaging/approval-event.js'
import { type ActRow, type ApprovalRow, actRow, approvalOf, type StepRow } from './approval.rows.js'
import type { ApprovalsTables, Reader, Tx } from './tables.js'

/** Approvals in this service's own database, with their events in its outbox. */
export class ApprovalsRepository implements Approvals {
  readonly #database: Database<ApprovalsTables>
  readonly #outbox: Outbox

  constructor(database: Database<ApprovalsTables>, outbox: Outbox) {
    this.#database = database
    this.#outbox = outbox
  }

  async find(exceptionId: string): Promise<Approval | null> {
    return (await this.findAll([exceptionId]))[0] ?? null
  }

  /**
   * Each as it was at one moment: rows, steps and acts are read from one snapshot, because an event is made of them.
   * @returns in the order of the ids; unknown ones are left out
   */
  async findAll(ids: readonly string[]): Promise<Approval[]> {
    if (ids.length === 0) return []
    const found = await this.#database.db
      .transaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute(async (tx) =>
        withParts(tx, await tx.selectFrom('approval').selectAll().where('exception_id', '=', anyOf(ids)).execute()),
      )
    const byId = new Map(found.map((approval) => [approval.exceptionId, approval]))
    return ids.flatMap((id) => byId.get(id) ?? [])
  }

  async lock(tx: Tx, exceptionId: string): Promise<Approval | null> {
    const rows = await tx
      .selectFrom('approval')
      .selectAll()
      .where('exception_id', '=', exceptionId)
      .forUpdate()
      .execute()
    return (await withParts(tx, rows))[0] ?? null
  }

  async lockOverdue(tx: Tx, now: Date, limit: number): Promise<Approval[]> {
    const rows = await tx
      .selectFrom('approval')
      .selectAll()
      .where('status', '=', 'waiting')
      .where('ends_at', '<=', now)
      .orderBy('ends_at')
      .orderBy('exception_id')
      .limit(limit)
      .forUpdate()
      .skipLocked()
      .execute()
    return withParts(tx, rows)
  }

  async add(tx: Tx, approval: Approval): Promise<boolean> {
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('approval')
      .values({
        exception_id: approval.exceptionId,
        type: approval.type,
        name: approval.name,
        requester_id: approval.requestedBy.id,
        requester_name: approval.requestedBy.name,
        requested_at: approval.requestedAt,
        opened_at: approval.openedAt,
        step_count: approval.steps.length,
        ends_at: approval.endsAt,
        ...movingColumns(approval),
      })
      .onConflict((conflict) => conflict.column('exception_id').doNothing())
      .executeTakeFirstOrThrow()
    if (numInsertedOrUpdatedRows !== 1n) return false
    await tx
      .insertInto('approval_step')
      .values(
        approval.steps.map(({ approver, candidateIds }, index) => ({
          exception_id: approval.exceptionId,
          step_index: index,
          requester_id: approval.requestedBy.id,
          approver_id: approver.id,
          approver_name: approver.name,
          candidate_ids: [...candidateIds],
        })),
      )
      .execute()
    await this.#outbox.append(tx, approvalEvent(approval))
    return true
  }

  async record(tx: Tx, approvals: readonly Approval[]): Promise<void> {
    if (approvals.length === 0) return
    const done = approvals.flatMap((approval) => {
      const act = approval.acts.at(-1)
      return act === undefined ? [] : [{ approval, act }]
    })
    await tx
      .insertInto('approval_act')
      .values(done.map(({ approval, act }) => actRow(approval, act)))
      .execute()
    for (const { approval, act } of done) {
      if (act.type !== 'handedOver') continue
      await tx
        .updateTable('approval_step')
        .set({ approver_id: act.to.id, approver_name: act.to.name })
        .where('exception_id', '=', approval.exceptionId)
        .where('step_index', '=', act.step)
        .execute()
    }
    await updateApprovals(tx, approvals)
    await this.#outbox.append(tx, ...approvals.map(approvalEvent))
  }
}

const anyOf = (ids: readonly string[]) => sql<string>`ANY(${[...ids]}::uuid[])`

async function withParts(db: Reader, rows: readonly ApprovalRow[]): Promise<Approval[]> {
  if (rows.length === 0) return []
  const ids = anyOf(rows.map(({ exception_id }) => exception_id))
  const steps = await db
    .selectFrom('approval_step')
    .selectAll()
    .where('exception_id', '=', ids)
    .orderBy('step_index')
    .execute()
  const acts = await db
    .selectFrom('approval_act')
    .selectAll()
    .where('exception_id', '=', ids)
    .orderBy('version')
    .execute()
  const stepsOf = Map.groupBy(steps, ({ exception_id }: StepRow) => exception_id)
  const actsOf = Map.groupBy(acts, ({ exception_id }: ActRow) => exception_id)
  return rows.map((row) => approvalOf(row, stepsOf.get(row.exception_id) ?? [], actsOf.get(row.exception_id) ?? []))
}

/** What can change after it was opened. */
const movingColumns = (approval: Approval) => ({
  version: approval.version,
  status: approval.status,
  current_step: approval.currentStep,
  waiting_for_id: waitingFor(approval)?.id ?? null,
  resolved_at: approval.resolvedAt,
})

/** One statement for any number: hundreds may lapse at the same instant. */
async function updateApprovals(tx: Tx, approvals: readonly Approval[]): Promise<void> {
  const rows = approvals.map((approval) => ({ id: approval.exceptionId, ...movingColumns(approval) }))
  const column = <K extends keyof (typeof rows)[number]>(name: K) => rows.map((row) => row[name])
  await sql`
    UPDATE approval SET
      version = t.version, status = t.status, current_step = t.current_step,
      waiting_for_id = t.waiting_for_id, resolved_at = t.resolved_at
    FROM unnest(${column('id')}::uuid[], ${column('version')}::int[], ${column('status')}::text[],
                ${column('current_step')}::int[], ${column('waiting_for_id')}::uuid[], ${column('resolved_at')}::timestamptz[])
      AS t(id, version, status, current_step, waiting_for_id, resolved_at)
    WHERE approval.exception_id = t.id`.execute(tx)
}
