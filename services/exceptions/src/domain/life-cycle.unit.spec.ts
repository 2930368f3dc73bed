import { describe, expect, it } from 'vitest'
import { STATUSES } from './exception.js'
import { ACTORS, actorOf, HAPPENINGS, move } from './life-cycle.js'

// Written down a second time, and independently of the table: all that may ever happen.
const ALLOWED: ReadonlyMap<string, string> = new Map([
  ['pendingApproval activate autoPilot', 'active'],
  ['pendingApproval activate approvals', 'active'],
  ['pendingApproval deny approvals', 'denied'],
  ['pendingApproval withdraw approvals', 'withdrawn'],
  ['pendingApproval lapse approvals', 'expired'],
  ['active expire clock', 'expired'],
  ['active deactivate requesterUnderAutoPilot', 'deactivated'],
  ['active deactivate approver', 'deactivated'],
])

const EVERY = STATUSES.flatMap((status) =>
  HAPPENINGS.flatMap((happening) => ACTORS.map((actor) => ({ status, happening, actor }))),
)

describe('the life cycle of an exception', () => {
  it.each(EVERY)(
    '$status: $actor may $happening exactly where the specification says so',
    ({ status, happening, actor }) => {
      const to = ALLOWED.get(`${status} ${happening} ${actor}`)
      const elsewhere = STATUSES.some((other) => ALLOWED.has(`${other} ${happening} ${actor}`))
      expect(move(status, happening, actor)).toEqual(
        to === undefined ? { refused: elsewhere ? 'WRONG_STATUS' : 'NOT_ALLOWED' } : { to },
      )
    },
  )

  it.each(['denied', 'expired', 'deactivated', 'withdrawn'] as const)('%s is final', (status) => {
    for (const happening of HAPPENINGS) {
      for (const actor of ACTORS) expect(move(status, happening, actor)).not.toHaveProperty('to')
    }
  })
})

describe('what a person is to an exception', () => {
  const requestedBy = { id: 'ray', name: 'Ray' }
  const step = (id: string) => ({ approver: { id, name: id }, candidateIds: [], decided: null })
  const stepped = { approvalType: 'approvers', requestedBy, steps: [step('ann'), step('ben')] } as const
  const autoPilot = { approvalType: 'autoPilot', requestedBy, steps: [] } as const

  it.each([
    ['ann', stepped, 'approver'],
    ['ben', stepped, 'approver'],
    ['ray', stepped, 'requester'],
    ['zoe', stepped, 'other'],
    ['ray', autoPilot, 'requesterUnderAutoPilot'],
    ['zoe', autoPilot, 'other'],
  ] as const)('%s', (id, exception, actor) => {
    expect(actorOf(id, exception)).toBe(actor)
  })
})
