import { can, type ExceptionResource, type Principal } from '@reprieve/auth'
import type { Clock } from '@reprieve/clock'
import { Problem } from '@reprieve/http-kit'
import type { Tx } from '../adapters/postgres/tables.js'
import { type Approval, after } from '../domain/approval.js'
import { phaseOf, standingOf, WITHDRAW } from '../domain/turns.js'
import { accessTo } from './access.js'
import type { Approvals } from './approvals.port.js'
import type { KnownException } from './known-exceptions.port.js'

const underAutoPilot = ({ requesterId }: KnownException): ExceptionResource => ({
  requesterId,
  approverIds: [],
  decidingId: null,
})

const notTheirs = () => new Problem('NOT_ALLOWED', 'Only who made a request can withdraw it.')
const notPending = () =>
  new Problem('WRONG_STATUS', 'Only a pending request can be withdrawn: this one was resolved, or its end has passed.')

/** Takes a pending request back, for good. */
export class WithdrawRequest {
  readonly #approvals: Approvals
  readonly #clock: Clock

  constructor(approvals: Approvals, clock: Clock) {
    this.#approvals = approvals
    this.#clock = clock
  }

  /** @throws Problem NOT_ALLOWED, WRONG_STATUS */
  async withdraw(tx: Tx, exception: KnownException, actor: Principal, reason: string | null): Promise<Approval> {
    const approval = await this.#approvals.lock(tx, exception.id)
    // Who never may is told so, whatever its status. Auto Pilot: it never waited.
    const asked = approval === null ? underAutoPilot(exception) : accessTo(approval)
    if (!can(actor, 'exception.withdraw', asked)) throw notTheirs()
    if (approval === null) throw notPending()
    const now = this.#clock.now()
    const verdict = WITHDRAW[phaseOf(approval, now)][standingOf(actor.id, approval)]
    if (verdict === 'WRONG_STATUS') throw notPending()
    if (verdict !== 'may') throw notTheirs()
    const withdrawn = after(approval, {
      type: 'withdrawn',
      at: now,
      by: { id: actor.id, name: actor.name },
      reason,
    })
    await this.#approvals.record(tx, [withdrawn])
    return withdrawn
  }
}
