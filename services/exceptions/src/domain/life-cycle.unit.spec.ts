import { describe, expect, it } from 'vitest'
import { STATUSES } from './exception.js'
import { ACTORS, actorOf, DEACTIVATE, HAPPENINGS, move, STANDINGS, statusAt } from './life-cycle.js'

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
  ['active deactivate ticket', 'deactivated'],
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

describe('deactivating', () => {
  // Every status and standing, written down a second time.
  const [no, late] = ['NOT_ALLOWED', 'WRONG_STATUS'] as const
  it.each([
    ['pendingApproval', { requesterUnderAutoPilot: late, requester: no, approver: late, other: no }],
    ['active', { requesterUnderAutoPilot: 'may', requester: no, approver: 'may', other: no }],
    ['denied', { requesterUnderAutoPilot: late, requester: no, approver: late, other: no }],
    ['expired', { requesterUnderAutoPilot: late, requester: no, approver: late, other: no }],
    ['deactivated', { requesterUnderAutoPilot: late, requester: no, approver: late, other: no }],
    ['withdrawn', { requesterUnderAutoPilot: late, requester: no, approver: late, other: no }],
  ] as const)('what is %s is answered so', (status, expected) => {
    expect(DEACTIVATE[status]).toEqual(expected)
  })

  it('has an answer for every status and every standing', () => {
    expect(Object.keys(DEACTIVATE)).toEqual([...STATUSES])
    for (const status of STATUSES) expect(Object.keys(DEACTIVATE[status])).toEqual([...STANDINGS])
  })
})

describe('the status that counts', () => {
  const end = new Date('2026-01-10T10:00:00Z')
  const before = new Date(end.getTime() - 1)

  it('is expired from the instant of its end on, for an active one that nobody has noticed yet', () => {
    expect(statusAt({ status: 'active', expiresAt: end }, before)).toBe('active')
    expect(statusAt({ status: 'active', expiresAt: end }, end)).toBe('expired')
  })

  it('never is by the time where there is no end', () => {
    expect(statusAt({ status: 'active', expiresAt: null }, end)).toBe('active')
  })

  it.each(STATUSES.filter((status) => status !== 'active'))('is what it says for %s', (status) => {
    expect(statusAt({ status, expiresAt: before }, end)).toBe(status)
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
