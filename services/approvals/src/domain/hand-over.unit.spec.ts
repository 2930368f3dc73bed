import { describe, expect, it } from 'vitest'
import { type HandsOver, handOverFault, type Taker, takersOf } from './hand-over.js'

const person = (id: string, changes: Partial<Taker> = {}): Taker => ({
  id,
  name: id,
  active: true,
  kind: 'person',
  ...changes,
})
const approval = {
  requestedBy: { id: 'ray', name: 'Ray' },
  steps: [{ approver: { id: 'ann', name: 'Ann' }, candidateIds: ['ann', 'ben'], decided: null }],
}
const fault = (to: Taker | null, candidates: Taker[], step = 0, by?: HandsOver) => {
  const found = handOverFault(approval, step, to, candidates, by)
  return found === null ? null : `${found.pointer} ${found.code}`
}

describe('a step can be handed over', () => {
  it('to another active candidate', () => {
    expect(fault(person('ben'), [person('ann'), person('ben')])).toBeNull()
  })

  it('to nobody else while a candidate is active, be it the one who holds it', () => {
    expect(fault(person('zoe'), [person('ann'), person('ben')])).toBe('/toUserId APPROVER_NOT_CANDIDATE')
    expect(fault(person('zoe'), [person('ann')])).toBe('/toUserId APPROVER_NOT_CANDIDATE')
  })

  it('to any active person once no candidate is left but the requester', () => {
    expect(fault(person('zoe'), [])).toBeNull()
    expect(fault(person('zoe'), [person('ray')])).toBeNull()
    expect(fault(person('bot', { kind: 'service' }), [])).toBe('/toUserId INVALID')
  })

  it('never to the requester, to who holds it, to the inactive or the unknown', () => {
    expect(fault(person('ray'), [person('ray')])).toBe('/toUserId INVALID')
    expect(fault(person('ray'), [])).toBe('/toUserId INVALID')
    expect(fault(person('ann'), [person('ann')])).toBe('/toUserId INVALID')
    expect(fault(person('ben', { active: false }), [])).toBe('/toUserId INVALID')
    expect(fault(null, [])).toBe('/toUserId INVALID')
  })

  it('by its reviewer to another candidate alone, also where none is left', () => {
    const passed = (to: Taker | null, candidates: Taker[]) => fault(to, candidates, 0, 'reviewer')
    expect(passed(person('ben'), [person('ann'), person('ben')])).toBeNull()
    expect(passed(person('zoe'), [person('ann'), person('ben')])).toBe('/toUserId APPROVER_NOT_CANDIDATE')
    expect(passed(person('zoe'), [])).toBe('/toUserId APPROVER_NOT_CANDIDATE')
    expect(passed(person('ray'), [person('ray'), person('ben')])).toBe('/toUserId INVALID')
  })

  it('to those of its candidates who are neither the requester nor hold it', () => {
    const everybody = ['ann', 'ben', 'ray', 'cem'].map((id) => ({ id }))
    expect(takersOf(approval, 0, everybody).map(({ id }) => id)).toEqual(['ben', 'cem'])
  })

  it('only if there is such a step', () => {
    expect(fault(person('ben'), [], 1)).toBe('/step INVALID')
  })
})
