import { describe, expect, it } from 'vitest'
import { fieldOf } from '../../../api/problem.js'
import type { Rule } from '../../../api/schemas.js'
import { newReviewerRule } from '../reviewers/reviewer-rule-values.js'
import { newStep, ruleFaults, ruleFields, valuesOf, workflowOf } from './rule-values.js'

const rule = (workflow: unknown) => ({ role: 'developer', instructions: 'Say why.', workflow }) as Rule

describe('a rule in its form', () => {
  it('comes back as it was read, steps that conditions assign too', () => {
    const workflow = {
      type: 'approvers',
      steps: [
        { candidates: ['a', 'b'] },
        {
          assigned: {
            reviewerRules: [{ name: 'Long', when: 'request.days > 90', reviewerId: 'c', choice: 'roundRobin' }],
            fallbackReviewerId: null,
            fallbackChoice: 'leastLoaded',
          },
        },
      ],
    }
    expect(workflowOf(valuesOf(rule(workflow)))).toEqual(workflow)
    expect(workflowOf(valuesOf(rule({ type: 'autoPilot' })))).toEqual({ type: 'autoPilot' })
  })

  it('wants a role, and somebody in each step', () => {
    expect(Object.keys(ruleFaults(valuesOf(null)))).toEqual(['role', 'steps.0.candidates'])
    expect(ruleFaults({ ...valuesOf(null), role: 'developer', type: 'autoPilot' })).toEqual({})
  })

  it('wants of an assigned step what each condition needs, or somebody else at least', () => {
    const step = { ...newStep(), way: 'assigned' as const }
    const values = { ...valuesOf(null), role: 'developer', steps: [step] }
    expect(Object.keys(ruleFaults(values))).toEqual(['steps.0.assigned.fallbackReviewerId'])
    step.assigned.rules.push(newReviewerRule())
    expect(Object.keys(ruleFaults(values))).toEqual([
      'steps.0.assigned.rules.0.name',
      'steps.0.assigned.rules.0.when',
      'steps.0.assigned.rules.0.reviewerId',
    ])
  })

  it('finds the field that a refusal means', () => {
    const assigned = { ...newStep(), way: 'assigned' as const }
    assigned.assigned.rules.push(newReviewerRule())
    const { fields, aliases } = ruleFields([newStep(), assigned])
    const field = (pointer: string) => fields.find((name) => name === fieldOf(pointer, aliases))
    expect(field('/workflow/steps/0/candidates/1')).toBe('steps.0.candidates')
    expect(field('/workflow/steps/1/assigned/reviewerRules/0/when')).toBe('steps.1.assigned.rules.0.when')
    expect(field('/workflow/steps/1/assigned')).toBe('steps.1.assigned.fallbackReviewerId')
  })
})
