import { Alert, Button, Group, NumberInput, SimpleGrid, Skeleton, Stack, Table, Text, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { AS_OPENED } from '../../../api/as-opened.js'
import { api, ask, askTagged, newIdempotencyKey } from '../../../api/client.js'
import { formFaults } from '../../../api/problem.js'
import type { DueDatePolicy } from '../../../api/schemas.js'
import { ProblemNotice } from '../../../feedback/problem-notice.js'
import { done } from '../../../feedback/toast.js'
import { useMay } from '../../../session/me.js'
import { SEVERITIES, severityWord } from '../../../severity/severity.js'
import { countOf } from '../../../table/count-text.js'
import { dayText } from '../../tickets/day-text.js'

const CRITICALITIES = ['critical', 'high', 'medium', 'low'] as const
const MOST_DAYS = 3_650

const policyQuery = {
  queryKey: ['tickets', 'due-date-policy'],
  queryFn: ({ signal }: { signal: AbortSignal }) => askTagged(api.GET('/settings/due-dates', { signal })),
  ...AS_OPENED,
}

type Days = number | string
interface Values {
  severity: Record<keyof DueDatePolicy['severity'], Days>
  criticality: Record<keyof DueDatePolicy['criticality'], Days>
  kev: Days
}

const shown = <K extends string>(days: Record<K, number | null>): Record<K, Days> =>
  Object.fromEntries(Object.entries<number | null>(days).map(([name, value]) => [name, value ?? ''])) as Record<K, Days>
const said = <K extends string>(days: Record<K, Days>): Record<K, number | null> =>
  Object.fromEntries(
    Object.entries<Days>(days).map(([name, value]) => [name, typeof value === 'number' ? value : null]),
  ) as Record<K, number | null>

/** How long what is found may stay open. */
export function DueDatesSection() {
  const mayWrite = useMay('tickets.manage')
  const policy = useQuery(policyQuery)
  return (
    <Stack gap="lg" maw={820}>
      <div>
        <Title order={2}>Due dates</Title>
        <Text size="sm" c="dimmed" maw={640}>
          Days from the first sighting until something is due. Of all that is true of an instance the fewest count; a
          ticket is due with the first of its instances. Empty: this asks for no date.
        </Text>
      </div>
      {policy.data !== undefined ? (
        <PolicyForm
          key={policy.data.etag}
          policy={policy.data.data}
          etag={policy.data.etag}
          mayWrite={mayWrite}
          onSaved={() => void policy.refetch()}
        />
      ) : policy.error === null ? (
        <Skeleton height={240} />
      ) : (
        <ProblemNotice error={policy.error} retry={() => void policy.refetch()} />
      )}
    </Stack>
  )
}

interface PolicyFormProps {
  policy: DueDatePolicy
  etag: string
  mayWrite: boolean
  onSaved: () => void
}

function PolicyForm({ policy, etag, mayWrite, onSaved }: PolicyFormProps) {
  const client = useQueryClient()
  const form = useForm<Values>({
    initialValues: {
      severity: shown(policy.severity),
      criticality: shown(policy.criticality),
      kev: policy.kev ?? '',
    },
    onValuesChange: () => tryOut.reset(),
  })
  const put = (values: Values, dryRun: boolean) =>
    ask(
      api.PUT('/settings/due-dates', {
        params: {
          query: { dryRun },
          header: { 'if-match': etag, 'idempotency-key': newIdempotencyKey() },
        },
        body: {
          severity: said(values.severity),
          criticality: said(values.criticality),
          kev: typeof values.kev === 'number' ? values.kev : null,
        },
      }),
    )
  const tryOut = useMutation({ mutationFn: (values: Values) => put(values, true) })
  const save = useMutation({
    mutationFn: (values: Values) => put(values, false),
    onSuccess: () => {
      done('The policy is saved. Tickets that follow it move within seconds.')
      void client.invalidateQueries({ queryKey: ['tickets'] })
      onSaved()
    },
  })
  const error = save.error ?? tryOut.error
  const moves = tryOut.data?.wouldMove
  const days = (label: string, path: string) => (
    <NumberInput
      key={path}
      label={label}
      suffix=" days"
      placeholder="No date"
      min={1}
      max={MOST_DAYS}
      allowDecimal={false}
      allowNegative={false}
      readOnly={!mayWrite}
      {...form.getInputProps(path)}
    />
  )
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))} noValidate>
      <Stack gap="md">
        {error !== null && (
          <Alert color="red" role="alert" py="xs">
            {formFaults(error, []).rest}
          </Alert>
        )}
        <Stack gap={6} component="section" aria-label="By severity">
          <Text fw={600}>By severity</Text>
          <SimpleGrid cols={{ base: 2, sm: 3 }}>
            {SEVERITIES.map((severity) => days(severityWord(severity), `severity.${severity}`))}
          </SimpleGrid>
        </Stack>
        <Stack gap={6} component="section" aria-label="By the asset’s criticality">
          <Text fw={600}>By the asset’s criticality</Text>
          <SimpleGrid cols={{ base: 2, sm: 4 }}>
            {CRITICALITIES.map((criticality) => days(severityWord(criticality), `criticality.${criticality}`))}
          </SimpleGrid>
        </Stack>
        <Stack gap={6} component="section" aria-label="Known exploited">
          <Text fw={600}>Known exploited</Text>
          <SimpleGrid cols={{ base: 2, sm: 3 }}>{days('In the KEV catalogue', 'kev')}</SimpleGrid>
        </Stack>
        {mayWrite && (
          <Group>
            <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
              Save
            </Button>
            <Button
              variant="default"
              loading={tryOut.isPending}
              disabled={!form.isDirty()}
              onClick={() => tryOut.mutate(form.values)}
            >
              Dry run
            </Button>
            <Button variant="default" disabled={!form.isDirty()} onClick={form.reset}>
              Undo
            </Button>
          </Group>
        )}
        <div aria-live="polite">
          {moves !== undefined && (
            <Stack gap="xs">
              <Text size="sm" fw={600}>
                {moves.count.value === 0 ? 'No ticket would move.' : `${countOf(moves.count, 'ticket')} would move.`}
              </Text>
              {moves.tickets.length > 0 && (
                <Table fz="sm" aria-label="Tickets that would move">
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>Ticket</Table.Th>
                      <Table.Th>Due date now</Table.Th>
                      <Table.Th>Would be</Table.Th>
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {moves.tickets.map(({ id, title, dueDate, newDueDate }) => (
                      <Table.Tr key={id}>
                        <Table.Td>{title}</Table.Td>
                        <Table.Td>{dueDate === null ? '–' : dayText(dueDate)}</Table.Td>
                        <Table.Td>{dayText(newDueDate)}</Table.Td>
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              )}
            </Stack>
          )}
        </div>
      </Stack>
    </form>
  )
}
