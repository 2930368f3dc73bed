import type { Clock } from '@reprieve/clock'
import type { Database } from '@reprieve/database'
import { traceHeaders } from '@reprieve/telemetry'
import type { NotificationsTables, Tx } from '../adapters/postgres/tables.js'
import { type Approval, type Exception, type ExceptionChange, isNewer } from '../domain/exception.js'
import { noticesOfApproval, noticesOfException } from '../domain/notices-of.js'
import { noticesOfTicket } from '../domain/notices-of-ticket.js'
import { remindersOf } from '../domain/reminders.js'
import type { TicketChange } from '../domain/ticket.js'
import { webhookEventOfException, webhookEventsOfApproval, webhookEventsOfTicket } from '../domain/webhook-event.js'
import type { KeptApproval, NoticeStore } from './notice-store.port.js'
import type { NoticeWriter } from './notice-writer.js'
import type { ReminderStore } from './reminder-store.port.js'
import type { WebhookOutlet } from './webhook-outlet.js'

export interface NoticeBookParts {
  database: Database<NotificationsTables>
  store: NoticeStore
  reminders: ReminderStore
  writer: NoticeWriter
  outlet: WebhookOutlet
  clock: Clock
}

/**
 * Takes events in: who is to be told, what other systems hear, what will have to be reminded of, each once, in one transaction. Nothing
 * is sent here.
 *
 * An event that came before, or is older than what is known, changes nothing. A replayed one only brings what is known up to date.
 */
export class NoticeBook {
  readonly #parts: NoticeBookParts

  constructor(parts: NoticeBookParts) {
    this.#parts = parts
  }

  async takeInException(change: ExceptionChange, replay: boolean): Promise<void> {
    const { database, store, writer, outlet } = this.#parts
    const { exception } = change
    await database.transaction(async (tx) => {
      await store.lock(tx, exception.id)
      const known = await store.exception(tx, exception.id)
      if (known !== null && !isNewer(exception.version, known.version)) return
      await store.saveException(tx, exception)
      await this.#remind(tx, exception, replay)
      if (!replay) {
        await writer.write(tx, exception.id, noticesOfException(change), traceHeaders())
        await outlet.write(tx, `exceptions/${exception.id}`, webhookEventOfException(change), traceHeaders())
      }
      const waiting = await store.approval(tx, exception.id)
      if (waiting !== null) await this.#tell(tx, exception, waiting)
    })
    writer.wake()
    outlet.wake()
  }

  async takeInApproval(approval: Approval, replay: boolean): Promise<void> {
    const { database, store, writer, outlet } = this.#parts
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
    writer.wake()
    outlet.wake()
  }

  /** What is told of a ticket is told whole by one event: nothing has to be known from before. */
  async takeInTicket(change: TicketChange, replay: boolean): Promise<void> {
    if (replay) return
    const { database, writer, outlet } = this.#parts
    const [notices, events] = [noticesOfTicket(change), webhookEventsOfTicket(change)]
    if (notices.length + events.length === 0) return
    const { id } = change.ticket
    await database.transaction(async (tx) => {
      await writer.write(tx, id, notices, traceHeaders())
      await outlet.write(tx, `tickets/${id}`, events, traceHeaders())
    })
    writer.wake()
    outlet.wake()
  }

  async #remind(tx: Tx, exception: Exception, replay: boolean): Promise<void> {
    const { reminders, clock } = this.#parts
    const coming = exception.active ? remindersOf(exception.appliedSince, exception.expiresAt) : []
    // What was due before a replay was told by whoever kept this database before.
    await reminders.set(tx, exception.id, coming, replay ? clock.now() : null)
  }

  async #tell(tx: Tx, exception: Exception, kept: KeptApproval): Promise<void> {
    if (kept.told !== null && !isNewer(kept.approval.version, kept.told)) return
    const { store, writer, outlet } = this.#parts
    const { approval, told: before, approversTold, trace } = kept
    await writer.write(tx, exception.id, noticesOfApproval(exception, approval, before, approversTold), trace)
    await outlet.write(tx, `exceptions/${exception.id}`, webhookEventsOfApproval(exception, approval, before), trace)
    await store.saveApproval(tx, told(kept))
  }
}

const told = (kept: KeptApproval): KeptApproval => ({
  ...kept,
  told: kept.approval.version,
  approversTold: kept.approval.approvers,
})
