import { type Assigned, compileAssignment, type RequestFacts, requestFields, reviewersOf } from '@reprieve/assignment'
import type { Principal } from '@reprieve/auth'
import type { Clock } from '@reprieve/clock'
import { type FieldFault, Problem, type ProblemCode } from '@reprieve/http-kit'
import { lookUntil, type People } from '@reprieve/people'
import { compileQuery } from '@reprieve/query'
import { v7 as uuidv7 } from 'uuid'
import type { Tx } from '../adapters/postgres/tables.js'
import { submit } from '../domain/changes.js'
import type { Person } from '../domain/exception.js'
import { daysAsked, type Expiration, expirationFaults } from '../domain/expiration.js'
import {
  type AssignedStep,
  assignSteps,
  chooseApprovers,
  type EligibleStep,
  evidenceFaults,
  type PlannedRequest,
  type PlannedStep,
  textFaults,
} from '../domain/request.js'
import type { Assignments } from './assignments.port.js'
import type { Evidence } from './evidence.port.js'
import { EvidenceTakenError, type ExceptionRecord, type Exceptions } from './exceptions.port.js'
import type { KnownQueries, KnownQuery } from './known-queries.port.js'
import type { KnownRule, KnownRules, KnownStep } from './known-rules.port.js'

/** What somebody asks for, well-formed and not yet judged. */
export interface Submission {
  name: string
  justification: string
  riskAcknowledged: boolean
  useCase?: string | undefined
  evidenceLink?: string | undefined
  /** Files that the requester has uploaded. */
  evidenceIds?: readonly string[] | undefined
  queryId?: string | undefined
  expression?: string | undefined
  /** One entry a step; null leaves the choice to a step with a single candidate. */
  approvers?: ReadonlyArray<string | null> | undefined
  expiration: Expiration
  /** The version of the rule that the form was filled in under. */
  ruleVersion?: number | undefined
}

/** A step as a request would have it. */
export interface PreviewedStep {
  /** Null where the requester chooses. */
  approver: Person | null
  /** The rule that assigns; null: the fallback. Absent where the requester chooses. */
  assignedBy?: string | null
}

type CodedFault = FieldFault & { code: ProblemCode }

/** Turns what somebody asks for into an exception: `check` waits, reads and judges; `store` keeps what was found right. */
export class SubmitException {
  readonly #rules: KnownRules
  readonly #queries: KnownQueries
  readonly #people: People
  readonly #exceptions: Exceptions
  readonly #evidence: Evidence
  readonly #assignments: Assignments
  readonly #clock: Clock

  constructor(
    rules: KnownRules,
    queries: KnownQueries,
    people: People,
    exceptions: Exceptions,
    evidence: Evidence,
    assignments: Assignments,
    clock: Clock,
  ) {
    this.#rules = rules
    this.#queries = queries
    this.#people = people
    this.#exceptions = exceptions
    this.#evidence = evidence
    this.#assignments = assignments
    this.#clock = clock
  }

  /**
   * Judges a request whole; every fault is told at once. What it names and this service has not heard of is waited for, up to 2 s.
   * @throws Problem NO_RULE_FOR_ROLE, RULE_CHANGED, QUERY_CHANGED, and for faults in the body NO_ELIGIBLE_APPROVER, NO_REVIEWER,
   *   APPROVER_NOT_CANDIDATE, QUERY_UNKNOWN, QUERY_INVALID or EVIDENCE_UNKNOWN where all are of that kind, else INVALID
   */
  async check(asked: Submission, requester: Principal): Promise<PlannedRequest> {
    const { rule, query } = await this.#named(asked, requester)
    const { expression, faults: queryFaults } = expressionOf(asked, query)
    const approvers = await this.#approvers(asked, rule, requester, expression)
    const evidenceIds = asked.evidenceIds ?? []
    const files = await this.#evidence.findAll(evidenceIds)
    const faults: CodedFault[] = [
      ...[...textFaults(asked), ...expirationFaults(asked.expiration, this.#clock.now())].map(invalid),
      ...queryFaults,
      ...approvers.faults,
      ...evidenceFaults(evidenceIds, files, requester.id).map(
        (fault): CodedFault => ({ ...fault, code: 'EVIDENCE_UNKNOWN' }),
      ),
    ]
    refuse(faults)
    return {
      kind: 'query',
      effect: 'suppress',
      name: asked.name,
      justification: asked.justification,
      useCase: asked.useCase || null,
      evidenceLink: asked.evidenceLink ?? null,
      expression,
      sourceQueryId: asked.queryId ?? null,
      expiration: asked.expiration,
      requestedBy: { id: requester.id, name: requester.name },
      rule: { id: rule.id, version: rule.version },
      ticketId: null,
      approvalType: rule.steps === null ? 'autoPilot' : 'approvers',
      steps: approvers.steps,
      evidence: files.map(({ uploadedAt: _, exceptionId: __, ...file }) => file),
    }
  }

  /**
   * Who would decide such a request if it came now. Where several are as good it may be another one by then.
   * @throws Problem as `check`, for what matters here
   */
  async preview(
    asked: Pick<Submission, 'queryId' | 'expression' | 'expiration' | 'useCase' | 'ruleVersion'>,
    requester: Principal,
  ): Promise<{ rule: KnownRule; steps: PreviewedStep[] | null }> {
    const { rule, query } = await this.#named(asked, requester)
    const { expression, faults } = expressionOf(asked, query)
    const now = this.#clock.now()
    refuse([...expirationFaults(asked.expiration, now).map(invalid), ...faults])
    if (rule.steps === null) return { rule, steps: null }
    const eligible = await this.#eligible(rule.steps, this.#facts(asked, requester, expression), requester.id)
    const { steps, faults: nobody } = chooseApprovers({ steps: eligible.filter(isAssigned) }, undefined, requester.id)
    refuse(nobody)
    const found = assignSteps(steps, await this.#assignments.loads(membersOf(toAssign(steps))), now).values()
    return {
      rule,
      steps: eligible.map((step) => {
        const assigned = isAssigned(step) ? found.next().value : undefined
        return assigned === undefined
          ? { approver: null }
          : { approver: assigned.approver, assignedBy: assigned.assignedBy ?? null }
      }),
    }
  }

  /** Keeps a request that was checked as an exception: pending, or active under Auto Pilot. @throws Problem EVIDENCE_UNKNOWN */
  async store(tx: Tx, planned: PlannedRequest): Promise<ExceptionRecord> {
    const now = this.#clock.now()
    const request = { ...planned, steps: await this.#assigned(tx, planned.steps, now) }
    const ids = { id: uuidv7({ msecs: now.getTime() }), queryId: uuidv7({ msecs: now.getTime() }) }
    try {
      return await this.#exceptions.add(tx, submit(request, ids, now))
    } catch (error) {
      if (!(error instanceof EvidenceTakenError)) throw error
      const detail = 'Another request has taken one of these files a moment ago. Upload it again.'
      throw new Problem('EVIDENCE_UNKNOWN', detail, { errors: [{ pointer: '/evidenceIds', detail }], cause: error })
    }
  }

  async #named(asked: Pick<Submission, 'queryId' | 'expression' | 'ruleVersion'>, requester: Principal) {
    const [rule, query] = await Promise.all([this.#rule(asked, requester), this.#query(asked)])
    if (rule === null) {
      throw new Problem(
        'NO_RULE_FOR_ROLE',
        `There is no exception rule for the role ${requester.role}. Ask who manages the rules for one.`,
      )
    }
    refuseOutdated(asked, rule, query)
    return { rule, query }
  }

  #rule({ ruleVersion }: Pick<Submission, 'ruleVersion'>, { role }: Principal): Promise<KnownRule | null> {
    return lookUntil(
      () => this.#rules.ofRole(role),
      (rule) => rule !== null && rule.version >= (ruleVersion ?? 0),
    )
  }

  async #query({ queryId, expression }: Pick<Submission, 'queryId' | 'expression'>): Promise<KnownQuery | null> {
    if (queryId === undefined) return null
    return lookUntil(
      () => this.#queries.find(queryId),
      (query) => query !== null && (expression === undefined || query.expression === expression),
    )
  }

  async #approvers(asked: Submission, rule: KnownRule, requester: Principal, expression: string) {
    const { approvers } = asked
    const { id } = requester
    const { steps } = rule
    if (steps === null) return chooseApprovers({ steps }, approvers, id)
    const facts = this.#facts(asked, requester, expression)
    return lookUntil(
      async () => chooseApprovers({ steps: await this.#eligible(steps, facts, id) }, approvers, id),
      // Somebody may just have joined a group, or become active. A choice that was not made, or of oneself, stays as wrong as it is.
      ({ faults }) => faults.every(({ code }) => code === 'INVALID') || approvers?.includes(id) === true,
    )
  }

  #facts(
    { expiration, useCase }: Pick<Submission, 'expiration' | 'useCase'>,
    { id, role }: Principal,
    expression: string,
  ): RequestFacts {
    return {
      'requester.role': role,
      'requester.id': id,
      'request.days': daysAsked(expiration, this.#clock.now()),
      'request.useCase': useCase || null,
      'request.query': expression,
    }
  }

  /** Who could decide each step, as the directory tells of them now. */
  async #eligible(steps: readonly KnownStep[], facts: RequestFacts, requesterId: string): Promise<EligibleStep[]> {
    const named = steps.map((step) => ('assigned' in step ? reviewersOf(step.assigned) : step.candidates))
    // Of a step that is assigned each reviewer by itself: one rule's group is not another's.
    const lists = steps.flatMap((step, index) => {
      const ids = named[index] ?? []
      return 'assigned' in step ? ids.map((id) => [id]) : [ids]
    })
    const people = (await this.#people.expandEach(lists)).values()
    const next = (): Person[] => people.next().value ?? []
    return steps.map((step, index) => {
      const candidateIds = named[index] ?? []
      if (!('assigned' in step)) return { candidateIds, people: next() }
      const behind = new Map(candidateIds.map((id) => [id, next().filter((person) => person.id !== requesterId)]))
      return { candidateIds, assigned: assignedBy(step, facts, behind) }
    })
  }

  /** Finds who is assigned where there is a choice; others who choose among the same wait until this is kept. */
  async #assigned(tx: Tx, planned: readonly PlannedStep[], now: Date) {
    const open = toAssign(planned)
    await this.#assignments.lock(
      tx,
      open.map(({ reviewerId }) => reviewerId),
    )
    const loads = await this.#assignments.loads(membersOf(open), tx)
    return assignSteps(planned, loads, now)
  }
}

const toAssign = (planned: readonly PlannedStep[]): Assigned<Person>[] =>
  planned.flatMap((step) => ('toAssign' in step ? [step.toAssign] : []))

const isAssigned = (step: EligibleStep): step is AssignedStep => 'assigned' in step

const invalid = (fault: FieldFault): CodedFault => ({ ...fault, code: 'INVALID' })

const membersOf = (open: ReadonlyArray<Assigned<Person>>): string[] =>
  open.flatMap(({ members }) => members.map(({ id }) => id))

function assignedBy(
  { assigned }: Extract<KnownStep, { assigned: unknown }>,
  facts: RequestFacts,
  behind: ReadonlyMap<string, readonly Person[]>,
): Assigned<Person> | null {
  const compiled = compileAssignment(assigned, requestFields)
  // Its owner has checked it; a newer one may allow what is not understood here. Whom that means nobody can say.
  return compiled.ok ? compiled.assignment.assign(facts, (reviewerId) => behind.get(reviewerId) ?? []) : null
}

function refuseOutdated(
  { ruleVersion, queryId, expression }: Pick<Submission, 'ruleVersion' | 'queryId' | 'expression'>,
  rule: KnownRule,
  query: KnownQuery | null,
) {
  if (ruleVersion !== undefined && ruleVersion !== rule.version) {
    throw new Problem(
      'RULE_CHANGED',
      `The rule for your role has changed: it is at version ${rule.version} now. Look at the form again.`,
    )
  }
  if (queryId !== undefined && expression !== undefined && query !== null && query.expression !== expression) {
    throw new Problem(
      'QUERY_CHANGED',
      'The saved query is not what you were shown. Look at it again, or send your own alone.',
    )
  }
}

/** The expression to copy, and what is wrong with it. */
function expressionOf({ queryId, expression }: Pick<Submission, 'queryId' | 'expression'>, query: KnownQuery | null) {
  if (queryId === undefined && expression === undefined) {
    const detail = 'Say what it applies to: a saved query (queryId) or an expression.'
    return { expression: '', faults: [{ pointer: '/queryId', detail, code: 'INVALID' }] satisfies CodedFault[] }
  }
  if (queryId !== undefined && query === null) {
    const detail = 'There is no saved query with this id.'
    return { expression: '', faults: [{ pointer: '/queryId', detail, code: 'QUERY_UNKNOWN' }] satisfies CodedFault[] }
  }
  const chosen = query?.expression ?? expression ?? ''
  const compiled = compileQuery(chosen)
  const pointer = expression === undefined ? '/queryId' : '/expression'
  const faults = compiled.ok
    ? []
    : compiled.faults.map(
        ({ message, line, column }): CodedFault => ({ pointer, detail: message, line, column, code: 'QUERY_INVALID' }),
      )
  return { expression: chosen, faults }
}

function refuse(faults: readonly CodedFault[]): void {
  const [first] = faults
  if (first === undefined) return
  const code = faults.every((fault) => fault.code === first.code) ? first.code : 'INVALID'
  throw new Problem(code, faults.length === 1 ? first.detail : 'Something in the request is wrong: see `errors`.', {
    errors: faults.map(({ code: _, ...fault }) => fault),
  })
}
