import type { Database } from '@reprieve/database'
import type { ApprovalsTables } from '../adapters/postgres/tables.js'
import { type Act, after } from '../domain/approval.js'
import type { Approvals } from './approvals.port.js'

/** Takes in again what was done to requests after the database was backed up, as this service once told it. */
export class RecollectActs {
  readonly #database: Database<ApprovalsTables>
  readonly #approvals: Approvals

  constructor(database: Database<ApprovalsTables>, approvals: Approvals) {
    this.#database = database
    this.#approvals = approvals
  }

  /**
   * Idempotent, and indifferent to order: acts are only ever added to.
   * @param acts all that was ever done, oldest first
   */
  async takeIn(exceptionId: string, acts: readonly Act[]): Promise<void> {
    await this.#database.transaction(async (tx) => {
      let approval = await this.#approvals.lock(tx, exceptionId)
      if (approval === null) throw new UnknownRequestError(`request ${exceptionId} is not known here`)
      for (const act of acts.slice(approval.acts.length)) {
        approval = after(approval, act)
        await this.#approvals.record(tx, [approval])
      }
    })
  }
}

/** `exceptions` never told of it, or not any more. */
export class UnknownRequestError extends Error {
  override readonly name = 'UnknownRequestError'
}
