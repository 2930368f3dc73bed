import type { Person } from './exception.js'
import type { WebhookEventType } from './webhook-event.js'

/** failures: nothing got through for days. gone: its receiver answered 410. */
export type DisabledBecause = 'failures' | 'gone' | 'person'

/** Another system that hears of events. */
export interface Webhook {
  id: string
  version: number
  name: string
  url: string
  eventTypes: readonly WebhookEventType[]
  disabled: { because: DisabledBecause; at: Date } | null
  failingSince: Date | null
  failures: number
  lastError: string | null
  lastSuccessAt: Date | null
  createdAt: Date
  createdBy: Person
}
