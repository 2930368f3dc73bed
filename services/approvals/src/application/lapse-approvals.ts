import type { Clock } from '@reprieve/clock'
import type { Database } from '@reprieve/database'
import type { ApprovalsTables } from '../adapters/postgres/tables.js'
import { type Approval, after } from '../domain/approval.js'
import type { Approvals } from './approvals.port.js'

// One transaction: locks are held for some tens of milliseconds.
const BATCH = 500

/** Ends every request whose own end passed while it waited, however long ago that was. */
export class LapseApprovals {
  readonly #database: Database<ApprovalsTables>
  readonly #approvals: Approvals
  readonly #clock: Clock

  constructor(database: Database<ApprovalsTables>, approvals: Approvals, clock: Clock) {
    this.#database = database
    this.#approvals = approvals
    this.#clock = clock
  }

  /** @returns how many lapsed; several processes may do this at once, and share the work */
  async lapseDue(): Promise<number> {
    let lapsed = 0
    for (let batch = BATCH; batch === BATCH; ) {
      batch = await this.#database.transaction(async (tx) => {
        const overdue = await this.#approvals.lockOverdue(tx, this.#clock.now(), BATCH)
        await this.#approvals.record(tx, overdue.map(lapse))
        return overdue.length
      })
      lapsed += batch
    }
    return lapsed
  }
}

/** However late that is noticed, it lapsed at its end. */
function lapse(approval: Approval): Approval {
  if (approval.endsAt === null) throw new Error(`the request ${approval.exceptionId} has no end`)
  return after(approval, { type: 'lapsed', at: approval.endsAt })
}
