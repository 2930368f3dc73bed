import { Badge, Text } from '@mantine/core'
import type { Ticket } from '../../api/schemas.js'
import { SeverityBadge } from '../../severity/severity-badge.js'
import type { Column } from '../../table/column.js'
import { numberText } from '../../table/count-text.js'
import { RowLink } from '../../table/row-link.js'
import { Time } from '../../time/time.js'
import { dayText } from './day-text.js'
import { Due } from './due.js'
import { TicketStatus } from './ticket-status.js'

/** The columns of Tickets. */
export const TICKET_COLUMNS: readonly Column<Ticket>[] = [
  {
    id: 'title',
    label: 'Title',
    width: 240,
    grows: true,
    always: true,
    sort: 'title',
    cell: ({ id, title }) => <RowLink to={`/tickets/${id}`}>{title}</RowLink>,
  },
  { id: 'owner', label: 'Owner', width: 150, sort: 'owner', cell: ({ owner }) => owner.name },
  {
    id: 'severity',
    label: 'Severity',
    width: 96,
    sort: 'severity',
    cell: ({ severity }) => (severity === null ? '–' : <SeverityBadge severity={severity} />),
  },
  {
    id: 'instances',
    label: 'Instances',
    width: 96,
    align: 'right',
    sort: 'instanceCount',
    cell: ({ instanceCount, counts }) =>
      counts.asOf === null ? (
        <Text span inherit c="dimmed" title="Not counted yet">
          …
        </Text>
      ) : (
        numberText(instanceCount)
      ),
  },
  { id: 'due', label: 'Due date', width: 172, sort: 'dueDate', cell: (ticket) => <Due ticket={ticket} /> },
  {
    id: 'originalDue',
    label: 'Original due date',
    width: 136,
    hidden: true,
    cell: ({ originalDueDate }) => (originalDueDate === null ? '–' : dayText(originalDueDate)),
  },
  { id: 'status', label: 'Status', width: 150, sort: 'status', cell: (ticket) => <TicketStatus ticket={ticket} /> },
  {
    id: 'source',
    label: 'Source',
    width: 130,
    hidden: true,
    cell: ({ external, group }) =>
      external !== null ? `${external.source} ${external.key}` : group !== null ? 'Grouping rule' : 'By hand',
  },
  {
    id: 'exceptions',
    label: 'Exceptions',
    width: 100,
    align: 'right',
    hidden: true,
    cell: ({ exceptions }) => (exceptions.length === 0 ? '–' : <Badge color="gray">{exceptions.length}</Badge>),
  },
  {
    id: 'createdAt',
    label: 'Opened',
    width: 124,
    sort: 'createdAt',
    cell: ({ createdAt }) => <Time at={createdAt} as="day" />,
  },
]
