import { randomUUID } from 'node:crypto'
import type { Clock } from '@reprieve/clock'
import type { Database } from '@reprieve/database'
import { inSpan, inTrace, type Logger, measure, traceHeaders } from '@reprieve/telemetry'
import { Webhook as Signer } from 'standardwebhooks'
import type { NotificationsTables, Tx } from '../adapters/postgres/tables.js'
import type { Webhook } from '../domain/webhook.js'
import { PING } from '../domain/webhook-event.js'
import { askedPause, isLost, nextAttempt, outcomeOf } from '../domain/webhook-retry.js'
import type { NoticeWriter } from './notice-writer.js'
import type { OperatorsJournal } from './operators-journal.js'
import { recordStubbornly } from './record-stubbornly.js'
import { type SecretSeal, SecretSealError } from './secret-seal.port.js'
import { type WebhookAnswer, WebhookNotSentError, type WebhookSender } from './webhook-sender.port.js'
import type { ClaimedDelivery, Ending, WebhookStore } from './webhook-store.port.js'

export interface WebhookDeliveryParts {
  database: Database<NotificationsTables>
  store: WebhookStore
  sender: WebhookSender
  seal: SecretSeal
  writer: NoticeWriter
  journal: OperatorsJournal
  clock: Clock
  logger: Logger
  /** After nothing got through for this long a webhook is disabled. */
  disableAfterMs: number
  /** After this long a claim was left behind by a process that died; where a test cannot wait as long. */
  claimMs?: number
}

// Longer than the sender's own patience and our own to record it, so that a claim that old is nobody's any more.
const CLAIM_MS = 60_000

interface Attempt {
  ending: Ending
  gone: boolean
}

/**
 * Sends events to webhooks, outside of any transaction: claim, send, record.
 *
 * A process that dies between the receiver's answer and the record leaves its claim behind; the next attempt sends again with the same
 * `webhook-id`, by which a receiver knows the second as the first.
 */
export class WebhookDelivery {
  readonly #parts: WebhookDeliveryParts

  constructor(parts: WebhookDeliveryParts) {
    this.#parts = parts
  }

  /** @returns deliveries to be handed to `carryOut`, each once */
  async claim(limit: number): Promise<Array<{ delivery: ClaimedDelivery; claim: string }>> {
    const { store, clock, claimMs = CLAIM_MS } = this.#parts
    const now = clock.now()
    const claim = randomUUID()
    const claimed = await store.claimDue(claim, now, new Date(now.getTime() - claimMs), limit)
    return claimed.map((delivery) => ({ delivery, claim }))
  }

  /** @param signal ends it early: it is then sent again by whoever comes next */
  async carryOut(delivery: ClaimedDelivery, claim: string, signal: AbortSignal): Promise<void> {
    await inTrace(delivery.trace, () =>
      inSpan(
        'deliver webhook',
        {
          'reprieve.webhook.id': delivery.webhookId,
          'reprieve.kind': delivery.type,
          'reprieve.attempt': delivery.attempts,
        },
        async (annotate) => {
          const attempt = await this.#attempt(delivery, signal)
          if (attempt === null) return this.#parts.store.release(delivery.id, claim, this.#parts.clock.now())
          const outcome = attempt.ending.status
          annotate({ 'reprieve.outcome': outcome })
          measure('reprieve.webhooks.deliveries', 1, { 'reprieve.outcome': outcome })
          await recordStubbornly(() => this.#record(delivery, claim, attempt))
          this.#parts.writer.wake()
        },
        { kind: 'client' },
      ),
    )
  }

  /** @returns null where this process ended it before an answer came */
  async #attempt(delivery: ClaimedDelivery, signal: AbortSignal): Promise<Attempt | null> {
    const { clock } = this.#parts
    try {
      const answer = await this.#send(delivery, signal)
      const outcome = outcomeOf(answer.status)
      if (outcome === 'delivered')
        return { ending: { status: 'delivered', responseStatus: answer.status }, gone: false }
      const asked = askedPause(answer.retryAfter, clock.now())
      const redirected = answer.status >= 300 && answer.status < 400
      const error = `it answered ${answer.status}${redirected ? ', and redirects are not followed' : ''}`
      return this.#failed(delivery, error, answer.status, asked, outcome === 'gone')
    } catch (error) {
      if (signal.aborted) return null
      if (!(error instanceof WebhookNotSentError) && !(error instanceof SecretSealError)) throw error
      return this.#failed(delivery, error.message, null, null, false)
    }
  }

  #failed(
    { attempts, type }: ClaimedDelivery,
    error: string,
    responseStatus: number | null,
    askedPauseMs: number | null,
    gone: boolean,
  ): Attempt {
    // Whoever sends a ping looks at what comes of it; nobody waits days for one.
    const nextAt =
      type === PING || gone ? null : nextAttempt(attempts, this.#parts.clock.now(), askedPauseMs, Math.random())
    return { ending: { status: 'failed', nextAt, responseStatus, error }, gone }
  }

  async #send(delivery: ClaimedDelivery, signal: AbortSignal): Promise<WebhookAnswer> {
    const { store, seal, sender, clock } = this.#parts
    const now = clock.now()
    const secrets = await Promise.all((await store.secrets(delivery.webhookId, now)).map((sealed) => seal.open(sealed)))
    const signatures = secrets.map((secret) => new Signer(secret).sign(delivery.id, now, delivery.body))
    return await sender.send(
      {
        url: delivery.url,
        body: delivery.body,
        headers: {
          'webhook-id': delivery.id,
          'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
          'webhook-signature': signatures.join(' '),
        },
        allowedHosts: await store.allowedHosts(),
      },
      signal,
    )
  }

  async #record(delivery: ClaimedDelivery, claim: string, { ending, gone }: Attempt): Promise<void> {
    const { database, store, clock } = this.#parts
    await database.transaction(async (tx) => {
      // The webhook first, as everywhere: it is what several deliveries meet at.
      const webhook = await store.lock(tx, delivery.webhookId)
      const now = clock.now()
      if (webhook === null) return
      // One that was on its way while the webhook was disabled is not tried again either.
      const last = webhook.disabled !== null && ending.status === 'failed' ? { ...ending, nextAt: null } : ending
      if (!(await store.finish(tx, delivery, claim, last, now))) return
      if (ending.status === 'delivered') return store.recordSuccess(tx, webhook.id, now)
      await store.recordFailure(tx, webhook.id, ending.error, now)
      const health = { failingSince: webhook.failingSince ?? now, failures: webhook.failures + 1 }
      const lost = isLost(health, now, this.#parts.disableAfterMs)
      if (webhook.disabled !== null || !(gone || lost)) return
      await this.#disable(tx, webhook, gone ? null : health.failingSince, ending.error, now)
    })
  }

  async #disable(tx: Tx, webhook: Webhook, failingSince: Date | null, lastError: string, now: Date): Promise<void> {
    const { store, writer, journal, logger } = this.#parts
    const { id, name, url } = webhook
    const because = failingSince === null ? 'gone' : 'failures'
    const version = await store.disable(tx, id, because, now)
    const disabled = { ...webhook, version, disabled: { because, at: now } as const }
    await journal.webhook(tx, { by: null, at: now }, 'DISABLED', disabled)
    logger.warn({ webhookId: id, reason: lastError }, 'a webhook was disabled')
    const notices = (await store.operators(tx)).map((operator) => ({
      kind: 'webhook_disabled' as const,
      recipientId: operator.id,
      version: { incarnation: 0, n: version },
      at: now,
      publishedAt: now,
      facts: {
        webhookName: name,
        webhookUrl: url,
        failingSince: failingSince?.toISOString() ?? null,
        lastError,
      },
    }))
    await writer.write(tx, [{ subjectId: id, notices, trace: traceHeaders() }])
  }
}
