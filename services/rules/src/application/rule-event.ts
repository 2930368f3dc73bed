import type { AssignmentRules, Choice } from '@reprieve/assignment'
import { rules } from '@reprieve/contracts'
import type { EventBody } from '@reprieve/outbox'
import { candidatesOfStep, type Rule, type Step } from '../domain/rule.js'

const CHOICES: Readonly<Record<Choice, rules.Choice>> = {
  leastLoaded: rules.Choice.LEAST_LOADED,
  roundRobin: rules.Choice.ROUND_ROBIN,
}

/** A rule's whole state as `rules.v1` tells it. */
export const ruleEvent = (rule: Rule): { subjectId: string; version: number; body: EventBody<'rules.v1'> } => ({
  subjectId: rule.id,
  version: rule.version,
  body: {
    rule: {
      id: rule.id,
      role: rule.role,
      version: rule.version,
      instructions: rule.instructions,
      workflow:
        rule.workflow.type === 'autoPilot'
          ? { case: 'autoPilot', value: {} }
          : { case: 'approvers', value: { steps: rule.workflow.steps.map(toldStep) } },
    },
  },
})

const toldStep = (step: Step) => ({
  candidateIds: [...candidatesOfStep(step)],
  ...('assigned' in step ? { assignment: toldAssignment(step.assigned) } : {}),
})

const toldAssignment = ({ reviewerRules, fallbackReviewerId, fallbackChoice }: AssignmentRules) => ({
  reviewerRules: reviewerRules.map((rule) => ({ ...rule, choice: CHOICES[rule.choice] })),
  fallbackReviewerId: fallbackReviewerId ?? '',
  fallbackChoice: CHOICES[fallbackChoice],
})
