import type { Database } from '@reprieve/database'
import { Problem } from '@reprieve/http-kit'
import { lookUntil } from '@reprieve/people'
import type { TicketsTables } from '../adapters/postgres/tables.js'
import type { External, Person } from '../domain/ticket.js'
import type { ExternalTicket, TicketService } from './ticket.service.js'

/** Whose a ticket is, as another system knows people: by their id here, or by their address. */
export type OwnerSaid = { id: string } | { email: string }

/** The person with an address, in any case; null where nobody active has it. */
export interface PeopleByAddress {
  byAddress(email: string): Promise<Person | null>
}

/** Takes in what another system publishes of a ticket that it keeps, too: the same as its call of the API, by nobody. */
export class TakeExternalTicket {
  readonly #database: Database<TicketsTables>
  readonly #tickets: TicketService
  readonly #addresses: PeopleByAddress

  constructor(database: Database<TicketsTables>, tickets: TicketService, addresses: PeopleByAddress) {
    this.#database = database
    this.#tickets = tickets
    this.#addresses = addresses
  }

  /** @throws Problem USER_UNKNOWN, QUERY_INVALID, WRONG_STATUS, REQUEST_WAITS, DEFERRAL_ACTIVE */
  async take(place: External, said: Omit<ExternalTicket, 'ownerId'>, owner: OwnerSaid): Promise<void> {
    const ownerId = 'id' in owner ? owner.id : await this.#idOf(owner.email)
    const checked = await this.#tickets.check({ ownerId, expression: said.expression })
    if (checked === undefined) throw new Problem('USER_UNKNOWN', 'A ticket has an owner.')
    await this.#database.transaction((tx) =>
      this.#tickets.takeFromOutside(tx, place, { ...said, ownerId }, checked, null),
    )
  }

  async #idOf(email: string): Promise<string> {
    const found = await lookUntil(
      () => this.#addresses.byAddress(email),
      (person) => person !== null,
    )
    if (found === null)
      throw new Problem('USER_UNKNOWN', 'Nobody active has the address that is said to be its owner’s.')
    return found.id
  }
}
