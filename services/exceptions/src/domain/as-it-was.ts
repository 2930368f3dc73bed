import type { Exception, Person, Status } from './exception.js'

/** What a version left, as it was recorded then. */
export interface State {
  version: number
  status: Status
  currentStep: number
  expiresAt: Date | null
  appliedSince: Date | null
  /** Who held each step. */
  approvers: readonly Person[]
}

/** An exception as it was at a time, by what was recorded of that time; what was requested never changes. */
export function asItWas(exception: Exception, state: State, at: Date): Exception {
  const { approvers, ...moving } = state
  const isOver = moving.status !== 'pendingApproval' && moving.status !== 'active'
  return {
    ...exception,
    ...moving,
    steps: exception.steps.map((step, index) => ({
      ...step,
      approver: approvers[index] ?? step.approver,
      // A decision moves the step in effect on, or ends the request.
      decided: index < moving.currentStep || (index === moving.currentStep && isOver) ? step.decided : null,
    })),
    ended: isOver ? exception.ended : null,
    evidence: exception.evidence.filter(({ addedAt }) => addedAt <= at),
  }
}
