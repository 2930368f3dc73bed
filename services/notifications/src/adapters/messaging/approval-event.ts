import { timestampDate } from '@bufbuild/protobuf/wkt'
import { approvals } from '@reprieve/contracts'
import type { Act, ActType, Approval } from '../../domain/exception.js'
import { approversOf, personOf, publishedAtOf, required, versionOf } from './exception-event.js'

const { Transition } = approvals

const ACTS: Readonly<Partial<Record<approvals.Transition, ActType>>> = {
  [Transition.STEP_APPROVED]: 'stepApproved',
  [Transition.APPROVED]: 'approved',
  [Transition.DENIED]: 'denied',
  [Transition.WITHDRAWN]: 'withdrawn',
  [Transition.LAPSED]: 'lapsed',
  [Transition.HANDED_OVER]: 'handedOver',
}

export function toApproval({ meta, approval: told }: approvals.ApprovalEvent): Approval {
  const approval = required(told, 'approval')
  const at = timestampDate(required(meta?.occurredAt, 'meta.occurred_at'))
  return {
    exceptionId: approval.exceptionId,
    version: versionOf(meta),
    waits: approval.status === approvals.Status.WAITING,
    currentStep: approval.currentStep,
    approvers: approversOf(approval.steps),
    acts: approval.acts.map(toAct),
    // When it was opened matters for the first version alone, and that one's event tells it.
    openedAt: at,
    publishedAt: publishedAtOf(meta),
  }
}

function toAct(act: approvals.Act): Act {
  return {
    type: ACTS[act.transition] ?? 'other',
    at: timestampDate(required(act.at, 'time of an act')),
    by: act.by === undefined ? null : personOf(act.by),
    step: act.step ?? null,
    to: act.to === undefined ? null : personOf(act.to),
    reason: act.reason || null,
  }
}
