import { describe, expect, it } from 'vitest'
import type { Act, Approval, Exception, ExceptionChange, ExceptionTransition } from './exception.js'
import { webhookEventOfException, webhookEventsOfApproval } from './webhook-event.js'

const rita = { id: 'rita', name: 'Rita' }
const anna = { id: 'anna', name: 'Anna' }
const at = new Date('2026-11-22T10:00:00Z')

const exception: Exception = {
  id: 'e1',
  version: { incarnation: 7, n: 3 },
  name: 'Old TLS',
  justification: 'Not for others to read.',
  autoPilot: false,
  defers: false,
  requester: rita,
  expiresAt: null,
  expiresAfterDays: 30,
  active: false,
  appliedSince: null,
  approvers: [anna],
}
const change = (transition: ExceptionTransition): ExceptionChange => ({
  exception,
  transition,
  at,
  publishedAt: at,
  by: rita,
  reason: null,
  told: {
    kind: 'query',
    effect: 'suppress',
    status: 'pendingApproval',
    requestedAt: at.toISOString(),
    query: { id: 'q1', name: 'Old TLS' },
    ticketId: null,
    ended: null,
  },
})
const act = (type: Act['type'], step: number | null): Act => ({ type, at, by: anna, step, to: null, reason: 'Fine.' })
const approval = (...acts: Act[]): Approval => ({
  exceptionId: 'e1',
  version: { incarnation: 7, n: acts.length + 1 },
  waits: true,
  currentStep: acts.length,
  approvers: [anna, rita],
  acts,
  openedAt: at,
  publishedAt: at,
})

describe('what other systems hear', () => {
  it.each<[ExceptionTransition, string[]]>([
    ['submitted', ['exception.submitted']],
    ['activated', ['exception.activated']],
    ['denied', ['exception.denied']],
    ['expired', ['exception.expired']],
    ['deactivated', ['exception.deactivated']],
    ['withdrawn', ['exception.withdrawn']],
    ['lapsed', ['exception.lapsed']],
    ['amended', []],
  ])('of an exception that was %s', (transition, types) => {
    expect(webhookEventOfException(change(transition)).map(({ type }) => type)).toEqual(types)
  })

  it('is one event for one version, and names it', () => {
    const [event] = webhookEventOfException(change('submitted'))
    expect(event).toMatchObject({ key: 'exceptions/e1/7.3', data: { id: 'e1', status: 'pendingApproval', version: 3 } })
    expect(JSON.stringify(event)).not.toContain('Not for others')
  })

  it('of a request: each version that was not told, the step as the API counts it', () => {
    const events = webhookEventsOfApproval(exception, approval(act('stepApproved', 0), act('handedOver', 1)), null)
    expect(events.map(({ type, key }) => [type, key])).toEqual([
      ['approval.opened', 'approvals/e1/7.1'],
      ['approval.step_approved', 'approvals/e1/7.2'],
      ['approval.handed_over', 'approvals/e1/7.3'],
    ])
    expect(events[1]?.data).toMatchObject({ step: 0, steps: 2, by: anna, comment: 'Fine.', waitingFor: null })
    expect(webhookEventsOfApproval(exception, approval(act('other', null)), { incarnation: 7, n: 1 })).toEqual([])
    expect(webhookEventsOfApproval(exception, approval(), { incarnation: 7, n: 1 })).toEqual([])
  })
})
