import { defineRoute } from '@reprieve/http-kit'
import { z } from 'zod'

export const listAssignmentFields = defineRoute({
  method: 'GET',
  path: '/assignment-fields',
  operation: 'listAssignmentFields',
  summary: 'What the conditions of an assigned step can ask about',
  tag: 'Rules',
  access: ['rules.manage', 'audit.read'],
  answers: {
    200: z.object({
      items: z.array(
        z
          .object({
            name: z.string(),
            type: z.string(),
            description: z.string(),
            values: z.array(z.string()).optional(),
          })
          .meta({ id: 'AssignmentField' }),
      ),
    }),
  },
})
