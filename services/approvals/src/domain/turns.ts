import type { Approval } from './approval.js'

/** Where a request is on its way. `overdue`: its end has passed while it waited, and it lapses any moment now. */
export const PHASES = ['waiting', 'overdue', 'approved', 'closed'] as const
export type Phase = (typeof PHASES)[number]

/**
 * What a person is to a request. `deciding` holds the step in effect (or the one that was, when it was withdrawn or lapsed); `decided`
 * decided a step, or holds one that was; `later` holds a step whose turn has not come.
 */
export const STANDINGS = ['deciding', 'decided', 'later', 'requester', 'other'] as const
export type Standing = (typeof STANDINGS)[number]

export type Refusal = 'NOT_YOUR_STEP' | 'ALREADY_DECIDED' | 'NOT_ALLOWED' | 'WRONG_STATUS'
export type Verdict = 'may' | Refusal

type Turns = Readonly<Record<Phase, Readonly<Record<Standing, Verdict>>>>

/** Who may decide the step in effect, and what everybody else is told. */
export const DECIDE: Turns = {
  waiting: {
    deciding: 'may',
    decided: 'ALREADY_DECIDED',
    later: 'NOT_YOUR_STEP',
    requester: 'NOT_YOUR_STEP',
    other: 'NOT_YOUR_STEP',
  },
  overdue: {
    deciding: 'WRONG_STATUS',
    decided: 'ALREADY_DECIDED',
    later: 'NOT_YOUR_STEP',
    requester: 'NOT_YOUR_STEP',
    other: 'NOT_YOUR_STEP',
  },
  approved: {
    deciding: 'ALREADY_DECIDED',
    decided: 'ALREADY_DECIDED',
    later: 'ALREADY_DECIDED',
    requester: 'NOT_YOUR_STEP',
    other: 'NOT_YOUR_STEP',
  },
  closed: {
    deciding: 'WRONG_STATUS',
    decided: 'ALREADY_DECIDED',
    later: 'WRONG_STATUS',
    requester: 'NOT_YOUR_STEP',
    other: 'NOT_YOUR_STEP',
  },
}

/**
 * Who may pass the step in effect on to another reviewer, of a request from a ticket, and what everybody else is told: whoever could
 * decide it may pass it on instead.
 */
export const PASS_ON: Turns = DECIDE

const requesterOnly = (verdict: Verdict): Readonly<Record<Standing, Verdict>> => ({
  deciding: 'NOT_ALLOWED',
  decided: 'NOT_ALLOWED',
  later: 'NOT_ALLOWED',
  requester: verdict,
  other: 'NOT_ALLOWED',
})

/** Who may withdraw a request, and what everybody else is told. */
export const WITHDRAW: Turns = {
  waiting: requesterOnly('may'),
  overdue: requesterOnly('WRONG_STATUS'),
  approved: requesterOnly('WRONG_STATUS'),
  closed: requesterOnly('WRONG_STATUS'),
}

/** Whether a request is withdrawn because the ticket that it was asked from is done. What its own end resolves lapses. */
export const WITHDRAWN_WITH_TICKET: Readonly<Record<Phase, boolean>> = {
  waiting: true,
  overdue: false,
  approved: false,
  closed: false,
}

/** Why. */
export const TICKET_DONE = 'ticket done'

/**
 * What a step is to a hand-over. `open` and `decided`: of an exception that is not known to be active; `active`: of one that is; `ended`:
 * of one that is over, or under Auto Pilot.
 */
export const PARTS = ['open', 'decided', 'active', 'ended'] as const
export type Part = (typeof PARTS)[number]

/**
 * Whether a step may be handed over. Once the exception is known to be active every step may: whoever
 * holds one can deactivate it. Until then what was decided is over, so that of a decision and a hand-over at once only one comes through.
 */
export const HAND_OVER: Readonly<Record<Phase, Readonly<Record<Part, Verdict>>>> = {
  waiting: { open: 'may', decided: 'ALREADY_DECIDED', active: 'ALREADY_DECIDED', ended: 'WRONG_STATUS' },
  overdue: { open: 'WRONG_STATUS', decided: 'WRONG_STATUS', active: 'WRONG_STATUS', ended: 'WRONG_STATUS' },
  approved: { open: 'WRONG_STATUS', decided: 'ALREADY_DECIDED', active: 'may', ended: 'WRONG_STATUS' },
  closed: { open: 'WRONG_STATUS', decided: 'WRONG_STATUS', active: 'WRONG_STATUS', ended: 'WRONG_STATUS' },
}

export function phaseOf({ status, endsAt }: Pick<Approval, 'status' | 'endsAt'>, now: Date): Phase {
  if (status === 'waiting') return endsAt !== null && endsAt <= now ? 'overdue' : 'waiting'
  return status === 'approved' ? 'approved' : 'closed'
}

export function standingOf(
  personId: string,
  { steps, currentStep, requestedBy }: Pick<Approval, 'steps' | 'currentStep' | 'requestedBy'>,
): Standing {
  const current = steps[currentStep]
  if (current?.decided === null && current.approver.id === personId) return 'deciding'
  if (steps.some(({ approver, decided }) => decided !== null && [approver.id, decided.by.id].includes(personId))) {
    return 'decided'
  }
  if (steps.some(({ approver }) => approver.id === personId)) return 'later'
  return requestedBy.id === personId ? 'requester' : 'other'
}
