import { Button, Skeleton, Stack, Text, Timeline } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { ProblemNotice } from '../../../feedback/problem-notice.js'
import { Time } from '../../../time/time.js'
import { updatesOf } from '../ticket-queries.js'

/** All that happened to it, the newest first. */
export function TicketUpdates({ ticketId }: { ticketId: string }) {
  const { data, error, isPending, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    updatesOf(ticketId),
  )
  if (isPending) return <Skeleton height={120} />
  if (error !== null) return <ProblemNotice error={error} retry={() => void refetch()} />
  const updates = data.pages.flatMap(({ items }) => items)
  return (
    <Stack gap="md">
      <Timeline bulletSize={10} lineWidth={2}>
        {updates.map(({ at, actor, text, type }) => (
          <Timeline.Item key={`${at}:${type}:${text}`}>
            <Text size="sm">{text}</Text>
            <Text size="xs" c="dimmed">
              {actor === null ? 'By the system' : actor.name} · <Time at={at} />
            </Text>
          </Timeline.Item>
        ))}
      </Timeline>
      {hasNextPage && (
        <Button variant="default" size="xs" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Show more
        </Button>
      )}
    </Stack>
  )
}
