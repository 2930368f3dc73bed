import { Anchor, Group, Skeleton, Text } from '@mantine/core'
import { IconCalendarCheck } from '@tabler/icons-react'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api, ask } from '../../api/client.js'
import { EmptyState } from '../../feedback/empty-state.js'
import { ProblemNotice } from '../../feedback/problem-notice.js'
import { countOf } from '../../table/count-text.js'
import { Due } from '../tickets/due.js'
import classes from './list.module.css'

const overdueTickets = queryOptions({
  queryKey: ['tickets', 'overdue'],
  queryFn: ({ signal }) =>
    ask(api.GET('/tickets', { params: { query: { overdue: true, sort: 'dueDate', limit: 6 } }, signal })),
})

/** The tickets whose day is over, the longest first. */
export function OverdueList() {
  const { data, error, isPending, refetch } = useQuery(overdueTickets)
  if (isPending) return <Skeleton height={64} />
  if (error !== null) return <ProblemNotice error={error} retry={() => void refetch()} />
  if (data.items.length === 0)
    return <EmptyState small icon={IconCalendarCheck} title="Nothing is overdue" text="Every ticket is in its time." />
  return (
    <ul className={classes.list}>
      {data.items.map((ticket) => (
        <li key={ticket.id} className={classes.item}>
          <Group justify="space-between" wrap="nowrap" gap="sm">
            <Anchor component={Link} to={`/tickets/${ticket.id}`} c="inherit" fw={500} size="sm" truncate>
              {ticket.title}
            </Anchor>
            <Text size="xs" style={{ whiteSpace: 'nowrap' }}>
              <Due ticket={ticket} />
            </Text>
          </Group>
          <Text size="xs" c="dimmed" className="figures">
            {ticket.owner.name} · {countOf(ticket.instanceCount, 'instance')}
          </Text>
        </li>
      ))}
    </ul>
  )
}
