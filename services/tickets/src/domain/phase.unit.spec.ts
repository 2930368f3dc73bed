import { describe, expect, it } from 'vitest'
import { HAPPENINGS, type Happening, PHASES, type Phase, phaseOf, refusal } from './phase.js'

const A = '0190b6a2-0000-7000-8000-0000000000a1'

const AT: Readonly<Record<Phase, Parameters<typeof phaseOf>[0]>> = {
  open: { status: 'open', waitingRequest: null, deferredBy: null },
  waiting: { status: 'open', waitingRequest: A, deferredBy: null },
  deferred: { status: 'open', waitingRequest: null, deferredBy: A },
  deferredAndWaiting: { status: 'open', waitingRequest: A, deferredBy: A },
  done: { status: 'done', waitingRequest: null, deferredBy: null },
}

/** What may be done where, written down a second time: y may, s the status forbids it, w a request waits, d a deferral is in force. */
const EXPECTED: Readonly<Record<Happening, Readonly<Record<Phase, string>>>> = {
  rename: { open: 'y', waiting: 'y', deferred: 'y', deferredAndWaiting: 'y', done: 's' },
  changeOwner: { open: 'y', waiting: 'y', deferred: 'y', deferredAndWaiting: 'y', done: 's' },
  changeQuery: { open: 'y', waiting: 'w', deferred: 'd', deferredAndWaiting: 'd', done: 's' },
  moveDueDate: { open: 'y', waiting: 'y', deferred: 'd', deferredAndWaiting: 'd', done: 's' },
  followPolicy: { open: 'y', waiting: 'y', deferred: 'd', deferredAndWaiting: 'd', done: 's' },
  requestException: { open: 'y', waiting: 'w', deferred: 'y', deferredAndWaiting: 'w', done: 's' },
  finish: { open: 'y', waiting: 'y', deferred: 'y', deferredAndWaiting: 'y', done: 's' },
  reopen: { open: 's', waiting: 's', deferred: 's', deferredAndWaiting: 's', done: 'y' },
}
const WORDS = { y: null, s: 'WRONG_STATUS', w: 'REQUEST_WAITS', d: 'DEFERRAL_ACTIVE' }

describe('where a ticket stands', () => {
  it.each(PHASES)('is told by its status and its exceptions: %s', (phase) => {
    expect(phaseOf(AT[phase])).toBe(phase)
  })

  it.each(HAPPENINGS.flatMap((happening) => PHASES.map((phase) => [happening, phase] as const)))(
    'decides whether it may be done: %s, %s',
    (happening, phase) => {
      expect(refusal(AT[phase], happening)).toBe(WORDS[EXPECTED[happening][phase] as keyof typeof WORDS])
    },
  )
})
