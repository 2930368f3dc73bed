import type { Rule } from '../../../api/schemas.js'
import {
  REVIEWER_RULE_FIELDS,
  type ReviewerRuleValues,
  reviewerRuleBodies,
  reviewerRuleFaults,
  reviewerRuleValues,
} from '../reviewers/reviewer-rule-values.js'

type Workflow = Rule['workflow']
type RuleStep = Extract<Workflow, { type: 'approvers' }>['steps'][number]
type Assigned = Extract<RuleStep, { assigned: unknown }>['assigned']

/** A step in the form: with a key of its own, so that it keeps its field when steps are moved. */
export interface StepValues {
  key: string
  /** Whether the requester chooses one of the candidates, or conditions assign somebody. What the other way says stays while it is not chosen. */
  way: 'chosen' | 'assigned'
  candidates: string[]
  assigned: AssignedValues
}

export interface AssignedValues {
  rules: ReviewerRuleValues[]
  fallbackReviewerId: string | null
  fallbackChoice: Assigned['fallbackChoice']
}

export interface RuleValues {
  role: string | null
  type: Workflow['type']
  steps: StepValues[]
  instructions: string
}

let keys = 0
export function newStep(step?: RuleStep): StepValues {
  keys += 1
  const assigned = step !== undefined && 'assigned' in step ? step.assigned : null
  return {
    key: `step-${keys}`,
    way: assigned === null ? 'chosen' : 'assigned',
    candidates: step !== undefined && 'candidates' in step ? [...step.candidates] : [],
    assigned: {
      rules: reviewerRuleValues(assigned?.reviewerRules ?? []),
      fallbackReviewerId: assigned?.fallbackReviewerId ?? null,
      fallbackChoice: assigned?.fallbackChoice ?? 'leastLoaded',
    },
  }
}

export function valuesOf(rule: Rule | null): RuleValues {
  if (rule === null) return { role: null, type: 'approvers', steps: [newStep()], instructions: '' }
  const { workflow } = rule
  return {
    role: rule.role,
    type: workflow.type,
    steps: workflow.type === 'approvers' ? workflow.steps.map(newStep) : [newStep()],
    instructions: rule.instructions,
  }
}

export function workflowOf({ type, steps }: Pick<RuleValues, 'type' | 'steps'>): Workflow {
  if (type === 'autoPilot') return { type }
  return {
    type,
    steps: steps.map(({ way, candidates, assigned: { rules, ...otherwise } }) =>
      way === 'chosen' ? { candidates } : { assigned: { reviewerRules: reviewerRuleBodies(rules), ...otherwise } },
    ),
  }
}

export function ruleFaults({ role, type, steps }: RuleValues): Record<string, string> {
  const faults: Record<string, string> = {}
  if (role === null || role === '') faults['role'] = 'Choose the role whose requests it is for.'
  if (type === 'approvers')
    steps.forEach((step, index) => {
      if (step.way === 'assigned') {
        const { rules, fallbackReviewerId } = step.assigned
        Object.assign(faults, reviewerRuleFaults(rules, `steps.${index}.assigned.rules`))
        if (rules.length === 0 && fallbackReviewerId === null)
          faults[`steps.${index}.assigned.fallbackReviewerId`] = 'Without a rule somebody has to be named here.'
      } else if (step.candidates.length === 0)
        faults[`steps.${index}.candidates`] = 'Choose at least one person or group.'
    })
  return faults
}

/** The form's fields, and which of them the places in a refusal mean. */
export function ruleFields(steps: readonly StepValues[]): { fields: string[]; aliases: Record<string, string> } {
  const fields = ['role', 'instructions']
  const aliases: Record<string, string> = {}
  steps.forEach(({ way, assigned }, index) => {
    const pointer = `/workflow/steps/${index}`
    const field = `steps.${index}`
    if (way === 'chosen') {
      fields.push(`${field}.candidates`)
      aliases[pointer] = `${field}.candidates`
      return
    }
    assigned.rules.forEach((_, rule) => {
      for (const name of REVIEWER_RULE_FIELDS) {
        fields.push(`${field}.assigned.rules.${rule}.${name}`)
        aliases[`${pointer}/assigned/reviewerRules/${rule}/${name}`] = `${field}.assigned.rules.${rule}.${name}`
      }
    })
    // What names no rule is about the step as a whole.
    fields.push(`${field}.assigned.fallbackReviewerId`)
    aliases[pointer] = `${field}.assigned.fallbackReviewerId`
  })
  return { fields, aliases }
}
