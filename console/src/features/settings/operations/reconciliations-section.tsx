import { Badge, Button, Group, Loader, Skeleton, Stack, Table, Text, Title } from '@mantine/core'
import { IconScale } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api, ask, newIdempotencyKey } from '../../../api/client.js'
import { EmptyState } from '../../../feedback/empty-state.js'
import { ProblemNotice } from '../../../feedback/problem-notice.js'
import { done, refused } from '../../../feedback/toast.js'
import { numberText } from '../../../table/count-text.js'
import { Time } from '../../../time/time.js'

const SHOWN = 20
// Nobody tells how far one is.
const LOOK_AGAIN_MS = 2_000

/** Whether what is stored is what the queries say: what the last proofs found, and one now. */
export function ReconciliationsSection() {
  const client = useQueryClient()
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['reconciliations', 'last'],
    queryFn: async ({ signal }) =>
      (await ask(api.GET('/reconciliations', { params: { query: { limit: SHOWN } }, signal }))).items,
    refetchInterval: ({ state }) => (state.data?.some(({ status }) => status === 'running') ? LOOK_AGAIN_MS : false),
  })
  const start = useMutation({
    mutationFn: () =>
      ask(api.POST('/reconciliations', { params: { header: { 'idempotency-key': newIdempotencyKey() } }, body: {} })),
    onSuccess: () => {
      done('The reconciliation has begun.')
      void client.invalidateQueries({ queryKey: ['reconciliations'] })
    },
    onError: refused,
  })
  const running = data?.some(({ status }) => status === 'running') ?? false
  return (
    <Stack gap="sm">
      <Group justify="space-between" align="flex-start">
        <div>
          <Title order={2}>Reconciliations</Title>
          <Text size="sm" c="dimmed" maw={640}>
            Each goes over all instances and proves that every exception covers what its query says. Differences are
            told and mended; there should be none.
          </Text>
        </div>
        <Button loading={start.isPending} disabled={running} onClick={() => start.mutate()}>
          Reconcile now
        </Button>
      </Group>
      {isPending ? (
        <Skeleton height={160} />
      ) : error !== null ? (
        <ProblemNotice error={error} retry={() => void refetch()} />
      ) : data.length === 0 ? (
        <EmptyState icon={IconScale} title="None yet" text="One begins by itself twice a day." />
      ) : (
        <Table.ScrollContainer minWidth={640} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
          <Table fz="sm" aria-label="Reconciliations">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Begun</Table.Th>
                <Table.Th>State</Table.Th>
                <Table.Th ta="right">Instances</Table.Th>
                <Table.Th ta="right">Exceptions</Table.Th>
                <Table.Th ta="right">Were missing</Table.Th>
                <Table.Th ta="right">Were too many</Table.Th>
                <Table.Th>For example</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.map(({ id, cause, status, startedAt, instances, exceptions, missing, surplus, examples }) => (
                <Table.Tr key={id}>
                  <Table.Td>
                    <Time at={startedAt} as="ago" />
                    <Text span size="xs" c="dimmed">
                      {cause === 'request' ? ' · asked for' : ''}
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    {status === 'running' ? (
                      <Group gap={6} wrap="nowrap">
                        <Loader size={12} aria-hidden />
                        Running
                      </Group>
                    ) : missing + surplus === 0 ? (
                      <Badge color="teal">Nothing found</Badge>
                    ) : (
                      <Badge color="orange">Mended</Badge>
                    )}
                  </Table.Td>
                  <Table.Td ta="right">{numberText(instances)}</Table.Td>
                  <Table.Td ta="right">{numberText(exceptions)}</Table.Td>
                  <Table.Td ta="right">{numberText(missing)}</Table.Td>
                  <Table.Td ta="right">{numberText(surplus)}</Table.Td>
                  <Table.Td>
                    {examples[0] === undefined ? (
                      '–'
                    ) : (
                      <Link to="/instances/$id" params={{ id: examples[0].instanceId }}>
                        An instance
                      </Link>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Stack>
  )
}
