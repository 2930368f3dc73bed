import { describe, expect, it } from 'vitest'
import type { Exception } from '../../api/schemas.js'
import { standingText } from './standing-text.js'

const sofia = { id: 's', name: 'Sofia' }
const henrik = { id: 'h', name: 'Henrik' }
const exception = (changes: object) =>
  ({ status: 'active', waitingFor: null, approval: { steps: [] }, ...changes }) as unknown as Exception

describe('where a request stands, as a sentence', () => {
  it('names who is to decide, or who denied it, also for somebody else', () => {
    expect(standingText(exception({ status: 'pendingApproval', waitingFor: henrik }))).toBe('It waits for Henrik now.')
    const step = { decision: 'denied', approver: sofia, decidedBy: henrik }
    expect(standingText(exception({ status: 'denied', approval: { steps: [step] } }))).toBe('Henrik has denied it.')
    const own = { ...step, decidedBy: null }
    expect(standingText(exception({ status: 'denied', approval: { steps: [own] } }))).toBe('Sofia has denied it.')
  })

  it('says of everything else what it is', () => {
    expect(standingText(exception({}))).toBe('It is active now.')
    expect(standingText(exception({ status: 'withdrawn' }))).toBe('It is withdrawn now.')
  })
})
