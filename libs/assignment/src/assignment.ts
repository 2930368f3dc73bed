import { compileQuery, evaluate, type Query, type RowOf } from '@reprieve/query'
import type { AssignmentFields } from './fields.js'

export const CHOICES = ['leastLoaded', 'roundRobin'] as const
/** How one of a group's members is chosen. */
export type Choice = (typeof CHOICES)[number]

/** While `when` holds, `reviewerId` (a user or a group) reviews. */
export interface ReviewerRule {
  readonly name: string
  /** A condition in the query language, over the fields of the assignment. */
  readonly when: string
  readonly reviewerId: string
  readonly choice: Choice
}

/** Ordered: the first rule that holds, and whose reviewer has somebody left, assigns; where none does, the fallback. */
export interface AssignmentRules {
  readonly reviewerRules: readonly ReviewerRule[]
  readonly fallbackReviewerId: string | null
  readonly fallbackChoice: Choice
}

export const ASSIGNMENT_LIMITS = {
  rules: 20,
  /** Characters of one condition. */
  condition: 2_000,
  /** Characters of a rule's name. */
  name: 200,
} as const

export interface AssignmentFault {
  /** JSON pointer from the assignment on: `/reviewerRules/0/when`. */
  readonly pointer: string
  readonly detail: string
  /** Of a fault in a condition, from 1. */
  readonly line?: number
  readonly column?: number
}

/** Who was found, and by which rule. */
export interface Assigned<Member> {
  /** The name of the rule that holds; null: the fallback. */
  readonly rule: string | null
  readonly reviewerId: string
  readonly choice: Choice
  /** Those who can review, never none: a user alone, or what is left of a group. */
  readonly members: readonly Member[]
}

/** Rules whose conditions are all in order. */
export interface Assignment<Fields extends AssignmentFields> {
  readonly rules: AssignmentRules
  /**
   * @param eligible who is behind a user's or a group's id: the active ones, without the requester
   * @returns null where nobody is left; a rule that holds and has nobody left is passed over
   */
  assign<Member>(facts: RowOf<Fields>, eligible: (reviewerId: string) => readonly Member[]): Assigned<Member> | null
}

export type CompiledAssignment<Fields extends AssignmentFields> =
  | { readonly ok: true; readonly assignment: Assignment<Fields> }
  | { readonly ok: false; readonly faults: readonly AssignmentFault[] }

// No field changes with time, so any time will do.
const ANY_TIME = new Date(0)

/** Checks the rules, every fault with its place, and makes them ready to be asked. Never throws for what is written in them. */
export function compileAssignment<Fields extends AssignmentFields>(
  rules: AssignmentRules,
  fields: Fields,
): CompiledAssignment<Fields> {
  const faults: AssignmentFault[] = []
  const { reviewerRules, fallbackReviewerId, fallbackChoice } = rules
  if (reviewerRules.length > ASSIGNMENT_LIMITS.rules) {
    return {
      ok: false,
      faults: [{ pointer: '/reviewerRules', detail: `Must have at most ${ASSIGNMENT_LIMITS.rules} rules.` }],
    }
  }
  const conditions: Query[] = []
  const names = new Set<string>()
  for (const [index, { name, when }] of reviewerRules.entries()) {
    const pointer = `/reviewerRules/${index}`
    if (name === '') faults.push({ pointer: `${pointer}/name`, detail: 'Give it a name.' })
    if (name.length > ASSIGNMENT_LIMITS.name) {
      faults.push({ pointer: `${pointer}/name`, detail: `Must have at most ${ASSIGNMENT_LIMITS.name} characters.` })
    }
    if (names.has(name)) faults.push({ pointer: `${pointer}/name`, detail: 'Another rule has this name.' })
    names.add(name)
    if (when.length > ASSIGNMENT_LIMITS.condition) {
      const detail = `Must have at most ${ASSIGNMENT_LIMITS.condition} characters.`
      faults.push({ pointer: `${pointer}/when`, detail })
      continue
    }
    const compiled = compileQuery(when, fields)
    if (compiled.ok) conditions.push(compiled.query)
    else {
      for (const { message, line, column } of compiled.faults) {
        faults.push({ pointer: `${pointer}/when`, detail: message, line, column })
      }
    }
  }
  if (faults.length > 0) return { ok: false, faults }

  const assign = <Member>(facts: RowOf<Fields>, eligible: (reviewerId: string) => readonly Member[]) => {
    for (const [index, { name, reviewerId, choice }] of reviewerRules.entries()) {
      const condition = conditions[index]
      if (condition === undefined || evaluate(condition, facts, ANY_TIME) !== true) continue
      const members = eligible(reviewerId)
      if (members.length > 0) return { rule: name, reviewerId, choice, members }
    }
    if (fallbackReviewerId === null) return null
    const members = eligible(fallbackReviewerId)
    return members.length === 0 ? null : { rule: null, reviewerId: fallbackReviewerId, choice: fallbackChoice, members }
  }
  return { ok: true, assignment: { rules, assign } }
}

/** Every user or group that the rules name, each once, in their order: who could hold what they assign. */
export const reviewersOf = ({ reviewerRules, fallbackReviewerId }: AssignmentRules): string[] => [
  ...new Set([
    ...reviewerRules.map(({ reviewerId }) => reviewerId),
    ...(fallbackReviewerId === null ? [] : [fallbackReviewerId]),
  ]),
]

/** Where the rules name an id, as JSON pointers from the assignment on. */
export function* reviewerPlaces(
  { reviewerRules, fallbackReviewerId }: AssignmentRules,
  ids: ReadonlySet<string>,
): Generator<string> {
  for (const [index, { reviewerId }] of reviewerRules.entries()) {
    if (ids.has(reviewerId)) yield `/reviewerRules/${index}/reviewerId`
  }
  if (fallbackReviewerId !== null && ids.has(fallbackReviewerId)) yield '/fallbackReviewerId'
}
