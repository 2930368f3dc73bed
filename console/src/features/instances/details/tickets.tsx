import { Anchor, Group, Skeleton, Stack, Text } from '@mantine/core'
import { useQueries, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ProblemNotice } from '../../../feedback/problem-notice.js'
import { Due } from '../../tickets/due.js'
import { ticketById } from '../../tickets/ticket-queries.js'
import { TicketStatus } from '../../tickets/ticket-status.js'
import { ticketsOf } from '../instance-queries.js'

const SHOWN = 10

/** The open tickets that it is one of: whose they are and until when. */
export function InstanceTickets({ instanceId }: { instanceId: string }) {
  const { data, error, isPending, refetch } = useQuery(ticketsOf(instanceId))
  const shown = useQueries({ queries: (data?.items ?? []).slice(0, SHOWN).map(({ ticketId }) => ticketById(ticketId)) })
  if (isPending) return <Skeleton height={24} />
  if (error !== null) return <ProblemNotice error={error} retry={() => void refetch()} />
  if (data.items.length === 0)
    return (
      <Text size="sm" c="dimmed">
        No open ticket asks for it to be resolved.
      </Text>
    )
  return (
    <Stack gap={6}>
      {shown.map(({ data: tagged }, index) =>
        tagged === undefined ? (
          <Skeleton key={data.items[index]?.ticketId} height={20} />
        ) : (
          <Group key={tagged.data.id} gap="sm" justify="space-between" wrap="nowrap">
            <Anchor component={Link} to={`/tickets/${tagged.data.id}`} size="sm" truncate>
              {tagged.data.title}
            </Anchor>
            <Group gap="sm" wrap="nowrap" fz="sm">
              <Text span size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
                {tagged.data.owner.name}
              </Text>
              <Due ticket={tagged.data} />
              <TicketStatus ticket={tagged.data} />
            </Group>
          </Group>
        ),
      )}
      {data.items.length > SHOWN && (
        <Text size="xs" c="dimmed">
          And {data.items.length - SHOWN} more.
        </Text>
      )}
    </Stack>
  )
}
