import type { Selectable } from 'kysely'
import type { DisabledBecause, Webhook } from '../../domain/webhook.js'
import type { WebhookEventType } from '../../domain/webhook-event.js'
import type { Webhook as WebhookTable } from './tables.gen.js'

export const WEBHOOK_COLUMNS = [
  'webhook.id',
  'webhook.version',
  'webhook.name',
  'webhook.url',
  'webhook.event_types',
  'webhook.enabled',
  'webhook.disabled_because',
  'webhook.disabled_at',
  'webhook.failing_since',
  'webhook.failures',
  'webhook.last_error',
  'webhook.last_success_at',
  'webhook.created_at',
  'webhook.created_by',
  'webhook.created_by_name',
] as const

export const toWebhook = (row: Selectable<WebhookTable>): Webhook => ({
  id: row.id,
  version: row.version,
  name: row.name,
  url: row.url,
  eventTypes: row.event_types as WebhookEventType[],
  disabled: row.disabled_at === null ? null : { because: row.disabled_because as DisabledBecause, at: row.disabled_at },
  failingSince: row.failing_since,
  failures: row.failures,
  lastError: row.last_error,
  lastSuccessAt: row.last_success_at,
  createdAt: row.created_at,
  createdBy: { id: row.created_by, name: row.created_by_name },
})
