import type { Exception, Me } from '../../api/schemas.js'

/** What somebody may do to an exception now. */
export interface ExceptionRights {
  decide: boolean
  withdraw: boolean
  deactivate: boolean
  handOver: boolean
  addEvidence: boolean
}

type Subject = Pick<Exception, 'status' | 'waitingFor' | 'requestedBy' | 'approval' | 'approvers'>

/** The API's own conditions, so that nobody is offered what would be refused. */
export function rightsTo(exception: Subject, me: Pick<Me, 'id' | 'permissions'>): ExceptionRights {
  const { status, waitingFor, requestedBy, approval, approvers } = exception
  const pending = status === 'pendingApproval'
  const active = status === 'active'
  const requester = requestedBy.id === me.id
  // A ticket's reviewer hands its request on themselves while it waits.
  const reviews = pending && approval.type === 'reviewer' && waitingFor?.id === me.id
  const ends = approval.type === 'autoPilot' ? requester : approvers.some(({ id }) => id === me.id)
  return {
    decide: pending && waitingFor?.id === me.id,
    withdraw: pending && requester,
    deactivate: active && ends,
    handOver: reviews || ((pending || active) && approval.steps.length > 0 && me.permissions.includes('rules.manage')),
    addEvidence: requester && (pending || active),
  }
}
