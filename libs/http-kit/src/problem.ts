/**
 * Every code that the API refuses with, its status and its title: the one table. A code is stable once it was released; add to it, never
 * rename.
 */
export const PROBLEMS = {
  // What any route can say.
  MALFORMED: [400, 'The request is malformed'],
  UNAUTHENTICATED: [401, 'Sign in first'],
  SIGN_IN_FAILED: [401, 'The email address or the password is wrong'],
  NOT_PERMITTED: [403, 'You may not do this'],
  NOT_ALLOWED: [403, 'You may not do this to this one'],
  CROSS_ORIGIN: [403, 'The request comes from another site'],
  NOT_FOUND: [404, 'There is no such thing'],
  METHOD_NOT_ALLOWED: [405, 'This cannot be done here'],
  CONFLICT: [409, 'The current state forbids this'],
  PRECONDITION_FAILED: [412, 'It has changed since you read it'],
  PAYLOAD_TOO_LARGE: [413, 'The body is too large'],
  UNSUPPORTED_MEDIA_TYPE: [415, 'The body has a type that is not read here'],
  INVALID: [422, 'Something in the request is wrong'],
  IDEMPOTENCY_KEY_REUSED: [422, 'The idempotency key was used for another request'],
  PRECONDITION_REQUIRED: [428, 'If-Match is missing'],
  TOO_MANY_REQUESTS: [429, 'Too many requests'],
  INTERNAL: [500, 'Something went wrong on our side'],
  TRY_AGAIN: [503, 'Not available at the moment'],
  OUTCOME_UNKNOWN: [504, 'It is not known whether this was done'],
  // People
  EMAIL_TAKEN: [409, 'Somebody has this email address'],
  NAME_TAKEN: [409, 'The name is taken'],
  ROLE_UNKNOWN: [422, 'There is no such role'],
  ROLE_IS_BUILT_IN: [409, 'A built-in role cannot be changed'],
  LAST_ADMIN: [409, 'Nobody would be left to administer'],
  USER_UNKNOWN: [422, 'There is no such user'],
  // Rules
  RULE_CANNOT_BE_DELETED: [405, 'Rules are never deleted'],
  ROLE_HAS_RULE: [409, 'The role has a rule'],
  NO_RULE_FOR_ROLE: [403, 'There is no rule for your role'],
  NO_ELIGIBLE_APPROVER: [422, 'Nobody is left to decide a step'],
  // Queries, instances, ingest
  QUERY_INVALID: [422, 'The query is wrong'],
  FEED_NOT_CONFIGURED: [409, 'It is not configured where this feed comes from'],
  QUERY_IS_MANAGED: [409, 'A managed query cannot be changed'],
  QUERY_UNKNOWN: [422, 'There is no such query'],
  FOLDER_RESERVED: [422, 'The folder is reserved'],
  ASSET_UNKNOWN: [422, 'The report names no asset'],
  FORMAT_UNKNOWN: [422, 'The report has no format that is read here'],
  // Exceptions and approvals
  QUERY_CHANGED: [409, 'The query has changed'],
  RULE_CHANGED: [409, 'The rule has changed'],
  APPROVER_NOT_CANDIDATE: [422, 'An approver is no candidate of the step'],
  EVIDENCE_UNKNOWN: [422, 'There is no such evidence'],
  WRONG_STATUS: [409, 'The status forbids this'],
  NOT_YOUR_STEP: [403, 'The step in effect is not yours'],
  ALREADY_DECIDED: [409, 'It has been decided'],
  // Tickets
  NO_REVIEWER: [422, 'Nobody is left to review'],
  REQUEST_WAITS: [409, 'A request waits already'],
  DEFERRAL_ACTIVE: [409, 'A deferral is in force'],
  TOO_MANY_DEFERRALS: [422, 'It was deferred too often'],
  // Operation
  DEAD_LETTER_SETTLED: [409, 'The dead letter waits for nothing'],
  DEAD_LETTER_TOO_LARGE: [422, 'The record is too large to be redriven'],
  // Notices
  TEMPLATE_INVALID: [422, 'The template is wrong'],
  HOST_NOT_ALLOWED: [422, 'Nothing is delivered to this host'],
} as const satisfies Record<string, readonly [number, string]>

export type ProblemCode = keyof typeof PROBLEMS

/** What is wrong with one field. */
export interface FieldFault {
  /** JSON pointer into the body (`/steps/0/candidates`), or to the parameter by its name (`/limit`). */
  pointer: string
  detail: string
  /** Present for a fault of a query or path parameter. */
  parameter?: string
  /** Within a text that has a language of its own: where, counted from 1. */
  line?: number
  column?: number
}

export interface ProblemDetails {
  type: string
  title: string
  status: number
  detail: string
  code: ProblemCode
  errors?: readonly FieldFault[]
  traceId: string
}

export interface ProblemOptions {
  errors?: readonly FieldFault[]
  /** `Retry-After`, `Allow` and the like. */
  headers?: Readonly<Record<string, string>>
  cause?: unknown
}

/** A refusal, told to the caller as it stands: its detail is for people and holds no secret and no internals. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly code: ProblemCode
  readonly detail: string
  readonly errors: readonly FieldFault[] | undefined
  readonly headers: Readonly<Record<string, string>>

  constructor(code: ProblemCode, detail: string, options: ProblemOptions = {}) {
    super(`${code}: ${detail}`, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.detail = detail
    this.errors = options.errors
    this.headers = options.headers ?? {}
  }

  get status(): number {
    return PROBLEMS[this.code][0]
  }

  /** RFC 9457's members. */
  details(traceId: string): ProblemDetails {
    const [status, title] = PROBLEMS[this.code]
    return {
      type: problemType(this.code),
      title,
      status,
      detail: this.detail,
      code: this.code,
      ...(this.errors === undefined ? {} : { errors: this.errors }),
      traceId,
    }
  }
}

export const problemType = (code: ProblemCode): string =>
  `urn:reprieve:problem:${code.toLowerCase().replaceAll('_', '-')}`

export const PROBLEM_MEDIA_TYPE = 'application/problem+json'
