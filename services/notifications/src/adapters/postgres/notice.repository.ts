import { sql } from 'kysely'
import type { KeptApproval, NewNotice, NoticeStore } from '../../application/notice-store.port.js'
import type { Exception, Person } from '../../domain/exception.js'
import { APPROVAL_COLUMNS, toApproval, toApprovalRow } from './approval-row.js'
import { toNoticeRow } from './notice-row.js'
import type { Tx } from './tables.js'

export class NoticeRepository implements NoticeStore {
  async lock(tx: Tx, exceptionId: string): Promise<void> {
    // A row to lock need not be there yet: the two topics' first events can come at the same time.
    await sql`SELECT pg_advisory_xact_lock(hashtextextended(${exceptionId}, 0))`.execute(tx)
  }

  async exception(tx: Tx, id: string): Promise<Exception | null> {
    const row = await tx.selectFrom('exception').selectAll().where('id', '=', id).executeTakeFirst()
    if (row === undefined) return null
    return {
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
      // Written by `saveException` alone.
      approvers: row.approvers as unknown as Person[],
    }
  }

  async saveException(tx: Tx, exception: Exception): Promise<void> {
    const values = {
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
    }
    await tx
      .insertInto('exception')
      .values(values)
      .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
      .execute()
  }

  async approval(tx: Tx, exceptionId: string): Promise<KeptApproval | null> {
    const row = await tx
      .selectFrom('approval')
      .select([...APPROVAL_COLUMNS, 'told_incarnation', 'told_version', 'approvers_told', 'trace'])
      .where('exception_id', '=', exceptionId)
      .executeTakeFirst()
    if (row === undefined) return null
    return {
      approval: toApproval(row),
      told: row.told_version === 0 ? null : { incarnation: row.told_incarnation, n: row.told_version },
      approversTold: row.approvers_told as unknown as Person[],
      trace: row.trace as Record<string, string>,
    }
  }

  async saveApproval(tx: Tx, { approval, told, approversTold, trace }: KeptApproval): Promise<void> {
    const values = {
      ...toApprovalRow(approval),
      told_incarnation: told?.incarnation ?? 0,
      told_version: told?.n ?? 0,
      approvers_told: JSON.stringify(approversTold),
      trace: JSON.stringify(trace),
    }
    await tx
      .insertInto('approval')
      .values(values)
      .onConflict((conflict) => conflict.column('exception_id').doUpdateSet(values))
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
