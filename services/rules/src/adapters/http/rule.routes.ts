import { ASSIGNMENT_LIMITS, CHOICES } from '@reprieve/assignment'
import { defineRoute, id, listOf, listQuery, optionalText, TEXT_LIMITS, text } from '@reprieve/http-kit'
import { z } from 'zod'
import { MOST_CANDIDATES, MOST_STEPS } from '../../domain/rule.js'

const workflowType = () => z.enum(['autoPilot', 'approvers'])

const chosenStep = () =>
  z.strictObject({
    candidates: z.array(id()).min(1).max(MOST_CANDIDATES).meta({
      description: 'Ids of users or groups, none twice in a step: the requester chooses one of these people.',
    }),
  })

const choice = () =>
  z.enum(CHOICES).default('leastLoaded').meta({
    description: 'Of a group: who has the fewest requests waiting, or whose turn is longest ago.',
  })

const assignedStep = () =>
  z.strictObject({
    assigned: z
      .strictObject({
        reviewerRules: z
          .array(
            z.strictObject({
              name: text(ASSIGNMENT_LIMITS.name),
              when: z.string().max(ASSIGNMENT_LIMITS.condition).meta({
                description:
                  'A condition in CEL over `GET /assignment-fields`. What is not known makes no condition hold.',
              }),
              reviewerId: id().meta({ description: 'A user or a group.' }),
              choice: choice(),
            }),
          )
          .max(ASSIGNMENT_LIMITS.rules),
        fallbackReviewerId: id().nullable().default(null).meta({ description: 'A user or a group.' }),
        fallbackChoice: choice(),
      })
      .meta({
        description:
          'Whom the first condition that holds names, or one of that group; never the requester. A rule whose reviewer has nobody left is passed over. Nobody left at all: 422 `NO_REVIEWER` on request.',
      }),
  })

const workflow = () =>
  z
    .discriminatedUnion('type', [
      z.strictObject({ type: z.literal('autoPilot') }),
      z.strictObject({
        type: z.literal('approvers'),
        steps: z
          .array(z.union([chosenStep(), assignedStep()]))
          .min(1)
          .max(MOST_STEPS),
      }),
    ])
    .meta({
      description:
        '`autoPilot`: every request is approved at once. `approvers`: the steps decide in order, each by one person whom the requester chooses or conditions assign.',
    })

const ruleBody = () =>
  z.strictObject({
    role: text(64),
    workflow: workflow(),
    instructions: optionalText(TEXT_LIMITS.instructions)
      .default('')
      .meta({ description: 'Shown on the request form.' }),
  })

const ruleAnswer = z
  .object({
    id: id(),
    role: z.string(),
    workflow: workflow(),
    instructions: z.string(),
    version: z.int().min(1),
    createdAt: z.iso.datetime(),
    editedAt: z.iso.datetime(),
    editedBy: z.object({ id: id(), name: z.string() }),
  })
  .meta({ id: 'Rule' })

// Whoever edits a rule may send back all that they read; what is not theirs to say is passed over.
const editedRule = () =>
  ruleBody().extend({
    role: text(64).optional().meta({ description: 'A rule stays with its role: if given, the same.' }),
    id: z.unknown().optional(),
    version: z.unknown().optional(),
    createdAt: z.unknown().optional(),
    editedAt: z.unknown().optional(),
    editedBy: z.unknown().optional(),
  })

const ruleParams = z.object({ id: id() })

export const listRules = defineRoute({
  method: 'GET',
  path: '/rules',
  operation: 'listRules',
  summary: 'Rules',
  tag: 'Rules',
  access: ['rules.manage', 'audit.read'],
  query: listQuery({
    sorts: ['role', 'createdAt', 'editedAt'],
    defaultSort: 'role',
    filters: {
      role: z.array(text(64)).max(50).optional(),
      workflow: z.array(workflowType()).max(2).optional(),
    },
  }),
  answers: { 200: listOf(ruleAnswer) },
})

export const createRule = defineRoute({
  method: 'POST',
  path: '/rules',
  operation: 'createRule',
  summary: 'Make the rule for a role',
  description: 'One rule a role. Rules are never deleted, only edited.',
  tag: 'Rules',
  access: 'rules.manage',
  body: ruleBody(),
  answers: { 201: ruleAnswer },
  problems: ['ROLE_HAS_RULE', 'ROLE_UNKNOWN', 'USER_UNKNOWN'],
})

export const getRule = defineRoute({
  method: 'GET',
  path: '/rules/{id}',
  operation: 'getRule',
  summary: 'One rule',
  tag: 'Rules',
  access: ['rules.manage', 'audit.read'],
  params: ruleParams,
  answers: { 200: ruleAnswer },
})

export const editRule = defineRoute({
  method: 'PUT',
  path: '/rules/{id}',
  operation: 'editRule',
  summary: 'Edit a rule',
  description:
    'Makes the rule’s next version. It applies to later requests; existing exceptions keep the workflow they were made with. A rule stays with its role.',
  tag: 'Rules',
  access: 'rules.manage',
  params: ruleParams,
  body: editedRule(),
  answers: { 200: ruleAnswer },
  ifMatch: true,
  problems: ['USER_UNKNOWN'],
})

export const listRuleVersions = defineRoute({
  method: 'GET',
  path: '/rules/{id}/versions',
  operation: 'listRuleVersions',
  summary: 'What a rule said, and when',
  tag: 'Rules',
  access: ['rules.manage', 'audit.read'],
  params: ruleParams,
  query: listQuery({ sorts: ['version'], defaultSort: '-version', filters: {} }),
  answers: { 200: listOf(ruleAnswer) },
})

export const deleteRule = defineRoute({
  method: 'DELETE',
  path: '/rules/{id}',
  operation: 'deleteRule',
  summary: 'Never possible',
  description: 'Rules are never deleted: exceptions refer to them. Edit the rule instead.',
  tag: 'Rules',
  access: 'rules.manage',
  params: ruleParams,
  answers: { 204: null },
  problems: ['RULE_CANNOT_BE_DELETED'],
})
