import { Button, Group, Paper, Skeleton, Stack, TagsInput, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery } from '@tanstack/react-query'
import { AS_OPENED } from '../../../api/as-opened.js'
import { api, ask, askTagged, newIdempotencyKey } from '../../../api/client.js'
import { formFaults } from '../../../api/problem.js'
import { ProblemNotice } from '../../../feedback/problem-notice.js'
import { done } from '../../../feedback/toast.js'

const MOST = 100
const FIELDS = ['hosts']

const hostsQuery = {
  queryKey: ['webhooks', 'hosts'],
  queryFn: ({ signal }: { signal: AbortSignal }) => askTagged(api.GET('/webhook-hosts', { signal })),
  ...AS_OPENED,
}

/** Hosts within the network that webhooks may reach all the same. */
export function WebhookHosts() {
  const { data, error, refetch } = useQuery(hostsQuery)
  return (
    <Paper withBorder p="md" mt="lg" maw={640} component="section" aria-label="Allowed hosts">
      <Text fw={600}>Allowed hosts</Text>
      <Text size="sm" c="dimmed" mb="sm">
        Webhooks reach public addresses by https only. For these hosts private addresses and plain http are allowed,
        too.
      </Text>
      {data !== undefined ? (
        <HostsForm key={data.etag} hosts={data.data.hosts} etag={data.etag} onSaved={() => void refetch()} />
      ) : error === null ? (
        <Skeleton height={60} />
      ) : (
        <ProblemNotice error={error} retry={() => void refetch()} />
      )}
    </Paper>
  )
}

interface HostsFormProps {
  hosts: readonly string[]
  etag: string
  onSaved: () => void
}

function HostsForm({ hosts, etag, onSaved }: HostsFormProps) {
  const form = useForm({ initialValues: { hosts: [...hosts] } })
  const save = useMutation({
    mutationFn: (values: { hosts: string[] }) =>
      ask(
        api.PUT('/webhook-hosts', {
          params: { header: { 'if-match': etag, 'idempotency-key': newIdempotencyKey() } },
          body: { hosts: values.hosts },
        }),
      ),
    onSuccess: () => {
      done('The allowed hosts are saved.')
      onSaved()
    },
    onError: (error) => {
      const { fields, rest } = formFaults(error, FIELDS)
      form.setErrors(rest === null ? fields : { hosts: rest })
    },
  })
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))} noValidate>
      <Stack gap="sm">
        <TagsInput
          label="Hosts"
          description="Names or addresses without port, as in hooks.corp.example or 10.1.2.3; Enter adds one."
          maxTags={MOST}
          {...form.getInputProps('hosts')}
        />
        <Group>
          <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
