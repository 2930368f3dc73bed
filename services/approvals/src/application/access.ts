import type { ExceptionResource } from '@reprieve/auth'
import { type Approval, waitingFor } from '../domain/approval.js'

/** A request as the table of who may do what sees it. */
export const accessTo = (approval: Approval): ExceptionResource => ({
  requesterId: approval.requestedBy.id,
  approverIds: approval.steps.map(({ approver }) => approver.id),
  decidingId: waitingFor(approval)?.id ?? null,
})
