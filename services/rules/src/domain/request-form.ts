import type { Rule } from './rule.js'

export interface Candidate {
  id: string
  name: string
}

/** What a requester is shown before asking: the rule for their role, with the people they can choose from. */
export interface RequestForm {
  ruleId: string
  ruleVersion: number
  workflow: { type: 'autoPilot' } | { type: 'approvers'; steps: Array<{ index: number; candidates: Candidate[] }> }
  instructions: string
}

/**
 * @param people of each step: the active ones behind its candidates, groups resolved
 * @param callerId nobody approves their own request; a step that nobody is left for stays, empty, so that the form can say it
 */
export function requestForm(rule: Rule, people: ReadonlyArray<readonly Candidate[]>, callerId: string): RequestForm {
  const { id: ruleId, version: ruleVersion, instructions, workflow } = rule
  if (workflow.type === 'autoPilot') return { ruleId, ruleVersion, workflow: { type: 'autoPilot' }, instructions }
  const steps = workflow.steps.map((_, index) => ({
    index,
    candidates: (people[index] ?? []).filter(({ id }) => id !== callerId).map(({ id, name }) => ({ id, name })),
  }))
  return { ruleId, ruleVersion, workflow: { type: 'approvers', steps }, instructions }
}
