import type { Principal } from '@reprieve/auth'
import type { Clock } from '@reprieve/clock'
import { Problem } from '@reprieve/http-kit'
import type { People } from '@reprieve/people'
import type { Tx } from '../adapters/postgres/tables.js'
import { type Approval, after, MOST_HAND_OVERS } from '../domain/approval.js'
import { handOverFault, type Taker } from '../domain/hand-over.js'
import { HAND_OVER, type Part, phaseOf, type Verdict } from '../domain/turns.js'
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

/** Gives an approver's part to another person, so that nothing is stuck when people leave. */
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

  /** Looks up whom it is about, waiting up to 2 s for somebody not heard of yet. A step's candidates never change. */
  async prepare(exceptionId: string, handOver: HandOver): Promise<PreparedHandOver> {
    const approval = await this.#approvals.find(exceptionId)
    const [to, candidates] = await Promise.all([
      this.#people.waitForUser(handOver.toUserId),
      this.#people.expand(approval?.steps[handOver.step]?.candidateIds ?? []),
    ])
    return { ...handOver, to, candidates }
  }

  /** @throws Problem ALREADY_DECIDED, WRONG_STATUS, INVALID, APPROVER_NOT_CANDIDATE, CONFLICT */
  async handOver(tx: Tx, exceptionId: string, actor: Principal, asked: PreparedHandOver): Promise<Approval> {
    const approval = await this.#approvals.lock(tx, exceptionId)
    if (approval === null) throw refusal('WRONG_STATUS')
    const now = this.#clock.now()
    const fault = handOverFault(approval, asked.step, asked.to, asked.candidates)
    if (fault?.pointer !== '/step') {
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
