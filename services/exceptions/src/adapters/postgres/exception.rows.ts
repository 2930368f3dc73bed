import type { Selectable } from 'kysely'
import type { Reach } from '../../application/exceptions.port.js'
import type { State } from '../../domain/as-it-was.js'
import type {
  ApprovalType,
  Change,
  ChangeType,
  Decision,
  Effect,
  Exception,
  Kind,
  Person,
  Status,
  Step,
} from '../../domain/exception.js'
import type { Expiration } from '../../domain/expiration.js'
import { type EvidenceRow, evidenceFileOf } from './evidence.repository.js'
import type { DB } from './tables.gen.js'

/** A row with its date as text: a JavaScript date would move it by the zone of the process. */
export type ExceptionRow = Omit<Selectable<DB['exception']>, 'expiration_date'> & { expiration_date: string | null }
export type StepRow = Selectable<DB['exception_step']>
export type HistoryRow = Selectable<DB['exception_history']>

// The words of each column are held by a CHECK of the table.

export function exceptionOf(row: ExceptionRow, steps: readonly StepRow[], evidence: readonly EvidenceRow[]): Exception {
  return {
    id: row.id,
    version: row.version,
    kind: row.kind as Kind,
    effect: row.effect as Effect,
    name: row.name,
    justification: row.justification,
    useCase: row.use_case,
    evidenceLink: row.evidence_link,
    status: row.status as Status,
    query: { id: row.query_id, name: row.query_name, folder: row.query_folder, expression: row.query_expression },
    sourceQueryId: row.source_query_id,
    expiration: expirationOf(row),
    expiresAt: row.expires_at,
    appliedSince: row.applied_since,
    requestedBy: { id: row.requester_id, name: row.requester_name },
    requestedAt: row.requested_at,
    rule: row.rule_id === null || row.rule_version === null ? null : { id: row.rule_id, version: row.rule_version },
    ticketId: row.ticket_id,
    approvalType: row.approval_type as ApprovalType,
    steps: steps.map(stepOf),
    currentStep: row.current_step,
    ended:
      row.ended_at === null
        ? null
        : { at: row.ended_at, by: personOf(row.ended_by_id, row.ended_by_name), reason: row.ended_reason },
    evidence: evidence.map(evidenceFileOf),
  }
}

export const reachOf = (row: ExceptionRow): Reach => ({
  instanceCount: row.instance_count,
  inForceSince: row.in_force_since,
  asOf: row.reach_as_of,
})

export const stateOf = (row: Selectable<DB['exception_state']>): State => ({
  version: row.version,
  status: row.status as Status,
  currentStep: row.current_step,
  expiresAt: row.expires_at,
  appliedSince: row.applied_since,
  approvers: row.approver_ids.map((id, index) => ({ id, name: row.approver_names[index] ?? '' })),
})

export const changeOf = (row: HistoryRow): Change => ({
  version: row.version,
  type: row.type as ChangeType,
  at: row.at,
  actor: personOf(row.actor_id, row.actor_name),
  from: row.from_status as Status | null,
  to: row.to_status as Status | null,
  reason: row.reason,
  step: row.step_index,
  subject: personOf(row.subject_id, row.subject_name),
  evidenceIds: row.evidence_ids,
})

function stepOf(row: StepRow): Step {
  const by = personOf(row.decided_by_id, row.decided_by_name)
  return {
    approver: { id: row.approver_id, name: row.approver_name },
    candidateIds: row.candidate_ids,
    ...(row.assigned_id === null ? {} : { assignedBy: row.assigned_rule }),
    decided:
      row.decision === null || row.decided_at === null || by === null
        ? null
        : {
            decision: row.decision as Decision,
            at: row.decided_at,
            by,
            comment: row.comment,
            evidenceIds: row.evidence_ids ?? [],
          },
  }
}

const personOf = (id: string | null, name: string | null): Person | null =>
  id === null || name === null ? null : { id, name }

function expirationOf(row: ExceptionRow): Expiration {
  if (row.expiration_days !== null) return { type: 'days', days: row.expiration_days }
  if (row.expiration_date !== null) return { type: 'date', date: row.expiration_date }
  if (row.expiration_type === 'at' && row.expires_at !== null) return { type: 'at', at: row.expires_at }
  return { type: 'never' }
}
