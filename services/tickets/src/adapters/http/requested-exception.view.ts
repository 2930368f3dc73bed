import { day, id, instant, personName } from '@reprieve/http-kit'
import { z } from 'zod'
import { endOf } from '../../domain/day.js'
import { MANAGED_FOLDER, type Request, USE_CASES } from '../../domain/ticket.js'

/** The exception that a request becomes, as `exceptions` will show it: told before it is there. */
export const requestedExceptionView = z
  .object({
    id: id(),
    kind: z.literal('ticket'),
    effect: z.literal('defer'),
    name: z.string(),
    justification: z.string(),
    useCase: z.enum(USE_CASES),
    riskAcknowledged: z.literal(true),
    evidenceLink: z.string().nullable(),
    status: z.literal('pendingApproval'),
    query: z.object({ id: id(), name: z.string(), expression: z.string(), folder: z.string() }),
    sourceQueryId: z.null(),
    instanceCount: z.int().min(0),
    expiration: z.object({ type: z.literal('date'), date: day() }),
    expiresAt: instant(),
    appliedSince: z.null(),
    requestedBy: personName(),
    requestedAt: instant(),
    rule: z.null(),
    approvers: z.array(personName()),
    waitingFor: personName(),
    approval: z.object({
      type: z.literal('reviewer'),
      currentStep: z.literal(0),
      steps: z.array(
        z.object({
          index: z.literal(0),
          approver: personName(),
          decision: z.null(),
          decidedAt: z.null(),
          decidedBy: z.null(),
          comment: z.null(),
          evidenceIds: z.array(id()),
        }),
      ),
    }),
    inForce: z.null(),
    ended: z.null(),
    ticketId: id(),
    version: z.literal(1),
  })
  .meta({ id: 'RequestedException' })

/** @param instances open instances of the ticket, as they were last counted */
export const toRequestedExceptionView = (
  request: Request,
  instances: number,
): z.input<typeof requestedExceptionView> => ({
  id: request.exceptionId,
  kind: 'ticket',
  effect: 'defer',
  name: request.name,
  justification: request.justification,
  useCase: request.useCase,
  riskAcknowledged: true,
  evidenceLink: request.evidenceLink,
  status: 'pendingApproval',
  query: { ...request.query, name: request.name, folder: MANAGED_FOLDER },
  sourceQueryId: null,
  instanceCount: instances,
  expiration: { type: 'date', date: request.proposedDueDate },
  expiresAt: endOf(request.proposedDueDate).toISOString(),
  appliedSince: null,
  requestedBy: request.requestedBy,
  requestedAt: request.requestedAt.toISOString(),
  rule: null,
  approvers: [request.reviewer],
  waitingFor: request.reviewer,
  approval: {
    type: 'reviewer',
    currentStep: 0,
    steps: [
      {
        index: 0,
        approver: request.reviewer,
        decision: null,
        decidedAt: null,
        decidedBy: null,
        comment: null,
        evidenceIds: [],
      },
    ],
  },
  inForce: null,
  ended: null,
  ticketId: request.ticketId,
  version: 1,
})
