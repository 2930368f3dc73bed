/**
 * The life of exceptions as the product's documents tell it, once more and as simply as can be: no database, no events, no services.
 * What the services answer is held against it, so it shares no line with them.
 */

export const REQUESTERS = ['dana', 'dirk'] as const
export const LEADS = ['ann', 'ben', 'cem'] as const
export const PEOPLE = [...REQUESTERS, ...LEADS] as const
export type Who = (typeof PEOPLE)[number]

export const GROUPS = ['leads', 'mixed'] as const
export type Group = (typeof GROUPS)[number]
export type Candidate = Who | Group

export type Status = 'pendingApproval' | 'active' | 'denied' | 'expired' | 'deactivated' | 'withdrawn'

export type Expiration =
  | { type: 'never' }
  | { type: 'days'; days: number }
  | { type: 'date'; date: string }
  | { type: 'at'; at: number }

export interface ModelStep {
  approver: Who
  candidates: readonly Candidate[]
  decidedBy: Who | null
}

export interface ModelException {
  id: string
  asset: string
  requester: Who
  autoPilot: boolean
  steps: ModelStep[]
  current: number
  status: Status
  /** All its steps were approved, whatever came after. */
  approved: boolean
  expiration: Expiration
  endsAt: number | null
  appliedSince: number | null
  history: string[]
}

/** How a request is answered: the code of a refusal, or null where it is done. */
export type Answer = { status: 200 | 201; code: null } | { status: 401 | 403 | 409 | 422; code: string }

const DONE: Answer = { status: 200, code: null }
const INACTIVE: Answer = { status: 401, code: 'UNAUTHENTICATED' }
const forbidden = (code: string): Answer => ({ status: 403, code })
const conflict = (code: string): Answer => ({ status: 409, code })
const wrong = (code: string): Answer => ({ status: 422, code })

const DAY_MS = 86_400_000

export class Model {
  now: number
  /** Null: Auto Pilot. */
  rule: ReadonlyArray<readonly Candidate[]> | null
  readonly groups: Record<Group, readonly Who[]>
  readonly active = new Set<Who>(PEOPLE)
  readonly exceptions: ModelException[] = []

  constructor(now: number, rule: Model['rule'], groups: Record<Group, readonly Who[]>) {
    this.now = now
    this.rule = rule
    this.groups = { ...groups }
  }

  /** The active people behind candidates, without whoever asks. */
  eligible(candidates: readonly Candidate[], requester: Who): Who[] {
    const people = candidates.flatMap((one) => (isGroup(one) ? this.groups[one] : [one]))
    return PEOPLE.filter((who) => people.includes(who) && this.active.has(who) && who !== requester)
  }

  request(who: Who, choice: ReadonlyArray<Who | null>, expiration: Expiration, staleForm: boolean): Answer {
    if (!this.active.has(who)) return INACTIVE
    if (!(REQUESTERS as readonly Who[]).includes(who)) return forbidden('NOT_PERMITTED')
    if (staleForm) return conflict('RULE_CHANGED')
    const faults = new Set(
      (this.rule ?? []).flatMap((candidates, step) => this.#choiceFault(candidates, who, choice[step])),
    )
    const end = endBeforeActive(expiration)
    if (end !== null && end <= this.now) faults.add('INVALID')
    const [first] = faults
    if (first !== undefined) return wrong(faults.size === 1 ? first : 'INVALID')
    return { status: 201, code: null }
  }

  /** Makes what `request` has found right. */
  add(id: string, asset: string, who: Who, choice: ReadonlyArray<Who | null>, expiration: Expiration): ModelException {
    const autoPilot = this.rule === null
    const exception: ModelException = {
      id,
      asset,
      requester: who,
      autoPilot,
      steps: (this.rule ?? []).map((candidates, step) => ({
        approver: choice[step] ?? (this.eligible(candidates, who)[0] as Who),
        candidates,
        decidedBy: null,
      })),
      current: 0,
      status: 'pendingApproval',
      approved: false,
      expiration,
      endsAt: endBeforeActive(expiration),
      appliedSince: null,
      history: ['submitted'],
    }
    if (autoPilot) this.#activate(exception)
    this.exceptions.push(exception)
    return exception
  }

  decide(exception: ModelException, who: Who, approve: boolean): Answer {
    const answer = this.#mayDecide(exception, who)
    if (answer !== DONE) return answer
    const step = exception.steps[exception.current]
    if (step === undefined) throw new Error('somebody decides a step that is not there')
    step.decidedBy = who
    if (!approve) {
      this.#end(exception, 'denied', 'denied')
      return DONE
    }
    exception.current++
    if (exception.current < exception.steps.length) exception.history.push('stepApproved')
    else {
      exception.approved = true
      this.#activate(exception)
    }
    return DONE
  }

  withdraw(exception: ModelException, who: Who): Answer {
    if (!this.active.has(who)) return INACTIVE
    if (exception.requester !== who) return forbidden('NOT_ALLOWED')
    if (exception.status !== 'pendingApproval') return conflict('WRONG_STATUS')
    this.#end(exception, 'withdrawn', 'withdrawn')
    return DONE
  }

  deactivate(exception: ModelException, who: Who): Answer {
    if (!this.active.has(who)) return INACTIVE
    const may = exception.autoPilot
      ? exception.requester === who
      : exception.steps.some(({ approver }) => approver === who)
    if (!may) return forbidden('NOT_ALLOWED')
    if (exception.status !== 'active') return conflict('WRONG_STATUS')
    this.#end(exception, 'deactivated', 'deactivated')
    return DONE
  }

  /** By somebody who manages the rules. */
  handOver(exception: ModelException, index: number, to: Who): Answer {
    if (exception.autoPilot) return conflict('WRONG_STATUS')
    const step = exception.steps[index]
    if (step === undefined) return wrong('INVALID')
    if (exception.status === 'pendingApproval') {
      if (step.decidedBy !== null) return conflict('ALREADY_DECIDED')
    } else if (exception.status !== 'active') return conflict('WRONG_STATUS')
    if (to === exception.requester || to === step.approver || !this.active.has(to)) return wrong('INVALID')
    const eligible = this.eligible(step.candidates, exception.requester)
    if (eligible.length > 0 && !eligible.includes(to)) return wrong('APPROVER_NOT_CANDIDATE')
    step.approver = to
    exception.history.push('handedOver')
    return DONE
  }

  advance(now: number): void {
    this.now = now
    for (const exception of this.exceptions) {
      if (exception.endsAt === null || exception.endsAt > now) continue
      if (exception.status === 'pendingApproval') this.#end(exception, 'expired', 'lapsed')
      else if (exception.status === 'active') this.#end(exception, 'expired', 'expired')
    }
  }

  waitingFor({ status, steps, current }: ModelException): Who | null {
    return status === 'pendingApproval' ? (steps[current]?.approver ?? null) : null
  }

  /** Nobody here has a permission to read every exception. */
  maySee({ requester, steps }: ModelException, who: Who): boolean {
    return requester === who || steps.some(({ approver }) => approver === who)
  }

  #choiceFault(candidates: readonly Candidate[], who: Who, chosen: Who | null | undefined): string[] {
    const eligible = this.eligible(candidates, who)
    if (eligible.length === 0) return ['NO_ELIGIBLE_APPROVER']
    if (chosen === null || chosen === undefined) return eligible.length === 1 ? [] : ['INVALID']
    return eligible.includes(chosen) ? [] : ['APPROVER_NOT_CANDIDATE']
  }

  #mayDecide(exception: ModelException, who: Who): Answer {
    if (!this.active.has(who)) return INACTIVE
    const { steps, current, status, approved } = exception
    const decided = steps.some(
      ({ approver, decidedBy }) => decidedBy !== null && (approver === who || decidedBy === who),
    )
    const holds = steps.some(({ approver }) => approver === who)
    const hasTurn = steps[current]?.approver === who && steps[current]?.decidedBy === null
    if (status === 'pendingApproval') {
      if (hasTurn) return DONE
      return decided ? conflict('ALREADY_DECIDED') : forbidden('NOT_YOUR_STEP')
    }
    if (decided || (approved && holds)) return hasTurn ? conflict('WRONG_STATUS') : conflict('ALREADY_DECIDED')
    return holds ? conflict('WRONG_STATUS') : forbidden('NOT_YOUR_STEP')
  }

  #activate(exception: ModelException): void {
    const { expiration } = exception
    exception.status = 'active'
    exception.appliedSince = this.now
    if (expiration.type === 'days') exception.endsAt = this.now + expiration.days * DAY_MS
    exception.history.push('activated')
  }

  #end(exception: ModelException, status: Status, line: string): void {
    exception.status = status
    exception.history.push(line)
  }
}

const isGroup = (candidate: Candidate): candidate is Group => (GROUPS as readonly string[]).includes(candidate)

/** The end, as far as it is known before anything is approved: a date runs to its end in UTC. */
function endBeforeActive(expiration: Expiration): number | null {
  if (expiration.type === 'at') return expiration.at
  return expiration.type === 'date' ? Date.parse(`${expiration.date}T00:00:00Z`) + DAY_MS : null
}
