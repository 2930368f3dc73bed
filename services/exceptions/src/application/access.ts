import { type Action, can, type ExceptionResource, type Principal } from '@reprieve/auth'
import { Problem } from '@reprieve/http-kit'
import { approversOf, type Exception, waitingFor } from '../domain/exception.js'

/** An exception as the table of who may do what sees it. */
export const accessTo = (exception: Exception): ExceptionResource => ({
  requesterId: exception.requestedBy.id,
  approverIds: approversOf(exception).map(({ id }) => id),
  decidingId: waitingFor(exception)?.id ?? null,
})

/** @throws Problem NOT_ALLOWED */
export function refuseUnless(
  actor: Principal,
  action: Extract<Action, 'exception.read' | 'exception.comment'>,
  exception: Exception,
): void {
  if (can(actor, action, accessTo(exception))) return
  throw new Problem(
    'NOT_ALLOWED',
    'Only its requester, its approvers and those who may read every exception can see it.',
  )
}
