import type { Clock } from '@reprieve/clock'
import type { Database } from '@reprieve/database'
import type { ExceptionsTables } from '../adapters/postgres/tables.js'
import { type Act, endWithTicket, ImpossibleChangeError, takeIn } from '../domain/changes.js'
import type { ApprovalPosition, Exceptions } from './exceptions.port.js'

// The version that opened an approval; each act adds one.
const OPENED = 1

/** Takes in what happened to a request in `approvals`, which decides all its races: activates, ends or amends the exception. */
export class TakeInApproval {
  readonly #database: Database<ExceptionsTables>
  readonly #exceptions: Exceptions
  readonly #clock: Clock

  constructor(database: Database<ExceptionsTables>, exceptions: Exceptions, clock: Clock) {
    this.#database = database
    this.#exceptions = exceptions
    this.#clock = clock
  }

  /**
   * Idempotent and indifferent to order: the approval tells all that was ever done, and only what is not known yet is taken in.
   * @throws ImpossibleChangeError for an exception that is not known, or that this cannot have happened to
   */
  async takeIn(exceptionId: string, position: ApprovalPosition, acts: readonly Act[]): Promise<void> {
    await this.#database.transaction(async (tx) => {
      const locked = await this.#exceptions.lock(tx, exceptionId)
      if (locked === null) throw new ImpossibleChangeError(`exception ${exceptionId} is not known here`)
      const { exception, approval, ticketDoneAt } = locked
      if (!isNewer(position, approval)) return
      const known = Math.max(0, approval.version - OPENED)
      const changes = takeIn(exception, acts.slice(known))
      // Its ticket was done before this approval was heard of.
      const ended =
        ticketDoneAt === null ? null : endWithTicket(changes.at(-1)?.exception ?? exception, this.#clock.now())
      await this.#exceptions.record(tx, changes)
      // By itself: the table, too, holds that nothing is deactivated that was not active.
      await this.#exceptions.record(tx, ended === null ? [] : [ended])
      await this.#exceptions.note(tx, exceptionId, position)
    })
  }
}

const isNewer = (a: ApprovalPosition, b: ApprovalPosition): boolean =>
  a.incarnation > b.incarnation || (a.incarnation === b.incarnation && a.version > b.version)
