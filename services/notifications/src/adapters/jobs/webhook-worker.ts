import { setTimeout as sleep } from 'node:timers/promises'
import type { BackgroundWork } from '@reprieve/service-host'
import type { Logger } from '@reprieve/telemetry'
import type { WebhookDelivery } from '../../application/webhook-delivery.js'
import type { WebhookOutlet } from '../../application/webhook-outlet.js'

const AT_ONCE = 16
// The most an event waits where nobody woke the worker: another process took it in, or an attempt is due again.
const LOOK_MS = 500
const FAULT_PAUSE_MS = 2_000
// In flight when the process stops: what has no answer then is sent again by the next one.
const LAST_ANSWERS_MS = 2_000

export interface WebhookWorkerParts {
  delivery: WebhookDelivery
  outlet: WebhookOutlet
  logger: Logger
}

/**
 * Works on deliveries that are due, some at a time. What is due and when is in the deliveries' table, where people can see it: the pauses
 * between attempts are hours, and follow the service's clock.
 */
export class WebhookWorker implements BackgroundWork {
  readonly #parts: WebhookWorkerParts
  readonly #stopping = new AbortController()
  readonly #requests = new AbortController()
  readonly #inFlight = new Set<Promise<void>>()
  #running: Promise<void> = Promise.resolve()
  #wake: () => void = () => {}
  #faulty = false

  constructor(parts: WebhookWorkerParts) {
    this.#parts = parts
    parts.outlet.onWake(() => this.#wake())
  }

  start(): void {
    this.#running = this.#run()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#wake()
    await this.#running
    await Promise.race([Promise.all(this.#inFlight), sleep(LAST_ANSWERS_MS)])
    this.#requests.abort()
    await Promise.all(this.#inFlight)
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      const woken = this.#nextWake()
      const pause = await this.#look()
      if (signal.aborted) return
      await Promise.race([woken, sleep(pause, undefined, { signal }).catch(() => {}), ...this.#fullest()])
    }
  }

  /** Where there is no room nothing is looked for until one is through. */
  #fullest(): Array<Promise<void>> {
    return this.#inFlight.size < AT_ONCE ? [] : [Promise.race(this.#inFlight)]
  }

  #nextWake(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  /** @returns how long to wait before the next look, in milliseconds */
  async #look(): Promise<number> {
    const { delivery, logger } = this.#parts
    const room = AT_ONCE - this.#inFlight.size
    if (room === 0) return LOOK_MS
    try {
      const claimed = await delivery.claim(room)
      this.#faulty = false
      for (const one of claimed) this.#carryOut(one)
      return claimed.length === room ? 0 : LOOK_MS
    } catch (err) {
      if (!this.#faulty) logger.warn({ err }, 'webhooks cannot be looked for; it is tried again')
      this.#faulty = true
      return FAULT_PAUSE_MS
    }
  }

  #carryOut({ delivery, claim }: Awaited<ReturnType<WebhookDelivery['claim']>>[number]): void {
    const work = this.#parts.delivery
      .carryOut(delivery, claim, this.#requests.signal)
      .catch((err: unknown) => {
        // Its claim runs out, and it is sent again.
        this.#parts.logger.warn({ err, deliveryId: delivery.id }, 'a webhook could not be worked on; it is tried again')
      })
      .finally(() => {
        this.#inFlight.delete(work)
        this.#wake()
      })
    this.#inFlight.add(work)
  }
}
