import { defineRoute, id, listOf, listQuery, optionalText, TEXT_LIMITS, text } from '@reprieve/http-kit'
import { z } from 'zod'
import { approvalView, waitingView } from './approval.view.js'

const tag = 'Approvals'
const params = z.object({ exceptionId: id() })

export const waitingRoute = defineRoute({
  method: 'GET',
  path: '/approvals',
  operation: 'listWaitingApprovals',
  summary: 'What waits for your decision, oldest first',
  tag,
  access: 'signed-in',
  query: listQuery({
    sorts: ['requestedAt'],
    defaultSort: 'requestedAt',
    filters: { waitingFor: z.literal('me').default('me') },
  }),
  answers: { 200: listOf(waitingView) },
})

export const decideRoute = defineRoute({
  method: 'POST',
  path: '/approvals/{exceptionId}/decision',
  operation: 'decide',
  summary: 'Approve or deny the step in effect, for good',
  description:
    'Only the approver chosen for that step can. Any denial ends the request; the last approval makes the exception active.',
  tag,
  access: 'signed-in',
  params,
  body: z
    .strictObject({
      decision: z.enum(['approve', 'deny']),
      comment: optionalText(TEXT_LIMITS.comment).optional().meta({ description: 'A denial needs one.' }),
      step: z.int().min(0).optional().meta({
        description: 'Index of the step that you were shown, so that a repeated click does not decide the next one.',
      }),
    })
    .refine(({ decision, comment }) => decision === 'approve' || (comment ?? '') !== '', {
      path: ['comment'],
      error: 'Say why: a denial needs a comment.',
    }),
  answers: { 200: approvalView },
  problems: ['NOT_FOUND', 'NOT_YOUR_STEP', 'NOT_ALLOWED', 'ALREADY_DECIDED', 'WRONG_STATUS'],
})

export const withdrawRoute = defineRoute({
  method: 'POST',
  path: '/exceptions/{id}/withdraw',
  operation: 'withdrawException',
  summary: 'Take back your pending request, for good',
  tag,
  access: 'signed-in',
  params: z.object({ id: id() }),
  body: z.strictObject({ reason: optionalText(TEXT_LIMITS.comment).optional() }),
  answers: { 200: approvalView },
  problems: ['NOT_FOUND', 'NOT_ALLOWED', 'WRONG_STATUS'],
})

export const handOverRoute = defineRoute({
  method: 'POST',
  path: '/approvals/{exceptionId}/hand-over',
  operation: 'handOverStep',
  summary: 'Give an approver’s part to another person',
  description:
    'To another candidate of the step, or to any active person if no candidate is left. Of a pending request a step that is not decided; of an active exception any (whoever holds one may deactivate it).',
  tag,
  access: 'rules.manage',
  params,
  body: z.strictObject({
    step: z.int().min(0).meta({ description: 'Index of the step.' }),
    toUserId: id(),
    reason: text(TEXT_LIMITS.comment),
  }),
  answers: { 200: approvalView },
  problems: ['NOT_FOUND', 'ALREADY_DECIDED', 'WRONG_STATUS', 'APPROVER_NOT_CANDIDATE', 'CONFLICT'],
})
