import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Clock } from '@reprieve/clock'
import type { Outbox } from '@reprieve/outbox'
import type { Logger } from '@reprieve/telemetry'
import { v7 as uuidv7 } from 'uuid'
import type { Tx } from '../adapters/postgres/tables.js'
import { nextDigest } from '../domain/digest-time.js'
import type { PlannedNotice } from '../domain/notice.js'
import { isOfException } from '../domain/notice-kind.js'
import { DEFAULT_PREFERENCES, type Digest, type Preferences, wanted } from '../domain/preferences.js'
import type { MailQueue } from './mail-queue.port.js'
import type { MailStore } from './mail-store.port.js'
import type { NewNotice, NoticeStore } from './notice-store.port.js'
import type { PreferenceStore } from './preference-store.port.js'

export interface NoticeWriterParts {
  store: Pick<NoticeStore, 'add'>
  mails: MailStore
  preferences: PreferenceStore
  queue: MailQueue
  outbox: Outbox
  clock: Clock
  logger: Logger
  /** What was told longer ago is nobody's news: a service that reads its topics anew tells nobody of years past. */
  maxAgeMs: number
}

/**
 * Writes down who is told of what, each once, and how: in the product, by a mail of its own or in the day's mail, as each person wants it
 * at that moment. All of it in the caller's transaction; nothing is sent here.
 */
export class NoticeWriter {
  readonly #parts: NoticeWriterParts

  constructor(parts: NoticeWriterParts) {
    this.#parts = parts
  }

  /** @param subjectId the exception, the webhook or the ticket @param trace W3C trace context of what happened */
  async write(
    tx: Tx,
    subjectId: string,
    planned: readonly PlannedNotice[],
    trace: Readonly<Record<string, string>>,
  ): Promise<void> {
    const { store, preferences, clock, logger, maxAgeMs } = this.#parts
    const now = clock.now()
    const news = planned.filter(({ publishedAt }) => now.getTime() - publishedAt.getTime() <= maxAgeMs)
    if (news.length < planned.length) {
      logger.info({ subjectId, count: planned.length - news.length }, 'nobody is told of what happened too long ago')
    }
    if (news.length === 0) return
    const kept = await preferences.of(
      tx,
      news.map(({ recipientId }) => recipientId),
    )
    const of = (recipientId: string): Preferences => kept.get(recipientId) ?? DEFAULT_PREFERENCES
    const added = await store.add(
      tx,
      news.map(({ publishedAt: _, ...notice }) => ({
        ...notice,
        id: uuidv7({ msecs: now.getTime() }),
        subjectId,
        inApp: wanted(of(notice.recipientId), notice.kind).inApp,
      })),
      now,
    )
    await this.#mail(tx, added, of, trace, now)
    await this.#publish(tx, added, now)
  }

  /** Says that mails may wait, once the transaction has committed. */
  wake(): void {
    this.#parts.queue.wake()
  }

  async #mail(
    tx: Tx,
    notices: readonly NewNotice[],
    of: (recipientId: string) => Preferences,
    trace: Readonly<Record<string, string>>,
    now: Date,
  ): Promise<void> {
    const { mails, queue } = this.#parts
    const isOn = (notice: NewNotice) => wanted(of(notice.recipientId), notice.kind).mail
    const [digested, single] = [
      notices.filter((notice) => isOn(notice) && of(notice.recipientId).digest.enabled),
      notices.filter((notice) => !isOn(notice) || !of(notice.recipientId).digest.enabled),
    ]
    await mails.add(
      tx,
      single.map((notice) => ({
        id: notice.id,
        recipientId: notice.recipientId,
        dropped: isOn(notice) ? null : 'the recipient has switched mails of this kind off',
      })),
      now,
    )
    await queue.add(
      tx,
      single.filter(isOn).map(({ id }) => ({ mailId: id, trace })),
    )
    // Days' mails are rows that others add to at the same time: always in the same order, so that nobody waits in a circle.
    for (const notice of digested.toSorted((a, b) => (a.recipientId < b.recipientId ? -1 : 1))) {
      await this.#digest(tx, notice, of(notice.recipientId).digest, now)
    }
  }

  async #digest(tx: Tx, notice: NewNotice, digest: Digest, now: Date): Promise<void> {
    let due = nextDigest(digest, now)
    // The one that is due next may be on its way this very moment.
    while (!(await this.#parts.mails.addToDigest(tx, notice, uuidv7({ msecs: now.getTime() }), due, now))) {
      due = nextDigest(digest, due)
    }
  }

  async #publish(tx: Tx, notices: readonly NewNotice[], now: Date): Promise<void> {
    const shown = notices.filter(({ inApp }) => inApp)
    if (shown.length === 0) return
    await this.#parts.outbox.append(
      tx,
      ...shown.map(({ id, recipientId, kind, subjectId, at }) => ({
        topic: 'notifications.v1' as const,
        subjectId: id,
        // Whoever listens for one person reads one partition.
        key: recipientId,
        version: 1,
        actor: null,
        at: now,
        body: {
          notice: {
            id,
            recipientId,
            kind,
            exceptionId: isOfException(kind) ? subjectId : '',
            at: timestampFromDate(at),
          },
        },
      })),
    )
  }
}
