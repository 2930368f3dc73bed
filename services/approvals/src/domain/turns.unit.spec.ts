import { describe, expect, it } from 'vitest'
import { type Act, type Approval, after, open } from './approval.js'
import { DECIDE, HAND_OVER, PHASES, phaseOf, STANDINGS, standingOf, WITHDRAW } from './turns.js'

const T0 = new Date('2026-01-10T10:00:00Z')
const at = (minutes: number) => new Date(T0.getTime() + minutes * 60_000)
const person = (id: string) => ({ id, name: id.toUpperCase() })

const opened = (approvers = ['ann', 'ben', 'cem'], endsAt: Date | null = at(60)): Approval =>
  open(
    {
      exceptionId: 'e1',
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
})
const withdrawn: Act = { type: 'withdrawn', at: at(1), by: person('ray'), reason: null }
const lapsed: Act = { type: 'lapsed', at: at(60) }
const played = (...acts: Act[]) => acts.reduce(after, opened())

describe('the turns of a request', () => {
  it('let only the approver of the step in effect decide, and only while it waits: all cases', () => {
    const may = PHASES.flatMap((phase) =>
      STANDINGS.filter((standing) => DECIDE[phase][standing] === 'may').map((standing) => `${phase} ${standing}`),
    )
    expect(may).toEqual(['waiting deciding'])
  })

  it('let only the requester withdraw, and only while it waits: all cases', () => {
    const may = PHASES.flatMap((phase) =>
      STANDINGS.filter((standing) => WITHDRAW[phase][standing] === 'may').map((standing) => `${phase} ${standing}`),
    )
    expect(may).toEqual(['waiting requester'])
  })

  it('let an open step be handed over while it waits, and any step once active: all cases', () => {
    const may = PHASES.flatMap((phase) =>
      Object.entries(HAND_OVER[phase])
        .filter(([, verdict]) => verdict === 'may')
        .map(([part]) => `${phase} ${part}`),
    )
    expect(may).toEqual(['waiting open', 'approved active'])
  })

  it('tell who never has a turn 403, and who had or would have had one 409', () => {
    for (const phase of PHASES) {
      expect(DECIDE[phase].requester).toBe('NOT_YOUR_STEP')
      expect(DECIDE[phase].other).toBe('NOT_YOUR_STEP')
      expect(DECIDE[phase].decided).toBe('ALREADY_DECIDED')
      for (const standing of STANDINGS.filter((s) => s !== 'requester')) {
        expect(WITHDRAW[phase][standing]).toBe('NOT_ALLOWED')
      }
    }
    expect(DECIDE.waiting.later).toBe('NOT_YOUR_STEP')
    expect(DECIDE.closed).toMatchObject({ deciding: 'WRONG_STATUS', later: 'WRONG_STATUS' })
    expect(DECIDE.overdue.deciding).toBe('WRONG_STATUS')
    expect(WITHDRAW.overdue.requester).toBe('WRONG_STATUS')
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
