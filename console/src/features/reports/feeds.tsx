import { Alert, Badge, Box, Button, Code, Group, Loader, Paper, SimpleGrid, Skeleton, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, ask, newIdempotencyKey } from '../../api/client.js'
import type { Feed } from '../../api/schemas.js'
import { ProblemNotice } from '../../feedback/problem-notice.js'
import { done, refused } from '../../feedback/toast.js'
import { countOf } from '../../table/count-text.js'
import { Time } from '../../time/time.js'
import { feedsQuery } from './report-queries.js'

interface FeedWords {
  title: string
  text: string
  /** What the service is given its place by. */
  setting: string
}

const WORDS: Readonly<Record<Feed['name'], FeedWords>> = {
  kev: { title: 'CISA KEV', text: 'Vulnerabilities that are known to be exploited.', setting: 'FEED_KEV' },
  epss: {
    title: 'FIRST EPSS',
    text: 'How likely each vulnerability is to be exploited within 30 days.',
    setting: 'FEED_EPSS',
  },
  nvd: { title: 'NVD', text: 'CVSS base scores.', setting: 'FEED_NVD' },
}

const STEPS = { reading: 'Reading …', merging: 'Merging …', settling: 'Matching again …' } as const

/** What is known of vulnerabilities from elsewhere, and how new it is. */
export function Feeds() {
  const client = useQueryClient()
  const { data, error, isPending, refetch } = useQuery(feedsQuery)
  const take = useMutation({
    mutationFn: (name: Feed['name']) =>
      ask(
        api.POST('/feeds/{name}/takes', {
          params: { path: { name }, header: { 'idempotency-key': newIdempotencyKey() } },
          body: {},
        }),
      ),
    onSuccess: ({ feed }) => {
      done(`${WORDS[feed].title} is being taken in.`)
      void client.invalidateQueries({ queryKey: feedsQuery.queryKey })
    },
    onError: refused,
  })
  return (
    <Box p="var(--page-padding)" style={{ overflow: 'auto' }}>
      {isPending ? (
        <Skeleton height={160} />
      ) : error !== null ? (
        <ProblemNotice error={error} retry={() => void refetch()} />
      ) : (
        <SimpleGrid cols={{ base: 1, md: 3 }}>
          {data.map((feed) => (
            <FeedCard
              key={feed.name}
              feed={feed}
              onTake={() => take.mutate(feed.name)}
              asking={take.isPending && take.variables === feed.name}
            />
          ))}
        </SimpleGrid>
      )}
    </Box>
  )
}

function FeedCard({ feed, onTake, asking }: { feed: Feed; onTake: () => void; asking: boolean }) {
  const { name, configured, taken, lastTake } = feed
  const { title, text, setting } = WORDS[name]
  const step = lastTake === null || lastTake.finishedAt !== null ? null : lastTake.status
  return (
    <Paper withBorder p="md" component="section" aria-label={title} display="flex" style={{ flexDirection: 'column' }}>
      <Group justify="space-between" wrap="nowrap" mb={4}>
        <Text fw={600}>{title}</Text>
        {!configured && <Badge color="gray">Not configured</Badge>}
      </Group>
      <Text size="sm" c="dimmed" mb="sm">
        {text}
      </Text>
      {taken === null ? (
        <Text size="sm">
          Never taken in.{' '}
          {!configured && (
            <>
              Say where it comes from by <Code>{setting}</Code>: a file, a folder or an address.
            </>
          )}
        </Text>
      ) : (
        <Text size="sm" className="figures">
          {countOf(taken.entries, 'entry', 'entries')}, dated <Time at={taken.dated} as="day" />. Taken in{' '}
          <Time at={taken.at} as="ago" />.
        </Text>
      )}
      {lastTake?.failure != null && (
        <Alert color="red" py="xs" mt="sm" title="The last time failed">
          {lastTake.failure.detail}
        </Alert>
      )}
      <Group mt="auto" pt="md" gap="xs">
        <Button variant="default" size="xs" disabled={!configured || step !== null} loading={asking} onClick={onTake}>
          Take it in now
        </Button>
        {step !== null && step in STEPS && (
          <>
            <Loader size={14} aria-hidden />
            <Text size="xs" c="dimmed" aria-live="polite">
              {STEPS[step as keyof typeof STEPS]}
            </Text>
          </>
        )}
      </Group>
    </Paper>
  )
}
