import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '@reprieve/clock'
import type { BackgroundWork, Check } from '@reprieve/service-host'
import { inTrace, type Logger, observe } from '@reprieve/telemetry'
import type { JobResult } from 'pg-boss'
import type { MailDelivery } from '../../application/mail-delivery.js'
import type { MailJob } from '../../application/mail-queue.port.js'
import type { MailStore } from '../../application/mail-store.port.js'
import type { Mailer } from '../../application/mailer.port.js'
import { MAIL_QUEUE, type MailJobs } from './mail-jobs.js'

// Mails at once; the mailer has fewer connections, the rest waits for one.
const BATCH = 10
// The most a mail waits where nobody woke the queue: another process wrote the job.
const LOOK_SECONDS = 0.5
const PROBE_MS = { first: 1_000, most: 30_000 }

export interface MailWorkerParts {
  jobs: MailJobs
  delivery: MailDelivery
  mails: Pick<MailStore, 'oldestPending'>
  mailer: Mailer
  clock: Clock
  logger: Logger
}

/**
 * Works on the queue of mails. While the mail server is away it stops taking jobs, so that nothing is tried in vain and no mail waits
 * longer than the server does: one probe at a time asks whether it is back.
 */
export class MailWorker implements BackgroundWork {
  readonly #parts: MailWorkerParts
  readonly #stopping = new AbortController()
  #worker: string | null = null
  #waiting: Promise<void> | null = null
  #pauseMs = PROBE_MS.first
  #away: { since: Date; reason: string } | null = null
  #stopObserving: () => void = () => {}

  constructor(parts: MailWorkerParts) {
    this.#parts = parts
    parts.jobs.onWake(() => {
      if (this.#worker !== null) parts.jobs.boss.notifyWorker(this.#worker)
    })
  }

  async start(): Promise<void> {
    this.#stopObserving = observe('reprieve.notices.oldest_pending_age', {}, async () => {
      const now = this.#parts.clock.now()
      const oldest = await this.#parts.mails.oldestPending(now)
      return oldest === null ? 0 : (now.getTime() - oldest.getTime()) / 1_000
    })
    await this.#work()
  }

  async stop(): Promise<void> {
    this.#stopObserving()
    this.#stopping.abort()
    await this.#waiting
    await this.#parts.jobs.close()
  }

  /** A sentence while the mail server is away: mails wait then, and all else goes on. */
  warning(): string | null {
    if (this.#away === null) return null
    return `the mail server has been away since ${this.#away.since.toISOString()}, mails wait: ${this.#away.reason}`
  }

  async checks(): Promise<readonly Check[]> {
    const what = 'mail server'
    try {
      await this.#parts.mailer.verify()
    } catch (error) {
      const found = `${(error as Error).message}; mails wait`
      return [{ what, status: 'fail', found, advice: 'See SMTP_URL, and whether the server can be reached.' }]
    }
    return [{ what, status: 'ok', found: 'answers and lets us in', advice: null }]
  }

  async #work(): Promise<void> {
    this.#worker = await this.#parts.jobs.boss.work<MailJob>(
      MAIL_QUEUE,
      { batchSize: BATCH, pollingIntervalSeconds: LOOK_SECONDS, burstWhenBatchFull: true, perJobResults: true },
      async (jobs) => Promise.all(jobs.map(({ id, data }) => this.#deliver(id, data))),
    )
  }

  async #deliver(id: string, { mailId, trace }: MailJob): Promise<JobResult> {
    const { delivery, logger } = this.#parts
    try {
      const outcome = await inTrace(trace, () => delivery.deliver(mailId))
      if (outcome === 'done') {
        this.#pauseMs = PROBE_MS.first
        return { id, status: 'completed' }
      }
      if (outcome !== 'later') this.#serverIsAway(outcome.serverAway)
      return { id, status: 'failed' }
    } catch (err) {
      logger.warn({ err, mailId }, 'a mail could not be worked on; it is tried again')
      return { id, status: 'failed' }
    }
  }

  #serverIsAway(reason: string): void {
    if (this.#stopping.signal.aborted) return
    if (this.#away === null) {
      this.#away = { since: new Date(), reason }
      this.#parts.logger.warn({ reason }, 'the mail server is away; mails wait')
    }
    this.#waiting ??= this.#waitForServer().finally(() => {
      this.#waiting = null
    })
  }

  async #waitForServer(): Promise<void> {
    const { jobs, mailer, logger } = this.#parts
    const { signal } = this.#stopping
    this.#worker = null
    await jobs.boss.offWork(MAIL_QUEUE, { wait: false })
    for (;;) {
      await sleep(this.#pauseMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => {})
      if (signal.aborted) return
      // Not reset by an answer to the probe alone: a server that answers and then takes no mail is left in peace, too.
      this.#pauseMs = Math.min(this.#pauseMs * 2, PROBE_MS.most)
      try {
        await mailer.verify()
        break
      } catch (error) {
        this.#away = { since: this.#away?.since ?? new Date(), reason: (error as Error).message }
      }
    }
    logger.info({ since: this.#away?.since }, 'the mail server is back')
    this.#away = null
    if (!signal.aborted) await this.#work()
  }
}
