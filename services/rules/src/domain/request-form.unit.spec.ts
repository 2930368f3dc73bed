import { describe, expect, it } from 'vitest'
import { choicesOf, requestForm } from './request-form.js'
import type { Rule, Workflow } from './rule.js'

const rule = (workflow: Workflow): Rule => ({
  id: 'r',
  role: 'Owner',
  workflow,
  instructions: 'Say why.',
  version: 3,
  createdAt: new Date(0),
  editedAt: new Date(0),
  editedBy: { id: 'm', name: 'Mia' },
})
const [ann, bob] = [
  { id: 'a', name: 'Ann', email: 'ann@example.com' },
  { id: 'b', name: 'Bob', email: 'bob@example.com' },
]

describe('a request form', () => {
  it('leaves the caller out of every step, and a step that nobody is left for stays empty', () => {
    const steps = [{ candidates: ['a', 'b'] }, { candidates: ['g'] }, { candidates: ['g'] }]
    const form = requestForm(rule({ type: 'approvers', steps }), [[ann, bob], [ann], []], 'a')
    expect(form).toEqual({
      ruleId: 'r',
      ruleVersion: 3,
      instructions: 'Say why.',
      workflow: {
        type: 'approvers',
        steps: [
          { index: 0, assigned: false, candidates: [{ id: 'b', name: 'Bob' }] },
          { index: 1, assigned: false, candidates: [] },
          { index: 2, assigned: false, candidates: [] },
        ],
      },
    })
  })

  it('leaves nothing to choose in a step that is assigned', () => {
    const assigned = { reviewerRules: [], fallbackReviewerId: 'b', fallbackChoice: 'leastLoaded' as const }
    const steps = [{ assigned }, { candidates: ['a', 'b'] }]
    expect(choicesOf(steps)).toEqual([[], ['a', 'b']])
    expect(requestForm(rule({ type: 'approvers', steps }), [[], [ann, bob]], 'a').workflow).toEqual({
      type: 'approvers',
      steps: [
        { index: 0, assigned: true, candidates: [] },
        { index: 1, assigned: false, candidates: [{ id: 'b', name: 'Bob' }] },
      ],
    })
  })

  it('has no steps with Auto Pilot', () => {
    expect(requestForm(rule({ type: 'autoPilot' }), [], 'a').workflow).toEqual({ type: 'autoPilot' })
  })
})
