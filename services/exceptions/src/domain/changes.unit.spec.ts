import { describe, expect, it } from 'vitest'
import {
  type Act,
  deactivate,
  deactivationRefusal,
  endWithTicket,
  expire,
  ImpossibleChangeError,
  submit,
  takeIn,
} from './changes.js'
import type { Exception } from './exception.js'
import type { Expiration } from './expiration.js'
import type { Request } from './request.js'

const T0 = new Date('2026-01-10T10:00:00Z')
const at = (minutes: number) => new Date(T0.getTime() + minutes * 60_000)
const person = (id: string) => ({ id, name: id.toUpperCase() })
const ids = { id: 'e1', queryId: 'q1' }

const request = (approvers: string[], expiration: Expiration = { type: 'never' }): Request => ({
  kind: 'query',
  effect: 'suppress',
  name: 'Old log4j',
  justification: 'Switched off soon.',
  useCase: null,
  evidenceLink: null,
  expression: 'kev',
  sourceQueryId: null,
  expiration,
  requestedBy: person('ray'),
  rule: { id: 'r1', version: 3 },
  ticketId: null,
  approvalType: approvers.length === 0 ? 'autoPilot' : 'approvers',
  steps: approvers.map((id) => ({ approver: person(id), candidateIds: [id], decided: null })),
  evidence: [],
})

const latest = (changes: ReturnType<typeof submit>): Exception => {
  const last = changes.at(-1)
  if (last === undefined) throw new Error('nothing changed')
  return last.exception
}
const pending = (expiration?: Expiration) => latest(submit(request(['ann', 'ben'], expiration), ids, T0))
const autoPilot = (expiration?: Expiration) => latest(submit(request([], expiration), ids, T0))

const stepApproved: Act = { type: 'stepApproved', at: at(1), by: person('ann'), step: 0, to: null, reason: 'fine' }
const approved: Act = { type: 'approved', at: at(2), by: person('ben'), step: 1, to: null, reason: null }
const denied: Act = { type: 'denied', at: at(1), by: person('ann'), step: 0, to: null, reason: 'patch it' }
const withdrawn: Act = { type: 'withdrawn', at: at(1), by: person('ray'), step: null, to: null, reason: 'fixed' }
const handOver = (step: number, to: string): Act => ({
  type: 'handedOver',
  at: at(3),
  by: person('max'),
  step,
  to: person(to),
  reason: 'on leave',
})

describe('a request', () => {
  it('waits for its first approver, with a managed copy of its query', () => {
    const [changed, ...others] = submit(request(['ann', 'ben']), ids, T0)
    expect(others).toEqual([])
    expect(changed?.exception).toMatchObject({
      version: 1,
      status: 'pendingApproval',
      currentStep: 0,
      requestedAt: T0,
      appliedSince: null,
      expiresAt: null,
      query: { id: 'q1', name: 'Old log4j', folder: 'Vulnerability Exception Queries', expression: 'kev' },
    })
    expect(changed?.change).toMatchObject({ type: 'submitted', to: 'pendingApproval', actor: person('ray'), at: T0 })
  })

  it('under Auto Pilot is active at once, which the system did', () => {
    const changes = submit(request([], { type: 'days', days: 2 }), ids, T0)
    expect(changes.map(({ change }) => [change.version, change.type, change.actor?.id ?? null, change.to])).toEqual([
      [1, 'submitted', 'ray', 'pendingApproval'],
      [2, 'activated', null, 'active'],
    ])
    expect(latest(changes)).toMatchObject({ version: 2, status: 'active', appliedSince: T0, expiresAt: at(2 * 1440) })
  })

  it('knows its end from the start for a date, and from activation for days', () => {
    expect(pending({ type: 'date', date: '2026-02-01' }).expiresAt).toEqual(new Date('2026-02-02T00:00:00Z'))
    expect(pending({ type: 'days', days: 1 }).expiresAt).toBeNull()
  })
})

describe('what approvals decided', () => {
  it('makes it active from the last approval on, with one line and one version for each decision', () => {
    const changes = takeIn(pending({ type: 'days', days: 1 }), [stepApproved, approved])
    expect(changes.map(({ change }) => change)).toMatchObject([
      {
        version: 2,
        type: 'stepApproved',
        at: at(1),
        actor: person('ann'),
        step: 0,
        from: null,
        to: null,
        reason: 'fine',
      },
      {
        version: 3,
        type: 'activated',
        at: at(2),
        actor: person('ben'),
        step: 1,
        from: 'pendingApproval',
        to: 'active',
      },
    ])
    expect(latest(changes)).toMatchObject({
      status: 'active',
      appliedSince: at(2),
      expiresAt: at(2 + 1440),
      currentStep: 2,
      steps: [{ decided: { decision: 'approved', by: person('ann') } }, { decided: { decision: 'approved' } }],
    })
  })

  it('is the same told at once or one after the other', () => {
    const atOnce = takeIn(pending(), [stepApproved, handOver(1, 'cem'), { ...approved, by: person('cem') }])
    const [first] = takeIn(pending(), [stepApproved])
    const [second] = takeIn(latest([...(first ? [first] : [])]), [handOver(1, 'cem')])
    const third = takeIn(latest([...(second ? [second] : [])]), [{ ...approved, by: person('cem') }])
    expect([first, second, ...third]).toEqual(atOnce)
  })

  it('ends it when denied, by whom and why, with the step it was denied at', () => {
    expect(latest(takeIn(pending(), [denied]))).toMatchObject({
      status: 'denied',
      currentStep: 0,
      appliedSince: null,
      ended: { at: at(1), by: person('ann'), reason: 'patch it' },
      steps: [{ decided: { decision: 'denied', comment: 'patch it' } }, { decided: null }],
    })
  })

  it('ends it when withdrawn, and when its end passed while it waited', () => {
    expect(latest(takeIn(pending(), [withdrawn]))).toMatchObject({ status: 'withdrawn', ended: { by: person('ray') } })
    const lapsed: Act = { type: 'lapsed', at: at(9), by: null, step: null, to: null, reason: null }
    expect(latest(takeIn(pending({ type: 'at', at: at(9) }), [lapsed]))).toMatchObject({
      status: 'expired',
      appliedSince: null,
      ended: { at: at(9), by: null, reason: expect.stringContaining('waited') },
    })
  })

  it('gives a step to another approver, pending or active, and leaves a decision with who made it', () => {
    expect(latest(takeIn(pending(), [handOver(0, 'cem')])).steps[0]).toMatchObject({
      approver: person('cem'),
      decided: null,
    })
    const active = latest(takeIn(pending(), [stepApproved, approved]))
    const [changed] = takeIn(active, [handOver(0, 'cem')])
    expect(changed?.exception).toMatchObject({
      status: 'active',
      steps: [{ approver: person('cem'), decided: { by: person('ann') } }, {}],
    })
    expect(changed?.change).toMatchObject({ type: 'handedOver', step: 0, subject: person('cem'), actor: person('max') })
  })

  it.each<[string, Exception, Act]>([
    ['a decision of a step that is not in effect', pending(), approved],
    ['a second decision of a step', latest(takeIn(pending(), [stepApproved])), stepApproved],
    ['a decision of a step there is not', pending(), { ...stepApproved, step: 7 }],
    ['an approval of what was denied', latest(takeIn(pending(), [denied])), stepApproved],
    ['a withdrawal of what is active', autoPilot(), withdrawn],
    ['a hand-over of a step there is not', autoPilot(), handOver(0, 'cem')],
  ])('cannot be %s', (_, exception, act) => {
    expect(() => takeIn(exception, [act])).toThrow(ImpossibleChangeError)
  })
})

describe('deactivation', () => {
  const active = latest(takeIn(pending({ type: 'at', at: at(60) }), [stepApproved, approved]))

  it('is for any approver, and for the requester under Auto Pilot', () => {
    expect(deactivationRefusal(active, 'ann', at(5))).toBeNull()
    expect(deactivationRefusal(active, 'ben', at(5))).toBeNull()
    expect(deactivationRefusal(active, 'ray', at(5))).toBe('NOT_ALLOWED')
    expect(deactivationRefusal(active, 'zoe', at(5))).toBe('NOT_ALLOWED')
    expect(deactivationRefusal(autoPilot(), 'ray', at(5))).toBeNull()
    expect(deactivationRefusal(autoPilot(), 'ann', at(5))).toBe('NOT_ALLOWED')
  })

  it('is too late from the very instant of the end on, whether anybody has noticed or not', () => {
    expect(deactivationRefusal(active, 'ann', new Date(at(60).getTime() - 1))).toBeNull()
    expect(deactivationRefusal(active, 'ann', at(60))).toBe('WRONG_STATUS')
    expect(deactivationRefusal(expire(active).exception, 'ann', at(60))).toBe('WRONG_STATUS')
    expect(deactivationRefusal(pending(), 'ann', at(5))).toBe('WRONG_STATUS')
  })

  it('ends it by whom and why', () => {
    const { exception, change } = deactivate(active, person('ann'), 'patched', at(5))
    expect(exception).toMatchObject({
      status: 'deactivated',
      ended: { at: at(5), by: person('ann'), reason: 'patched' },
    })
    expect(change).toMatchObject({ version: 4, type: 'deactivated', from: 'active', to: 'deactivated' })
  })
})

describe('a ticket that is done', () => {
  const active = latest(takeIn(pending({ type: 'at', at: at(60) }), [stepApproved, approved]))

  it('ends the exception that was asked for from it: the system does, and says why', () => {
    const changed = endWithTicket(active, at(5))
    expect(changed?.exception).toMatchObject({
      status: 'deactivated',
      ended: { at: at(5), by: null, reason: 'ticket done' },
    })
    expect(changed?.change).toMatchObject({ type: 'deactivated', actor: null, from: 'active', to: 'deactivated' })
  })

  it('ends nothing before it began, whatever the clock of who decided', () => {
    expect(endWithTicket(active, at(1))?.exception.ended?.at).toEqual(at(2))
  })

  it('leaves what waits to approvals, and what is over as it is, noticed or not', () => {
    expect(endWithTicket(pending(), at(5))).toBeNull()
    expect(endWithTicket(active, at(60))).toBeNull()
    expect(endWithTicket(latest(takeIn(pending(), [denied])), at(5))).toBeNull()
  })

  it('withdraws what waits by nobody', () => {
    const byNobody: Act = { ...withdrawn, by: null, reason: 'ticket done' }
    expect(latest(takeIn(pending(), [byNobody]))).toMatchObject({
      status: 'withdrawn',
      ended: { at: at(1), by: null, reason: 'ticket done' },
    })
  })
})

it('an expired exception ended at its end, however late that was noticed', () => {
  const { exception, change } = expire(autoPilot({ type: 'at', at: at(60) }))
  expect(exception).toMatchObject({ status: 'expired', ended: { at: at(60), by: null, reason: null } })
  expect(change).toMatchObject({ type: 'expired', at: at(60), actor: null, from: 'active', to: 'expired' })
  expect(() => expire(autoPilot())).toThrow(ImpossibleChangeError)
})
