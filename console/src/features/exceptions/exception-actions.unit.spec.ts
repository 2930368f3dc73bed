import { describe, expect, it } from 'vitest'
import type { Exception } from '../../api/schemas.js'
import { rightsTo } from './exception-actions.js'

const person = (id: string) => ({ id, name: id })
const step = (id: string) => ({
  index: 0,
  approver: person(id),
  assigned: null,
  decision: null,
  decidedAt: null,
  decidedBy: null,
  comment: null,
  evidenceIds: [],
})
type Subject = Parameters<typeof rightsTo>[0]
const pending: Subject = {
  status: 'pendingApproval',
  requestedBy: person('dana'),
  approvers: [person('sofia'), person('henrik')],
  waitingFor: person('sofia'),
  approval: { type: 'approvers', currentStep: 0, steps: [step('sofia'), step('henrik')] } as Exception['approval'],
}
const rights = (exception: Subject, id: string, ...permissions: string[]) =>
  Object.entries(rightsTo(exception, { id, permissions: permissions as never }))
    .filter(([, may]) => may)
    .map(([name]) => name)

describe('what is offered on an exception', () => {
  it('is the decision to the one whose step is in effect, and to no other approver', () => {
    expect(rights(pending, 'sofia')).toEqual(['decide'])
    expect(rights(pending, 'henrik')).toEqual([])
  })

  it('is withdrawal and more evidence to the requester while it is pending', () => {
    expect(rights(pending, 'dana')).toEqual(['withdraw', 'addEvidence'])
  })

  it('is deactivation to any of its approvers once it is active, and not to the requester', () => {
    const active: Subject = { ...pending, status: 'active', waitingFor: null }
    expect(rights(active, 'henrik')).toEqual(['deactivate'])
    expect(rights(active, 'dana')).toEqual(['addEvidence'])
  })

  it('is deactivation to the requester under Auto Pilot', () => {
    const approval = { type: 'autoPilot', currentStep: 0, steps: [] } as Exception['approval']
    const active: Subject = { ...pending, status: 'active', waitingFor: null, approvers: [], approval }
    expect(rights(active, 'dana')).toEqual(['deactivate', 'addEvidence'])
    expect(rights(active, 'lena', 'rules.manage')).toEqual([])
  })

  it('is hand-over to who manages rules, while it is pending or active', () => {
    expect(rights(pending, 'lena', 'rules.manage')).toEqual(['handOver'])
    expect(rights({ ...pending, status: 'denied', waitingFor: null }, 'lena', 'rules.manage')).toEqual([])
  })

  it('is hand-over to a ticket’s reviewer, while it waits for them', () => {
    const approval = { type: 'reviewer', currentStep: 0, steps: [step('sofia')] } as Exception['approval']
    const waiting: Subject = { ...pending, approvers: [person('sofia')], approval }
    expect(rights(waiting, 'sofia')).toEqual(['decide', 'handOver'])
    expect(rights(waiting, 'henrik')).toEqual([])
    expect(rights({ ...waiting, status: 'active', waitingFor: null }, 'sofia')).toEqual(['deactivate'])
  })

  it('is nothing once it has ended', () => {
    for (const status of ['denied', 'expired', 'deactivated', 'withdrawn'] as const)
      for (const id of ['dana', 'sofia', 'henrik'])
        expect(rights({ ...pending, status, waitingFor: null }, id)).toEqual([])
  })
})
