import { ASSIGNMENT_LIMITS, CHOICES } from '@reprieve/assignment'
import {
  booleanParameter,
  count,
  day,
  defineRoute,
  id,
  nameText,
  personName,
  TEXT_LIMITS,
  text,
} from '@reprieve/http-kit'
import { z } from 'zod'
import { MOST_NAMED } from '../../application/apply-policy.js'
import { MOST_POLICY_DAYS } from '../../domain/due-date-policy.js'
import { GROUPINGS } from '../../domain/grouping.js'
import { SETTINGS_LIMITS } from '../../domain/settings.js'
import { CRITICALITIES, SEVERITIES } from '../../domain/tally.js'
import { USE_CASES } from '../../domain/ticket.js'

const tag = 'Ticket settings'

// Whoever edits settings may send back all that they read; what is not theirs to say is passed over.
const version = { version: z.unknown().optional() }

const exceptionSettings = {
  requesterRoles: z
    .array(text(64))
    .max(SETTINGS_LIMITS.roles)
    .refine((roles) => new Set(roles).size === roles.length, { error: 'Names a role twice.' })
    .meta({ description: 'Roles whose members may ask for an exception from a ticket of theirs.' }),
  reviewerRules: z
    .array(
      z.strictObject({
        name: z.string().trim(),
        when: z.string().meta({
          description:
            'A condition in the query language over `ticket.severity`, `ticket.instanceCount`, `ticket.overdue`, `requester.role`, `requester.id`, `request.days`, `request.useCase`.',
          maxLength: ASSIGNMENT_LIMITS.condition,
        }),
        reviewerId: id().meta({ description: 'A user or a group.' }),
        choice: z
          .enum(CHOICES)
          .default('leastLoaded')
          .meta({ description: 'Who of a group: with the fewest that wait, or each in turn.' }),
      }),
    )
    .max(ASSIGNMENT_LIMITS.rules)
    .meta({ description: 'In order: the first that holds, and whose reviewer has somebody left, assigns.' }),
  fallbackReviewerId: id().nullable().default(null).meta({ description: 'Who reviews where no rule does.' }),
  fallbackChoice: z.enum(CHOICES).default('leastLoaded'),
  maxDeferralDays: z
    .int()
    .min(1)
    .max(SETTINGS_LIMITS.deferralDays)
    .nullable()
    .default(90)
    .meta({ description: 'The longest deferral, in days after the day it is asked for; null: any.' }),
  maxDeferralsInARow: z
    .int()
    .min(1)
    .max(SETTINGS_LIMITS.deferralsInARow)
    .nullable()
    .default(null)
    .meta({ description: 'How many deferrals may follow one another; null: any.' }),
}

const exceptionSettingsView = z
  .object({ ...exceptionSettings, version: z.int() })
  .meta({ id: 'TicketExceptionSettings' })

export const readExceptionSettings = defineRoute({
  method: 'GET',
  path: '/settings/exceptions',
  operation: 'readExceptionSettings',
  summary: 'Who may ask for an exception from a ticket, and who reviews it',
  tag,
  access: ['tickets.manage', 'audit.read'],
  answers: { 200: exceptionSettingsView },
})

export const saveExceptionSettings = defineRoute({
  method: 'PUT',
  path: '/settings/exceptions',
  operation: 'saveExceptionSettings',
  summary: 'Say who may ask for an exception from a ticket, and who reviews it',
  description: 'It applies to later requests. A fault in a condition is told with its line and column.',
  tag,
  access: 'tickets.manage',
  body: z.strictObject({ ...exceptionSettings, ...version }),
  answers: { 200: exceptionSettingsView },
  ifMatch: true,
  problems: ['QUERY_INVALID', 'ROLE_UNKNOWN', 'USER_UNKNOWN'],
})

export const tryReviewers = defineRoute({
  method: 'POST',
  path: '/settings/exceptions/dry-run',
  operation: 'tryReviewerRules',
  summary: 'Who would review this?',
  tag,
  access: 'tickets.manage',
  body: z.strictObject({
    ticketId: id(),
    requesterId: id(),
    proposedDueDate: day(),
    useCase: z.enum(USE_CASES).optional().meta({ description: 'Without it conditions on the use case do not hold.' }),
  }),
  answers: {
    200: z.object({
      reviewer: personName(),
      rule: z.string().nullable().meta({ description: 'The name of the rule that holds; null: the fallback.' }),
    }),
  },
  problems: ['NOT_FOUND', 'USER_UNKNOWN', 'NO_REVIEWER'],
})

const days = () =>
  z
    .int()
    .min(1)
    .max(MOST_POLICY_DAYS)
    .nullable()
    .meta({ description: 'Days after the first sighting; null: no due date from this.' })

const dueDatePolicy = {
  severity: z.strictObject(daysOf(SEVERITIES)).meta({ description: 'By severity.' }),
  criticality: z.strictObject(daysOf(CRITICALITIES)).meta({ description: 'By the criticality of the asset.' }),
  kev: days().meta({ description: 'For what is in the catalogue of known exploited vulnerabilities.' }),
}

function daysOf<const Words extends readonly string[]>(words: Words) {
  return Object.fromEntries(words.map((word) => [word, days()])) as Record<Words[number], ReturnType<typeof days>>
}

const trial = z.object({
  count: count(),
  tickets: z
    .array(z.object({ id: id(), title: z.string(), dueDate: day().nullable(), newDueDate: day() }))
    .meta({ description: `The first ${MOST_NAMED}.` }),
})

const dueDatePolicyView = z.object({ ...dueDatePolicy, version: z.int() }).meta({ id: 'DueDatePolicy' })

export const readDueDates = defineRoute({
  method: 'GET',
  path: '/settings/due-dates',
  operation: 'readDueDatePolicy',
  summary: 'How long what is found may stay open',
  description:
    'Of all that is true of an instance the fewest days count; a ticket is due with the first of its instances.',
  tag,
  access: ['tickets.manage', 'audit.read'],
  answers: { 200: dueDatePolicyView },
})

export const saveDueDates = defineRoute({
  method: 'PUT',
  path: '/settings/due-dates',
  operation: 'saveDueDatePolicy',
  summary: 'Say how long what is found may stay open',
  description:
    'Tickets that nobody gave a date move within seconds, each with this version as its cause; none while a deferral of it is in force. With `dryRun=true` nothing is saved: the answer’s `wouldMove` tells which tickets would move.',
  tag,
  access: 'tickets.manage',
  query: z.strictObject({ dryRun: booleanParameter().optional() }),
  body: z.strictObject({ ...dueDatePolicy, ...version }),
  answers: { 200: dueDatePolicyView.extend({ wouldMove: trial.optional() }) },
  ifMatch: 'checked',
})

const groupingRuleView = z
  .object({
    id: id(),
    name: z.string(),
    by: z.enum(GROUPINGS),
    filter: z.string(),
    enabled: z.boolean(),
    owner: personName(),
    version: z.int(),
  })
  .meta({ id: 'GroupingRule' })

const groupingRule = {
  name: nameText(),
  filter: z
    .string()
    .trim()
    .max(TEXT_LIMITS.query)
    .meta({ description: 'A query over instances: only these are grouped. Empty: all of them.' }),
  enabled: z.boolean().meta({ description: 'Switched off it opens no more tickets; those it opened stay.' }),
  ownerId: id().meta({ description: 'Who owns a ticket whose group’s owner is nobody here.' }),
}

export const listGroupingRules = defineRoute({
  method: 'GET',
  path: '/settings/grouping-rules',
  operation: 'listGroupingRules',
  summary: 'Rules that open tickets by themselves',
  tag,
  access: ['tickets.manage', 'audit.read'],
  answers: { 200: z.object({ items: z.array(groupingRuleView) }) },
})

export const createGroupingRule = defineRoute({
  method: 'POST',
  path: '/settings/grouping-rules',
  operation: 'createGroupingRule',
  summary: 'Open a ticket for each group of instances',
  description:
    'One for each owner and component, each asset, or each vulnerability, as its first instance is seen. It is done once nothing of its group is left, and opens again when something is found.',
  tag,
  access: 'tickets.manage',
  body: z.strictObject({
    ...groupingRule,
    by: z.enum(GROUPINGS),
    filter: groupingRule.filter.default(''),
    enabled: groupingRule.enabled.default(true),
  }),
  answers: { 201: groupingRuleView },
  problems: ['QUERY_INVALID', 'USER_UNKNOWN', 'NAME_TAKEN'],
})

export const editGroupingRule = defineRoute({
  method: 'PATCH',
  path: '/settings/grouping-rules/{id}',
  operation: 'editGroupingRule',
  summary: 'Edit a grouping rule, or switch it off',
  description: 'What it groups by stays: make another rule for another grouping.',
  tag,
  access: 'tickets.manage',
  params: z.object({ id: id() }),
  body: z.strictObject(groupingRule).partial(),
  answers: { 200: groupingRuleView },
  ifMatch: true,
  problems: ['NOT_FOUND', 'QUERY_INVALID', 'USER_UNKNOWN', 'NAME_TAKEN'],
})
