import { Alert, Anchor, Group, Loader, Paper, SimpleGrid, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ExceptionStatus } from '../api/schemas.js'
import { statusWord } from '../features/exceptions/status.js'
import { ProblemNotice } from '../feedback/problem-notice.js'
import { SeverityBar } from '../severity/severity-bar.js'
import { countOf, countText } from '../table/count-text.js'
import { previewOf } from './preview.js'
import { queryFaults } from './query-editor.js'

interface ImpactProps {
  expression: string
  /** An exception that is not told among those that select some of it: its own. */
  except?: string
}

/** What a query covers as things are: how many, how bad, where, whose, and which other exceptions select some of it. */
export function Impact({ expression, except }: ImpactProps) {
  const { data, error, isFetching, refetch } = useQuery(previewOf(expression))
  // Its faults are told at the editor.
  if (error !== null && queryFaults(error).length > 0) return null
  if (error !== null) return <ProblemNotice error={error} retry={() => void refetch()} />
  if (data === undefined)
    return isFetching ? (
      <Group gap="xs">
        <Loader size="xs" aria-hidden />
        <Text size="sm" c="dimmed">
          Counting what it covers …
        </Text>
      </Group>
    ) : null

  const overlaps = data.overlaps.filter(({ exceptionId }) => exceptionId !== except)
  return (
    <Paper withBorder p="md" aria-live="polite" opacity={isFetching ? 0.7 : 1}>
      <Stack gap="sm">
        <Group gap="xs" align="baseline">
          <Text fw={600} size="lg" className="figures">
            {countOf(data.count, 'instance')}
          </Text>
          <Text size="sm" c="dimmed">
            at the moment. The list is dynamic and changes with the data.
          </Text>
        </Group>
        {data.count.value === 0 ? (
          <Alert color="yellow" py="xs">
            Nothing matches now. It would cover what comes to match it later.
          </Alert>
        ) : (
          <SeverityBar counts={data.bySeverity} label="What it covers by severity" />
        )}
        <SimpleGrid cols={{ base: 2, sm: 3 }} spacing="sm">
          <Figure label="Known exploited (KEV)" value={countText(data.kev)} warn={data.kev.value > 0} />
          <Figure label="Assets" value={countText(data.assets)} />
          <Figure label="Owners" value={countText(data.owners)} />
        </SimpleGrid>
        {data.topOwners.length > 0 && (
          <Text size="xs" c="dimmed">
            {data.topOwners
              .slice(0, 5)
              .map(({ owner, count }) => `${owner} ${countText(count)}`)
              .join(' · ')}
          </Text>
        )}
        {overlaps.length > 0 && (
          <Stack gap={2}>
            <Text size="xs" fw={600}>
              Also selected by
            </Text>
            {overlaps.slice(0, 5).map(({ exceptionId, name, status, count }) => (
              <Group key={exceptionId} gap="xs" wrap="nowrap" justify="space-between" mih={24}>
                <Anchor component={Link} to={`/exceptions/${exceptionId}`} target="_blank" size="xs" truncate>
                  {name}
                </Anchor>
                <Text size="xs" c="dimmed" className="figures" style={{ whiteSpace: 'nowrap' }}>
                  {statusWord(status as ExceptionStatus)} · {countText(count)}
                </Text>
              </Group>
            ))}
          </Stack>
        )}
      </Stack>
    </Paper>
  )
}

function Figure({ label, value, warn = false }: { label: string; value: string; warn?: boolean }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text fw={600} className="figures" {...(warn ? { c: 'var(--mantine-color-error)' } : {})}>
        {value}
      </Text>
    </div>
  )
}
