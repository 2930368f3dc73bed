import { deadLetterTopic, TOPICS } from '@reprieve/contracts'
import type { ActiveSubscription, Carrier, SubscriptionStatus } from '@reprieve/messaging'
import type { BackgroundWork, Check } from '@reprieve/service-host'
import { type Logger, observeEach } from '@reprieve/telemetry'
import type { DeadLetterRepository } from '../postgres/dead-letter.repository.js'
import { failureOf } from './failure-of.js'

const BATCH = 100

/** Keeps what comes on the dead letter topics of all services, so that people can see it and put it back. */
export class DeadLettersSubscription implements BackgroundWork {
  readonly #carrier: Carrier
  readonly #letters: DeadLetterRepository
  readonly #logger: Logger
  #subscription: ActiveSubscription | null = null
  #stopObserving: () => void = () => {}

  constructor(carrier: Carrier, letters: DeadLetterRepository, logger: Logger) {
    this.#carrier = carrier
    this.#letters = letters
    this.#logger = logger
  }

  async start(): Promise<void> {
    this.#stopObserving = observeEach('reprieve.dead_letters.waiting', async () => {
      // PostgreSQL being away is told by readiness; there is no number then.
      const waiting = await this.#letters.waiting().catch(() => [])
      return waiting.map(({ consumer, service, dead }) => ({
        value: dead,
        labels: { 'reprieve.service': service, 'reprieve.handler': consumer },
      }))
    })
    this.#subscription = await this.#carrier.subscribe({
      group: 'audit.dead-letters',
      topics: Object.keys(TOPICS).map(deadLetterTopic),
      handler: 'audit.dead-letters',
      maxBatch: BATCH,
      handle: async (batch) => {
        const failures = batch.flatMap((delivery) => {
          const failure = failureOf(delivery)
          if (failure === null) {
            const { topic, offset } = delivery
            this.#logger.warn({ topic, offset: String(offset) }, 'a record on a dead letter topic is none of ours')
          }
          return failure ?? []
        })
        await this.#letters.keep(failures)
      },
    })
  }

  async stop(): Promise<void> {
    this.#stopObserving()
    await this.#subscription?.stop()
  }

  statuses(): readonly SubscriptionStatus[] {
    return this.#subscription === null ? [] : [this.#subscription.status()]
  }

  async checks(): Promise<readonly Check[]> {
    const waiting = (await this.#letters.waiting()).filter(({ dead }) => dead > 0)
    const what = 'dead letters'
    if (waiting.length === 0) return [{ what, status: 'ok', found: 'none wait', advice: null }]
    const found = waiting.map(({ consumer, dead }) => `${dead} of ${consumer}`).join(', ')
    return [{ what, status: 'warn', found, advice: 'reprieve dlq list; see docs/runbooks/dead-letters.md.' }]
  }

  trouble(): string | null {
    const waitingFor = this.#subscription?.status().waitingFor ?? null
    return waitingFor === null ? null : `dead letters wait: ${waitingFor}`
  }
}
