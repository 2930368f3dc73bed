import { can, type Principal } from '@reprieve/auth'
import type { Clock } from '@reprieve/clock'
import { Problem } from '@reprieve/http-kit'
import type { People } from '@reprieve/people'
import type { Tx } from '../adapters/postgres/tables.js'
import { type Approval, after, MOST_HAND_OVERS } from '../domain/approval.js'
import { type HandsOver, handOverFault, type Taker, takersOf } from '../domain/hand-over.js'
import { HAND_OVER, PASS_ON, type Part, phaseOf, type Refusal, standingOf, type Verdict } from '../domain/turns.js'
import { accessTo } from './access.js'
import type { Approvals } from './approvals.port.js'
import type { ExceptionStatus, KnownExceptions } from './known-exceptions.port.js'

export interface HandOver {
  step: number
  toUserId: string
  reason: string
}

/** A hand-over with the people that it is about, as the directory tells of them. */
export interface PreparedHandOver extends HandOver {
  to: Taker | null
  candidates: readonly Taker[]
}

/** Whom a step could be handed over to. */
export interface Takers {
  /** Candidates of the step. */
  candidates: readonly Taker[]
  /** No candidate is left: a manager may give it to any active person. */
  anyone: boolean
}

/**
 * Gives an approver's part to another person, so that nothing is stuck when people leave: a manager any, and the reviewer of a request
 * from a ticket their own while it waits.
 */
export class HandOverStep {
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

  /**
   * Before anything is looked up for them. Outside of any transaction.
   * @throws Problem NOT_PERMITTED for who is neither a manager nor, by the kind of the request, could be its reviewer
   */
  async refuseStrangers(exceptionId: string, actor: Principal): Promise<void> {
    const by = handsOver(actor, await this.#approvals.find(exceptionId))
    if (by !== 'reviewer') return
    const person = await this.#people.user(actor.id)
    if (person?.active !== true) throw new Problem('NOT_PERMITTED', 'Only an active user can hand a step over.')
  }

  /** @throws Problem NOT_PERMITTED, NOT_YOUR_STEP, ALREADY_DECIDED, WRONG_STATUS, NOT_FOUND for a step there is not */
  async takers(exceptionId: string, step: number, actor: Principal): Promise<Takers> {
    const approval = await this.#approvals.find(exceptionId)
    const by = handsOver(actor, approval)
    if (approval?.steps[step] === undefined) throw new Problem('NOT_FOUND', 'This request has no such step.')
    if (by === 'reviewer') this.#refuseUnlessTheirs(approval, actor)
    const people = await this.#people.expand(approval.steps[step].candidateIds)
    return {
      candidates: takersOf(approval, step, people),
      anyone: by === 'manager' && people.every(({ id }) => id === approval.requestedBy.id),
    }
  }

  /** Looks up whom it is about, waiting up to 2 s for somebody not heard of yet. A step's candidates never change. */
  async prepare(exceptionId: string, handOver: HandOver): Promise<PreparedHandOver> {
    const approval = await this.#approvals.find(exceptionId)
    const [to, candidates] = await Promise.all([
      this.#people.waitForUser(handOver.toUserId),
      this.#people.expand(approval?.steps[handOver.step]?.candidateIds ?? []),
    ])
    return { ...handOver, to, candidates }
  }

  /**
   * @throws Problem NOT_PERMITTED, NOT_YOUR_STEP, NOT_ALLOWED, ALREADY_DECIDED, WRONG_STATUS, INVALID, APPROVER_NOT_CANDIDATE, CONFLICT
   */
  async handOver(tx: Tx, exceptionId: string, actor: Principal, asked: PreparedHandOver): Promise<Approval> {
    const approval = await this.#approvals.lock(tx, exceptionId)
    const by = handsOver(actor, approval)
    // Auto Pilot.
    if (approval === null) throw refusal('WRONG_STATUS')
    const now = this.#clock.now()
    if (by === 'reviewer') this.#refuseUnlessTheirs(approval, actor)
    const fault = handOverFault(approval, asked.step, asked.to, asked.candidates, by)
    if (by === 'manager' && fault?.pointer !== '/step') {
      const exception = await this.#exceptions.find(exceptionId, tx)
      const verdict = HAND_OVER[phaseOf(approval, now)][partOf(approval, asked.step, exception?.status)]
      if (verdict !== 'may') throw refusal(verdict)
    }
    if (fault !== null || asked.to === null) {
      const { code, detail, pointer } = fault ?? {
        code: 'INVALID',
        detail: 'There is no such user.',
        pointer: '/toUserId',
      }
      throw new Problem(code, detail, { errors: [{ pointer, detail }] })
    }
    if (approval.acts.filter(({ type }) => type === 'handedOver').length >= MOST_HAND_OVERS) {
      throw new Problem('CONFLICT', `It was handed over ${MOST_HAND_OVERS} times, and that is the limit.`)
    }
    const handedOver = after(approval, {
      type: 'handedOver',
      at: now,
      by: { id: actor.id, name: actor.name },
      step: asked.step,
      to: { id: asked.to.id, name: asked.to.name },
      reason: asked.reason,
    })
    await this.#approvals.record(tx, [handedOver])
    return handedOver
  }

  #refuseUnlessTheirs(approval: Approval, actor: Principal): void {
    const verdict = PASS_ON[phaseOf(approval, this.#clock.now())][standingOf(actor.id, approval)]
    if (verdict !== 'may') throw new Problem(verdict, NOT_PASSED_ON[verdict])
    if (!can(actor, 'approval.passOn', accessTo(approval))) {
      throw new Problem('NOT_ALLOWED', 'A token with permissions of its own cannot hand anything over. Sign in.')
    }
  }
}

const NOT_PASSED_ON: Readonly<Record<Refusal, string>> = {
  NOT_YOUR_STEP: 'Only its reviewer can hand this request on, and that is not you.',
  ALREADY_DECIDED: 'This was decided: there is nothing to hand on.',
  NOT_ALLOWED: 'You may not hand this request on.',
  WRONG_STATUS: 'This request no longer waits: it was resolved, or its end has passed.',
}

/** As what somebody hands over. @throws Problem NOT_PERMITTED */
function handsOver(actor: Principal, approval: Approval | null): HandsOver {
  if (can(actor, 'approval.handOver')) return 'manager'
  if (approval?.type === 'reviewer') return 'reviewer'
  throw new Problem('NOT_PERMITTED', 'Handing over a step of this request needs the permission rules.manage.')
}

/** What the step is to a hand-over, by what is known of the exception. */
function partOf(approval: Approval, step: number, status: ExceptionStatus | undefined): Part {
  if (status === 'active') return 'active'
  if (status !== 'pendingApproval') return 'ended'
  return approval.steps[step]?.decided === null ? 'open' : 'decided'
}

function refusal(verdict: Exclude<Verdict, 'may'>): Problem {
  return verdict === 'ALREADY_DECIDED'
    ? new Problem('ALREADY_DECIDED', 'This step was decided. It can be handed over once the exception is active.')
    : new Problem('WRONG_STATUS', 'Only a step of a pending request or an active exception can be handed over.')
}
