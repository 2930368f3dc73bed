import type { Clock } from '@reprieve/clock'
import type { Database } from '@reprieve/database'
import { traceHeaders } from '@reprieve/telemetry'
import type { NotificationsTables, Tx } from '../adapters/postgres/tables.js'
import { type Approval, type Exception, type ExceptionChange, isNewer } from '../domain/exception.js'
import type { PlannedNotice } from '../domain/notice.js'
import { noticesOfApproval, noticesOfException } from '../domain/notices-of.js'
import { noticesOfTicket } from '../domain/notices-of-ticket.js'
import { remindersOf } from '../domain/reminders.js'
import type { TicketChange } from '../domain/ticket.js'
import {
  type PlannedWebhookEvent,
  webhookEventOfException,
  webhookEventsOfApproval,
  webhookEventsOfTicket,
} from '../domain/webhook-event.js'
import type { KeptApproval, NoticeStore } from './notice-store.port.js'
import type { Happening, NoticeWriter, Trace } from './notice-writer.js'
import type { ReminderStore, RemindersOfException } from './reminder-store.port.js'
import type { ToldOutside, WebhookOutlet } from './webhook-outlet.js'

export interface NoticeBookParts {
  database: Database<NotificationsTables>
  store: NoticeStore
  reminders: ReminderStore
  writer: NoticeWriter
  outlet: WebhookOutlet
  clock: Clock
}

/** An event of one exception, as it came. */
interface Told {
  /** It was told before: nobody hears of it again. */
  replay: boolean
  /** W3C trace context. */
  trace: Trace
}
export interface ToldException extends Told {
  change: ExceptionChange
}
export interface ToldApproval extends Told {
  approval: Approval
}

/**
 * Takes events in: who is to be told, what other systems hear, what will have to be reminded of, each once, in one transaction for as many
 * as come together. Nothing is sent here.
 *
 * An event that came before, or is older than what is known, changes nothing. A replayed one only brings what is known up to date.
 */
export class NoticeBook {
  readonly #parts: NoticeBookParts

  constructor(parts: NoticeBookParts) {
    this.#parts = parts
  }

  async takeInExceptions(events: readonly ToldException[]): Promise<void> {
    const { reminders } = this.#parts
    await this.#writeDown(
      events.map(({ change }) => change.exception.id),
      async (tx, known) => {
        const coming = new Map<string, RemindersOfException>()
        for (const { change, replay, trace } of events) {
          const { exception } = change
          const before = known.exceptions.get(exception.id)
          if (before !== undefined && !isNewer(exception.version, before.version)) continue
          known.save(exception)
          coming.set(exception.id, this.#remindersOf(exception, replay))
          if (!replay) {
            known.tell(exception.id, noticesOfException(change), webhookEventOfException(change), trace)
          }
          const waiting = known.approvals.get(exception.id)
          if (waiting !== undefined) tellOf(known, exception, waiting)
        }
        await reminders.set(tx, [...coming.values()])
      },
    )
  }

  async takeInApprovals(events: readonly ToldApproval[]): Promise<void> {
    await this.#writeDown(
      events.map(({ approval }) => approval.exceptionId),
      async (_, known) => {
        for (const { approval, replay, trace } of events) {
          const before = known.approvals.get(approval.exceptionId)
          if (before !== undefined && !isNewer(approval.version, before.approval.version)) continue
          const kept: KeptApproval = {
            approval,
            told: before?.told ?? null,
            approversTold: before?.approversTold ?? approval.approvers,
            trace,
          }
          known.saveApproval(replay ? told(kept) : kept)
          // The two topics are read side by side: if the request itself is not here yet, its arrival tells of this, too.
          const exception = known.exceptions.get(approval.exceptionId)
          if (!replay && exception !== undefined) tellOf(known, exception, kept)
        }
      },
    )
  }

  /** What is told of a ticket is told whole by one event: nothing has to be known from before. */
  async takeInTicket(change: TicketChange, replay: boolean): Promise<void> {
    if (replay) return
    const { database, writer, outlet } = this.#parts
    const [notices, events] = [noticesOfTicket(change), webhookEventsOfTicket(change)]
    if (notices.length + events.length === 0) return
    const { id } = change.ticket
    await database.transaction(async (tx) => {
      await writer.write(tx, [{ subjectId: id, notices, trace: traceHeaders() }])
      await outlet.write(tx, [{ page: `tickets/${id}`, events, trace: traceHeaders() }])
    })
    writer.wake()
    outlet.wake()
  }

  /** Reads what is known of these exceptions, against all others that change it, and writes down what `take` makes of it. */
  async #writeDown(exceptionIds: readonly string[], take: (tx: Tx, known: Known) => Promise<void>): Promise<void> {
    if (exceptionIds.length === 0) return
    const { database, store, writer, outlet } = this.#parts
    const ids = [...new Set(exceptionIds)]
    await database.transaction(async (tx) => {
      await store.lock(tx, ids)
      const known = new Known(await store.exceptions(tx, ids), await store.approvals(tx, ids))
      await take(tx, known)
      await store.saveExceptions(tx, known.savedExceptions())
      await store.saveApprovals(tx, known.savedApprovals())
      await writer.write(tx, known.happenings)
      await outlet.write(tx, known.outside)
    })
    writer.wake()
    outlet.wake()
  }

  #remindersOf(exception: Exception, replay: boolean): RemindersOfException {
    return {
      exceptionId: exception.id,
      reminders: exception.active ? remindersOf(exception.appliedSince, exception.expiresAt) : [],
      // What was due before a replay was told by whoever kept this database before.
      doneUpTo: replay ? this.#parts.clock.now() : null,
    }
  }
}

/** What is known of some exceptions while events of them are taken in, what of it is new, and who is told. */
class Known {
  readonly happenings: Happening[] = []
  readonly outside: ToldOutside[] = []
  readonly #newExceptions = new Set<string>()
  readonly #newApprovals = new Set<string>()

  constructor(
    readonly exceptions: Map<string, Exception>,
    readonly approvals: Map<string, KeptApproval>,
  ) {}

  save(exception: Exception): void {
    this.exceptions.set(exception.id, exception)
    this.#newExceptions.add(exception.id)
  }

  saveApproval(kept: KeptApproval): void {
    this.approvals.set(kept.approval.exceptionId, kept)
    this.#newApprovals.add(kept.approval.exceptionId)
  }

  tell(
    exceptionId: string,
    notices: readonly PlannedNotice[],
    events: readonly PlannedWebhookEvent[],
    trace: Trace,
  ): void {
    this.happenings.push({ subjectId: exceptionId, notices, trace })
    this.outside.push({ page: `exceptions/${exceptionId}`, events, trace })
  }

  savedExceptions(): Exception[] {
    return [...this.exceptions.values()].filter(({ id }) => this.#newExceptions.has(id))
  }

  savedApprovals(): KeptApproval[] {
    return [...this.approvals.values()].filter(({ approval }) => this.#newApprovals.has(approval.exceptionId))
  }
}

/** Tells what of an approval nobody was told of yet. */
function tellOf(known: Known, exception: Exception, kept: KeptApproval): void {
  const { approval, told: before, approversTold, trace } = kept
  if (before !== null && !isNewer(approval.version, before)) return
  known.tell(
    exception.id,
    noticesOfApproval(exception, approval, before, approversTold),
    webhookEventsOfApproval(exception, approval, before),
    trace,
  )
  known.saveApproval(told(kept))
}

const told = (kept: KeptApproval): KeptApproval => ({
  ...kept,
  told: kept.approval.version,
  approversTold: kept.approval.approvers,
})
