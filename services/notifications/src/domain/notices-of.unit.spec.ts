import { describe, expect, it } from 'vitest'
import type { Act, ActType, Approval, Exception, ExceptionChange, ExceptionTransition, Person } from './exception.js'
import { noticesOfApproval, noticesOfException, noticesOfReminder } from './notices-of.js'

const rita: Person = { id: 'rita', name: 'Rita Requester' }
const anna: Person = { id: 'anna', name: 'Anna First' }
const ben: Person = { id: 'ben', name: 'Ben Second' }
const cleo: Person = { id: 'cleo', name: 'Cleo Third' }
const max: Person = { id: 'max', name: 'Max Manager' }
const people: Readonly<Record<string, Person>> = { rita, anna, ben, cleo, max }

const at = new Date('2026-11-22T10:00:00Z')
const later = new Date('2026-11-22T11:00:00Z')

const exception: Exception = {
  id: 'e1',
  version: { incarnation: 1, n: 1 },
  name: 'Old TLS on the mainframe',
  justification: 'Replaced in spring.',
  autoPilot: false,
  defers: false,
  requester: rita,
  expiresAt: new Date('2027-01-01T00:00:00Z'),
  expiresAfterDays: null,
  active: false,
  appliedSince: null,
  approvers: [],
}

const told = (notices: ReadonlyArray<{ kind: string; recipientId: string }>): string[] =>
  notices.map(({ kind, recipientId }) => `${kind} → ${recipientId}`)

describe('an event of an exception is told', () => {
  // transition, who did it, approvers, Auto Pilot → who is told of what
  it.each<[ExceptionTransition, string | null, string, boolean, string[]]>([
    ['submitted', 'rita', 'anna ben', false, ['request_sent → rita']],
    ['submitted', 'rita', '', true, []],
    ['activated', 'ben', 'anna ben', false, ['became_active → rita', 'became_active → anna']],
    ['activated', null, '', true, ['became_active → rita']],
    ['activated', 'anna', 'anna anna', false, ['became_active → rita']],
    ['activated', 'cleo', 'anna anna', false, ['became_active → rita', 'became_active → anna']],
    ['expired', null, 'anna ben', false, ['expired → rita', 'expired → anna', 'expired → ben']],
    ['expired', null, '', true, ['expired → rita']],
    ['deactivated', 'anna', 'anna ben', false, ['deactivated → rita', 'deactivated → ben']],
    ['deactivated', 'rita', '', true, ['deactivated → rita']],
    ['deactivated', null, 'anna', false, ['deactivated → rita', 'deactivated → anna']],
    ['denied', 'anna', 'anna ben', false, []],
    ['withdrawn', 'rita', 'anna ben', false, []],
    ['lapsed', null, 'anna ben', false, []],
    ['amended', 'anna', 'anna ben', false, []],
  ])('%s by %s, approvers "%s", Auto Pilot %s', (transition, by, approvers, autoPilot, expected) => {
    const change: ExceptionChange = {
      exception: { ...exception, autoPilot, approvers: named(approvers) },
      transition,
      at,
      publishedAt: at,
      by: by === null ? null : (people[by] ?? null),
      reason: null,
      told: {
        kind: 'query',
        effect: 'suppress',
        status: 'active',
        requestedAt: null,
        query: null,
        ticketId: null,
        ended: null,
      },
    }
    expect(told(noticesOfException(change))).toEqual(expected)
  })
})

describe('what is done to a request is told', () => {
  // acts so far, the last one new; approvers now; step in effect; waits → who is told of what
  it.each<[string, string, number, boolean, string[]]>([
    ['', 'anna ben', 0, true, ['decision_waits → anna']],
    ['stepApproved:anna:0', 'anna ben', 1, true, ['step_approved → rita', 'decision_waits → ben']],
    ['stepApproved:anna:0', 'anna anna', 1, true, ['step_approved → rita', 'decision_waits → anna']],
    ['stepApproved:anna:0 approved:ben:1', 'anna ben', 2, false, ['approved → rita']],
    ['approved:anna:0', 'anna', 1, false, ['approved → rita']],
    ['denied:anna:0', 'anna ben', 0, false, ['denied → rita']],
    ['stepApproved:anna:0 denied:ben:1', 'anna ben cleo', 1, false, ['denied → rita', 'denied → anna']],
    ['withdrawn:rita', 'anna ben', 0, false, ['withdrawn → rita', 'withdrawn → anna']],
    [
      'stepApproved:anna:0 withdrawn:rita',
      'anna ben cleo',
      1,
      false,
      ['withdrawn → rita', 'withdrawn → anna', 'withdrawn → ben'],
    ],
    ['lapsed', 'anna ben', 0, false, ['lapsed → rita', 'lapsed → anna']],
    ['handedOver:max:0:cleo', 'cleo ben', 0, true, ['handed_over → cleo', 'relieved → anna']],
    ['handedOver:max:1:cleo', 'anna cleo', 0, true, ['handed_over → cleo', 'relieved → ben']],
    ['handedOver:anna:0:cleo', 'cleo ben', 0, true, ['handed_over → cleo']],
    ['other:max', 'anna ben', 0, true, []],
  ])('"%s" with approvers "%s"', (acts, approvers, currentStep, waits, expected) => {
    const done = acts === '' ? [] : acts.split(' ').map(act)
    const approval = approvalOf(done, approvers, currentStep, waits)
    const before = acts === '' ? null : { incarnation: 1, n: done.length }
    expect(told(noticesOfApproval(exception, approval, before, [anna, ben, cleo]))).toEqual(expected)
  })

  it('of every version that was missed, in order, without asking for what is decided meanwhile', () => {
    const done = ['stepApproved:anna:0', 'handedOver:max:1:cleo', 'approved:cleo:1'].map(act)
    const notices = noticesOfApproval(exception, approvalOf(done, 'anna cleo', 2, false), null, [anna, ben])
    expect(told(notices)).toEqual(['step_approved → rita', 'handed_over → cleo', 'relieved → ben', 'approved → rita'])
    expect(notices.map(({ version }) => version.n)).toEqual([2, 3, 3, 4])
    // Only of the newest it is known when it was written.
    expect(notices.map(({ publishedAt }) => publishedAt)).toEqual([at, at, at, later])
  })

  it('to the new holder once, where a hand-over was missed together with the step before', () => {
    const done = ['stepApproved:anna:0', 'handedOver:max:1:cleo'].map(act)
    const notices = noticesOfApproval(exception, approvalOf(done, 'anna cleo', 1, true), { incarnation: 1, n: 1 }, [
      anna,
      ben,
    ])
    expect(told(notices)).toEqual(['step_approved → rita', 'handed_over → cleo', 'relieved → ben'])
  })

  it('not again for versions that were told', () => {
    const approval = approvalOf([act('approved:anna:0')], 'anna', 1, false)
    expect(noticesOfApproval(exception, approval, approval.version, [anna])).toEqual([])
  })

  it('of the newest version alone, where its owner began to count anew', () => {
    const done = ['stepApproved:anna:0', 'approved:ben:1'].map(act)
    const approval = { ...approvalOf(done, 'anna ben', 2, false), version: { incarnation: 2, n: 3 } }
    expect(told(noticesOfApproval(exception, approval, { incarnation: 1, n: 2 }, [anna, ben]))).toEqual([
      'approved → rita',
    ])
  })
})

describe('an end that comes', () => {
  it('is told to who asked and to each approver once, in whole days, and as the same thing however often', () => {
    const endsAt = new Date('2027-01-01T00:00:00Z')
    const active = { ...exception, active: true, approvers: [anna, rita, anna] }
    const now = new Date('2026-12-25T00:00:01Z')
    const notices = noticesOfReminder(active, 'expires_in_7_days', endsAt, now)
    expect(told(notices)).toEqual(['expires_in_7_days → rita', 'expires_in_7_days → anna'])
    expect(notices[0]?.facts).toMatchObject({ daysLeft: 7, expiresAt: '2027-01-01T00:00:00.000Z' })
    const later = noticesOfReminder(
      { ...active, version: { incarnation: 2, n: 9 } },
      'expires_in_7_days',
      endsAt,
      endsAt,
    )
    expect(later[0]?.version).toEqual(notices[0]?.version)
    expect(later[0]?.facts).toMatchObject({ daysLeft: 1 })
  })
})

describe('what a notice tells', () => {
  it('is what was true when it happened', () => {
    const [first, second] = noticesOfApproval(
      exception,
      approvalOf([{ ...act('stepApproved:anna:0'), reason: 'Fine with me.' }], 'anna ben', 1, true),
      { incarnation: 1, n: 1 },
      [anna, ben],
    )
    expect(first).toMatchObject({
      at,
      version: { incarnation: 1, n: 2 },
      facts: {
        exceptionName: 'Old TLS on the mainframe',
        requesterName: 'Rita Requester',
        forRequester: true,
        bySelf: false,
        byName: 'Anna First',
        reason: 'Fine with me.',
        step: 1,
        steps: 2,
        waitingForName: 'Ben Second',
        expiresAt: '2027-01-01T00:00:00.000Z',
        justification: null,
      },
    })
    expect(second?.facts).toMatchObject({
      forRequester: false,
      step: 2,
      justification: 'Replaced in spring.',
      byName: null,
    })
  })

  it('says of the requester that they did it themselves', () => {
    const approval = approvalOf([act('withdrawn:rita')], 'anna', 0, false)
    const notices = noticesOfApproval(exception, approval, { incarnation: 1, n: 1 }, [anna])
    expect(notices.map(({ facts }) => 'bySelf' in facts && facts.bySelf)).toEqual([true, false])
  })
})

function named(names: string): Person[] {
  return names
    .split(' ')
    .map((name) => people[name])
    .filter((person) => person !== undefined)
}

/** `type:by:step:to` */
function act(text: string): Act {
  const [type = '', by = '', step = '', to = ''] = text.split(':')
  return {
    type: type as ActType,
    at,
    by: people[by] ?? null,
    step: step === '' ? null : Number(step),
    to: people[to] ?? null,
    reason: null,
  }
}

function approvalOf(acts: Act[], approvers: string, currentStep: number, waits: boolean): Approval {
  return {
    exceptionId: 'e1',
    version: { incarnation: 1, n: acts.length + 1 },
    waits,
    currentStep,
    approvers: named(approvers),
    acts,
    openedAt: at,
    publishedAt: later,
  }
}
