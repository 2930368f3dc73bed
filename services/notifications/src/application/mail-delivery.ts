import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '@reprieve/clock'
import type { People } from '@reprieve/people'
import { inSpan, type Logger, measure } from '@reprieve/telemetry'
import type { MailFault } from '../domain/mail-fault.js'
import { oneLine } from '../domain/plain-text.js'
import type { ClaimedDelivery, DeliveryStore, FinalStatus } from './delivery-store.port.js'
import type { MailRenderer } from './mail-renderer.port.js'
import { type Mailer, MailNotSentError } from './mailer.port.js'

export interface MailDeliveryParts {
  deliveries: DeliveryStore
  people: Pick<People, 'waitForUser'>
  renderer: MailRenderer
  mailer: Mailer
  clock: Clock
  logger: Logger
  /** After this long a claim was left behind by a process that died; where a test cannot wait as long. */
  claimMs?: number
}

/** `done`: nothing is left to do for this mail. Otherwise it is to be tried again; with the server away no other mail would get through. */
export type DeliveryOutcome = 'done' | 'later' | { serverAway: string }

// Longer than the mailer's own patience, so that a claim that old is nobody's any more.
const CLAIM_MS = 60_000
// A mail server that is down over a long weekend loses nothing.
const GIVE_UP_MS = 4 * 24 * 3_600_000
// Between the server's answer and our record a mail is neither sent nor unsent: this long we try to write it down.
const RECORD_RETRY_MS = [50, 200, 500, 1_000, 2_000, 5_000, 10_000]

interface Ending {
  status: FinalStatus
  error: string | null
  receipt: string | null
}

/**
 * Sends one notice by mail, outside of any transaction: claim, send, record.
 *
 * A process that dies after the server took the mail and before the record leaves the claim behind; the next attempt sends again, with
 * the same Message-ID, by which servers and readers know the second as the first. Losing a mail would be worse.
 */
export class MailDelivery {
  readonly #parts: MailDeliveryParts

  constructor(parts: MailDeliveryParts) {
    this.#parts = parts
  }

  async deliver(noticeId: string): Promise<DeliveryOutcome> {
    const { deliveries, clock, claimMs = CLAIM_MS } = this.#parts
    const claim = randomUUID()
    const now = clock.now()
    const claimed = await deliveries.claim(noticeId, claim, now, new Date(now.getTime() - claimMs))
    if (claimed === 'finished') return 'done'
    if (claimed === 'busy') return 'later'
    const kind = claimed.notice.kind
    return await inSpan(
      'deliver notice',
      { 'reprieve.notice.id': noticeId, 'reprieve.kind': kind, 'reprieve.attempt': claimed.attempts },
      async (annotate) => {
        const [outcome, ending] = await this.#attempt(claimed, claim)
        annotate({ 'reprieve.outcome': ending })
        measure('reprieve.notices.deliveries', 1, { 'reprieve.kind': kind, 'reprieve.outcome': ending })
        return outcome
      },
      { kind: 'client' },
    )
  }

  async #attempt(claimed: ClaimedDelivery, claim: string): Promise<[DeliveryOutcome, FinalStatus | 'failed']> {
    const { people, renderer, mailer, clock } = this.#parts
    const { notice } = claimed
    // The directory's events and those of the exceptions come side by side.
    const recipient = await people.waitForUser(notice.recipientId)
    if (recipient === null) return this.#retry(claimed, claim, 'later', 'the recipient is not known here yet')
    if (!recipient.active) return this.#finish(claimed, claim, 'dropped', 'the recipient is not active')
    if (recipient.email === '') return this.#finish(claimed, claim, 'dropped', 'the recipient has no mail address')
    const rendered = renderer.render(notice, recipient.name)
    try {
      const receipt = await mailer.send({
        ...rendered,
        id: notice.id,
        exceptionId: notice.exceptionId,
        to: { name: oneLine(recipient.name), address: recipient.email },
      })
      const done = await this.#finish(claimed, claim, 'sent', null, receipt)
      measure('reprieve.notices.delay', (clock.now().getTime() - notice.at.getTime()) / 1_000, {
        'reprieve.kind': notice.kind,
      })
      return done
    } catch (error) {
      if (!(error instanceof MailNotSentError)) throw error
      if (error.fault === 'never') return this.#finish(claimed, claim, 'refused', error.message)
      return this.#retry(claimed, claim, error.fault, error.message)
    }
  }

  async #retry(
    claimed: ClaimedDelivery,
    claim: string,
    fault: Exclude<MailFault, 'never'>,
    error: string,
  ): Promise<[DeliveryOutcome, FinalStatus | 'failed']> {
    const { deliveries, clock } = this.#parts
    const waited = clock.now().getTime() - claimed.createdAt.getTime()
    if (waited > GIVE_UP_MS) return this.#finish(claimed, claim, 'given_up', error)
    await deliveries.release(claimed.notice.id, claim, error)
    return [fault === 'server' ? { serverAway: error } : 'later', 'failed']
  }

  async #finish(
    claimed: ClaimedDelivery,
    claim: string,
    status: FinalStatus,
    error: string | null,
    receipt: string | null = null,
  ): Promise<[DeliveryOutcome, FinalStatus]> {
    const { id, kind, exceptionId } = claimed.notice
    if (status !== 'sent') {
      const level = status === 'dropped' ? 'info' : 'warn'
      this.#parts.logger[level]({ noticeId: id, kind, exceptionId, status, reason: error }, 'a notice was not mailed')
    }
    await this.#record(id, claim, { status, error, receipt })
    return ['done', status]
  }

  async #record(noticeId: string, claim: string, ending: Ending): Promise<void> {
    const { deliveries, clock } = this.#parts
    for (let attempt = 0; ; attempt++) {
      try {
        return await deliveries.finish(noticeId, claim, { ...ending, at: clock.now() })
      } catch (error) {
        const pause = RECORD_RETRY_MS[attempt]
        if (pause === undefined) throw error
        await sleep(pause)
      }
    }
  }
}
