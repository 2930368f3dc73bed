import { Anchor, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { Exception } from '../../api/schemas.js'
import type { Column } from '../../table/column.js'
import { numberText } from '../../table/count-text.js'
import { Dash } from '../../table/dash.js'
import { RowLink } from '../../table/row-link.js'
import { Time } from '../../time/time.js'
import { expirationText } from './expiration-text.js'
import { StatusBadge } from './status-badge.js'

/** The columns of the Exception Table. */
export const EXCEPTION_COLUMNS: readonly Column<Exception>[] = [
  {
    id: 'name',
    label: 'Name',
    width: 200,
    grows: true,
    always: true,
    sort: 'name',
    cell: ({ id, name }) => <RowLink to={`/exceptions/${id}`}>{name}</RowLink>,
  },
  {
    id: 'query',
    label: 'Query',
    width: 180,
    hidden: 'narrow',
    cell: ({ query }) => (
      <Text span size="xs" ff="monospace" c="dimmed" title={query.expression}>
        {query.expression}
      </Text>
    ),
  },
  {
    id: 'instances',
    label: 'Instances',
    width: 88,
    // Beside the name there is room for one: where it stands.
    hidden: 'telephone',
    align: 'right',
    sort: 'instanceCount',
    cell: ({ id, name, instanceCount }) => (
      <Anchor
        component={Link}
        to={`/exceptions/${id}`}
        search={((before: object) => ({ ...before, tab: 'instances' })) as never}
        size="sm"
        aria-label={`${instanceCount} instances of ${name}`}
      >
        {numberText(instanceCount)}
      </Anchor>
    ),
  },
  { id: 'status', label: 'Status', width: 148, sort: 'status', cell: ({ status }) => <StatusBadge status={status} /> },
  {
    id: 'expires',
    label: 'Expiration date',
    width: 118,
    sort: 'expiresAt',
    cell: (exception) =>
      exception.expiresAt === null ? (
        <Text span inherit c="dimmed" title={expirationText(exception.expiration)}>
          {exception.expiration.type === 'days' ? `${exception.expiration.days} days` : 'Never'}
        </Text>
      ) : (
        <Time at={exception.expiresAt} as="day" />
      ),
  },
  {
    id: 'appliedSince',
    label: 'Applied since',
    width: 106,
    sort: 'appliedSince',
    cell: ({ appliedSince }) => <Time at={appliedSince} as="day" />,
  },
  {
    id: 'requestedBy',
    label: 'Requested by',
    width: 124,
    sort: 'requestedBy',
    cell: ({ requestedBy }) => requestedBy.name,
  },
  {
    id: 'requestedAt',
    label: 'Request date',
    width: 106,
    sort: 'requestedAt',
    cell: ({ requestedAt }) => <Time at={requestedAt} as="day" />,
  },
  {
    id: 'approvers',
    label: 'Approvers',
    width: 136,
    cell: ({ approvers, approval }) => {
      const names = approvers.map(({ name }) => name).join(', ')
      return approval.type === 'autoPilot' ? (
        <Text span inherit c="dimmed">
          Auto Pilot
        </Text>
      ) : (
        <span title={names}>{names}</span>
      )
    },
  },
  {
    id: 'waitingFor',
    label: 'Waiting for',
    width: 138,
    sort: 'waitingFor',
    cell: ({ waitingFor }) => waitingFor?.name ?? <Dash means="nobody" />,
  },
]
