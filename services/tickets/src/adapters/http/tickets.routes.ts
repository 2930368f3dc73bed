import {
  booleanParameter,
  day,
  defineRoute,
  id,
  link,
  listOf,
  listQuery,
  nameText,
  optionalText,
  refusalsIn,
  TEXT_LIMITS,
  text,
  verdictTable,
} from '@reprieve/http-kit'
import { z } from 'zod'
import { MAY } from '../../domain/phase.js'
import { SEVERITIES } from '../../domain/tally.js'
import { TICKET_STATUSES, USE_CASES } from '../../domain/ticket.js'
import { expressionText, externalPlace, externalSaid } from '../external-ticket.schema.js'
import { SORTS } from '../postgres/ticket-table.repository.js'
import { HAPPENING_WORDS, PHASE_WORDS } from './phase.words.js'
import { requestedExceptionView } from './requested-exception.view.js'
import { ticketView, updateView } from './ticket.view.js'

const tag = 'Tickets'
const params = z.object({ id: id() })
const MOST_VALUES = 100
const MOST_FILES = 20

const anyOf = <S extends z.ZodType>(value: S, description: string) =>
  z.array(value).min(1).max(MOST_VALUES).optional().meta({ description })

export const listTickets = defineRoute({
  method: 'GET',
  path: '/tickets',
  operation: 'listTickets',
  summary: 'Remediation tickets',
  tag,
  access: ['tickets.write', 'tickets.manage', 'audit.read'],
  query: listQuery({
    sorts: SORTS,
    defaultSort: 'dueDate',
    filters: {
      status: anyOf(z.enum(TICKET_STATUSES), 'Given several times: any of them.'),
      ownerId: anyOf(z.union([id(), z.literal('me')]), 'Whose they are: ids of users, or `me`.'),
      severity: anyOf(z.enum(SEVERITIES), 'The highest severity among its open instances.'),
      overdue: booleanParameter().optional(),
      deferred: booleanParameter().optional().meta({ description: 'Whether an exception of it is in force.' }),
      waiting: booleanParameter().optional().meta({ description: 'Whether a request of it waits for its reviewer.' }),
      source: anyOf(text(64), 'The other system that keeps them.'),
      groupingRuleId: anyOf(id(), 'The grouping rule that opened them.'),
      text: anyOf(
        text(TEXT_LIMITS.name),
        'A part of the title, in any case; of one or two letters: of words that begin so.',
      ),
      dueAfter: day().optional().meta({ description: 'Due on this day or later.' }),
      dueBefore: day().optional().meta({ description: 'Due before this day.' }),
    },
  }),
  answers: { 200: listOf(ticketView) },
})

export const createTicket = defineRoute({
  method: 'POST',
  path: '/tickets',
  operation: 'createTicket',
  summary: 'Open a ticket',
  description: 'Without a due date the policy gives it one, as soon as its instances are counted.',
  tag,
  access: ['tickets.write', 'tickets.manage'],
  body: z
    .strictObject({ title: nameText(), ownerId: id(), expression: expressionText(), dueDate: day().optional() })
    .meta({ id: 'NewTicket' }),
  answers: { 201: ticketView },
  problems: ['USER_UNKNOWN', 'QUERY_INVALID'],
})

export const readTicket = defineRoute({
  method: 'GET',
  path: '/tickets/{id}',
  operation: 'readTicket',
  summary: 'One ticket, with all exceptions asked for from it',
  description: 'For those who may read every ticket, its owner, and whoever reviews what was asked from it.',
  tag,
  access: 'signed-in',
  params,
  answers: { 200: ticketView },
  problems: ['NOT_ALLOWED', 'NOT_FOUND'],
})

export const listTicketUpdates = defineRoute({
  method: 'GET',
  path: '/tickets/{id}/updates',
  operation: 'listTicketUpdates',
  summary: 'All that happened to a ticket',
  tag,
  access: 'signed-in',
  params,
  query: listQuery({ sorts: ['at'], defaultSort: '-at', filters: {} }),
  answers: { 200: listOf(updateView) },
  problems: ['NOT_ALLOWED', 'NOT_FOUND'],
})

export const editTicket = defineRoute({
  method: 'PATCH',
  path: '/tickets/{id}',
  operation: 'editTicket',
  summary: 'Edit a ticket, call it done, or open it again',
  description: `Due date, query and owner need \`tickets.manage\`. Where the ticket stands decides, too:

${verdictTable(MAY, PHASE_WORDS, HAPPENING_WORDS)}

Exceptions that wait or are in force end with a ticket that is done.`,
  tag,
  access: ['tickets.write', 'tickets.manage'],
  params,
  body: z.strictObject({
    title: nameText().optional(),
    status: z.enum(TICKET_STATUSES).optional(),
    ownerId: id().optional(),
    expression: expressionText().optional(),
    dueDate: day()
      .optional()
      .meta({ description: 'From then on it is this ticket’s own: the policy leaves it alone.' }),
    reason: text(TEXT_LIMITS.comment).optional().meta({ description: 'Why the due date moves; kept with the move.' }),
  }),
  answers: { 200: ticketView },
  ifMatch: true,
  problems: ['NOT_FOUND', 'USER_UNKNOWN', 'QUERY_INVALID', ...refusalsIn(MAY)],
})

export const requestFromTicket = defineRoute({
  method: 'POST',
  path: '/tickets/{id}/exceptions',
  operation: 'requestExceptionFromTicket',
  summary: 'Ask for more time',
  description:
    'By the ticket’s owner, with a role that the settings name. The reviewer is assigned by the settings’ rules. Approved, the due date moves to the proposed one.',
  tag,
  access: 'signed-in',
  params,
  body: z
    .strictObject({
      justification: optionalText(TEXT_LIMITS.justification).meta({ minLength: 1 }),
      riskAcknowledged: z.boolean().meta({ description: 'Must be true.' }),
      useCase: z.enum(USE_CASES),
      evidenceLink: link().optional(),
      evidenceIds: z
        .array(id())
        .max(MOST_FILES)
        .optional()
        .meta({ description: 'Files that you have uploaded, used by no other request.' }),
      proposedDueDate: day().meta({
        description: 'After the due date and today, and within the longest deferral that the settings allow.',
      }),
    })
    .meta({ id: 'NewTicketException' }),
  answers: { 201: requestedExceptionView },
  problems: [
    'NOT_FOUND',
    'NOT_ALLOWED',
    'WRONG_STATUS',
    'REQUEST_WAITS',
    'NO_REVIEWER',
    'EVIDENCE_UNKNOWN',
    'TOO_MANY_DEFERRALS',
  ],
})

export const putExternalTicket = defineRoute({
  method: 'PUT',
  path: '/external-tickets/{source}/{key}',
  operation: 'putExternalTicket',
  summary: 'A ticket that another system keeps, too',
  description:
    'By that system’s own key; saying the same again does nothing. Only what it says differently from the last time is taken over, so what was changed here in between stays.',
  tag,
  access: 'tickets.manage',
  params: externalPlace,
  body: z.strictObject({ ...externalSaid, ownerId: id() }),
  answers: { 200: ticketView, 201: ticketView },
  problems: ['USER_UNKNOWN', 'QUERY_INVALID', ...refusalsIn(MAY)],
})
