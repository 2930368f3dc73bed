import { can, type Principal } from '@reprieve/auth'
import { Problem } from '@reprieve/http-kit'
import type { Refusal } from '../domain/phase.js'
import type { Request, Ticket } from '../domain/ticket.js'

/** @throws Problem NOT_ALLOWED for whoever has nothing to do with the ticket */
export function refuseUnlessReader(actor: Principal, ticket: Ticket, requests: readonly Request[]): void {
  const approverIds = requests.map(({ reviewer }) => reviewer.id)
  if (can(actor, 'ticket.read', { ownerId: ticket.owner.id, approverIds })) return
  throw new Problem('NOT_ALLOWED', 'Only its owner, its reviewers and those who may read every ticket can see it.')
}

const WHY: Readonly<Record<Refusal, string>> = {
  WRONG_STATUS: 'The status of the ticket forbids this: what is done can only be opened again, and what is open not.',
  REQUEST_WAITS: 'A request from this ticket waits for its reviewer. It has to be decided or withdrawn first.',
  DEFERRAL_ACTIVE: 'An exception of this ticket is in force: it alone moves the due date. Have it deactivated first.',
}

export const refusedBecause = (refusal: Refusal): Problem => new Problem(refusal, WHY[refusal])
