import { deadLetterTopic, TOPICS } from '@reprieve/contracts'
import type { ActiveSubscription, Carrier } from '@reprieve/messaging'
import type { BackgroundWork } from '@reprieve/service-host'
import type { Logger } from '@reprieve/telemetry'
import type { DeadLetterRepository } from '../postgres/dead-letter.repository.js'
import { failureOf } from './failure-of.js'

const BATCH = 100

/** Keeps what comes on the dead letter topics of all services, so that people can see it and put it back. */
export class DeadLettersSubscription implements BackgroundWork {
  readonly #carrier: Carrier
  readonly #letters: DeadLetterRepository
  readonly #logger: Logger
  #subscription: ActiveSubscription | null = null

  constructor(carrier: Carrier, letters: DeadLetterRepository, logger: Logger) {
    this.#carrier = carrier
    this.#letters = letters
    this.#logger = logger
  }

  async start(): Promise<void> {
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
    await this.#subscription?.stop()
  }

  trouble(): string | null {
    const waitingFor = this.#subscription?.status().waitingFor ?? null
    return waitingFor === null ? null : `dead letters wait: ${waitingFor}`
  }
}
