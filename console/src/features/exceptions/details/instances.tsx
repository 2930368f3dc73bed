import { Anchor, Button, Group, ScrollArea, Skeleton, Stack, Table, Text } from '@mantine/core'
import { IconBugOff } from '@tabler/icons-react'
import { infiniteQueryOptions, useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api, ask } from '../../../api/client.js'
import type { Exception } from '../../../api/schemas.js'
import { EmptyState } from '../../../feedback/empty-state.js'
import { ProblemNotice } from '../../../feedback/problem-notice.js'
import { useMay } from '../../../session/me.js'
import { SeverityBadge } from '../../../severity/severity-badge.js'
import { countOf } from '../../../table/count-text.js'
import { Time } from '../../../time/time.js'

const PAGE = 50

const instancesOf = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['instances+exceptions', 'of', id],
    queryFn: ({ pageParam, signal }) =>
      ask(
        api.GET('/exceptions/{id}/instances', {
          params: { path: { id }, query: { limit: PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })

/** What it covers, would cover, or covered at its end. */
export function ExceptionInstances({ exception }: { exception: Exception }) {
  const mayOpen = useMay('instances.read')
  const { data, error, isPending, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    instancesOf(exception.id),
  )
  if (isPending) return <Skeleton height={160} />
  if (error !== null) return <ProblemNotice error={error} retry={() => void refetch()} />
  const rows = data.pages.flatMap(({ items }) => items)
  const count = data.pages[0]?.count ?? { value: 0, exact: true }
  const words =
    exception.status === 'pendingApproval'
      ? 'would be covered'
      : exception.status === 'active'
        ? 'covered'
        : 'covered at its end'
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Text size="sm" c="dimmed" className="figures">
          {countOf(count, 'instance')} {words}. The list is dynamic and changes with the data.
        </Text>
        {mayOpen && (
          <Anchor component={Link} to="/instances" search={{ filter: exception.query.expression } as never} size="sm">
            Open in Vulnerability Instances
          </Anchor>
        )}
      </Group>
      {rows.length === 0 ? (
        <EmptyState
          icon={IconBugOff}
          title="No instances"
          text="Nothing matches the query now. What comes to match it is covered as well."
        />
      ) : (
        <ScrollArea type="auto" viewportProps={{ tabIndex: 0 }}>
          <Table miw={560} fz="sm" aria-label="Instances">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Vulnerability</Table.Th>
                <Table.Th>Severity</Table.Th>
                <Table.Th>Asset</Table.Th>
                <Table.Th>Component</Table.Th>
                <Table.Th>First seen</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map(({ id, vulnerability, severity, asset, component, firstSeen }) => (
                <Table.Tr key={id}>
                  <Table.Td style={{ whiteSpace: 'nowrap' }}>
                    {mayOpen ? (
                      <Anchor component={Link} to={`/instances/${id}`} size="sm">
                        {vulnerability}
                      </Anchor>
                    ) : (
                      vulnerability
                    )}
                  </Table.Td>
                  <Table.Td>
                    <SeverityBadge severity={severity} />
                  </Table.Td>
                  <Table.Td>{asset.name}</Table.Td>
                  <Table.Td>
                    {component.name}{' '}
                    <Text span size="xs" c="dimmed">
                      {component.version}
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    <Time at={firstSeen} as="day" />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollArea>
      )}
      {hasNextPage && (
        <Button variant="default" size="xs" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Show more
        </Button>
      )}
    </Stack>
  )
}
