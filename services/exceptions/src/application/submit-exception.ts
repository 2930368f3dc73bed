import type { Principal } from '@reprieve/auth'
import type { Clock } from '@reprieve/clock'
import { type FieldFault, Problem, type ProblemCode } from '@reprieve/http-kit'
import { lookUntil, type People } from '@reprieve/people'
import { compileQuery } from '@reprieve/query'
import { v7 as uuidv7 } from 'uuid'
import type { Tx } from '../adapters/postgres/tables.js'
import { submit } from '../domain/changes.js'
import { type Expiration, expirationFaults } from '../domain/expiration.js'
import { chooseApprovers, evidenceFaults, type Request, textFaults } from '../domain/request.js'
import type { Evidence } from './evidence.port.js'
import { EvidenceTakenError, type ExceptionRecord, type Exceptions } from './exceptions.port.js'
import type { KnownQueries, KnownQuery } from './known-queries.port.js'
import type { KnownRule, KnownRules } from './known-rules.port.js'

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

type CodedFault = FieldFault & { code: ProblemCode }

/** Turns what somebody asks for into an exception: `check` waits, reads and judges; `store` keeps what was found right. */
export class SubmitException {
  readonly #rules: KnownRules
  readonly #queries: KnownQueries
  readonly #people: People
  readonly #exceptions: Exceptions
  readonly #evidence: Evidence
  readonly #clock: Clock

  constructor(
    rules: KnownRules,
    queries: KnownQueries,
    people: People,
    exceptions: Exceptions,
    evidence: Evidence,
    clock: Clock,
  ) {
    this.#rules = rules
    this.#queries = queries
    this.#people = people
    this.#exceptions = exceptions
    this.#evidence = evidence
    this.#clock = clock
  }

  /**
   * Judges a request whole; every fault is told at once. What it names and this service has not heard of is waited for, up to 2 s.
   * @throws Problem NO_RULE_FOR_ROLE, RULE_CHANGED, QUERY_CHANGED, and for faults in the body NO_ELIGIBLE_APPROVER,
   *   APPROVER_NOT_CANDIDATE, QUERY_UNKNOWN, QUERY_INVALID or EVIDENCE_UNKNOWN where all are of that kind, else INVALID
   */
  async check(asked: Submission, requester: Principal): Promise<Request> {
    const [rule, query] = await Promise.all([this.#rule(asked, requester), this.#query(asked)])
    if (rule === null) {
      throw new Problem(
        'NO_RULE_FOR_ROLE',
        `There is no exception rule for the role ${requester.role}. Ask who manages the rules for one.`,
      )
    }
    refuseOutdated(asked, rule, query)
    const approvers = await this.#approvers(asked, rule, requester)
    const evidenceIds = asked.evidenceIds ?? []
    const files = await this.#evidence.findAll(evidenceIds)
    const { expression, faults: queryFaults } = expressionOf(asked, query)
    const faults: CodedFault[] = [
      ...[...textFaults(asked), ...expirationFaults(asked.expiration, this.#clock.now())].map(
        (fault): CodedFault => ({ ...fault, code: 'INVALID' }),
      ),
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

  /** Keeps a request that was checked as an exception: pending, or active under Auto Pilot. @throws Problem EVIDENCE_UNKNOWN */
  async store(tx: Tx, request: Request): Promise<ExceptionRecord> {
    const now = this.#clock.now()
    const ids = { id: uuidv7({ msecs: now.getTime() }), queryId: uuidv7({ msecs: now.getTime() }) }
    try {
      return await this.#exceptions.add(tx, submit(request, ids, now))
    } catch (error) {
      if (!(error instanceof EvidenceTakenError)) throw error
      const detail = 'Another request has taken one of these files a moment ago. Upload it again.'
      throw new Problem('EVIDENCE_UNKNOWN', detail, { errors: [{ pointer: '/evidenceIds', detail }], cause: error })
    }
  }

  #rule({ ruleVersion }: Submission, { role }: Principal): Promise<KnownRule | null> {
    return lookUntil(
      () => this.#rules.ofRole(role),
      (rule) => rule !== null && rule.version >= (ruleVersion ?? 0),
    )
  }

  async #query({ queryId, expression }: Submission): Promise<KnownQuery | null> {
    if (queryId === undefined) return null
    return lookUntil(
      () => this.#queries.find(queryId),
      (query) => query !== null && (expression === undefined || query.expression === expression),
    )
  }

  async #approvers({ approvers }: Submission, rule: KnownRule, { id }: Principal) {
    const { steps } = rule
    if (steps === null) return chooseApprovers({ steps }, approvers, id)
    return lookUntil(
      async () => {
        const people = await this.#people.expandEach(steps)
        const eligible = steps.map((candidateIds, index) => ({ candidateIds, people: people[index] ?? [] }))
        return chooseApprovers({ steps: eligible }, approvers, id)
      },
      // Somebody may just have joined a group, or become active. A choice that was not made, or of oneself, stays as wrong as it is.
      ({ faults }) => faults.every(({ code }) => code === 'INVALID') || approvers?.includes(id) === true,
    )
  }
}

function refuseOutdated({ ruleVersion, queryId, expression }: Submission, rule: KnownRule, query: KnownQuery | null) {
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
function expressionOf({ queryId, expression }: Submission, query: KnownQuery | null) {
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
