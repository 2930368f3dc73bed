import { describe, expect, it } from 'vitest'
import { type Act, type Approval, after, open } from './approval.js'
import {
  DECIDE,
  HAND_OVER,
  PARTS,
  PASS_ON,
  type Part,
  PHASES,
  phaseOf,
  STANDINGS,
  type Standing,
  standingOf,
  type Verdict,
  WITHDRAW,
  WITHDRAWN_WITH_TICKET,
} from './turns.js'

const T0 = new Date('2026-01-10T10:00:00Z')
const at = (minutes: number) => new Date(T0.getTime() + minutes * 60_000)
const person = (id: string) => ({ id, name: id.toUpperCase() })

const opened = (approvers = ['ann', 'ben', 'cem'], endsAt: Date | null = at(60)): Approval =>
  open(
    {
      exceptionId: 'e1',
      type: 'approvers',
      name: 'Old log4j',
      requestedBy: person('ray'),
      requestedAt: T0,
      steps: approvers.map((id) => ({ approver: person(id), candidateIds: [id] })),
      endsAt,
    },
    T0,
  )
const decision = (type: 'stepApproved' | 'approved' | 'denied', by: string, step: number): Act => ({
  type,
  at: at(1),
  by: person(by),
  step,
  reason: null,
  evidenceIds: [],
})
const withdrawn: Act = { type: 'withdrawn', at: at(1), by: person('ray'), reason: null }
const lapsed: Act = { type: 'lapsed', at: at(60) }
const played = (...acts: Act[]) => acts.reduce(after, opened())

const [yours, over, late, no] = ['NOT_YOUR_STEP', 'ALREADY_DECIDED', 'WRONG_STATUS', 'NOT_ALLOWED'] as const

// Every answer, written down a second time and by another order: standing by standing, in the order of the phases.
const DECIDING: Record<Standing, Verdict[]> = {
  deciding: ['may', late, over, late],
  decided: [over, over, over, over],
  later: [yours, yours, over, late],
  requester: [yours, yours, yours, yours],
  other: [yours, yours, yours, yours],
}
const WITHDRAWING: Record<Standing, Verdict[]> = {
  deciding: [no, no, no, no],
  decided: [no, no, no, no],
  later: [no, no, no, no],
  requester: ['may', late, late, late],
  other: [no, no, no, no],
}
const PASSING_ON: Record<Standing, Verdict[]> = {
  deciding: ['may', late, over, late],
  decided: [over, over, over, over],
  later: [yours, yours, over, late],
  requester: [yours, yours, yours, yours],
  other: [yours, yours, yours, yours],
}
const HANDING_OVER: Record<Part, Verdict[]> = {
  open: ['may', late, late, late],
  decided: [over, late, over, late],
  active: [over, late, 'may', late],
  ended: [late, late, late, late],
}

/** Every cell of a table beside what is expected of it. */
const cells = (expected: Record<string, Verdict[]>) =>
  Object.entries(expected).flatMap(([column, verdicts]) =>
    PHASES.map((phase, index) => [phase, column, verdicts[index]] as const),
  )

describe('the turns of a request', () => {
  it.each(cells(DECIDING))('%s, %s: who would decide it is told %s', (phase, standing, verdict) => {
    expect(DECIDE[phase][standing as Standing]).toBe(verdict)
  })

  it.each(cells(WITHDRAWING))('%s, %s: who would withdraw it is told %s', (phase, standing, verdict) => {
    expect(WITHDRAW[phase][standing as Standing]).toBe(verdict)
  })

  it.each(cells(PASSING_ON))('%s, %s: who would pass it on is told %s', (phase, standing, verdict) => {
    expect(PASS_ON[phase][standing as Standing]).toBe(verdict)
  })

  it('end with the ticket while they wait, and at no other time', () => {
    expect(WITHDRAWN_WITH_TICKET).toEqual({ waiting: true, overdue: false, approved: false, closed: false })
  })

  it.each(cells(HANDING_OVER))('%s, %s: who would hand it over is told %s', (phase, part, verdict) => {
    expect(HAND_OVER[phase][part as Part]).toBe(verdict)
  })

  it('have an answer for every phase and standing, and no other', () => {
    for (const table of [DECIDE, WITHDRAW, PASS_ON, HAND_OVER, WITHDRAWN_WITH_TICKET])
      expect(Object.keys(table)).toEqual([...PHASES])
    for (const phase of PHASES) {
      expect(Object.keys(DECIDE[phase])).toEqual([...STANDINGS])
      expect(Object.keys(WITHDRAW[phase])).toEqual([...STANDINGS])
      expect(Object.keys(PASS_ON[phase])).toEqual([...STANDINGS])
      expect(Object.keys(HAND_OVER[phase])).toEqual([...PARTS])
    }
    for (const expected of [DECIDING, WITHDRAWING, PASSING_ON]) expect(Object.keys(expected)).toEqual([...STANDINGS])
    expect(Object.keys(HANDING_OVER)).toEqual([...PARTS])
  })
})

describe('the phase of a request', () => {
  it.each<[string, Approval, Date, string]>([
    ['waits before its end', opened(), new Date(at(60).getTime() - 1), 'waiting'],
    ['is overdue from the instant of its end on', opened(), at(60), 'overdue'],
    ['never is overdue without an end', opened(['ann'], null), at(1e6), 'waiting'],
    ['is approved', after(opened(['ann']), decision('approved', 'ann', 0)), at(99), 'approved'],
    ['is closed when denied', played(decision('denied', 'ann', 0)), at(2), 'closed'],
    ['is closed when withdrawn', played(withdrawn), at(2), 'closed'],
    ['is closed when lapsed', played(lapsed), at(61), 'closed'],
  ])('%s', (_, approval, now, phase) => {
    expect(phaseOf(approval, now)).toBe(phase)
  })
})

describe('the standing of a person', () => {
  const second = played(decision('stepApproved', 'ann', 0))
  it.each<[string, string, Approval, string]>([
    ['who holds the step in effect', 'ann', opened(), 'deciding'],
    ['whose step comes later', 'ben', opened(), 'later'],
    ['who decided', 'ann', second, 'decided'],
    ['whose turn has come', 'ben', second, 'deciding'],
    ['who asked', 'ray', second, 'requester'],
    ['who is nobody here', 'zoe', second, 'other'],
    ['who denied', 'ann', played(decision('denied', 'ann', 0)), 'decided'],
    [
      'who decided, once no step is in effect',
      'ann',
      after(opened(['ann']), decision('approved', 'ann', 0)),
      'decided',
    ],
    ['whose turn never came', 'cem', played(decision('denied', 'ann', 0)), 'later'],
    ['whose turn it was when it was withdrawn', 'ann', played(withdrawn), 'deciding'],
    [
      'who holds one decided step and the one in effect',
      'ann',
      after(opened(['ann', 'ann']), decision('stepApproved', 'ann', 0)),
      'deciding',
    ],
    [
      'who decided a step that another holds now',
      'ann',
      played(decision('stepApproved', 'ann', 0), {
        type: 'handedOver',
        at: at(2),
        by: person('max'),
        step: 0,
        to: person('zoe'),
        reason: 'left',
      }),
      'decided',
    ],
  ])('%s', (_, id, approval, standing) => {
    expect(standingOf(id, approval)).toBe(standing)
  })
})

describe('acts', () => {
  it('take a request through its steps to the end', () => {
    const one = played(decision('stepApproved', 'ann', 0))
    expect(one).toMatchObject({ version: 2, status: 'waiting', currentStep: 1, resolvedAt: null })
    const all = played(
      decision('stepApproved', 'ann', 0),
      decision('stepApproved', 'ben', 1),
      decision('approved', 'cem', 2),
    )
    expect(all).toMatchObject({ version: 4, status: 'approved', currentStep: 3, resolvedAt: at(1) })
    expect(all.steps.map(({ decided }) => decided?.by.id)).toEqual(['ann', 'ben', 'cem'])
    expect(all.acts).toHaveLength(3)
  })

  it('leave the step that was in effect where a request ends early', () => {
    expect(played(decision('denied', 'ann', 0))).toMatchObject({ status: 'denied', currentStep: 0, resolvedAt: at(1) })
    expect(played(withdrawn)).toMatchObject({ status: 'withdrawn', currentStep: 0 })
    expect(played(lapsed)).toMatchObject({ status: 'lapsed', resolvedAt: at(60) })
  })
})
