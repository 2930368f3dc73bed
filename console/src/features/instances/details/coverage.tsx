import { Anchor, Badge, Box, Code, Group, Paper, Skeleton, Stack, Text } from '@mantine/core'
import { useQueries, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { InstanceCoverage } from '../../../api/schemas.js'
import { ProblemNotice } from '../../../feedback/problem-notice.js'
import { useMay } from '../../../session/me.js'
import { Time } from '../../../time/time.js'
import { exceptionById } from '../../exceptions/exception-queries.js'
import { coverageOf } from '../instance-queries.js'

/** Which exceptions cover it or move its due date, now and before, and which part of their query is why. */
export function Coverage({ instanceId }: { instanceId: string }) {
  const { data, error, isPending, refetch } = useQuery(coverageOf(instanceId))
  const mayReadExceptions = useMay('exceptions.read')
  const now = new Date().toISOString()
  const current = (data ?? []).filter(({ to }) => to === null || to > now)
  const before = (data ?? []).filter((one) => !current.includes(one))
  const tickets = useTicketsOf(mayReadExceptions ? current.filter(({ effect }) => effect === 'defer') : [])
  if (isPending) return <Skeleton height={60} />
  if (error !== null) return <ProblemNotice error={error} retry={() => void refetch()} />
  return (
    <Stack gap="sm">
      {current.length === 0 && (
        <Text size="sm" c="dimmed">
          No exception covers it: it is to be resolved.
        </Text>
      )}
      {current.map((one) => (
        <Paper key={`${one.exceptionId}:${one.from}`} withBorder p="sm">
          <Group justify="space-between" wrap="nowrap" align="flex-start">
            <Anchor component={Link} to={`/exceptions/${one.exceptionId}`} size="sm" fw={500}>
              {one.exceptionName}
            </Anchor>
            <Badge color={one.effect === 'suppress' ? 'teal' : 'blue'} style={{ flexShrink: 0 }}>
              {one.effect === 'suppress' ? 'Covered' : 'Deferred'}
            </Badge>
          </Group>
          <Text size="xs" c="dimmed" mt={2}>
            Since <Time at={one.from} />
            {one.to === null ? '' : <Until at={one.to} />}
          </Text>
          <Because leaves={one.because} />
          {tickets.get(one.exceptionId) !== undefined && (
            <Anchor component={Link} to={`/tickets/${tickets.get(one.exceptionId)}`} size="sm" mt={6} display="block">
              Open its ticket
            </Anchor>
          )}
        </Paper>
      ))}
      {before.length > 0 && (
        <Box>
          <Text size="xs" fw={600} mb={4}>
            Before
          </Text>
          <Stack gap={4}>
            {before.map((one) => (
              <Group key={`${one.exceptionId}:${one.from}`} gap="xs" justify="space-between" wrap="nowrap">
                <Anchor component={Link} to={`/exceptions/${one.exceptionId}`} size="sm" truncate>
                  {one.exceptionName}
                </Anchor>
                <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
                  <Time at={one.from} as="day" /> to <Time at={one.to} as="day" />
                </Text>
              </Group>
            ))}
          </Stack>
        </Box>
      )}
    </Stack>
  )
}

function Until({ at }: { at: string }) {
  return (
    <>
      {' '}
      until <Time at={at} />
    </>
  )
}

/** The leaves of the query that hold for it. */
function Because({ leaves }: { leaves: InstanceCoverage['because'] }) {
  if (leaves.length === 0) return null
  return (
    <Box mt={6}>
      <Text size="xs" c="dimmed" mb={4}>
        Because of its query
      </Text>
      <Group component="ul" gap={6} m={0} p={0} aria-label="Why it is covered" style={{ listStyle: 'none' }}>
        {leaves.map((leaf) => (
          <li key={leaf}>
            <Code style={{ overflowWrap: 'anywhere' }}>{leaf}</Code>
          </li>
        ))}
      </Group>
    </Box>
  )
}

/** The tickets of these deferrals, by exception. */
function useTicketsOf(deferrals: readonly InstanceCoverage[]): Map<string, string> {
  const found = useQueries({ queries: deferrals.map(({ exceptionId }) => exceptionById(exceptionId)) })
  return new Map(
    found.flatMap(({ data }) => (data === undefined || data.ticketId === null ? [] : [[data.id, data.ticketId]])),
  )
}
