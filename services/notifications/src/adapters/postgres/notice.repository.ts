import { type Selectable, sql } from 'kysely'
import type { KeptApproval, NewNotice, NoticeStore } from '../../application/notice-store.port.js'
import type { Exception, Person } from '../../domain/exception.js'
import { APPROVAL_COLUMNS, toApproval, toApprovalRow } from './approval-row.js'
import { toNoticeRow } from './notice-row.js'
import type { Exception as ExceptionTable } from './tables.gen.js'
import type { Tx } from './tables.js'

const anyOf = (ids: readonly string[]) => sql<string>`ANY(${[...ids]}::uuid[])`

export class NoticeRepository implements NoticeStore {
  async lock(tx: Tx, exceptionIds: readonly string[]): Promise<void> {
    // A row to lock need not be there yet: the two topics' first events can come at the same time. In one order, so that nobody waits in a
    // circle.
    await sql`
      SELECT pg_advisory_xact_lock(wanted.key)
      FROM (SELECT DISTINCT hashtextextended(id, 0) AS key FROM unnest(${[...exceptionIds]}::text[]) AS t(id) ORDER BY key)
        AS wanted`.execute(tx)
  }

  async exceptions(tx: Tx, ids: readonly string[]): Promise<Map<string, Exception>> {
    const rows = await tx.selectFrom('exception').selectAll().where('id', '=', anyOf(ids)).execute()
    return new Map(rows.map((row) => [row.id, toException(row)]))
  }

  async saveExceptions(tx: Tx, exceptions: readonly Exception[]): Promise<void> {
    if (exceptions.length === 0) return
    await tx
      .insertInto('exception')
      .values(exceptions.map(toExceptionRow))
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet((row) => ({
          incarnation: row.ref('excluded.incarnation'),
          version: row.ref('excluded.version'),
          name: row.ref('excluded.name'),
          justification: row.ref('excluded.justification'),
          auto_pilot: row.ref('excluded.auto_pilot'),
          defers: row.ref('excluded.defers'),
          requester_id: row.ref('excluded.requester_id'),
          requester_name: row.ref('excluded.requester_name'),
          expires_at: row.ref('excluded.expires_at'),
          expires_after_days: row.ref('excluded.expires_after_days'),
          active: row.ref('excluded.active'),
          applied_since: row.ref('excluded.applied_since'),
          approvers: row.ref('excluded.approvers'),
        })),
      )
      .execute()
  }

  async approvals(tx: Tx, exceptionIds: readonly string[]): Promise<Map<string, KeptApproval>> {
    const rows = await tx
      .selectFrom('approval')
      .select([...APPROVAL_COLUMNS, 'told_incarnation', 'told_version', 'approvers_told', 'trace'])
      .where('exception_id', '=', anyOf(exceptionIds))
      .execute()
    return new Map(
      rows.map((row) => [
        row.exception_id,
        {
          approval: toApproval(row),
          told: row.told_version === 0 ? null : { incarnation: row.told_incarnation, n: row.told_version },
          approversTold: row.approvers_told as unknown as Person[],
          trace: row.trace as Record<string, string>,
        },
      ]),
    )
  }

  async saveApprovals(tx: Tx, kept: readonly KeptApproval[]): Promise<void> {
    if (kept.length === 0) return
    await tx
      .insertInto('approval')
      .values(
        kept.map(({ approval, told, approversTold, trace }) => ({
          ...toApprovalRow(approval),
          told_incarnation: told?.incarnation ?? 0,
          told_version: told?.n ?? 0,
          approvers_told: JSON.stringify(approversTold),
          trace: JSON.stringify(trace),
        })),
      )
      .onConflict((conflict) =>
        conflict.column('exception_id').doUpdateSet((row) => ({
          incarnation: row.ref('excluded.incarnation'),
          version: row.ref('excluded.version'),
          waits: row.ref('excluded.waits'),
          current_step: row.ref('excluded.current_step'),
          approvers: row.ref('excluded.approvers'),
          acts: row.ref('excluded.acts'),
          opened_at: row.ref('excluded.opened_at'),
          published_at: row.ref('excluded.published_at'),
          told_incarnation: row.ref('excluded.told_incarnation'),
          told_version: row.ref('excluded.told_version'),
          approvers_told: row.ref('excluded.approvers_told'),
          trace: row.ref('excluded.trace'),
        })),
      )
      .execute()
  }

  async add(tx: Tx, notices: readonly NewNotice[], now: Date): Promise<NewNotice[]> {
    if (notices.length === 0) return []
    const added = await tx
      .insertInto('notice')
      .values(notices.map((notice) => toNoticeRow(notice, now)))
      .onConflict((conflict) => conflict.constraint('notice_once').doNothing())
      .returning('id')
      .execute()
    const ids = new Set(added.map(({ id }) => id))
    return notices.filter(({ id }) => ids.has(id))
  }
}

const toException = (row: Selectable<ExceptionTable>): Exception => ({
  id: row.id,
  version: { incarnation: row.incarnation, n: row.version },
  name: row.name,
  justification: row.justification,
  autoPilot: row.auto_pilot,
  defers: row.defers,
  requester: { id: row.requester_id, name: row.requester_name },
  expiresAt: row.expires_at,
  expiresAfterDays: row.expires_after_days,
  active: row.active,
  appliedSince: row.applied_since,
  // Written by `toExceptionRow` alone.
  approvers: row.approvers as unknown as Person[],
})

const toExceptionRow = (exception: Exception) => ({
  id: exception.id,
  incarnation: exception.version.incarnation,
  version: exception.version.n,
  name: exception.name,
  justification: exception.justification,
  auto_pilot: exception.autoPilot,
  defers: exception.defers,
  requester_id: exception.requester.id,
  requester_name: exception.requester.name,
  expires_at: exception.expiresAt,
  expires_after_days: exception.expiresAfterDays,
  active: exception.active,
  applied_since: exception.appliedSince,
  approvers: JSON.stringify(exception.approvers),
})
