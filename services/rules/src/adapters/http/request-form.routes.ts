import { defineRoute, id, personName } from '@reprieve/http-kit'
import { z } from 'zod'

export const getRequestForm = defineRoute({
  method: 'GET',
  path: '/request-form',
  operation: 'getRequestForm',
  summary: 'What the caller’s rule asks for',
  description:
    'The rule of the caller’s role, its groups resolved to people, without the inactive and without the caller. A step with an empty list has nobody left to decide it: a request would be refused. The approver of an `assigned` step is found as the request comes (`POST /exceptions/dry-run` tells whom that would be): there is nothing to choose.',
  tag: 'Rules',
  access: 'exceptions.request',
  answers: {
    200: z
      .object({
        ruleId: id(),
        ruleVersion: z.int().min(1),
        workflow: z.discriminatedUnion('type', [
          z.object({ type: z.literal('autoPilot') }),
          z.object({
            type: z.literal('approvers'),
            steps: z.array(
              z.object({ index: z.int().min(0), assigned: z.boolean(), candidates: z.array(personName()) }),
            ),
          }),
        ]),
        instructions: z.string(),
      })
      .meta({ id: 'RequestForm' }),
  },
  problems: ['NO_RULE_FOR_ROLE'],
})
