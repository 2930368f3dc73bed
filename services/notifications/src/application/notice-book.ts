import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Clock } from '@reprieve/clock'
import type { Database } from '@reprieve/database'
import type { Outbox } from '@reprieve/outbox'
import { type Logger, traceHeaders } from '@reprieve/telemetry'
import { v7 as uuidv7 } from 'uuid'
import type { NotificationsTables, Tx } from '../adapters/postgres/tables.js'
import { type Approval, type Exception, type ExceptionChange, isNewer } from '../domain/exception.js'
import type { Notice, PlannedNotice } from '../domain/notice.js'
import { noticesOfApproval, noticesOfException } from '../domain/notices-of.js'
import type { MailQueue } from './mail-queue.port.js'
import type { KeptApproval, NoticeStore } from './notice-store.port.js'

export interface NoticeBookParts {
  database: Database<NotificationsTables>
  store: NoticeStore
  queue: MailQueue
  outbox: Outbox
  clock: Clock
  logger: Logger
  /** What was told longer ago is nobody's news: a service that reads its topics anew tells nobody of years past. */
  maxAgeMs: number
}

/**
 * Writes down who is to be told of what, each once, in the transaction that takes an event in. Nothing is sent here.
 *
 * An event that came before, or is older than what is known, changes nothing. A replayed one only brings what is known up to date.
 */
export class NoticeBook {
  readonly #parts: NoticeBookParts

  constructor(parts: NoticeBookParts) {
    this.#parts = parts
  }

  async takeInException(change: ExceptionChange, replay: boolean): Promise<void> {
    const { database, store, queue } = this.#parts
    const { exception } = change
    await database.transaction(async (tx) => {
      await store.lock(tx, exception.id)
      const known = await store.exception(tx, exception.id)
      if (known !== null && !isNewer(exception.version, known.version)) return
      await store.saveException(tx, exception)
      if (!replay) await this.#write(tx, exception.id, noticesOfException(change), traceHeaders())
      const waiting = await store.approval(tx, exception.id)
      if (waiting !== null) await this.#tell(tx, exception, waiting)
    })
    queue.wake()
  }

  async takeInApproval(approval: Approval, replay: boolean): Promise<void> {
    const { database, store, queue } = this.#parts
    await database.transaction(async (tx) => {
      await store.lock(tx, approval.exceptionId)
      const known = await store.approval(tx, approval.exceptionId)
      if (known !== null && !isNewer(approval.version, known.approval.version)) return
      const kept: KeptApproval = {
        approval,
        told: known?.told ?? null,
        approversTold: known?.approversTold ?? approval.approvers,
        trace: traceHeaders(),
      }
      if (replay) return store.saveApproval(tx, told(kept))
      await store.saveApproval(tx, kept)
      const exception = await store.exception(tx, approval.exceptionId)
      // The two topics are read side by side: if the request itself is not here yet, its arrival tells of this, too.
      if (exception !== null) await this.#tell(tx, exception, kept)
    })
    queue.wake()
  }

  async #tell(tx: Tx, exception: Exception, kept: KeptApproval): Promise<void> {
    if (kept.told !== null && !isNewer(kept.approval.version, kept.told)) return
    await this.#write(
      tx,
      exception.id,
      noticesOfApproval(exception, kept.approval, kept.told, kept.approversTold),
      kept.trace,
    )
    await this.#parts.store.saveApproval(tx, told(kept))
  }

  async #write(
    tx: Tx,
    exceptionId: string,
    planned: readonly PlannedNotice[],
    trace: Readonly<Record<string, string>>,
  ): Promise<void> {
    const { store, queue, outbox, clock, logger, maxAgeMs } = this.#parts
    const now = clock.now()
    const news = planned.filter(({ publishedAt }) => now.getTime() - publishedAt.getTime() <= maxAgeMs)
    if (news.length < planned.length) {
      logger.info({ exceptionId, count: planned.length - news.length }, 'nobody is told of what happened too long ago')
    }
    const notices = news.map(
      ({ publishedAt: _, ...notice }): Notice => ({ ...notice, id: uuidv7({ msecs: now.getTime() }), exceptionId }),
    )
    const added = await store.add(tx, notices, now)
    if (added.length === 0) return
    await queue.add(
      tx,
      added.map(({ id }) => ({ noticeId: id, trace })),
    )
    await outbox.append(
      tx,
      ...added.map(({ id, recipientId, kind, at }) => ({
        topic: 'notifications.v1' as const,
        subjectId: id,
        // Whoever listens for one person reads one partition.
        key: recipientId,
        version: 1,
        actor: null,
        at: now,
        body: { notice: { id, recipientId, kind, exceptionId, at: timestampFromDate(at) } },
      })),
    )
  }
}

const told = (kept: KeptApproval): KeptApproval => ({
  ...kept,
  told: kept.approval.version,
  approversTold: kept.approval.approvers,
})
