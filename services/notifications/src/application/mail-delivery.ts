import { randomUUID } from 'node:crypto'
import type { Clock } from '@reprieve/clock'
import type { People } from '@reprieve/people'
import { inSpan, type Logger, measure } from '@reprieve/telemetry'
import type { MailFault } from '../domain/mail-fault.js'
import type { Notice } from '../domain/notice.js'
import { isOfTicket, isOfWebhook } from '../domain/notice-kind.js'
import { oneLine } from '../domain/plain-text.js'
import type { MailRenderer, RenderedMail } from './mail-renderer.port.js'
import type { ClaimedMail, FinalStatus, MailStore } from './mail-store.port.js'
import { type Mailer, MailNotSentError } from './mailer.port.js'
import { recordStubbornly } from './record-stubbornly.js'

export interface MailDeliveryParts {
  mails: MailStore
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
// Claims left by faults; more of them than this are waited out as those of other processes are.
const MOST_LEFT = 10_000
// A mail server that is down over a long weekend loses nothing.
const GIVE_UP_MS = 4 * 24 * 3_600_000

/**
 * Sends one mail, outside of any transaction: claim, send, record.
 *
 * A process that dies after the server took the mail and before the record leaves the claim behind; the next attempt sends again, with
 * the same Message-ID, by which servers and readers know the second as the first. Losing a mail would be worse.
 */
export class MailDelivery {
  readonly #parts: MailDeliveryParts
  /** By mail: the claims of attempts here that a fault ended, which may stand. The next attempt here goes on with them at once. */
  readonly #left = new Map<string, string>()

  constructor(parts: MailDeliveryParts) {
    this.#parts = parts
  }

  /** @throws where the database is away, for one */
  async deliver(mailId: string): Promise<DeliveryOutcome> {
    const claim = this.#left.get(mailId) ?? randomUUID()
    this.#left.delete(mailId)
    try {
      return await this.#deliver(mailId, claim)
    } catch (error) {
      if (this.#left.size < MOST_LEFT) this.#left.set(mailId, claim)
      throw error
    }
  }

  async #deliver(mailId: string, claim: string): Promise<DeliveryOutcome> {
    const { mails, clock, claimMs = CLAIM_MS } = this.#parts
    const now = clock.now()
    const claimed = await mails.claim(mailId, claim, now, new Date(now.getTime() - claimMs))
    if (claimed === 'finished') return 'done'
    if (claimed === 'busy') return 'later'
    const kind = kindOf(claimed)
    return await inSpan(
      'deliver mail',
      { 'reprieve.mail.id': mailId, 'reprieve.kind': kind, 'reprieve.attempt': claimed.attempts },
      async (annotate) => {
        const [outcome, ending] = await this.#attempt(claimed, claim)
        annotate({ 'reprieve.outcome': ending })
        measure('reprieve.notices.deliveries', 1, { 'reprieve.kind': kind, 'reprieve.outcome': ending })
        return outcome
      },
      { kind: 'client' },
    )
  }

  async #attempt(claimed: ClaimedMail, claim: string): Promise<[DeliveryOutcome, FinalStatus | 'failed']> {
    const { people, mailer, clock } = this.#parts
    const [first] = claimed.notices
    if (first === undefined) return this.#finish(claimed, claim, 'dropped', 'its notices are too old to be kept')
    // The directory's events and those of the exceptions come side by side.
    const recipient = await people.waitForUser(claimed.recipientId)
    if (recipient === null) return this.#retry(claimed, claim, 'later', 'the recipient is not known here yet')
    if (!recipient.active) return this.#finish(claimed, claim, 'dropped', 'the recipient is not active')
    if (recipient.email === '') return this.#finish(claimed, claim, 'dropped', 'the recipient has no mail address')
    const rendered = await this.#render(claimed, recipient.name)
    try {
      const receipt = await mailer.send({
        ...rendered,
        id: claimed.id,
        thread: claimed.digest ? null : threadOf(first),
        to: { name: oneLine(recipient.name), address: recipient.email },
      })
      const done = await this.#finish(claimed, claim, 'sent', null, receipt)
      if (!claimed.digest) {
        measure('reprieve.notices.delay', (clock.now().getTime() - first.at.getTime()) / 1_000, {
          'reprieve.kind': first.kind,
        })
      }
      return done
    } catch (error) {
      if (!(error instanceof MailNotSentError)) throw error
      if (error.fault === 'never') return this.#finish(claimed, claim, 'refused', error.message)
      return this.#retry(claimed, claim, error.fault, error.message)
    }
  }

  #render({ digest, notices }: ClaimedMail, recipientName: string): Promise<RenderedMail> {
    const { renderer } = this.#parts
    const [first] = notices
    return digest || first === undefined
      ? renderer.renderDigest(notices, recipientName)
      : renderer.render(first, recipientName)
  }

  async #retry(
    claimed: ClaimedMail,
    claim: string,
    fault: Exclude<MailFault, 'never'>,
    error: string,
  ): Promise<[DeliveryOutcome, FinalStatus | 'failed']> {
    const { mails, clock } = this.#parts
    const waited = clock.now().getTime() - claimed.dueAt.getTime()
    if (waited > GIVE_UP_MS) return this.#finish(claimed, claim, 'given_up', error)
    await mails.release(claimed.id, claim, error)
    return [fault === 'server' ? { serverAway: error } : 'later', 'failed']
  }

  async #finish(
    claimed: ClaimedMail,
    claim: string,
    status: FinalStatus,
    error: string | null,
    receipt: string | null = null,
  ): Promise<[DeliveryOutcome, FinalStatus]> {
    const { mails, clock, logger } = this.#parts
    if (status !== 'sent') {
      const level = status === 'dropped' ? 'info' : 'warn'
      logger[level]({ mailId: claimed.id, kind: kindOf(claimed), status, reason: error }, 'a notice was not mailed')
    }
    await recordStubbornly(() => mails.finish(claimed.id, claim, { status, error, receipt, at: clock.now() }))
    return ['done', status]
  }
}

const kindOf = ({ digest, notices }: ClaimedMail): string => (digest ? 'digest' : (notices[0]?.kind ?? 'none'))

const threadOf = ({ kind, subjectId }: Notice): string =>
  `${isOfTicket(kind) ? 'ticket' : isOfWebhook(kind) ? 'webhook' : 'exception'}-${subjectId}`
