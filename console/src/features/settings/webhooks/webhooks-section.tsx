import { Badge } from '@mantine/core'
import { IconWebhook } from '@tabler/icons-react'
import { api, ask } from '../../../api/client.js'
import type { Page, Webhook } from '../../../api/schemas.js'
import { EmptyState } from '../../../feedback/empty-state.js'
import { Time } from '../../../time/time.js'
import { SettingsList } from '../settings-list.js'
import { useEditing } from '../use-editing.js'
import { usePages } from '../use-pages.js'
import { WebhookDrawer } from './webhook-drawer.js'
import { WebhookHosts } from './webhook-hosts.js'

/** Which systems are told of what happens. */
export function WebhooksSection() {
  const { edit, open, close } = useEditing()
  const list = usePages<Webhook>(
    ['webhooks', 'list'],
    (cursor, signal) =>
      ask(api.GET('/webhooks', { params: { query: { limit: 100, ...cursor } }, signal })) as Promise<Page<Webhook>>,
  )
  return (
    <>
      <SettingsList
        title="Webhooks"
        text="Each event is delivered once, signed with the webhook’s secret. Hosts within the network have to be allowed first."
        create="Create Webhook"
        onCreate={() => open('new')}
        rows={list.rows}
        rowId={({ id }) => id}
        rowName={({ name }) => name}
        onOpen={({ id }) => open(id)}
        error={list.error}
        retry={list.retry}
        more={list.more}
        columns={[
          { label: 'Name', cell: ({ name }) => name },
          { label: 'Address', cell: ({ url }) => url },
          {
            label: 'State',
            cell: ({ enabled, failing, disabled }) =>
              failing !== null ? (
                <Badge color="orange">Failing</Badge>
              ) : enabled ? (
                <Badge color="teal">On</Badge>
              ) : (
                <Badge color="gray">{disabled?.because === 'person' ? 'Off' : 'Switched off for failures'}</Badge>
              ),
          },
          { label: 'Last success', cell: ({ lastSuccessAt }) => <Time at={lastSuccessAt} as="ago" /> },
        ]}
        empty={
          <EmptyState
            icon={IconWebhook}
            title="No webhooks"
            text="Tell your chat, your ticket system or your pipeline what happens to exceptions."
          />
        }
      />
      <WebhookHosts />
      {edit !== undefined && <WebhookDrawer key={edit} id={edit === 'new' ? null : edit} onClose={close} />}
    </>
  )
}
