import type { FieldDefinition, RowOf } from '@reprieve/query'

/** The closed set of fields that conditions are written over. Nothing in it changes with time alone. */
export type AssignmentFields = Readonly<Record<string, FieldDefinition & { readonly clock?: never }>>

const defineFields = <const Fields extends AssignmentFields>(fields: Fields): Fields => fields

const requesterFields = defineFields({
  'requester.role': { type: 'string', description: 'The role of who asks.' },
  'requester.id': { type: 'string', description: 'The id of who asks.' },
})

/** What a rule's assigned step can ask about. */
export const requestFields = defineFields({
  ...requesterFields,
  'request.days': {
    type: 'int',
    description: 'Days until the end that is asked for. Unknown where it is asked for without an end.',
  },
  'request.useCase': {
    type: 'string',
    description: 'The use case that the request names. Unknown where it names none.',
  },
  'request.query': { type: 'string', description: 'The query, as it is written.' },
})

/** What a ticket's reviewer is assigned by. */
export const ticketFields = defineFields({
  'ticket.severity': {
    type: 'string',
    description: 'The highest severity among the open instances of the ticket.',
    values: ['critical', 'high', 'medium', 'low', 'none', 'unknown'],
  },
  'ticket.instanceCount': { type: 'int', description: 'How many instances of the ticket are open.' },
  'ticket.overdue': { type: 'bool', description: 'Whether the due date has passed.' },
  ...requesterFields,
  'request.days': { type: 'int', description: 'Days from today to the proposed due date.' },
  'request.useCase': { type: 'string', description: 'The use case that the request names.' },
})

/** What is known when somebody asks for an exception. `null` is unknown, and no condition on it holds. */
export type RequestFacts = RowOf<typeof requestFields>

/** What is known when an exception is asked for from a ticket. */
export type TicketFacts = RowOf<typeof ticketFields>
