import type { Selectable } from 'kysely'
import {
  type Act,
  type Approval,
  type ApprovalType,
  decides,
  type Person,
  type Status,
  type Step,
} from '../../domain/approval.js'
import type { DB } from './tables.gen.js'

export type ApprovalRow = Selectable<DB['approval']>
export type StepRow = Selectable<DB['approval_step']>
export type ActRow = Selectable<DB['approval_act']>

// The words of each column, and which of them go together, are held by the tables' CHECKs.

export function approvalOf(row: ApprovalRow, stepRows: readonly StepRow[], actRows: readonly ActRow[]): Approval {
  const acts = actRows.map(actOf)
  return {
    exceptionId: row.exception_id,
    version: row.version,
    status: row.status as Status,
    type: row.type as ApprovalType,
    name: row.name,
    requestedBy: { id: row.requester_id, name: row.requester_name },
    requestedAt: row.requested_at,
    openedAt: row.opened_at,
    endsAt: row.ends_at,
    steps: stepRows.map((step) => stepOf(step, acts)),
    currentStep: row.current_step,
    resolvedAt: row.resolved_at,
    acts,
  }
}

function stepOf(row: StepRow, acts: readonly Act[]): Step {
  const act = acts.filter(decides).find(({ step }) => step === row.step_index)
  return {
    approver: { id: row.approver_id, name: row.approver_name },
    candidateIds: row.candidate_ids,
    decided:
      act === undefined
        ? null
        : {
            decision: act.type === 'denied' ? 'denied' : 'approved',
            at: act.at,
            by: act.by,
            comment: act.reason,
            evidenceIds: act.evidenceIds,
          },
  }
}

function actOf(row: ActRow): Act {
  const { at, reason } = row
  switch (row.type) {
    case 'stepApproved':
    case 'approved':
    case 'denied':
      return {
        type: row.type,
        at,
        by: person(row.by_id, row.by_name),
        step: row.step_index ?? 0,
        reason,
        evidenceIds: row.evidence_ids ?? [],
      }
    case 'withdrawn':
      return { type: 'withdrawn', at, by: row.by_id === null ? null : person(row.by_id, row.by_name), reason }
    case 'handedOver':
      return {
        type: 'handedOver',
        at,
        by: person(row.by_id, row.by_name),
        step: row.step_index ?? 0,
        to: person(row.to_id, row.to_name),
        reason: reason ?? '',
      }
    default:
      return { type: 'lapsed', at }
  }
}

const person = (id: string | null, name: string | null): Person => ({ id: id ?? '', name: name ?? '' })

/** An act as the row it is kept in. */
export function actRow(approval: Approval, act: Act): ActRow {
  const by = act.type === 'lapsed' ? null : act.by
  const to = act.type === 'handedOver' ? act.to : null
  return {
    exception_id: approval.exceptionId,
    version: approval.version,
    type: act.type,
    at: act.at,
    requester_id: approval.requestedBy.id,
    by_id: by?.id ?? null,
    by_name: by?.name ?? null,
    step_index: 'step' in act ? act.step : null,
    to_id: to?.id ?? null,
    to_name: to?.name ?? null,
    reason: act.type === 'lapsed' ? null : act.reason,
    evidence_ids: decides(act) ? [...act.evidenceIds] : null,
  }
}
