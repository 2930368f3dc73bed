import { Anchor, Group, Skeleton, Stack, Text } from '@mantine/core'
import { IconInbox } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { EmptyState } from '../../feedback/empty-state.js'
import { ProblemNotice } from '../../feedback/problem-notice.js'
import { countOf } from '../../table/count-text.js'
import { Time } from '../../time/time.js'
import { waitingForMe } from '../exceptions/exception-queries.js'
import classes from './list.module.css'

/** The requests whose step in effect is the reader's, oldest first. */
export function WaitingList({ limit = 200 }: { limit?: number }) {
  const { data, error, isPending, refetch } = useQuery(waitingForMe)
  if (isPending) return <Skeleton height={64} />
  if (error !== null) return <ProblemNotice error={error} retry={() => void refetch()} />
  if (data.items.length === 0)
    return (
      <EmptyState small icon={IconInbox} title="Nothing waits for you" text="New requests appear here by themselves." />
    )
  return (
    <Stack gap={0} component="ul" className={classes.list ?? ''}>
      {data.items.slice(0, limit).map((item) => (
        <li key={item.exceptionId} className={classes.item}>
          <Group justify="space-between" wrap="nowrap" gap="sm">
            <Anchor component={Link} to={`/exceptions/${item.exceptionId}`} c="inherit" fw={500} size="sm" truncate>
              {item.name}
            </Anchor>
            <Text size="xs" c="dimmed">
              <Time at={item.requestedAt} as="ago" />
            </Text>
          </Group>
          <Text size="xs" c="dimmed" className="figures">
            {item.requestedBy.name} · {countOf(item.instanceCount, 'instance')}
            {item.stepCount > 1 ? ` · step ${item.step + 1} of ${item.stepCount}` : ''}
          </Text>
        </li>
      ))}
    </Stack>
  )
}
