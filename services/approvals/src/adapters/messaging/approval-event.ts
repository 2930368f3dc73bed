import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { approvals, exceptions } from '@reprieve/contracts'
import type { NewEvent } from '@reprieve/outbox'
import { type Act, type Approval, decides, type Person, type Status, type Step } from '../../domain/approval.js'

const STATUSES: Readonly<Record<Status, approvals.Status>> = {
  waiting: approvals.Status.WAITING,
  approved: approvals.Status.APPROVED,
  denied: approvals.Status.DENIED,
  withdrawn: approvals.Status.WITHDRAWN,
  lapsed: approvals.Status.LAPSED,
}

const TRANSITIONS: Readonly<Record<Act['type'], approvals.Transition>> = {
  stepApproved: approvals.Transition.STEP_APPROVED,
  approved: approvals.Transition.APPROVED,
  denied: approvals.Transition.DENIED,
  withdrawn: approvals.Transition.WITHDRAWN,
  lapsed: approvals.Transition.LAPSED,
  handedOver: approvals.Transition.HANDED_OVER,
}

/** An approval as `approvals.v1` tells it: what was done last, and all of it after that. */
export function approvalEvent(approval: Approval): NewEvent<'approvals.v1'> {
  const last = approval.acts.at(-1)
  return {
    topic: 'approvals.v1',
    subjectId: approval.exceptionId,
    version: approval.version,
    actor: last === undefined ? null : actorOf(last),
    at: last?.at ?? approval.openedAt,
    body: {
      transition: last === undefined ? approvals.Transition.OPENED : TRANSITIONS[last.type],
      approval: {
        exceptionId: approval.exceptionId,
        status: STATUSES[approval.status],
        steps: approval.steps.map(toldStep),
        currentStep: approval.currentStep,
        ...(approval.resolvedAt === null ? {} : { resolvedAt: timestampFromDate(approval.resolvedAt) }),
        reason: last === undefined ? '' : reasonOf(last),
        acts: approval.acts.map(toldAct),
      },
    },
  }
}

const actorOf = (act: Act): Person | null => (act.type === 'lapsed' ? null : act.by)
const reasonOf = (act: Act): string => (act.type === 'lapsed' ? '' : (act.reason ?? ''))

function toldAct(act: Act) {
  const by = actorOf(act)
  return {
    transition: TRANSITIONS[act.type],
    at: timestampFromDate(act.at),
    ...(by === null ? {} : { by }),
    ...('step' in act ? { step: act.step } : {}),
    ...('to' in act ? { to: act.to } : {}),
    reason: reasonOf(act),
    ...(decides(act) ? { evidenceIds: [...act.evidenceIds] } : {}),
  }
}

const toldStep = ({ approver, candidateIds, decided }: Step) => ({
  approver,
  candidateIds: [...candidateIds],
  ...(decided === null
    ? {}
    : {
        decision: decided.decision === 'approved' ? exceptions.Decision.APPROVED : exceptions.Decision.DENIED,
        decidedAt: timestampFromDate(decided.at),
        decidedBy: decided.by,
        comment: decided.comment ?? '',
        evidenceIds: [...decided.evidenceIds],
      }),
})
