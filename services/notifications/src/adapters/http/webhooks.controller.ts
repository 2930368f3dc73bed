import { Controller, Inject } from '@nestjs/common'
import type { Clock } from '@reprieve/clock'
import {
  type Answer,
  etagOf,
  Problem,
  Route,
  type RouteInput,
  requireMatch,
  type WriteTransactions,
} from '@reprieve/http-kit'
import { CLOCK, WRITES } from '@reprieve/service-host'
import { OperatorsJournal } from '../../application/operators-journal.js'
import { WebhookService } from '../../application/webhook.service.js'
import { WebhookOutlet } from '../../application/webhook-outlet.js'
import type { Webhook } from '../../domain/webhook.js'
import { WEBHOOK_EVENT_TYPES } from '../../domain/webhook-event.js'
import { canonicalHost, type TargetFault, targetFault } from '../../domain/webhook-target.js'
import type { NotificationsTables } from '../postgres/tables.js'
import { type SecretAge, WebhookRepository } from '../postgres/webhook.repository.js'
import {
  createWebhook,
  deleteWebhook,
  editWebhook,
  getWebhook,
  getWebhookHosts,
  listWebhookDeliveries,
  listWebhooks,
  MOST_WEBHOOKS,
  pingWebhook,
  putWebhookHosts,
  rotateWebhookSecret,
} from './webhooks.routes.js'

const FAULTS: Readonly<Record<TargetFault, string>> = {
  scheme: 'Must begin with https://.',
  credentials: 'Must not hold a user or password: everyone who reads webhooks would see them.',
  fragment: 'Must not have a part after #.',
  host: 'Its host is none that can be connected to.',
  never: 'No webhook can go to this address.',
  not_allowed: 'Is within the network. If it is meant to be, allow the host first: PUT /webhook-hosts.',
  not_encrypted: 'Must begin with https://. Plain http is for hosts that were allowed: PUT /webhook-hosts.',
}
const ABOUT_HOST: ReadonlySet<TargetFault> = new Set(['never', 'not_allowed', 'not_encrypted'])

/** What a repeated request is answered with: the secret is kept sealed alone. */
const withoutSecret = (answer: Answer): Answer => ({ ...answer, body: { ...(answer.body as object), secret: null } })

const unknownWebhook = () => new Problem('NOT_FOUND', 'There is no such webhook.')

function toAnswer(webhook: Webhook, secrets: readonly SecretAge[]) {
  const { failingSince, failures, lastError, disabled } = webhook
  return {
    id: webhook.id,
    name: webhook.name,
    url: webhook.url,
    eventTypes: [...webhook.eventTypes],
    enabled: disabled === null,
    disabled: disabled === null ? null : { because: disabled.because, at: disabled.at.toISOString() },
    failing: failingSince === null ? null : { since: failingSince.toISOString(), failures, lastError: lastError ?? '' },
    lastSuccessAt: webhook.lastSuccessAt?.toISOString() ?? null,
    secrets: secrets
      .filter(({ webhookId }) => webhookId === webhook.id)
      .map(({ madeAt, expiresAt }) => ({
        madeAt: madeAt.toISOString(),
        expiresAt: expiresAt?.toISOString() ?? null,
      })),
    createdAt: webhook.createdAt.toISOString(),
    createdBy: webhook.createdBy,
  }
}

@Controller()
export class WebhooksController {
  constructor(
    @Inject(WebhookRepository) private readonly webhooks: WebhookRepository,
    @Inject(WebhookService) private readonly service: WebhookService,
    @Inject(WebhookOutlet) private readonly outlet: WebhookOutlet,
    @Inject(OperatorsJournal) private readonly journal: OperatorsJournal,
    @Inject(WRITES) private readonly writes: WriteTransactions<NotificationsTables>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Route(listWebhooks)
  async list({ query }: RouteInput<typeof listWebhooks>) {
    const { enabled, ...page } = query
    const list = await this.webhooks.list(enabled, page)
    const secrets = await this.webhooks.secretAges(
      list.items.map(({ id }) => id),
      this.clock.now(),
    )
    return { ...list, items: list.items.map((webhook) => toAnswer(webhook, secrets)) }
  }

  @Route(getWebhook)
  async get({ params }: RouteInput<typeof getWebhook>): Promise<Answer> {
    const webhook = await this.webhooks.find(params.id)
    if (webhook === null) throw unknownWebhook()
    return await this.#answer(200, webhook)
  }

  @Route(createWebhook)
  async create(input: RouteInput<typeof createWebhook>) {
    const { url, eventTypes = WEBHOOK_EVENT_TYPES, name = new URL(url).hostname.slice(0, 200) } = input.body
    await this.#checkTarget(url)
    return await this.writes.run(
      input,
      async (tx) => {
        if ((await this.webhooks.count(tx)) >= MOST_WEBHOOKS) {
          throw new Problem('CONFLICT', `There are ${MOST_WEBHOOKS} webhooks, and no more can be.`)
        }
        const { webhook, secret } = await this.service.create(tx, input.principal, { name, url, eventTypes })
        const age = { webhookId: webhook.id, madeAt: webhook.createdAt, expiresAt: null }
        return {
          status: 201,
          body: { ...toAnswer(webhook, [age]), secret },
          headers: { etag: etagOf(webhook.version), location: `/api/v1/webhooks/${webhook.id}` },
        }
      },
      { kept: withoutSecret },
    )
  }

  @Route(editWebhook)
  async edit(input: RouteInput<typeof editWebhook>) {
    const { url } = input.body
    if (url !== undefined) await this.#checkTarget(url)
    return await this.writes.run(input, async (tx) => {
      const webhook = await this.webhooks.lock(tx, input.params.id)
      if (webhook === null) throw unknownWebhook()
      requireMatch(input.ifMatch, etagOf(webhook.version))
      return await this.#answer(200, await this.service.edit(tx, input.principal, webhook, input.body))
    })
  }

  @Route(deleteWebhook)
  async delete(input: RouteInput<typeof deleteWebhook>) {
    return await this.writes.run(input, async (tx) => {
      const webhook = await this.webhooks.lock(tx, input.params.id)
      if (webhook === null) throw unknownWebhook()
      await this.service.delete(tx, input.principal, webhook)
      return { status: 204 }
    })
  }

  @Route(rotateWebhookSecret)
  async rotate(input: RouteInput<typeof rotateWebhookSecret>) {
    return await this.writes.run(
      input,
      async (tx) => {
        const webhook = await this.webhooks.lock(tx, input.params.id)
        if (webhook === null) throw unknownWebhook()
        const { principal, body } = input
        const rotated = await this.service.rotate(tx, principal, webhook, body.previousValidForHours)
        const { secret, previousExpiresAt } = rotated
        return { status: 200, body: { secret, previousExpiresAt: previousExpiresAt.toISOString() } }
      },
      { kept: withoutSecret },
    )
  }

  @Route(pingWebhook)
  async ping(input: RouteInput<typeof pingWebhook>) {
    const answer = await this.writes.run(input, async (tx) => {
      const webhook = await this.webhooks.lock(tx, input.params.id)
      if (webhook === null) throw unknownWebhook()
      return { status: 202, body: { deliveryId: await this.service.ping(tx, webhook) } }
    })
    this.outlet.wake()
    return answer
  }

  @Route(listWebhookDeliveries)
  async deliveries({ params, query }: RouteInput<typeof listWebhookDeliveries>) {
    if ((await this.webhooks.find(params.id)) === null) throw unknownWebhook()
    const { status, type, ...page } = query
    const list = await this.webhooks.deliveries(params.id, { status, type }, page)
    return {
      ...list,
      items: list.items.map(({ createdAt, lastAttemptAt, nextAttemptAt, finishedAt, ...delivery }) => ({
        ...delivery,
        createdAt: createdAt.toISOString(),
        lastAttemptAt: lastAttemptAt?.toISOString() ?? null,
        nextAttemptAt: nextAttemptAt?.toISOString() ?? null,
        finishedAt: finishedAt?.toISOString() ?? null,
      })),
    }
  }

  @Route(getWebhookHosts)
  async hosts(): Promise<Answer> {
    const { version, hosts } = await this.webhooks.hosts()
    return { status: 200, body: { hosts }, headers: { etag: etagOf(version) } }
  }

  @Route(putWebhookHosts)
  async saveHosts(input: RouteInput<typeof putWebhookHosts>) {
    const given = input.body.hosts.map((host) => canonicalHost(host))
    const errors = given.flatMap((host, index) =>
      host === null
        ? [{ pointer: `/hosts/${index}`, detail: 'Is no host: give a name or an address, without port.' }]
        : [],
    )
    if (errors.length > 0) throw new Problem('INVALID', 'Some of these are no hosts.', { errors })
    const hosts = [...new Set(given.filter((host) => host !== null))].sort()
    return await this.writes.run(input, async (tx) => {
      const { version } = await this.webhooks.lockHosts(tx)
      requireMatch(input.ifMatch, etagOf(version))
      await this.webhooks.saveHosts(tx, { version: version + 1, hosts })
      const { id, name } = input.principal
      await this.journal.webhookHosts(tx, { by: { id, name }, at: this.clock.now() }, version + 1, hosts)
      return { status: 200, body: { hosts }, headers: { etag: etagOf(version + 1) } }
    })
  }

  async #answer(status: number, webhook: Webhook): Promise<Answer> {
    const secrets = await this.webhooks.secretAges([webhook.id], this.clock.now())
    return { status, body: toAnswer(webhook, secrets), headers: { etag: etagOf(webhook.version) } }
  }

  /** @throws Problem HOST_NOT_ALLOWED, INVALID */
  async #checkTarget(url: string): Promise<void> {
    const { hosts } = await this.webhooks.hosts()
    const fault = targetFault(new URL(url), new Set(hosts))
    if (fault === null) return
    const errors = [{ pointer: '/url', detail: FAULTS[fault] }]
    if (ABOUT_HOST.has(fault)) throw new Problem('HOST_NOT_ALLOWED', FAULTS[fault], { errors })
    throw new Problem('INVALID', 'The address cannot be used.', { errors })
  }
}
