import {
  type AssignmentRules,
  compileAssignment,
  requestFields,
  reviewerPlaces,
  reviewersOf,
} from '@reprieve/assignment'

/** Who decides a step: one of the candidates (ids of users or groups) whom the requester chooses, or whom conditions assign. */
export type Step = { candidates: readonly string[] } | { assigned: AssignmentRules }

/** What happens to a request of somebody with the rule's role. */
export type Workflow =
  /** Approved at once. */
  | { type: 'autoPilot' }
  /** Steps in order; in each, one person decides. */
  | { type: 'approvers'; steps: readonly Step[] }

/** A rule as one of its versions says it. */
export interface Rule {
  id: string
  /** The user role it is for: one rule a role, for ever the same. */
  role: string
  workflow: Workflow
  /** Shown on the request form; may be empty. */
  instructions: string
  /** Counts the rule's edits from 1. */
  version: number
  createdAt: Date
  editedAt: Date
  editedBy: { id: string; name: string }
}

export type RuleContent = Pick<Rule, 'workflow' | 'instructions'>

export const MOST_STEPS = 10
export const MOST_CANDIDATES = 50
/** Characters of all conditions of a rule together, which travel in one event. */
export const LONGEST_CONDITIONS = 100_000

export interface WorkflowFault {
  /** JSON pointer from the workflow on. */
  pointer: string
  detail: string
  /** Of a fault in a condition, from 1. */
  line?: number
  column?: number
}

/** What is wrong with a workflow's steps; empty where nothing is. */
export function workflowFaults(workflow: Workflow): WorkflowFault[] {
  if (workflow.type === 'autoPilot') return []
  const { steps } = workflow
  const faults: WorkflowFault[] = []
  if (steps.length < 1) faults.push({ pointer: '/steps', detail: 'Must have at least one step.' })
  if (steps.length > MOST_STEPS) faults.push({ pointer: '/steps', detail: `Must have at most ${MOST_STEPS} steps.` })
  for (const [index, step] of steps.entries()) {
    if ('assigned' in step) faults.push(...assignedFaults(step.assigned, `/steps/${index}/assigned`))
    else faults.push(...candidateFaults(step.candidates, `/steps/${index}/candidates`))
  }
  const said = steps.flatMap((step) => ('assigned' in step ? step.assigned.reviewerRules : []))
  if (said.reduce((sum, { when }) => sum + when.length, 0) > LONGEST_CONDITIONS) {
    const detail = `Its conditions must have at most ${LONGEST_CONDITIONS} characters together.`
    faults.push({ pointer: '/steps', detail })
  }
  return faults
}

function assignedFaults(assigned: AssignmentRules, pointer: string): WorkflowFault[] {
  if (assigned.reviewerRules.length === 0 && assigned.fallbackReviewerId === null) {
    return [{ pointer, detail: 'Must have a rule or a fallback: nobody would ever be assigned.' }]
  }
  const compiled = compileAssignment(assigned, requestFields)
  return compiled.ok ? [] : compiled.faults.map((fault) => ({ ...fault, pointer: `${pointer}${fault.pointer}` }))
}

function candidateFaults(candidates: readonly string[], pointer: string): WorkflowFault[] {
  const faults: WorkflowFault[] = []
  if (candidates.length < 1) faults.push({ pointer, detail: 'Must have at least one candidate.' })
  if (candidates.length > MOST_CANDIDATES) {
    faults.push({ pointer, detail: `Must have at most ${MOST_CANDIDATES} candidates.` })
  }
  for (const [position, candidate] of candidates.entries()) {
    if (candidates.indexOf(candidate) < position) {
      faults.push({ pointer: `${pointer}/${position}`, detail: 'Is a candidate of this step already.' })
    }
  }
  return faults
}

/** Every user or group that could hold the step. */
export const candidatesOfStep = (step: Step): readonly string[] =>
  'assigned' in step ? reviewersOf(step.assigned) : step.candidates

/** Every id that a workflow names, each once. */
export const candidatesOf = (workflow: Workflow): string[] =>
  workflow.type === 'autoPilot' ? [] : [...new Set(workflow.steps.flatMap(candidatesOfStep))]

/** Where a workflow names an id, as JSON pointers from the workflow on. */
export function* placesOf(workflow: Workflow, ids: ReadonlySet<string>): Generator<string> {
  if (workflow.type === 'autoPilot') return
  for (const [index, step] of workflow.steps.entries()) {
    if ('assigned' in step) {
      for (const place of reviewerPlaces(step.assigned, ids)) yield `/steps/${index}/assigned${place}`
      continue
    }
    for (const [position, id] of step.candidates.entries()) {
      if (ids.has(id)) yield `/steps/${index}/candidates/${position}`
    }
  }
}

/** True where both say the same: an edit that changes nothing makes no version, and disturbs nobody who is filling in the form. */
export const sameContent = (a: RuleContent, b: RuleContent): boolean =>
  a.instructions === b.instructions && JSON.stringify(stepsOf(a.workflow)) === JSON.stringify(stepsOf(b.workflow))

/** The steps, each with its members in one order; null with Auto Pilot. */
export const stepsOf = (workflow: Workflow): readonly Step[] | null =>
  workflow.type === 'autoPilot' ? null : workflow.steps.map(plainStep)

const plainStep = (step: Step): Step => {
  if (!('assigned' in step)) return { candidates: step.candidates }
  const { reviewerRules, fallbackReviewerId, fallbackChoice } = step.assigned
  return {
    assigned: {
      reviewerRules: reviewerRules.map(({ name, when, reviewerId, choice }) => ({ name, when, reviewerId, choice })),
      fallbackReviewerId,
      fallbackChoice,
    },
  }
}
