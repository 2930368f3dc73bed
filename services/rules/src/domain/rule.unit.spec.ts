import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { candidatesOf, placesOf, sameContent, stepsOf, type Workflow, workflowFaults } from './rule.js'

const approvers = (...steps: string[][]): Workflow => ({
  type: 'approvers',
  steps: steps.map((candidates) => ({ candidates })),
})

describe('a workflow', () => {
  it('is in order with 1 to 10 steps of 1 to 50 candidates, none twice in a step', () => {
    const step = fc.uniqueArray(fc.uuid(), { minLength: 1, maxLength: 50 })
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 10 }), (steps) => {
        expect(workflowFaults(approvers(...steps))).toEqual([])
      }),
      { numRuns: 30 },
    )
    expect(workflowFaults({ type: 'autoPilot' })).toEqual([])
  })

  it('says where it is not', () => {
    const pointers = (workflow: Workflow) => workflowFaults(workflow).map(({ pointer }) => pointer)
    expect(pointers(approvers())).toEqual(['/steps'])
    expect(pointers(approvers(...Array(11).fill(['a'])))).toEqual(['/steps'])
    expect(pointers(approvers(['a'], []))).toEqual(['/steps/1/candidates'])
    expect(pointers(approvers(Array.from({ length: 51 }, (_, n) => `${n}`)))).toEqual(['/steps/0/candidates'])
    expect(pointers(approvers(['a', 'b', 'a', 'a']))).toEqual(['/steps/0/candidates/2', '/steps/0/candidates/3'])
  })

  it('can name somebody in several steps', () => {
    expect(workflowFaults(approvers(['a', 'b'], ['a']))).toEqual([])
    expect(candidatesOf(approvers(['a', 'b'], ['a']))).toEqual(['a', 'b'])
    expect([...placesOf(approvers(['a', 'b'], ['a']), new Set(['a']))]).toEqual([
      '/steps/0/candidates/0',
      '/steps/1/candidates/0',
    ])
    expect(stepsOf({ type: 'autoPilot' })).toBeNull()
  })
})

describe('an edit', () => {
  const content = { workflow: approvers(['a', 'b'], ['c']), instructions: 'x' }

  it('changes nothing where workflow and instructions are the same', () => {
    expect(sameContent(content, structuredClone(content))).toBe(true)
  })

  it('changes something where any of it differs, the order of candidates included', () => {
    for (const other of [
      { ...content, instructions: 'y' },
      { ...content, workflow: approvers(['b', 'a'], ['c']) },
      { ...content, workflow: approvers(['a', 'b', 'c']) },
      { ...content, workflow: { type: 'autoPilot' as const } },
    ]) {
      expect(sameContent(content, other)).toBe(false)
    }
  })
})
