import type { Database } from '@reprieve/database'
import { type List, type PageRequest, readPage } from '@reprieve/http-kit'
import { sql } from 'kysely'
import type { Webhook } from '../../domain/webhook.js'
import type { NotificationsTables, Tx } from './tables.js'
import { dropWaiting } from './webhook-delivery.repository.js'
import { toWebhook, WEBHOOK_COLUMNS } from './webhook-row.js'

export interface SecretAge {
  webhookId: string
  madeAt: Date
  expiresAt: Date | null
}

export interface WebhookDeliveryRecord {
  id: string
  type: string
  status: string
  attempts: number
  createdAt: Date
  lastAttemptAt: Date | null
  nextAttemptAt: Date | null
  finishedAt: Date | null
  responseStatus: number | null
  lastError: string | null
}

export interface AllowedHosts {
  version: number
  hosts: readonly string[]
}

export interface DeliveryFilters {
  status: readonly string[] | undefined
  type: readonly string[] | undefined
}

/** Webhooks as people manage them. */
export class WebhookRepository {
  readonly #database: Database<NotificationsTables>

  constructor(database: Database<NotificationsTables>) {
    this.#database = database
  }

  async list(enabled: boolean | undefined, page: PageRequest<'name' | 'createdAt'>): Promise<List<Webhook>> {
    let query = this.#database.db.selectFrom('webhook').select(WEBHOOK_COLUMNS)
    if (enabled !== undefined) query = query.where('webhook.enabled', '=', enabled)
    const list = await readPage(this.#database.db, query, page, {
      columns: {
        name: { by: 'webhook.name', type: 'text' },
        createdAt: { by: 'webhook.created_at', type: 'timestamptz' },
      },
      id: 'webhook.id',
    })
    return { ...list, items: list.items.map(toWebhook) }
  }

  async find(id: string): Promise<Webhook | null> {
    const row = await this.#database.db
      .selectFrom('webhook')
      .select(WEBHOOK_COLUMNS)
      .where('id', '=', id)
      .executeTakeFirst()
    return row === undefined ? null : toWebhook(row)
  }

  async lock(tx: Tx, id: string): Promise<Webhook | null> {
    const row = await tx
      .selectFrom('webhook')
      .select(WEBHOOK_COLUMNS)
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst()
    return row === undefined ? null : toWebhook(row)
  }

  async count(tx: Tx): Promise<number> {
    const { count } = await tx
      .selectFrom('webhook')
      .select((row) => row.fn.countAll<string>().as('count'))
      .executeTakeFirstOrThrow()
    return Number(count)
  }

  async insert(tx: Tx, webhook: Webhook): Promise<void> {
    await tx
      .insertInto('webhook')
      .values({
        ...editable(webhook),
        id: webhook.id,
        created_at: webhook.createdAt,
        created_by: webhook.createdBy.id,
        created_by_name: webhook.createdBy.name,
      })
      .execute()
  }

  async update(tx: Tx, webhook: Webhook, now: Date): Promise<void> {
    await tx.updateTable('webhook').set(editable(webhook)).where('id', '=', webhook.id).execute()
    if (webhook.disabled !== null) await dropWaiting(tx, webhook.id, now)
  }

  async delete(tx: Tx, id: string): Promise<void> {
    await tx.deleteFrom('webhook').where('id', '=', id).execute()
  }

  /** Makes a secret the newest. The one before it signs beside it until `previousExpiresAt`, and older ones no more. */
  async addSecret(
    tx: Tx,
    secret: { id: string; webhookId: string; sealed: string; madeAt: Date },
    previousExpiresAt: Date,
  ): Promise<void> {
    const secrets = tx.deleteFrom('webhook_secret').where('webhook_id', '=', secret.webhookId)
    await secrets.where('expires_at', 'is not', null).execute()
    await tx
      .updateTable('webhook_secret')
      .set({ expires_at: previousExpiresAt })
      .where('webhook_id', '=', secret.webhookId)
      .execute()
    await tx
      .insertInto('webhook_secret')
      .values({ id: secret.id, webhook_id: secret.webhookId, sealed: secret.sealed, made_at: secret.madeAt })
      .execute()
  }

  /** How old the secrets of some webhooks are, the newest first; those that have expired are left out. */
  async secretAges(webhookIds: readonly string[], now: Date): Promise<SecretAge[]> {
    if (webhookIds.length === 0) return []
    const rows = await this.#database.db
      .selectFrom('webhook_secret')
      .select(['webhook_id', 'made_at', 'expires_at'])
      .where('webhook_id', 'in', [...webhookIds])
      .where((row) => row.or([row('expires_at', 'is', null), row('expires_at', '>', now)]))
      .orderBy(sql`expires_at DESC NULLS FIRST`)
      .execute()
    return rows.map((row) => ({ webhookId: row.webhook_id, madeAt: row.made_at, expiresAt: row.expires_at }))
  }

  async deliveries(
    webhookId: string,
    { status, type }: DeliveryFilters,
    page: PageRequest<'createdAt'>,
  ): Promise<List<WebhookDeliveryRecord>> {
    let query = this.#database.db
      .selectFrom('webhook_delivery')
      .select([
        'webhook_delivery.id',
        'type',
        'status',
        'attempts',
        'created_at',
        'last_attempt_at',
        'next_at',
        'finished_at',
        'response_status',
        'last_error',
      ])
      .where('webhook_id', '=', webhookId)
    if (status !== undefined) query = query.where('status', 'in', [...status])
    if (type !== undefined) query = query.where('type', 'in', [...type])
    const list = await readPage(this.#database.db, query, page, {
      columns: { createdAt: { by: 'webhook_delivery.created_at', type: 'timestamptz' } },
      id: 'webhook_delivery.id',
    })
    return {
      ...list,
      items: list.items.map((row) => ({
        id: row.id,
        type: row.type,
        status: row.status,
        attempts: row.attempts,
        createdAt: row.created_at,
        lastAttemptAt: row.last_attempt_at,
        nextAttemptAt: row.status === 'waiting' ? row.next_at : null,
        finishedAt: row.finished_at,
        responseStatus: row.response_status,
        lastError: row.last_error,
      })),
    }
  }

  async hosts(): Promise<AllowedHosts> {
    return await this.#database.db.selectFrom('webhook_hosts').select(['version', 'hosts']).executeTakeFirstOrThrow()
  }

  async lockHosts(tx: Tx): Promise<AllowedHosts> {
    return await tx.selectFrom('webhook_hosts').select(['version', 'hosts']).forUpdate().executeTakeFirstOrThrow()
  }

  async saveHosts(tx: Tx, { version, hosts }: AllowedHosts): Promise<void> {
    await tx
      .updateTable('webhook_hosts')
      .set({ version, hosts: [...hosts] })
      .execute()
  }
}

const editable = (webhook: Webhook) => ({
  version: webhook.version,
  name: webhook.name,
  url: webhook.url,
  event_types: [...webhook.eventTypes],
  enabled: webhook.disabled === null,
  disabled_because: webhook.disabled?.because ?? null,
  disabled_at: webhook.disabled?.at ?? null,
  failing_since: webhook.failingSince,
  failures: webhook.failures,
  last_error: webhook.lastError,
  last_success_at: webhook.lastSuccessAt,
})
