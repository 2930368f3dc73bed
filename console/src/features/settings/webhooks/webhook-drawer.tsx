import {
  Alert,
  Badge,
  Button,
  Code,
  CopyButton,
  Group,
  MultiSelect,
  Stack,
  Switch,
  Table,
  Text,
  TextInput,
} from '@mantine/core'
import { useForm } from '@mantine/form'
import { modals } from '@mantine/modals'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, ask, askTagged, newIdempotencyKey } from '../../../api/client.js'
import type { Webhook, WebhookDelivery } from '../../../api/schemas.js'
import { done, refused } from '../../../feedback/toast.js'
import { Time } from '../../../time/time.js'
import { OpenedDrawer } from '../opened-drawer.js'
import { SettingsDrawer } from '../settings-drawer.js'
import { useSave } from '../use-save.js'

type EventType = Webhook['eventTypes'][number]

const EVENT_TYPES: readonly EventType[] = [
  'exception.submitted',
  'exception.activated',
  'exception.denied',
  'exception.expired',
  'exception.deactivated',
  'exception.withdrawn',
  'exception.lapsed',
  'approval.opened',
  'approval.step_approved',
  'approval.approved',
  'approval.denied',
  'approval.withdrawn',
  'approval.lapsed',
  'approval.handed_over',
]

const FIELDS = ['name', 'url', 'eventTypes', 'enabled']

export function WebhookDrawer({ id, onClose }: { id: string | null; onClose: () => void }) {
  return (
    <OpenedDrawer
      kind="webhooks"
      id={id}
      title="Webhook"
      read={(one, signal) => askTagged<Webhook>(api.GET('/webhooks/{id}', { params: { path: { id: one } }, signal }))}
      onClose={onClose}
    >
      {(webhook, etag) => <WebhookForm webhook={webhook} etag={etag} onClose={onClose} />}
    </OpenedDrawer>
  )
}

interface WebhookFormProps {
  webhook: Webhook | null
  etag: string
  onClose: () => void
}

function WebhookForm({ webhook, etag, onClose }: WebhookFormProps) {
  const client = useQueryClient()
  const [secret, setSecret] = useState<string | null>(null)
  const form = useForm({
    initialValues: {
      name: webhook?.name ?? '',
      url: webhook?.url ?? '',
      eventTypes: [...(webhook?.eventTypes ?? EVENT_TYPES)] as string[],
      enabled: webhook?.enabled ?? true,
    },
    validate: {
      url: (value) => (/^https?:\/\/\S+$/i.test(value.trim()) ? null : 'An address begins with https:// or http://.'),
      eventTypes: (value) => (value.length === 0 ? 'Choose at least one.' : null),
    },
  })
  const again = () => void client.invalidateQueries({ queryKey: ['webhooks'] })
  const { drawer } = useSave({
    form,
    fields: FIELDS,
    send: async ({ name, url, eventTypes, enabled }, header) => {
      const body = {
        url: url.trim(),
        eventTypes: eventTypes as EventType[],
        ...(name.trim() === '' ? {} : { name: name.trim() }),
      }
      if (webhook === null) return (await ask(api.POST('/webhooks', { params: { header }, body }))).secret
      await ask(
        api.PATCH('/webhooks/{id}', {
          params: { path: { id: webhook.id }, header: { ...header, 'if-match': etag } },
          body: { ...body, enabled },
        }),
      )
      return null
    },
    message: webhook === null ? null : 'The webhook is saved.',
    kind: 'webhooks',
    onSaved: (made) => (made === null ? onClose() : setSecret(made)),
  })
  const ping = useMutation({
    mutationFn: (id: string) =>
      ask(
        api.POST('/webhooks/{id}/ping', {
          params: { path: { id }, header: { 'idempotency-key': newIdempotencyKey() } },
        }),
      ),
    onSuccess: () => {
      done('A ping is on its way; see the deliveries.')
      again()
    },
    onError: refused,
  })
  const remove = useMutation({
    mutationFn: (id: string) =>
      ask(api.DELETE('/webhooks/{id}', { params: { path: { id }, header: { 'if-match': etag } } as never })),
    onSuccess: () => {
      done('The webhook is deleted.')
      again()
      onClose()
    },
    onError: refused,
  })

  if (secret !== null)
    return (
      <SettingsDrawer title="The webhook’s secret" onClose={onClose}>
        <Alert color="yellow" py="xs">
          This is shown once. Keep it where the receiver checks signatures.
        </Alert>
        <Code block>{secret}</Code>
        <CopyButton value={secret}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
      </SettingsDrawer>
    )
  return (
    <SettingsDrawer
      title={webhook === null ? 'Create Webhook' : webhook.name}
      onClose={onClose}
      submit={webhook === null ? 'Create Webhook' : 'Save'}
      {...drawer}
      tools={
        webhook !== null && (
          <>
            <Button variant="default" onClick={() => ping.mutate(webhook.id)} loading={ping.isPending}>
              Ping
            </Button>
            <Button
              variant="subtle"
              color="red"
              onClick={() =>
                modals.openConfirmModal({
                  title: 'Delete this webhook?',
                  children: <Text size="sm">What waits to be delivered to it is dropped. This cannot be undone.</Text>,
                  labels: { confirm: 'Delete', cancel: 'Cancel' },
                  confirmProps: { color: 'red.9' },
                  onConfirm: () => remove.mutate(webhook.id),
                })
              }
            >
              Delete
            </Button>
          </>
        )
      }
    >
      {webhook?.failing != null && (
        <Alert color="orange" py="xs" title={`${webhook.failing.failures} failures in a row`}>
          {webhook.failing.lastError}, since <Time at={webhook.failing.since} />
        </Alert>
      )}
      <TextInput
        label="Address"
        withAsterisk
        data-autofocus
        type="url"
        maxLength={2_000}
        {...form.getInputProps('url')}
      />
      <TextInput
        label="Name"
        description="The host, if it is left empty."
        maxLength={200}
        {...form.getInputProps('name')}
      />
      <MultiSelect label="Events" data={[...EVENT_TYPES]} hidePickedOptions {...form.getInputProps('eventTypes')} />
      {webhook !== null && <Switch label="On" {...form.getInputProps('enabled', { type: 'checkbox' })} />}
      {webhook !== null && <Deliveries id={webhook.id} />}
    </SettingsDrawer>
  )
}

const DELIVERY_COLORS: Readonly<Record<WebhookDelivery['status'], string>> = {
  waiting: 'gray',
  sending: 'blue',
  delivered: 'teal',
  given_up: 'red',
  dropped: 'gray',
}

function Deliveries({ id }: { id: string }) {
  const { data } = useQuery({
    queryKey: ['webhooks', 'deliveries', id],
    queryFn: ({ signal }) =>
      ask(api.GET('/webhooks/{id}/deliveries', { params: { path: { id }, query: { limit: 20 } }, signal })),
    // Nobody tells of them.
    refetchInterval: 5_000,
  })
  return (
    <Stack gap={4}>
      <Group justify="space-between">
        <Text size="sm" fw={500}>
          Newest deliveries
        </Text>
      </Group>
      {data !== undefined && data.items.length === 0 && (
        <Text size="sm" c="dimmed">
          None yet.
        </Text>
      )}
      <Table fz="xs" aria-label="Newest deliveries">
        <Table.Tbody>
          {(data?.items ?? []).map((delivery) => (
            <Table.Tr key={delivery.id}>
              <Table.Td>{delivery.type}</Table.Td>
              <Table.Td>
                <Badge size="sm" color={DELIVERY_COLORS[delivery.status]}>
                  {delivery.status.replace('_', ' ')}
                </Badge>
              </Table.Td>
              <Table.Td>{delivery.lastError ?? delivery.responseStatus ?? ''}</Table.Td>
              <Table.Td>
                <Time at={delivery.createdAt} as="ago" />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Stack>
  )
}
