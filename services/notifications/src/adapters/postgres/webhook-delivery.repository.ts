import type { Database } from '@reprieve/database'
import { sql } from 'kysely'
import type { ClaimedDelivery, Ending, NewWebhookDelivery, WebhookStore } from '../../application/webhook-store.port.js'
import type { Person } from '../../domain/exception.js'
import type { DisabledBecause, Webhook } from '../../domain/webhook.js'
import type { WebhookEventType } from '../../domain/webhook-event.js'
import type { NotificationsTables, Tx } from './tables.js'
import { toWebhook, WEBHOOK_COLUMNS } from './webhook-row.js'

const MAX_WORDS = 1_000
// A receiver that hangs holds this many attempts up and not everybody's.
const OF_ONE_WEBHOOK_AT_ONCE = 4

export class WebhookDeliveryRepository implements WebhookStore {
  readonly #database: Database<NotificationsTables>

  constructor(database: Database<NotificationsTables>) {
    this.#database = database
  }

  async subscribers(tx: Tx, types: readonly WebhookEventType[]) {
    const rows = await tx
      .selectFrom('webhook')
      .select(['id', 'event_types'])
      .where('enabled', '=', true)
      .where('event_types', '&&', sql<string[]>`${[...types]}::text[]`)
      .orderBy('id')
      // One that is deleted meanwhile waits until its deliveries are written, and takes them with it.
      .forKeyShare()
      .execute()
    return rows.map((row) => ({ id: row.id, eventTypes: row.event_types }))
  }

  async addDeliveries(tx: Tx, deliveries: readonly NewWebhookDelivery[], now: Date): Promise<void> {
    if (deliveries.length === 0) return
    await tx
      .insertInto('webhook_delivery')
      .values(
        deliveries.map((delivery) => ({
          id: delivery.id,
          webhook_id: delivery.webhookId,
          type: delivery.type,
          event_key: delivery.eventKey,
          body: delivery.body,
          trace: JSON.stringify(delivery.trace),
          status: 'waiting',
          next_at: now,
          created_at: now,
        })),
      )
      .onConflict((conflict) => conflict.constraint('webhook_delivery_once').doNothing())
      .execute()
  }

  async claimDue(claim: string, now: Date, staleBefore: Date, limit: number): Promise<ClaimedDelivery[]> {
    const { rows } = await sql<{
      id: string
      webhook_id: string
      url: string
      type: string
      body: string
      trace: Record<string, string>
      attempts: number
    }>`
      WITH due AS (
        SELECT d.id, d.next_at FROM webhook w CROSS JOIN LATERAL (
          SELECT id, next_at FROM webhook_delivery
          WHERE webhook_id = w.id
            AND ((status = 'waiting' AND next_at <= ${now}) OR (status = 'sending' AND claimed_at <= ${staleBefore}))
          ORDER BY next_at
          LIMIT greatest(0, ${OF_ONE_WEBHOOK_AT_ONCE} - (
            SELECT count(*) FROM webhook_delivery
            WHERE webhook_id = w.id AND status = 'sending' AND claimed_at > ${staleBefore}))
        ) d
        ORDER BY d.next_at LIMIT ${limit}
      ), chosen AS (
        SELECT id FROM webhook_delivery
        WHERE id IN (SELECT id FROM due)
          -- Another process may have taken it since.
          AND ((status = 'waiting' AND next_at <= ${now}) OR (status = 'sending' AND claimed_at <= ${staleBefore}))
        FOR UPDATE SKIP LOCKED
      )
      UPDATE webhook_delivery d
      SET status = 'sending', claim = ${claim}, claimed_at = ${now}, last_attempt_at = ${now}, attempts = d.attempts + 1
      FROM chosen, webhook w
      WHERE d.id = chosen.id AND w.id = d.webhook_id
      RETURNING d.id, d.webhook_id, w.url, d.type, d.body, d.trace, d.attempts`.execute(this.#database.db)
    return rows.map(({ webhook_id, ...row }) => ({ ...row, webhookId: webhook_id }))
  }

  async secrets(webhookId: string, now: Date): Promise<string[]> {
    const rows = await this.#database.db
      .selectFrom('webhook_secret')
      .select('sealed')
      .where('webhook_id', '=', webhookId)
      .where((row) => row.or([row('expires_at', 'is', null), row('expires_at', '>', now)]))
      .orderBy(sql`expires_at DESC NULLS FIRST`)
      .execute()
    return rows.map(({ sealed }) => sealed)
  }

  async allowedHosts(): Promise<ReadonlySet<string>> {
    const row = await this.#database.db.selectFrom('webhook_hosts').select('hosts').executeTakeFirst()
    return new Set(row?.hosts ?? [])
  }

  async release(deliveryId: string, claim: string, now: Date): Promise<void> {
    await this.#database.db
      .updateTable('webhook_delivery')
      .set((row) => ({
        status: 'waiting',
        claim: null,
        claimed_at: null,
        next_at: now,
        attempts: row('attempts', '-', 1),
      }))
      .where('id', '=', deliveryId)
      .where('claim', '=', claim)
      .execute()
  }

  async finish(tx: Tx, { id }: ClaimedDelivery, claim: string, ending: Ending, now: Date): Promise<boolean> {
    const nextAt = ending.status === 'failed' ? ending.nextAt : null
    const status = ending.status === 'delivered' ? 'delivered' : nextAt === null ? 'given_up' : 'waiting'
    const { numUpdatedRows } = await tx
      .updateTable('webhook_delivery')
      .set({
        status,
        claim: null,
        claimed_at: null,
        next_at: nextAt,
        response_status: ending.responseStatus,
        finished_at: status === 'waiting' ? null : now,
        // What went wrong before stays on record.
        ...(ending.status === 'failed' ? { last_error: ending.error.slice(0, MAX_WORDS) } : {}),
      })
      .where('id', '=', id)
      .where('claim', '=', claim)
      .executeTakeFirstOrThrow()
    return numUpdatedRows > 0n
  }

  async lock(tx: Tx, webhookId: string): Promise<Webhook | null> {
    const row = await tx
      .selectFrom('webhook')
      .select(WEBHOOK_COLUMNS)
      .where('id', '=', webhookId)
      .forNoKeyUpdate()
      .executeTakeFirst()
    return row === undefined ? null : toWebhook(row)
  }

  async recordSuccess(tx: Tx, webhookId: string, now: Date): Promise<void> {
    await tx
      .updateTable('webhook')
      .set({ failing_since: null, failures: 0, last_success_at: now })
      .where('id', '=', webhookId)
      .execute()
  }

  async recordFailure(tx: Tx, webhookId: string, error: string, now: Date): Promise<void> {
    await tx
      .updateTable('webhook')
      .set((row) => ({
        failing_since: row.fn.coalesce('failing_since', row.val(now)),
        failures: row('failures', '+', 1),
        last_error: error.slice(0, MAX_WORDS),
      }))
      .where('id', '=', webhookId)
      .execute()
  }

  async disable(tx: Tx, webhookId: string, because: DisabledBecause, now: Date): Promise<number> {
    const { version } = await tx
      .updateTable('webhook')
      .set((row) => ({
        enabled: false,
        disabled_because: because,
        disabled_at: now,
        version: row('version', '+', 1),
      }))
      .where('id', '=', webhookId)
      .returning('version')
      .executeTakeFirstOrThrow()
    await dropWaiting(tx, webhookId, now)
    return version
  }

  async operators(tx: Tx): Promise<Person[]> {
    return await tx
      .selectFrom('people_person as person')
      .innerJoin('people_person_role as role', 'role.name', 'person.role')
      .select(['person.id', 'person.name'])
      .where('person.active', '=', true)
      .where('person.kind', '=', 'person')
      .where(sql<boolean>`'operations.manage' = ANY(role.permissions)`)
      .orderBy('person.id')
      .execute()
  }
}

/** Nothing more is sent to a webhook that is disabled; what is on its way ends as it ends. */
export async function dropWaiting(tx: Tx, webhookId: string, now: Date): Promise<void> {
  await tx
    .updateTable('webhook_delivery')
    .set({ status: 'dropped', next_at: null, finished_at: now, last_error: 'the webhook was disabled' })
    .where('webhook_id', '=', webhookId)
    .where('status', '=', 'waiting')
    .execute()
}
