import type { Clock } from '@reprieve/clock'
import { v7 as uuidv7 } from 'uuid'
import type { Tx } from '../adapters/postgres/tables.js'
import type { PlannedWebhookEvent } from '../domain/webhook-event.js'
import type { WebhookStore } from './webhook-store.port.js'

export interface WebhookOutletParts {
  store: WebhookStore
  clock: Clock
  publicUrl: string
  /** An event that was written longer ago is no news to other systems either. */
  maxAgeMs: number
}

/** What other systems hear of one subject. */
export interface ToldOutside {
  /** Where people open it: `exceptions/{id}`. */
  page: string
  events: readonly PlannedWebhookEvent[]
  /** W3C trace context. */
  trace: Readonly<Record<string, string>>
}

/** Writes down which webhooks hear of an event, each once, in the transaction that takes the event in. Nothing is sent here. */
export class WebhookOutlet {
  readonly #parts: WebhookOutletParts
  #wake: () => void = () => {}

  constructor(parts: WebhookOutletParts) {
    this.#parts = parts
  }

  async write(tx: Tx, told: readonly ToldOutside[]): Promise<void> {
    const { store, clock, publicUrl, maxAgeMs } = this.#parts
    const now = clock.now()
    const news = told.flatMap(({ page, events, trace }) =>
      events
        .filter(({ publishedAt }) => now.getTime() - publishedAt.getTime() <= maxAgeMs)
        .map((event) => ({ event, trace, link: `${publicUrl}/${page}` })),
    )
    if (news.length === 0) return
    const webhooks = await store.subscribers(tx, [...new Set(news.map(({ event }) => event.type))])
    const deliveries = webhooks.flatMap((webhook) =>
      news
        .filter(({ event }) => webhook.eventTypes.includes(event.type))
        .map(({ event: { type, key, at, data }, trace, link }) => ({
          id: uuidv7({ msecs: now.getTime() }),
          webhookId: webhook.id,
          type,
          eventKey: key,
          body: JSON.stringify({ type, timestamp: at.toISOString(), data: { ...data, link } }),
          trace,
        })),
    )
    await store.addDeliveries(tx, deliveries, now)
  }

  /** Says that deliveries may wait, once the transaction has committed. */
  wake(): void {
    this.#wake()
  }

  onWake(wake: () => void): void {
    this.#wake = wake
  }
}
