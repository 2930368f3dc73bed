import { Skeleton, Text, Timeline } from '@mantine/core'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { api, ask } from '../../../api/client.js'
import { ProblemNotice } from '../../../feedback/problem-notice.js'
import { Time } from '../../../time/time.js'
import { changeText } from '../change-text.js'
import classes from './details.module.css'

const historyOf = (id: string) =>
  queryOptions({
    queryKey: ['exceptions', 'history', id],
    queryFn: ({ signal }) => ask(api.GET('/exceptions/{id}/history', { params: { path: { id } }, signal })),
  })

/** Every change, oldest first. */
export function History({ exceptionId }: { exceptionId: string }) {
  const { data, error, isPending, refetch } = useQuery(historyOf(exceptionId))
  if (isPending) return <Skeleton height={120} />
  if (error !== null) return <ProblemNotice error={error} retry={() => void refetch()} />
  return (
    <Timeline bulletSize={12} lineWidth={2} active={data.items.length} color="gray.6">
      {data.items.map((change) => (
        <Timeline.Item key={`${change.at}:${change.type}:${change.step ?? ''}`} title={changeText(change)}>
          <Text size="xs" c="dimmed">
            <Time at={change.at} />
          </Text>
          {change.reason !== undefined && (
            <Text size="sm" mt={2} className={classes.prose ?? ''}>
              {change.reason}
            </Text>
          )}
        </Timeline.Item>
      ))}
    </Timeline>
  )
}
