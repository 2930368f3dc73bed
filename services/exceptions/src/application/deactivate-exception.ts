import { can, type Principal } from '@reprieve/auth'
import type { Clock } from '@reprieve/clock'
import { Problem } from '@reprieve/http-kit'
import { lookUntil } from '@reprieve/people'
import type { Tx } from '../adapters/postgres/tables.js'
import { deactivate, deactivationRefusal } from '../domain/changes.js'
import { accessTo } from './access.js'
import type { ExceptionRecord, Exceptions } from './exceptions.port.js'

/** Ends an active exception early: its requester under Auto Pilot, else any one of its approvers. It cannot be undone. */
export class DeactivateException {
  readonly #exceptions: Exceptions
  readonly #clock: Clock

  constructor(exceptions: Exceptions, clock: Clock) {
    this.#exceptions = exceptions
    this.#clock = clock
  }

  /**
   * Waits up to 2 s while an approver's exception is still pending here: the last approval may just have been given, and is on its way.
   * Outside of any transaction.
   */
  async awaitApproval(id: string, actor: Principal): Promise<void> {
    await lookUntil(
      () => this.#exceptions.find(id),
      (record) =>
        record?.exception.status !== 'pendingApproval' ||
        !can(actor, 'exception.deactivate', accessTo(record.exception)),
    )
  }

  /**
   * Whoever locks the row first, this or the expiry, decides; the other finds what it left.
   * @throws Problem NOT_FOUND, NOT_ALLOWED, WRONG_STATUS
   */
  async deactivate(tx: Tx, id: string, actor: Principal, reason: string): Promise<ExceptionRecord> {
    const locked = await this.#exceptions.lock(tx, id)
    if (locked === null) throw new Problem('NOT_FOUND', 'There is no such exception.')
    const { exception, reach } = locked
    const now = this.#clock.now()
    const refusal = can(actor, 'exception.deactivate', accessTo(exception))
      ? deactivationRefusal(exception, actor.id, now)
      : 'NOT_ALLOWED'
    if (refusal === 'NOT_ALLOWED') {
      throw new Problem(
        'NOT_ALLOWED',
        exception.approvalType === 'autoPilot'
          ? 'Only who requested this exception can deactivate it.'
          : 'Only an approver of this exception can deactivate it.',
      )
    }
    if (refusal === 'WRONG_STATUS') {
      throw new Problem('WRONG_STATUS', 'Only an active exception can be deactivated, and this one is not.')
    }
    const changed = deactivate(exception, { id: actor.id, name: actor.name }, reason, now)
    await this.#exceptions.record(tx, [changed])
    return { exception: changed.exception, reach }
  }
}
