import type { Database } from '@reprieve/database'
import type { TicketsTables } from '../adapters/postgres/tables.js'
import { FIRST_POLICY } from '../domain/due-date-policy.js'
import { follow, type Told } from '../domain/follow.js'
import type { Person } from '../domain/ticket.js'
import type { SettingsStore } from './settings.port.js'
import type { Tickets, Version } from './tickets.port.js'

/** An exception that is not of any ticket here: an event that can never be handled. */
export class UnknownRequestError extends Error {
  override readonly name = 'UnknownRequestError'
}

/** Takes in what became of a request: moves the due date, or leaves it, as the exception stands. */
export class FollowException {
  readonly #database: Database<TicketsTables>
  readonly #tickets: Tickets
  readonly #settings: SettingsStore

  constructor(database: Database<TicketsTables>, tickets: Tickets, settings: SettingsStore) {
    this.#database = database
    this.#tickets = tickets
    this.#settings = settings
  }

  /** Idempotent and indifferent to order: an exception is told of whole, and only what is newer than what is known is taken in. */
  async takeIn(
    of: { exceptionId: string; ticketId: string },
    told: Told,
    version: Version,
    by: { actor: Person | null; at: Date },
  ): Promise<void> {
    await this.#database.transaction(async (tx) => {
      const locked = await this.#tickets.lock(tx, of.ticketId)
      const known = await this.#tickets.lockRequest(tx, of.exceptionId)
      if (locked === null || known === null || known.request.ticketId !== of.ticketId) {
        throw new UnknownRequestError(`exception ${of.exceptionId} was not asked for from ticket ${of.ticketId}`)
      }
      if (!isNewer(version, known.told)) return
      const { version: policyVersion } = await this.#settings.newest('dueDates', FIRST_POLICY, tx)
      const { request, changes } = follow(locked.ticket, known.request, told, {
        moves: await this.#tickets.moves(tx, of.ticketId),
        requests: await this.#tickets.requests(tx, of.ticketId),
        policyVersion,
        ...by,
      })
      await this.#tickets.saveRequest(tx, request, version)
      await this.#tickets.record(tx, changes)
    })
  }
}

const isNewer = (a: Version, b: Version): boolean =>
  a.incarnation > b.incarnation || (a.incarnation === b.incarnation && a.version > b.version)
