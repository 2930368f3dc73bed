import { defineRoute, id, listOf, listQuery, text } from '@reprieve/http-kit'
import { z } from 'zod'

export const listRuleCandidates = defineRoute({
  method: 'GET',
  path: '/rule-candidates',
  operation: 'listRuleCandidates',
  summary: 'Users and groups that a rule can name',
  description:
    'For whoever writes rules without managing users: active users, and groups with the number of active members.',
  tag: 'Rules',
  access: ['rules.manage', 'audit.read'],
  query: listQuery({
    sorts: ['name'],
    defaultSort: 'name',
    filters: {
      type: z
        .array(z.enum(['user', 'group']))
        .max(2)
        .optional(),
      text: text(200).optional().meta({ description: 'Part of the name or address, in any case.' }),
    },
  }),
  answers: {
    200: listOf(
      z
        .object({
          id: id(),
          type: z.enum(['user', 'group']),
          name: z.string(),
          people: z.int().min(0).meta({ description: 'Who is active behind it: 1 for a user.' }),
        })
        .meta({ id: 'RuleCandidate' }),
    ),
  },
})
