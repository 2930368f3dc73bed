import type { Selectable } from 'kysely'
import type { Act, Approval, Person } from '../../domain/exception.js'
import type { Approval as ApprovalTable } from './tables.gen.js'

type Row = Selectable<
  Pick<
    ApprovalTable,
    | 'exception_id'
    | 'incarnation'
    | 'version'
    | 'waits'
    | 'current_step'
    | 'approvers'
    | 'acts'
    | 'opened_at'
    | 'published_at'
  >
>
type StoredAct = Omit<Act, 'at'> & { at: string }

export const APPROVAL_COLUMNS = [
  'approval.exception_id',
  'approval.incarnation',
  'approval.version',
  'approval.waits',
  'approval.current_step',
  'approval.approvers',
  'approval.acts',
  'approval.opened_at',
  'approval.published_at',
] as const

export const toApproval = (row: Row): Approval => ({
  exceptionId: row.exception_id,
  version: { incarnation: row.incarnation, n: row.version },
  waits: row.waits,
  currentStep: row.current_step,
  // Written by `toApprovalRow` alone.
  approvers: row.approvers as unknown as Person[],
  acts: (row.acts as unknown as StoredAct[]).map((act) => ({ ...act, at: new Date(act.at) })),
  openedAt: row.opened_at,
  publishedAt: row.published_at,
})

export const toApprovalRow = (approval: Approval) => ({
  exception_id: approval.exceptionId,
  incarnation: approval.version.incarnation,
  version: approval.version.n,
  waits: approval.waits,
  current_step: approval.currentStep,
  approvers: JSON.stringify(approval.approvers),
  acts: JSON.stringify(approval.acts),
  opened_at: approval.openedAt,
  published_at: approval.publishedAt,
})
