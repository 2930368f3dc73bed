import type { Tx } from '../adapters/postgres/tables.js'
import type { Person } from '../domain/exception.js'
import type { DisabledBecause, Webhook } from '../domain/webhook.js'
import type { WebhookEventType } from '../domain/webhook-event.js'

export interface NewWebhookDelivery {
  id: string
  webhookId: string
  type: string
  /** Unique for a webhook: the same event adds nothing. */
  eventKey: string
  body: string
  trace: Readonly<Record<string, string>>
}

/** A delivery that this attempt may send. */
export interface ClaimedDelivery {
  id: string
  webhookId: string
  url: string
  type: string
  body: string
  trace: Readonly<Record<string, string>>
  /** With this one. */
  attempts: number
}

/** What an attempt came to, as it is recorded. */
export type Ending =
  | { status: 'delivered'; responseStatus: number }
  | { status: 'failed'; nextAt: Date | null; responseStatus: number | null; error: string }

export interface WebhookStore {
  /** Those that are enabled and hear of one of these. */
  subscribers(tx: Tx, types: readonly WebhookEventType[]): Promise<Array<{ id: string; eventTypes: readonly string[] }>>
  /** Adds those that were not there yet, to be sent at once. */
  addDeliveries(tx: Tx, deliveries: readonly NewWebhookDelivery[], now: Date): Promise<void>
  /**
   * Marks deliveries that are due as being sent, the longest overdue first, few of one webhook at a time. A claim older than
   * `staleBefore` was left behind by a process that died and is taken over.
   */
  claimDue(claim: string, now: Date, staleBefore: Date, limit: number): Promise<ClaimedDelivery[]>
  /** Its secrets that sign at this time, sealed, the newest first. */
  secrets(webhookId: string, now: Date): Promise<string[]>
  allowedHosts(): Promise<ReadonlySet<string>>
  /** Ends the claim as if it had not been: to be sent at once by another process. No effect if it was taken over. */
  release(deliveryId: string, claim: string, now: Date): Promise<void>
  /** Records an attempt. @returns false if the claim was taken over: nothing was recorded */
  finish(tx: Tx, delivery: ClaimedDelivery, claim: string, ending: Ending, now: Date): Promise<boolean>
  /** The webhook, locked until the transaction ends; null where it was deleted. */
  lock(tx: Tx, webhookId: string): Promise<Webhook | null>
  recordSuccess(tx: Tx, webhookId: string, now: Date): Promise<void>
  recordFailure(tx: Tx, webhookId: string, error: string, now: Date): Promise<void>
  /** Disables it and drops what still waits for it. @returns its version from then on */
  disable(tx: Tx, webhookId: string, because: DisabledBecause, now: Date): Promise<number>
  /** Active people whose role may operate the installation. */
  operators(tx: Tx): Promise<Person[]>
}
