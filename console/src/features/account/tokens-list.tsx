import {
  Alert,
  Button,
  Code,
  CopyButton,
  Group,
  Modal,
  MultiSelect,
  Select,
  Skeleton,
  Stack,
  Table,
  Text,
  TextInput,
} from '@mantine/core'
import { useForm } from '@mantine/form'
import { modals } from '@mantine/modals'
import { IconKey } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, ask, newIdempotencyKey } from '../../api/client.js'
import { formFaults } from '../../api/problem.js'
import type { Permission, Token } from '../../api/schemas.js'
import { EmptyState } from '../../feedback/empty-state.js'
import { ProblemNotice } from '../../feedback/problem-notice.js'
import { done, refused } from '../../feedback/toast.js'
import { useMe } from '../../session/me.js'
import { Time } from '../../time/time.js'

const DAY_MS = 86_400_000
/** Whose tokens: the reader's own, or a service's. */
export type TokenOwner = 'me' | { id: string; name: string }

const keyOf = (owner: TokenOwner) => ['tokens', owner === 'me' ? 'mine' : owner.id] as const

/** Access tokens, for scripts and pipelines. */
export function TokensList({ owner = 'me' }: { owner?: TokenOwner }) {
  const me = useMe()
  const client = useQueryClient()
  const [making, setMaking] = useState(false)
  const { data, error, refetch } = useQuery({
    queryKey: keyOf(owner),
    queryFn: async ({ signal }) =>
      (
        await ask(
          api.GET('/tokens', {
            params: { query: { limit: 200, userId: [owner === 'me' ? me.id : owner.id] } as never },
            signal,
          }),
        )
      ).items as Token[],
  })
  const revoke = useMutation({
    mutationFn: (id: string) => ask(api.DELETE('/tokens/{id}', { params: { path: { id } } })),
    onSuccess: () => {
      done('The token is revoked.')
      void client.invalidateQueries({ queryKey: ['tokens'] })
    },
    onError: refused,
  })
  const confirm = ({ id, name }: Token) =>
    modals.openConfirmModal({
      title: 'Revoke this token?',
      children: <Text size="sm">What signs in with {name} stops working within seconds. This cannot be undone.</Text>,
      labels: { confirm: 'Revoke', cancel: 'Cancel' },
      confirmProps: { color: 'red.9' },
      onConfirm: () => revoke.mutate(id),
    })
  if (data === undefined)
    return error === null ? <Skeleton height={120} /> : <ProblemNotice error={error} retry={() => void refetch()} />
  const living = data.filter(({ revokedAt }) => revokedAt === null)
  return (
    <Stack>
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          {owner === 'me' ? 'A token can do what you can, or less.' : `A token can do what ${owner.name} can, or less.`}
        </Text>
        <Button onClick={() => setMaking(true)}>Create Token</Button>
      </Group>
      {living.length === 0 ? (
        <EmptyState icon={IconKey} title="No tokens" text="Make one for a script, a pipeline or the command line." />
      ) : (
        <Table fz="sm" aria-label="Access tokens">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Name</Table.Th>
              <Table.Th>Permissions</Table.Th>
              <Table.Th>Ends</Table.Th>
              <Table.Th aria-label="Actions" />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {living.map((token) => (
              <Table.Tr key={token.id}>
                <Table.Td>{token.name}</Table.Td>
                <Table.Td>{token.permissions === null ? 'All of its owner’s' : token.permissions.join(', ')}</Table.Td>
                <Table.Td>
                  <Time at={token.expiresAt} as="day" />
                </Table.Td>
                <Table.Td ta="right">
                  <Button
                    variant="subtle"
                    color="red"
                    size="compact-sm"
                    aria-label={`Revoke ${token.name}`}
                    onClick={() => confirm(token)}
                  >
                    Revoke
                  </Button>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {making && <NewToken owner={owner} onClose={() => setMaking(false)} />}
    </Stack>
  )
}

function NewToken({ owner, onClose }: { owner: TokenOwner; onClose: () => void }) {
  const me = useMe()
  const client = useQueryClient()
  const form = useForm({
    initialValues: { name: '', days: '90', permissions: [] as string[] },
    validate: { name: (value) => (value.trim() === '' ? 'Enter a name.' : null) },
  })
  const make = useMutation({
    mutationFn: ({ name, days, permissions }: typeof form.values) =>
      ask(
        api.POST('/tokens', {
          params: { header: { 'idempotency-key': newIdempotencyKey() } },
          body: {
            name: name.trim(),
            ...(owner === 'me' ? {} : { userId: owner.id }),
            expiresAt: new Date(Date.now() + Number(days) * DAY_MS).toISOString(),
            ...(permissions.length === 0 ? {} : { permissions: permissions as Permission[] }),
          },
        }),
      ),
    onSuccess: () => void client.invalidateQueries({ queryKey: ['tokens'] }),
    onError: (error) => form.setErrors(formFaults(error, ['name', 'permissions']).fields),
  })
  const rest = make.error === null ? null : formFaults(make.error, ['name', 'permissions']).rest
  return (
    <Modal opened onClose={onClose} title="Create Token" closeButtonProps={{ 'aria-label': 'Close' }}>
      {make.data === undefined ? (
        <form onSubmit={form.onSubmit((values) => make.mutate(values))} noValidate>
          <Stack>
            {rest !== null && (
              <Alert color="red" role="alert" py="xs">
                {rest}
              </Alert>
            )}
            <TextInput label="Name" withAsterisk data-autofocus maxLength={200} {...form.getInputProps('name')} />
            <Select
              label="Ends"
              allowDeselect={false}
              data={[
                { value: '7', label: 'In 7 days' },
                { value: '30', label: 'In 30 days' },
                { value: '90', label: 'In 90 days' },
                { value: '365', label: 'In a year' },
              ]}
              {...form.getInputProps('days')}
            />
            <MultiSelect
              label="Permissions"
              description={owner === 'me' ? 'None chosen: all of yours.' : 'None chosen: all that its role has.'}
              data={me.permissions}
              {...form.getInputProps('permissions')}
            />
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>
                Cancel
              </Button>
              <Button type="submit" loading={make.isPending}>
                Create Token
              </Button>
            </Group>
          </Stack>
        </form>
      ) : (
        <Stack>
          <Alert color="yellow" py="xs">
            It is shown once. Copy it now.
          </Alert>
          <Code block style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
            {make.data.token}
          </Code>
          <Group justify="flex-end">
            <CopyButton value={make.data.token ?? ''}>
              {({ copied, copy }) => (
                <Button variant="default" onClick={copy}>
                  {copied ? 'Copied' : 'Copy'}
                </Button>
              )}
            </CopyButton>
            <Button onClick={onClose}>Close</Button>
          </Group>
        </Stack>
      )}
    </Modal>
  )
}
