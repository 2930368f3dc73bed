import { describe, expect, it } from 'vitest'
import { ApiProblem, fieldOf, formFaults } from './problem.js'

const problem = (errors: Array<{ pointer: string; detail: string }>) =>
  new ApiProblem({ status: 422, code: 'INVALID', detail: 'Something is wrong.', errors })

describe('a refusal', () => {
  it('names fields as forms name them', () => {
    expect(fieldOf('/approvers/0')).toBe('approvers.0')
    expect(fieldOf('/a~1b/~0c')).toBe('a/b.~c')
    expect(fieldOf('/evidenceIds/3', { '/evidenceIds': 'evidence' })).toBe('evidence')
  })

  it('is told at the fields that a form has, and what belongs to none at its head', () => {
    const refused = problem([
      { pointer: '/name', detail: 'Too long.' },
      { pointer: '/approvers/1', detail: 'No candidate.' },
      { pointer: '/other', detail: 'Unknown.' },
    ])
    expect(formFaults(refused, ['name', 'approvers.1'])).toEqual({
      fields: { name: 'Too long.', 'approvers.1': 'No candidate.' },
      rest: 'Unknown.',
    })
  })

  it('without fields is told whole, and so is anything else that was thrown', () => {
    expect(formFaults(problem([]), ['name'])).toEqual({ fields: {}, rest: 'Something is wrong.' })
    expect(formFaults(new Error('lost'), ['name'])).toEqual({ fields: {}, rest: 'lost' })
  })

  it('passes where asking again can help', () => {
    expect([0, 429, 503].map((status) => new ApiProblem({ status }).passes)).toEqual([true, true, true])
    expect([401, 403, 404, 409, 422].map((status) => new ApiProblem({ status }).passes)).not.toContain(true)
  })
})
