import type { Clock } from '@reprieve/clock'
import type { Database } from '@reprieve/database'
import type { ApprovalsTables } from '../adapters/postgres/tables.js'
import { type Opening, open } from '../domain/approval.js'
import type { Approvals } from './approvals.port.js'
import type { KnownException, KnownExceptions, Version } from './known-exceptions.port.js'
import type { WithdrawWithTicket } from './withdraw-with-ticket.js'

/** Takes in what `exceptions` tells: a request that waits begins its way here. */
export class OpenApproval {
  readonly #database: Database<ApprovalsTables>
  readonly #approvals: Approvals
  readonly #exceptions: KnownExceptions
  readonly #withTicket: WithdrawWithTicket
  readonly #clock: Clock

  constructor(
    database: Database<ApprovalsTables>,
    approvals: Approvals,
    exceptions: KnownExceptions,
    withTicket: WithdrawWithTicket,
    clock: Clock,
  ) {
    this.#database = database
    this.#approvals = approvals
    this.#exceptions = exceptions
    this.#withTicket = withTicket
    this.#clock = clock
  }

  /**
   * Idempotent, and indifferent to order: an approval is opened by the newest news there are, if by them the request still waits.
   * @param opening null for an exception that waits for nobody
   */
  async takeIn(exception: KnownException, version: Version, opening: Opening | null): Promise<void> {
    await this.#database.transaction(async (tx) => {
      const isNews = await this.#exceptions.keep(tx, exception, version)
      if (!isNews || opening === null || exception.status !== 'pendingApproval') return
      const opened = open(opening, this.#clock.now())
      if (await this.#approvals.add(tx, opened)) await this.#withTicket.opened(tx, opened)
    })
  }
}
