import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '@reprieve/telemetry'
import type { BackgroundWork } from './definition.js'

export interface RepeatedWorkOptions {
  /** In messages: `expiry`. */
  name: string
  /** From the end of one run to the start of the next. */
  everyMs: number
  work: () => Promise<unknown>
  logger: Pick<Logger, 'warn' | 'info'>
}

const MOST_WAIT_MS = 2_000

/**
 * Does the same small work again and again, beginning at once. A run that fails is tried again, ever less often up to every 2 s, is told
 * in the log once and in readiness until one succeeds.
 */
export class RepeatedWork implements BackgroundWork {
  readonly #options: RepeatedWorkOptions
  readonly #stopping = new AbortController()
  #woken = new AbortController()
  #running: Promise<void> = Promise.resolve()
  #trouble: string | null = null

  constructor(options: RepeatedWorkOptions) {
    this.#options = options
  }

  start(): void {
    this.#running = this.#run()
  }

  /** Does it now rather than when its time comes; while it is being done, once more after that. A failure is still waited out. */
  wake(): void {
    this.#woken.abort()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  trouble(): string | null {
    return this.#trouble
  }

  async #run(): Promise<void> {
    const { everyMs } = this.#options
    const { signal } = this.#stopping
    let failures = 0
    while (!signal.aborted) {
      this.#woken = new AbortController()
      failures = (await this.#once()) ? 0 : failures + 1
      // What is done once an hour is tried again within seconds all the same: until then the service is not ready.
      const pause = failures === 0 ? everyMs : Math.min(everyMs * 2 ** failures, MOST_WAIT_MS) * (0.5 + Math.random())
      const until = failures === 0 ? AbortSignal.any([signal, this.#woken.signal]) : signal
      // Rejects when it is stopped or woken, and for nothing else.
      await sleep(pause, undefined, { signal: until }).catch(() => {})
    }
  }

  async #once(): Promise<boolean> {
    const { name, work, logger } = this.#options
    try {
      await work()
      if (this.#trouble !== null) logger.info({}, `${name} works again`)
      this.#trouble = null
      return true
    } catch (err) {
      if (this.#trouble === null) logger.warn({ err }, `${name} failed; it is tried again`)
      this.#trouble = `${name} fails: ${err instanceof Error ? err.message : String(err)}`
      return false
    }
  }
}
