import { can, type Principal } from '@reprieve/auth'
import type { Clock } from '@reprieve/clock'
import { Problem } from '@reprieve/http-kit'
import type { People } from '@reprieve/people'
import type { Tx } from '../adapters/postgres/tables.js'
import { type Act, type Approval, after } from '../domain/approval.js'
import { DECIDE, phaseOf, type Refusal, standingOf } from '../domain/turns.js'
import { accessTo } from './access.js'
import type { Approvals } from './approvals.port.js'
import type { KnownExceptions } from './known-exceptions.port.js'

export interface StepDecision {
  approve: boolean
  comment: string | null
  /** The step that the approver was looking at; null: the one in effect. */
  step: number | null
}

const DETAILS: Readonly<Record<Refusal, string>> = {
  NOT_YOUR_STEP: 'Only the approver chosen for the step in effect can decide, and that is not you.',
  ALREADY_DECIDED: 'This was decided, and a decision cannot be changed.',
  NOT_ALLOWED: 'You may not decide this request.',
  WRONG_STATUS: 'This request no longer waits: it was resolved, or its end has passed.',
}

/** Approves or denies the step in effect, for good. */
export class DecideStep {
  readonly #approvals: Approvals
  readonly #exceptions: KnownExceptions
  readonly #people: People
  readonly #clock: Clock

  constructor(approvals: Approvals, exceptions: KnownExceptions, people: People, clock: Clock) {
    this.#approvals = approvals
    this.#exceptions = exceptions
    this.#people = people
    this.#clock = clock
  }

  /** @throws Problem NOT_PERMITTED for somebody who is not active (any more) */
  async refuseInactive({ id }: Principal): Promise<void> {
    const person = await this.#people.user(id)
    if (person?.active === true) return
    throw new Problem('NOT_PERMITTED', 'Only an active user can decide.')
  }

  /**
   * Under the request's lock: of decisions, withdrawal, lapse and hand-over at once, whoever locks first comes through.
   * @throws Problem NOT_YOUR_STEP, ALREADY_DECIDED, WRONG_STATUS, NOT_ALLOWED
   */
  async decide(tx: Tx, exceptionId: string, actor: Principal, decision: StepDecision): Promise<Approval> {
    const approval = await this.#approvals.lock(tx, exceptionId)
    // Auto Pilot: there is no step at all.
    if (approval === null) throw new Problem('NOT_YOUR_STEP', DETAILS.NOT_YOUR_STEP)
    const now = this.#clock.now()
    const verdict = DECIDE[phaseOf(approval, now)][standingOf(actor.id, approval)]
    if (verdict !== 'may') throw new Problem(verdict, DETAILS[verdict])
    if (decision.step !== null && decision.step !== approval.currentStep) {
      const code = decision.step < approval.currentStep ? 'ALREADY_DECIDED' : 'NOT_YOUR_STEP'
      throw new Problem(code, DETAILS[code])
    }
    // A token that was narrowed decides nothing in its owner's name.
    if (!can(actor, 'approval.decide', accessTo(approval))) {
      throw new Problem('NOT_ALLOWED', 'A token with permissions of its own cannot decide. Sign in.')
    }
    // What has come here could be seen; a file that is still on its way could not be by everybody.
    const evidenceIds = (await this.#exceptions.find(exceptionId, tx))?.evidenceIds ?? []
    const decided = after(approval, actOf(approval, actor, decision, evidenceIds, now))
    await this.#approvals.record(tx, [decided])
    return decided
  }
}

function actOf(
  approval: Approval,
  { id, name }: Principal,
  { approve, comment }: StepDecision,
  evidenceIds: readonly string[],
  at: Date,
): Act {
  const step = approval.currentStep
  const isLast = step === approval.steps.length - 1
  return {
    type: approve ? (isLast ? 'approved' : 'stepApproved') : 'denied',
    at,
    by: { id, name },
    step,
    reason: comment,
    evidenceIds,
  }
}
