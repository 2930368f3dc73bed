import type { Clock } from '@reprieve/clock'
import type { Database } from '@reprieve/database'
import type { ApprovalsTables, Tx } from '../adapters/postgres/tables.js'
import { type Approval, after } from '../domain/approval.js'
import { phaseOf, TICKET_DONE, WITHDRAWN_WITH_TICKET } from '../domain/turns.js'
import type { Approvals } from './approvals.port.js'
import type { DoneTickets } from './done-tickets.port.js'

/** Withdraws what was asked for from a ticket and still waits once that ticket is done. */
export class WithdrawWithTicket {
  readonly #database: Database<ApprovalsTables>
  readonly #approvals: Approvals
  readonly #doneTickets: DoneTickets
  readonly #clock: Clock

  constructor(database: Database<ApprovalsTables>, approvals: Approvals, doneTickets: DoneTickets, clock: Clock) {
    this.#database = database
    this.#approvals = approvals
    this.#doneTickets = doneTickets
    this.#clock = clock
  }

  /** Idempotent, and indifferent to order: what is not known here yet is withdrawn as soon as it is. */
  async ticketDone(exceptionId: string, at: Date): Promise<void> {
    await this.#database.transaction(async (tx) => {
      await this.#doneTickets.note(tx, exceptionId, at)
      await this.#withdraw(tx, await this.#approvals.lock(tx, exceptionId))
    })
  }

  /** For an approval that this transaction has just opened. */
  async opened(tx: Tx, approval: Approval): Promise<void> {
    if (approval.type !== 'reviewer') return
    if (await this.#doneTickets.isDone(tx, approval.exceptionId)) await this.#withdraw(tx, approval)
  }

  async #withdraw(tx: Tx, approval: Approval | null): Promise<void> {
    const now = this.#clock.now()
    if (approval === null || !WITHDRAWN_WITH_TICKET[phaseOf(approval, now)]) return
    await this.#approvals.record(tx, [after(approval, { type: 'withdrawn', at: now, by: null, reason: TICKET_DONE })])
  }
}
