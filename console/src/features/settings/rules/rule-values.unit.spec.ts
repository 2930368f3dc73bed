import { describe, expect, it } from 'vitest'
import type { Rule } from '../../../api/schemas.js'
import { moved, ruleFaults, valuesOf, workflowOf } from './rule-values.js'

const rule = (workflow: unknown) => ({ role: 'developer', instructions: 'Say why.', workflow }) as Rule

describe('a rule in its form', () => {
  it('comes back as it was read, steps that conditions assign too', () => {
    const workflow = {
      type: 'approvers',
      steps: [{ candidates: ['a', 'b'] }, { assigned: { rules: [{ name: 'x' }] } }],
    }
    expect(workflowOf(valuesOf(rule(workflow)))).toEqual(workflow)
    expect(workflowOf(valuesOf(rule({ type: 'autoPilot' })))).toEqual({ type: 'autoPilot' })
  })

  it('wants a role, and somebody in each step', () => {
    expect(Object.keys(ruleFaults(valuesOf(null)))).toEqual(['role', 'steps.0.candidates'])
    expect(ruleFaults({ ...valuesOf(null), role: 'developer', type: 'autoPilot' })).toEqual({})
  })

  it('keeps every step when one is moved', () => {
    expect(moved(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b'])
    expect(moved(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c'])
  })
})
