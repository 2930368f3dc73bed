import { randomBytes } from 'node:crypto'
import type { Principal } from '@reprieve/auth'
import type { Clock } from '@reprieve/clock'
import { v7 as uuidv7 } from 'uuid'
import type { Tx } from '../adapters/postgres/tables.js'
import type { Person } from '../domain/exception.js'
import type { Webhook } from '../domain/webhook.js'
import { PING, type WebhookEventType } from '../domain/webhook-event.js'
import type { OperatorsJournal } from './operators-journal.js'
import type { SecretSeal } from './secret-seal.port.js'
import type { NewWebhookDelivery } from './webhook-store.port.js'

/** Where webhooks are kept. */
export interface WebhookBook {
  insert(tx: Tx, webhook: Webhook): Promise<void>
  update(tx: Tx, webhook: Webhook, now: Date): Promise<void>
  delete(tx: Tx, id: string): Promise<void>
  addSecret(
    tx: Tx,
    secret: { id: string; webhookId: string; sealed: string; madeAt: Date },
    previousExpiresAt: Date,
  ): Promise<void>
}

export interface WebhookServiceParts {
  book: WebhookBook
  deliveries: { addDeliveries(tx: Tx, deliveries: readonly NewWebhookDelivery[], now: Date): Promise<void> }
  seal: SecretSeal
  journal: OperatorsJournal
  clock: Clock
}

export interface NewWebhook {
  name: string
  url: string
  eventTypes: readonly WebhookEventType[]
}

export interface WebhookChange {
  name?: string | undefined
  url?: string | undefined
  eventTypes?: readonly WebhookEventType[] | undefined
  enabled?: boolean | undefined
}

// Within the 24 to 64 bytes of Standard Webhooks; as long as the hash.
const SECRET_BYTES = 32
const HOUR_MS = 3_600_000

/** What people do to webhooks. The caller has checked the address. */
export class WebhookService {
  readonly #parts: WebhookServiceParts

  constructor(parts: WebhookServiceParts) {
    this.#parts = parts
  }

  /** @returns the secret, which is in clear nowhere else */
  async create(tx: Tx, by: Principal, given: NewWebhook): Promise<{ webhook: Webhook; secret: string }> {
    const { book, journal, clock } = this.#parts
    const now = clock.now()
    const webhook: Webhook = {
      ...given,
      id: uuidv7({ msecs: now.getTime() }),
      version: 1,
      disabled: null,
      failingSince: null,
      failures: 0,
      lastError: null,
      lastSuccessAt: null,
      createdAt: now,
      createdBy: { id: by.id, name: by.name },
    }
    await book.insert(tx, webhook)
    await journal.webhook(tx, { by: webhook.createdBy, at: now }, 'CREATED', webhook)
    return { webhook, secret: await this.#addSecret(tx, webhook.id, now, now) }
  }

  async edit(tx: Tx, by: Principal, webhook: Webhook, change: WebhookChange): Promise<Webhook> {
    const { book, journal, clock } = this.#parts
    const now = clock.now()
    const { enabled = webhook.disabled === null, name, url, eventTypes } = change
    const enabledAnew = enabled && webhook.disabled !== null
    const changed: Webhook = {
      ...webhook,
      version: webhook.version + 1,
      name: name ?? webhook.name,
      url: url ?? webhook.url,
      eventTypes: eventTypes ?? webhook.eventTypes,
      disabled: enabled ? null : (webhook.disabled ?? { because: 'person', at: now }),
      // What failed before says nothing about the new beginning.
      ...(enabledAnew ? { failingSince: null, failures: 0 } : {}),
    }
    await book.update(tx, changed, now)
    await journal.webhook(tx, { by: personOf(by), at: now }, 'CHANGED', changed)
    return changed
  }

  async delete(tx: Tx, by: Principal, webhook: Webhook): Promise<void> {
    const { book, journal, clock } = this.#parts
    await book.delete(tx, webhook.id)
    const after = { ...webhook, version: webhook.version + 1 }
    await journal.webhook(tx, { by: personOf(by), at: clock.now() }, 'DELETED', after)
  }

  async rotate(tx: Tx, by: Principal, webhook: Webhook, previousValidForHours: number) {
    const { book, journal, clock } = this.#parts
    const now = clock.now()
    const previousExpiresAt = new Date(now.getTime() + previousValidForHours * HOUR_MS)
    // Its secrets' ages are a part of what is shown of it.
    const rotated = { ...webhook, version: webhook.version + 1 }
    await book.update(tx, rotated, now)
    await journal.webhook(tx, { by: personOf(by), at: now }, 'SECRET_ROTATED', rotated)
    return { secret: await this.#addSecret(tx, webhook.id, now, previousExpiresAt), previousExpiresAt }
  }

  /** @returns the delivery's id */
  async ping(tx: Tx, { id, name }: Webhook): Promise<string> {
    const { deliveries, clock } = this.#parts
    const now = clock.now()
    const deliveryId = uuidv7({ msecs: now.getTime() })
    const body = JSON.stringify({ type: PING, timestamp: now.toISOString(), data: { webhook: { id, name } } })
    const ping = { id: deliveryId, webhookId: id, type: PING, eventKey: `ping/${deliveryId}`, body, trace: {} }
    await deliveries.addDeliveries(tx, [ping], now)
    return deliveryId
  }

  async #addSecret(tx: Tx, webhookId: string, now: Date, previousExpiresAt: Date): Promise<string> {
    const { book, seal } = this.#parts
    const secret = `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`
    const id = uuidv7({ msecs: now.getTime() })
    await book.addSecret(tx, { id, webhookId, sealed: await seal.seal(secret), madeAt: now }, previousExpiresAt)
    return secret
  }
}

const personOf = ({ id, name }: Principal): Person => ({ id, name })
