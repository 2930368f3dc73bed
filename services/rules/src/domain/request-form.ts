import type { Rule, Step } from './rule.js'

export interface Candidate {
  id: string
  name: string
}

export interface FormStep {
  index: number
  /** True where the approver is assigned: then there is nothing to choose. */
  assigned: boolean
  candidates: Candidate[]
}

/** What a requester is shown before asking: the rule for their role, with the people they can choose from. */
export interface RequestForm {
  ruleId: string
  ruleVersion: number
  workflow: { type: 'autoPilot' } | { type: 'approvers'; steps: FormStep[] }
  instructions: string
}

/** The users and groups that the requester can choose from, step by step. */
export const choicesOf = (steps: readonly Step[]): ReadonlyArray<readonly string[]> =>
  steps.map((step) => ('assigned' in step ? [] : step.candidates))

/**
 * @param people of each step: the active ones behind its candidates, groups resolved
 * @param callerId nobody approves their own request; a step that nobody is left for stays, empty, so that the form can say it
 */
export function requestForm(rule: Rule, people: ReadonlyArray<readonly Candidate[]>, callerId: string): RequestForm {
  const { id: ruleId, version: ruleVersion, instructions, workflow } = rule
  if (workflow.type === 'autoPilot') return { ruleId, ruleVersion, workflow: { type: 'autoPilot' }, instructions }
  const steps = workflow.steps.map((step, index) => ({
    index,
    assigned: 'assigned' in step,
    candidates: (people[index] ?? []).filter(({ id }) => id !== callerId).map(({ id, name }) => ({ id, name })),
  }))
  return { ruleId, ruleVersion, workflow: { type: 'approvers', steps }, instructions }
}
