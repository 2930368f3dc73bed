import type { Clock } from '@reprieve/clock'
import type { Database } from '@reprieve/database'
import type { ExceptionsTables } from '../adapters/postgres/tables.js'
import { type Act, endWithTicket, ImpossibleChangeError, takeIn } from '../domain/changes.js'
import type { Changed } from '../domain/exception.js'
import type { ApprovalPosition, Exceptions, NotedApproval } from './exceptions.port.js'

// The version that opened an approval; each act adds one.
const OPENED = 1

/** What `approvals` tells of one: all that was ever done in it. */
export interface ToldApproval extends NotedApproval {
  acts: readonly Act[]
}

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
   * Idempotent and indifferent to order: an approval tells all that was ever done, and only what is not known yet is taken in. All of them
   * or none.
   * @throws ImpossibleChangeError for an exception that is not known, or that this cannot have happened to
   */
  async takeIn(approvals: readonly ToldApproval[]): Promise<void> {
    const newest = newestOfEach(approvals)
    await this.#database.transaction(async (tx) => {
      const locked = await this.#exceptions.lockAll(tx, [...newest.keys()])
      const taken: { told: ToldApproval; changes: Changed[]; ended: Changed | null }[] = []
      for (const told of newest.values()) {
        const known = locked.get(told.exceptionId)
        if (known === undefined) throw new ImpossibleChangeError(`exception ${told.exceptionId} is not known here`)
        if (!isNewer(told.position, known.approval)) continue
        const changes = takeIn(known.exception, told.acts.slice(Math.max(0, known.approval.version - OPENED)))
        // Its ticket was done before this approval was heard of.
        const ended =
          known.ticketDoneAt === null
            ? null
            : endWithTicket(changes.at(-1)?.exception ?? known.exception, this.#clock.now())
        taken.push({ told, changes, ended })
      }
      await this.#exceptions.record(
        tx,
        taken.flatMap(({ changes }) => changes),
      )
      // By themselves: the table, too, holds that nothing is deactivated that was not active.
      await this.#exceptions.record(
        tx,
        taken.flatMap(({ ended }) => ended ?? []),
      )
      await this.#exceptions.note(
        tx,
        taken.map(({ told }) => told),
      )
    })
  }
}

/** Of several that tell of one exception the newest tells it all. */
function newestOfEach(approvals: readonly ToldApproval[]): Map<string, ToldApproval> {
  const newest = new Map<string, ToldApproval>()
  for (const told of approvals) {
    const other = newest.get(told.exceptionId)
    if (other === undefined || isNewer(told.position, other.position)) newest.set(told.exceptionId, told)
  }
  return newest
}

const isNewer = (a: ApprovalPosition, b: ApprovalPosition): boolean =>
  a.incarnation > b.incarnation || (a.incarnation === b.incarnation && a.version > b.version)
