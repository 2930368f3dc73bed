import {
  day,
  defineRoute,
  id,
  instant,
  integerParameter,
  link,
  listOf,
  listQuery,
  optionalText,
  personName,
  refusalsIn,
  TEXT_LIMITS,
  text,
  verdictTable,
} from '@reprieve/http-kit'
import { z } from 'zod'
import { MOST_FILES } from '../../application/keep-evidence.js'
import { KINDS, STATUSES } from '../../domain/exception.js'
import { LONGEST_DAYS } from '../../domain/expiration.js'
import { DEACTIVATE } from '../../domain/life-cycle.js'
import { SORTS } from '../postgres/exception-table.repository.js'
import { changeView, exceptionView } from './exception.view.js'
import { EXPORT_FORMATS, EXPORT_TYPES } from './exception-export.js'
import { STANDING_WORDS, STATUS_WORDS } from './life-cycle.words.js'

const tag = 'Exceptions'
const params = z.object({ id: id() })

const MOST_STEPS = 10
const MOST_VALUES = 100

// What a person can get wrong in a form (an empty text, an unticked box, a day that is over) is judged with the rest, so that everything
// wrong is told at once. Here only the form of the values is held.
const requiredText = (maxLength: number) => optionalText(maxLength).meta({ minLength: 1 })

const expiration = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('never') }),
    z.strictObject({
      type: z.literal('days'),
      days: z.number().meta({ override: { type: 'integer', minimum: 1, maximum: LONGEST_DAYS } }),
    }),
    z.strictObject({ type: z.literal('date'), date: day() }),
    z.strictObject({ type: z.literal('at'), at: instant() }),
  ])
  .meta({
    description:
      'Days count from activation; a date runs to the end of that day in UTC; an instant is exclusive. A pending request whose end passes lapses.',
  })

export const submission = z
  .strictObject({
    name: requiredText(TEXT_LIMITS.name),
    justification: requiredText(TEXT_LIMITS.justification),
    riskAcknowledged: z.boolean().meta({ description: 'Must be true.' }),
    useCase: optionalText(TEXT_LIMITS.name).optional(),
    evidenceLink: link().optional(),
    evidenceIds: z
      .array(id())
      .max(MOST_FILES)
      .optional()
      .meta({ description: 'Files that you have uploaded, used by no other request.' }),
    queryId: id().optional().meta({ description: 'A saved query, which is copied; it stays free.' }),
    expression: z
      .string()
      .max(TEXT_LIMITS.query)
      .optional()
      .meta({ description: 'A query of its own; with `queryId`: what that was when it was shown.' }),
    approvers: z.array(id().nullable()).max(MOST_STEPS).optional().meta({
      description:
        'One of each step’s candidates, by step; null (or the whole list absent) where a step has one, or is assigned. Absent under Auto Pilot.',
    }),
    expiration,
    ruleVersion: z.int().min(1).optional().meta({ description: 'The version of the rule that the form showed.' }),
  })
  .meta({ id: 'NewException' })

export const submitRoute = defineRoute({
  method: 'POST',
  path: '/exceptions',
  operation: 'requestException',
  summary: 'Request an exception',
  description:
    'Under Auto Pilot the answer’s status is `active`; otherwise it waits for its first approver. The query is copied into a managed one.',
  tag,
  access: 'exceptions.request',
  body: submission,
  answers: { 201: exceptionView },
  problems: [
    'NO_RULE_FOR_ROLE',
    'RULE_CHANGED',
    'QUERY_CHANGED',
    'QUERY_UNKNOWN',
    'QUERY_INVALID',
    'NO_ELIGIBLE_APPROVER',
    'NO_REVIEWER',
    'APPROVER_NOT_CANDIDATE',
    'EVIDENCE_UNKNOWN',
  ],
})

export const dryRunRoute = defineRoute({
  method: 'POST',
  path: '/exceptions/dry-run',
  operation: 'previewApprovers',
  summary: 'Who would decide such a request',
  description:
    'Keeps nothing. Of a step that is assigned, whom the conditions assign if it were requested now; where several are as good it may be another one by then.',
  tag,
  access: 'exceptions.request',
  body: z
    .strictObject({
      queryId: id().optional(),
      expression: z.string().max(TEXT_LIMITS.query).optional(),
      expiration,
      useCase: optionalText(TEXT_LIMITS.name).optional(),
      ruleVersion: z.int().min(1).optional(),
    })
    .meta({ id: 'ApproversDryRun' }),
  answers: {
    200: z.object({
      rule: z.object({ id: id(), version: z.int() }),
      approval: z.object({
        type: z.enum(['autoPilot', 'approvers']),
        steps: z.array(
          z.object({
            index: z.int(),
            approver: personName().nullable().meta({ description: 'Null where you choose.' }),
            assigned: z
              .object({ rule: z.string().nullable() })
              .nullable()
              .meta({ description: 'By which rule (null: the fallback). Null where you choose.' }),
          }),
        ),
      }),
    }),
  },
  problems: ['NO_RULE_FOR_ROLE', 'RULE_CHANGED', 'QUERY_CHANGED', 'QUERY_UNKNOWN', 'QUERY_INVALID', 'NO_REVIEWER'],
})

const anyOf = <S extends z.ZodType>(value: S, description: string) =>
  z.array(value).min(1).max(MOST_VALUES).optional().meta({ description })
const personFilter = (what: string) =>
  anyOf(z.union([id(), z.literal('me')]), `${what}: ids of users, or \`me\`. Given several times: any of them.`)
const timeFilter = (what: string) =>
  z
    .union([instant(), day()])
    .optional()
    .meta({ description: `${what} An instant, or a day’s beginning in UTC.` })

export const listRoute = defineRoute({
  method: 'GET',
  path: '/exceptions',
  operation: 'listExceptions',
  summary: 'The Exception Table',
  description:
    'With `Accept: text/csv` (or `export`) all that the filters select comes as a file, which needs `exceptions.export`, too: each exception that was there when it began once, in one order. One that is cut short ends without a proper end.',
  tag,
  access: 'exceptions.read',
  query: listQuery({
    sorts: SORTS,
    defaultSort: '-requestedAt',
    filters: {
      status: anyOf(z.enum(STATUSES), 'Given several times: any of them.'),
      kind: anyOf(z.enum(KINDS), 'Given several times: any of them.'),
      requestedBy: personFilter('Who requested it'),
      waitingFor: personFilter('Whose step is in effect'),
      approver: personFilter('Who holds any of its steps'),
      ticketId: anyOf(id(), 'The ticket it was requested from.'),
      text: anyOf(
        text(TEXT_LIMITS.name),
        'A part of its name, its requester’s name or its justification, in any case; of one or two letters: of words that begin so.',
      ),
      requestedAfter: timeFilter('From this time on.'),
      requestedBefore: timeFilter('Before this time.'),
      expiresAfter: timeFilter('Ends at this time or later; those without an end are left out.'),
      expiresBefore: timeFilter('Ends before this time.'),
      minInstances: integerParameter({ min: 0, max: 1_000_000_000 }).optional(),
      asOf: timeFilter('The table as it was at this time; a day is its beginning in UTC.'),
      export: z.enum(EXPORT_FORMATS).optional().meta({
        description: 'All that the filters select as a file, streamed; `limit` and `cursor` mean nothing then.',
      }),
    },
  }),
  answers: {
    200: z.union([
      listOf(exceptionView),
      z.array(exceptionView).meta({ description: 'With `export=json`: all of them, streamed.' }),
    ]),
  },
  streams: { 200: Object.values(EXPORT_TYPES) },
})

export const readRoute = defineRoute({
  method: 'GET',
  path: '/exceptions/{id}',
  operation: 'readException',
  summary: 'One exception',
  description: 'For those who may read every exception, its requester, and whoever holds one of its steps.',
  tag,
  access: 'signed-in',
  params,
  answers: { 200: exceptionView },
  problems: ['NOT_ALLOWED', 'NOT_FOUND'],
})

export const historyRoute = defineRoute({
  method: 'GET',
  path: '/exceptions/{id}/history',
  operation: 'readExceptionHistory',
  summary: 'Every change of an exception, oldest first',
  tag,
  access: 'signed-in',
  params,
  answers: { 200: z.object({ items: z.array(changeView) }) },
  problems: ['NOT_ALLOWED', 'NOT_FOUND'],
})

export const deactivateRoute = defineRoute({
  method: 'POST',
  path: '/exceptions/{id}/deactivate',
  operation: 'deactivateException',
  summary: 'End an active exception, for good',
  description: `Under Auto Pilot its requester can; otherwise any one of its approvers.

${verdictTable(DEACTIVATE, STATUS_WORDS, STANDING_WORDS)}

An active exception whose end has come counts as expired. A token with permissions of its own cannot deactivate as an approver, and as a requester only with \`exceptions.request\`: 403 \`NOT_ALLOWED\`.`,
  tag,
  access: 'signed-in',
  params,
  body: z.strictObject({ reason: text(TEXT_LIMITS.comment) }),
  answers: { 200: exceptionView },
  problems: ['NOT_FOUND', ...refusalsIn(DEACTIVATE)],
})

const commentView = z
  .object({ id: id(), author: personName(), at: instant(), text: z.string() })
  .meta({ id: 'ExceptionComment' })

export const commentRoute = defineRoute({
  method: 'POST',
  path: '/exceptions/{id}/comments',
  operation: 'commentOnException',
  summary: 'Say something about an exception',
  description: 'Whoever can read it can comment, whatever its status.',
  tag,
  access: 'signed-in',
  params,
  body: z.strictObject({ text: text(TEXT_LIMITS.comment) }),
  answers: { 201: commentView },
  problems: ['NOT_ALLOWED', 'NOT_FOUND'],
})

export const listCommentsRoute = defineRoute({
  method: 'GET',
  path: '/exceptions/{id}/comments',
  operation: 'listExceptionComments',
  summary: 'What was said about an exception',
  tag,
  access: 'signed-in',
  params,
  query: listQuery({ sorts: ['at'], defaultSort: 'at', filters: {} }),
  answers: { 200: listOf(commentView) },
  problems: ['NOT_ALLOWED', 'NOT_FOUND'],
})
