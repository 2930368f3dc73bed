import { Button, Skeleton, Stack } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { ProblemNotice } from '../../../feedback/problem-notice.js'
import { updatesOf } from '../ticket-queries.js'
import { UpdateLine } from './update-line.js'

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
      <UpdateLine updates={updates} />
      {hasNextPage && (
        <Button variant="default" size="xs" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Show more
        </Button>
      )}
    </Stack>
  )
}
