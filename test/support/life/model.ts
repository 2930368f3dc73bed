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

/** Who decides a step: one of the candidates whom the requester chooses, or whom conditions assign. */
export type RuleStep = readonly Candidate[] | AssignedStep

export interface AssignedStep {
  /** Of requests for more than two days, or without an end. */
  long: Candidate
  /** Of those that Dana makes. */
  ofDana: Candidate
  /** Of all others. */
  fallback: Candidate | null
}

export const isAssigned = (step: RuleStep): step is AssignedStep => 'long' in step

/** Who reviews what is asked for from tickets. */
export const REVIEWERS: Group = 'leads'

export interface ModelTicket {
  id: string
  /** YYYY-MM-DD */
  dueDate: string
  /** The due date before its exception was approved. */
  before: string
  proposed: string
  done: boolean
}

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
  /** Whence it was asked for; null: by the rule of a role. */
  ticket: ModelTicket | null
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
  rule: readonly RuleStep[] | null
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
      (this.rule ?? []).flatMap((rule, step) => this.#choiceFault(rule, who, expiration, choice[step])),
    )
    const end = endBeforeActive(expiration)
    if (end !== null && end <= this.now) faults.add('INVALID')
    const [first] = faults
    if (first !== undefined) return wrong(faults.size === 1 ? first : 'INVALID')
    return { status: 201, code: null }
  }

  /** Those among whom a step is assigned; none: nobody is left. */
  assignable(step: AssignedStep, who: Who, expiration: Expiration): Who[] {
    const days = daysAsked(expiration, this.now)
    const named = [
      ...(days === null || days > 2 ? [step.long] : []),
      ...(who === 'dana' ? [step.ofDana] : []),
      ...(step.fallback === null ? [] : [step.fallback]),
    ]
    return named.map((one) => this.eligible([one], who)).find((people) => people.length > 0) ?? []
  }

  /** From a ticket of theirs. */
  requestFromTicket(who: Who): Answer {
    if (!this.active.has(who)) return INACTIVE
    return this.eligible([REVIEWERS], who).length === 0 ? wrong('NO_REVIEWER') : { status: 201, code: null }
  }

  /** Makes what `requestFromTicket` has found right. */
  addFromTicket(id: string, asset: string, who: Who, reviewer: Who, ticket: ModelTicket): ModelException {
    const expiration: Expiration = { type: 'date', date: ticket.proposed }
    const exception: ModelException = {
      id,
      asset,
      requester: who,
      autoPilot: false,
      ticket,
      steps: [{ approver: reviewer, candidates: [REVIEWERS], decidedBy: null }],
      current: 0,
      status: 'pendingApproval',
      approved: false,
      expiration,
      endsAt: endBeforeActive(expiration),
      appliedSince: null,
      history: ['submitted'],
    }
    this.exceptions.push(exception)
    return exception
  }

  /** Its reviewer gives it to another one. */
  passOn(exception: ModelException, who: Who, to: Who): Answer {
    if (!this.active.has(who)) return INACTIVE
    if (exception.ticket === null) return forbidden('NOT_PERMITTED')
    const answer = this.#mayDecide(exception, who)
    if (answer !== DONE) return answer
    if (this.eligible([REVIEWERS], exception.requester).length === 0 && this.active.has(to)) {
      const isSomebodyElse = to !== exception.requester && to !== exception.steps[0]?.approver
      return wrong(isSomebodyElse ? 'APPROVER_NOT_CANDIDATE' : 'INVALID')
    }
    return this.handOver(exception, 0, to)
  }

  /** The ticket that it was asked for from is done. */
  ticketDone(exception: ModelException): void {
    if (exception.ticket === null) throw new Error('it was asked for from no ticket')
    exception.ticket.done = true
    // Its due date stays where it is.
    if (exception.status === 'pendingApproval') this.#end(exception, 'withdrawn', 'withdrawn')
    else if (exception.status === 'active') this.#end(exception, 'deactivated', 'deactivated')
  }

  /** Makes what `request` has found right; `choice` names who was assigned, too. */
  add(id: string, asset: string, who: Who, choice: ReadonlyArray<Who | null>, expiration: Expiration): ModelException {
    const autoPilot = this.rule === null
    const exception: ModelException = {
      id,
      asset,
      requester: who,
      autoPilot,
      ticket: null,
      steps: (this.rule ?? []).map((rule, step) => {
        const candidates = candidatesOf(rule)
        return { approver: choice[step] ?? (this.eligible(candidates, who)[0] as Who), candidates, decidedBy: null }
      }),
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
    if (exception.ticket !== null) exception.ticket.dueDate = exception.ticket.before
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

  #choiceFault(rule: RuleStep, who: Who, expiration: Expiration, chosen: Who | null | undefined): string[] {
    if (isAssigned(rule)) {
      if (chosen !== null && chosen !== undefined) return ['INVALID']
      return this.assignable(rule, who, expiration).length === 0 ? ['NO_REVIEWER'] : []
    }
    const candidates = rule
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
    if (exception.ticket !== null) exception.ticket.dueDate = exception.ticket.proposed
    if (expiration.type === 'days') exception.endsAt = this.now + expiration.days * DAY_MS
    exception.history.push('activated')
  }

  #end(exception: ModelException, status: Status, line: string): void {
    exception.status = status
    exception.history.push(line)
  }
}

const isGroup = (candidate: Candidate): candidate is Group => (GROUPS as readonly string[]).includes(candidate)

/** Whom a step could be handed over to. */
export const candidatesOf = (rule: RuleStep): Candidate[] =>
  isAssigned(rule) ? [rule.long, rule.ofDana, ...(rule.fallback === null ? [] : [rule.fallback])] : [...rule]

/** By the calendar in UTC; null: without an end. */
function daysAsked(expiration: Expiration, now: number): number | null {
  if (expiration.type === 'never') return null
  if (expiration.type === 'days') return expiration.days
  const last = expiration.type === 'at' ? expiration.at : Date.parse(`${expiration.date}T00:00:00Z`)
  return Math.floor(last / DAY_MS) - Math.floor(now / DAY_MS)
}

/** The end, as far as it is known before anything is approved: a date runs to its end in UTC. */
function endBeforeActive(expiration: Expiration): number | null {
  if (expiration.type === 'at') return expiration.at
  return expiration.type === 'date' ? Date.parse(`${expiration.date}T00:00:00Z`) + DAY_MS : null
}
