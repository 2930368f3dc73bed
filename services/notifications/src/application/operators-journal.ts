import { createHash } from 'node:crypto'
import { notifications } from '@reprieve/contracts'
import type { Outbox } from '@reprieve/outbox'
import type { Tx } from '../adapters/postgres/tables.js'
import type { Person } from '../domain/exception.js'
import type { NoticeKind } from '../domain/notice-kind.js'
import type { Webhook } from '../domain/webhook.js'
import type { TemplateContent } from './template-store.port.js'

export interface Act {
  /** Null for the system itself. */
  by: Person | null
  at: Date
}

export type WebhookTransition = Exclude<keyof typeof notifications.WebhookTransition, 'UNSPECIFIED'>

/** Tells of what operators change, in the transaction that changes it. No secret is told, nor a webhook's path, where some have theirs. */
export class OperatorsJournal {
  readonly #outbox: Outbox

  constructor(outbox: Outbox) {
    this.#outbox = outbox
  }

  /** @param webhook as it is now; of one that was deleted, as it was, one version on */
  async webhook(tx: Tx, { by, at }: Act, transition: WebhookTransition, webhook: Webhook): Promise<void> {
    const { id, name, url, eventTypes, disabled, version } = webhook
    const told = {
      id,
      name,
      origin: new URL(url).origin,
      urlSha256: createHash('sha256').update(url).digest('hex'),
      eventTypes: [...eventTypes],
      enabled: disabled === null,
      disabledBecause: disabled?.because ?? '',
    }
    const body = { webhook: { transition: notifications.WebhookTransition[transition], webhook: told } }
    await this.#outbox.append(tx, { topic: 'notifications.v1', subjectId: id, version, actor: by, at, body })
  }

  /** @param content null where the product's own is sent from now on */
  async mailTemplate(
    tx: Tx,
    { by, at }: Act,
    { kind, version, content }: { kind: NoticeKind; version: number; content: TemplateContent | null },
  ): Promise<void> {
    const body = { mailTemplate: { kind, edited: content !== null, ...content } }
    await this.#outbox.append(tx, { topic: 'notifications.v1', subjectId: kind, version, actor: by, at, body })
  }

  async webhookHosts(tx: Tx, { by, at }: Act, version: number, hosts: readonly string[]): Promise<void> {
    const body = { webhookHosts: { hosts: [...hosts] } }
    const subjectId = 'webhook-hosts'
    await this.#outbox.append(tx, { topic: 'notifications.v1', subjectId, version, actor: by, at, body })
  }
}
