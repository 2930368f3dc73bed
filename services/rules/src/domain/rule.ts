/** What happens to a request of somebody with the rule's role. */
export type Workflow =
  /** Approved at once. */
  | { type: 'autoPilot' }
  /** Steps in order; in each, one of the candidates (ids of users or groups) decides. */
  | { type: 'approvers'; steps: ReadonlyArray<{ candidates: readonly string[] }> }

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

export interface WorkflowFault {
  /** JSON pointer from the workflow on. */
  pointer: string
  detail: string
}

/** What is wrong with a workflow's steps; empty where nothing is. */
export function workflowFaults(workflow: Workflow): WorkflowFault[] {
  if (workflow.type === 'autoPilot') return []
  const { steps } = workflow
  const faults: WorkflowFault[] = []
  if (steps.length < 1) faults.push({ pointer: '/steps', detail: 'Must have at least one step.' })
  if (steps.length > MOST_STEPS) faults.push({ pointer: '/steps', detail: `Must have at most ${MOST_STEPS} steps.` })
  for (const [index, { candidates }] of steps.entries()) {
    const pointer = `/steps/${index}/candidates`
    if (candidates.length < 1) faults.push({ pointer, detail: 'Must have at least one candidate.' })
    if (candidates.length > MOST_CANDIDATES) {
      faults.push({ pointer, detail: `Must have at most ${MOST_CANDIDATES} candidates.` })
    }
    for (const [position, candidate] of candidates.entries()) {
      if (candidates.indexOf(candidate) < position) {
        faults.push({ pointer: `${pointer}/${position}`, detail: 'Is a candidate of this step already.' })
      }
    }
  }
  return faults
}

/** Every id that a workflow names, each once. */
export const candidatesOf = (workflow: Workflow): string[] =>
  workflow.type === 'autoPilot' ? [] : [...new Set(workflow.steps.flatMap(({ candidates }) => candidates))]

/** Where a workflow names an id, as JSON pointers from the workflow on. */
export function* placesOf(workflow: Workflow, ids: ReadonlySet<string>): Generator<string> {
  if (workflow.type === 'autoPilot') return
  for (const [step, { candidates }] of workflow.steps.entries()) {
    for (const [position, id] of candidates.entries()) {
      if (ids.has(id)) yield `/steps/${step}/candidates/${position}`
    }
  }
}

/** True where both say the same: an edit that changes nothing makes no version, and disturbs nobody who is filling in the form. */
export const sameContent = (a: RuleContent, b: RuleContent): boolean =>
  a.instructions === b.instructions && JSON.stringify(stepsOf(a.workflow)) === JSON.stringify(stepsOf(b.workflow))

/** The candidates step by step; null with Auto Pilot. */
export const stepsOf = (workflow: Workflow): ReadonlyArray<readonly string[]> | null =>
  workflow.type === 'autoPilot' ? null : workflow.steps.map(({ candidates }) => candidates)
