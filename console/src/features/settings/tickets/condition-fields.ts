import type { QueryField } from '../../../query-editor/fields.js'
import { SEVERITIES } from '../../../severity/severity.js'
import { USE_CASE_CHOICES } from '../../tickets/use-case.js'

/** What the condition of a ticket's reviewer can ask about: a closed list, as the API's document names it. */
export const TICKET_FIELDS: readonly QueryField[] = [
  {
    name: 'ticket.severity',
    type: 'string',
    description: 'The highest severity among the open instances of the ticket.',
    values: [...SEVERITIES],
  },
  { name: 'ticket.instanceCount', type: 'int', description: 'How many instances of the ticket are open.' },
  { name: 'ticket.overdue', type: 'bool', description: 'Whether the due date has passed.' },
  { name: 'requester.role', type: 'string', description: 'The role of who asks.' },
  { name: 'requester.id', type: 'string', description: 'The id of who asks.' },
  { name: 'request.days', type: 'int', description: 'Days from today to the proposed due date.' },
  {
    name: 'request.useCase',
    type: 'string',
    description: 'The use case that the request names.',
    values: USE_CASE_CHOICES.map(({ value }) => value),
  },
]
