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

/** W3C trace context. */
export type Trace = Readonly<Record<string, string>>

/** What happened to one, and who is told of it. */
export interface Happening {
  /** The exception, the webhook or the ticket. */
  subjectId: string
  notices: readonly PlannedNotice[]
  trace: Trace
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

  async write(tx: Tx, happenings: readonly Happening[]): Promise<void> {
    const { store, preferences, clock, logger, maxAgeMs } = this.#parts
    const now = clock.now()
    const isNews = ({ publishedAt }: PlannedNotice) => now.getTime() - publishedAt.getTime() <= maxAgeMs
    for (const { subjectId, notices } of happenings) {
      const count = notices.filter((notice) => !isNews(notice)).length
      if (count > 0) logger.info({ subjectId, count }, 'nobody is told of what happened too long ago')
    }
    const news = happenings.flatMap(({ subjectId, notices, trace }) =>
      notices.filter(isNews).map((notice) => ({ subjectId, notice, trace })),
    )
    if (news.length === 0) return
    const kept = await preferences.of(
      tx,
      news.map(({ notice }) => notice.recipientId),
    )
    const of = (recipientId: string): Preferences => kept.get(recipientId) ?? DEFAULT_PREFERENCES
    const traces = new Map<string, Trace>()
    const added = await store.add(
      tx,
      news.map(({ subjectId, notice: { publishedAt: _, ...notice }, trace }) => {
        const id = uuidv7({ msecs: now.getTime() })
        traces.set(id, trace)
        return { ...notice, id, subjectId, inApp: wanted(of(notice.recipientId), notice.kind).inApp }
      }),
      now,
    )
    await this.#mail(tx, added, of, traces, now)
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
    traces: ReadonlyMap<string, Trace>,
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
      single.filter(isOn).map(({ id }) => ({ mailId: id, trace: traces.get(id) ?? {} })),
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
