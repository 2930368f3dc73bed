import type { AssignmentRules } from '@reprieve/assignment'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { candidatesOf, placesOf, sameContent, stepsOf, type Workflow, workflowFaults } from './rule.js'

const assigned = (
  when: string,
  reviewerId: string,
  fallbackReviewerId: string | null = null,
): { assigned: AssignmentRules } => ({
  assigned: {
    reviewerRules: [{ name: 'first', when, reviewerId, choice: 'leastLoaded' }],
    fallbackReviewerId,
    fallbackChoice: 'roundRobin',
  },
})
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

  it('says where a condition is wrong, by line and column, and where a step would never be assigned', () => {
    const workflow: Workflow = {
      type: 'approvers',
      steps: [
        { candidates: ['a'] },
        assigned('request.days > 30 &&\n  severity == "critical"', 'a'),
        { assigned: { reviewerRules: [], fallbackReviewerId: null, fallbackChoice: 'leastLoaded' } },
      ],
    }
    expect(workflowFaults(workflow)).toMatchObject([
      { pointer: '/steps/1/assigned/reviewerRules/0/when', line: 2, column: 3 },
      { pointer: '/steps/2/assigned' },
    ])
    const alone = { assigned: { reviewerRules: [], fallbackReviewerId: 'a', fallbackChoice: 'leastLoaded' as const } }
    expect(workflowFaults({ type: 'approvers', steps: [assigned('request.days > 30', 'a'), alone] })).toEqual([])
  })

  it('has conditions of 100 000 characters at most', () => {
    const filled = (count: number, length: number) => ({
      assigned: {
        reviewerRules: Array.from({ length: count }, (_, index) => ({
          name: `${index}`,
          when: 'request.days > 30'.padEnd(length),
          reviewerId: 'a',
          choice: 'leastLoaded' as const,
        })),
        fallbackReviewerId: null,
        fallbackChoice: 'leastLoaded' as const,
      },
    })
    const [full, more] = [filled(20, 2000), filled(10, 2000)]
    expect(workflowFaults({ type: 'approvers', steps: [full, full, more] })).toEqual([])
    expect(workflowFaults({ type: 'approvers', steps: [full, full, more, filled(1, 20)] })).toMatchObject([
      { pointer: '/steps' },
    ])
  })

  it('names whom its conditions assign, too', () => {
    const workflow: Workflow = {
      type: 'approvers',
      steps: [{ candidates: ['a'] }, assigned('request.days > 30', 'b', 'c')],
    }
    expect(candidatesOf(workflow)).toEqual(['a', 'b', 'c'])
    expect([...placesOf(workflow, new Set(['b', 'c']))]).toEqual([
      '/steps/1/assigned/reviewerRules/0/reviewerId',
      '/steps/1/assigned/fallbackReviewerId',
    ])
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

describe('an edit of conditions', () => {
  const content = (step: ReturnType<typeof assigned>) => ({
    workflow: { type: 'approvers' as const, steps: [step] },
    instructions: '',
  })

  it('changes something where a condition, a reviewer or the fallback differs, and not by the order of members', () => {
    const before = content(assigned('request.days > 30', 'a'))
    expect(sameContent(before, content(assigned('request.days > 30', 'a')))).toBe(true)
    const { reviewerRules, fallbackReviewerId, fallbackChoice } = assigned('request.days > 30', 'a').assigned
    const reordered = { assigned: { fallbackChoice, fallbackReviewerId, reviewerRules } }
    expect(sameContent(before, content(reordered))).toBe(true)
    for (const other of [
      assigned('request.days > 31', 'a'),
      assigned('request.days > 30', 'b'),
      assigned('request.days > 30', 'a', 'c'),
    ]) {
      expect(sameContent(before, content(other))).toBe(false)
    }
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
      { ...content, workflow: { type: 'approvers' as const, steps: [assigned('request.days > 30', 'a')] } },
    ]) {
      expect(sameContent(content, other)).toBe(false)
    }
  })
})
