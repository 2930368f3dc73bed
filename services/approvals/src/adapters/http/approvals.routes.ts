import {
  defineRoute,
  id,
  integerParameter,
  listOf,
  listQuery,
  optionalText,
  refusalsIn,
  TEXT_LIMITS,
  text,
  verdictTable,
} from '@reprieve/http-kit'
import { z } from 'zod'
import { DECIDE, HAND_OVER, PASS_ON, WITHDRAW } from '../../domain/turns.js'
import { approvalView, takersView, waitingView } from './approval.view.js'
import { PART_WORDS, PHASE_WORDS, STANDING_WORDS } from './turns.words.js'

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
  problems: ['NOT_ALLOWED'],
})

export const decideRoute = defineRoute({
  method: 'POST',
  path: '/approvals/{exceptionId}/decision',
  operation: 'decide',
  summary: 'Approve or deny the step in effect, for good',
  description: `Only the approver chosen for that step can. Any denial ends the request; the last approval makes the exception active.

${verdictTable(DECIDE, PHASE_WORDS, STANDING_WORDS)}

With \`step\`, one that was decided is 409 \`ALREADY_DECIDED\`, and a later one 403 \`NOT_YOUR_STEP\`. Under Auto Pilot no step is anybody's: 403 \`NOT_YOUR_STEP\`. A token with permissions of its own cannot decide: 403 \`NOT_ALLOWED\`.`,
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
  problems: ['NOT_FOUND', 'NOT_ALLOWED', 'NOT_PERMITTED', ...refusalsIn(DECIDE)],
})

export const withdrawRoute = defineRoute({
  method: 'POST',
  path: '/exceptions/{id}/withdraw',
  operation: 'withdrawException',
  summary: 'Take back your pending request, for good',
  description: `${verdictTable(WITHDRAW, PHASE_WORDS, STANDING_WORDS)}

A request under Auto Pilot never waited: 409 \`WRONG_STATUS\` for its requester. A token with permissions of its own needs \`exceptions.request\` among them: 403 \`NOT_ALLOWED\`.`,
  tag,
  access: 'signed-in',
  params: z.object({ id: id() }),
  body: z.strictObject({ reason: optionalText(TEXT_LIMITS.comment).optional() }),
  answers: { 200: approvalView },
  problems: ['NOT_FOUND', ...refusalsIn(WITHDRAW)],
})

export const handOverRoute = defineRoute({
  method: 'POST',
  path: '/approvals/{exceptionId}/hand-over',
  operation: 'handOverStep',
  summary: 'Give an approver’s part to another person',
  description: `To another candidate of the step, or to any active person if no candidate is left; never to the requester. Of a pending request a step that is not decided; of an active exception any (whoever holds one may deactivate it).

That is what those do who have \`rules.manage\`:

${verdictTable(HAND_OVER, PHASE_WORDS, PART_WORDS)}

The reviewer of a request from a ticket can hand their own part to another candidate while it waits:

${verdictTable(PASS_ON, PHASE_WORDS, STANDING_WORDS)}

Of any other request: 403 \`NOT_PERMITTED\`.`,
  tag,
  access: 'signed-in',
  params,
  body: z.strictObject({
    step: z.int().min(0).meta({ description: 'Index of the step.' }),
    toUserId: id(),
    reason: text(TEXT_LIMITS.comment),
  }),
  answers: { 200: approvalView },
  problems: [
    'NOT_FOUND',
    'NOT_ALLOWED',
    'NOT_PERMITTED',
    'APPROVER_NOT_CANDIDATE',
    'CONFLICT',
    ...refusalsIn(PASS_ON, HAND_OVER),
  ],
})

export const takersRoute = defineRoute({
  method: 'GET',
  path: '/approvals/{exceptionId}/steps/{step}/candidates',
  operation: 'listHandOverCandidates',
  summary: 'Whom a step could be handed over to',
  description: 'For those who may hand it over.',
  tag,
  access: 'signed-in',
  params: z.object({ exceptionId: id(), step: integerParameter({ min: 0, max: 9 }) }),
  answers: { 200: takersView },
  problems: ['NOT_FOUND', 'NOT_PERMITTED', ...refusalsIn(PASS_ON)],
})
