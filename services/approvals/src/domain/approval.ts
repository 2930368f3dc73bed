export const STATUSES = ['waiting', 'approved', 'denied', 'withdrawn', 'lapsed'] as const
export type Status = (typeof STATUSES)[number]

/** Someone as they were called when this was recorded. */
export interface Person {
  id: string
  name: string
}

/** `approvers`: by a rule's steps. `reviewer`: asked for from a ticket, one step, which its holder may pass on. */
export type ApprovalType = 'approvers' | 'reviewer'

export type Decision = 'approved' | 'denied'

export interface Step {
  /** Who holds the step now. */
  approver: Person
  /** Users and groups who could be chosen, by the rule's version the request was made with. */
  candidateIds: readonly string[]
  decided: { decision: Decision; at: Date; by: Person; comment: string | null; evidenceIds: readonly string[] } | null
}

/** One thing that was done; each makes one version. */
export type Act =
  | {
      type: 'stepApproved' | 'approved' | 'denied'
      at: Date
      by: Person
      step: number
      reason: string | null
      /** The files that whoever decided could see. */
      evidenceIds: readonly string[]
    }
  /** By null: the system, because the ticket that it was asked from is done. */
  | { type: 'withdrawn'; at: Date; by: Person | null; reason: string | null }
  | { type: 'lapsed'; at: Date }
  | { type: 'handedOver'; at: Date; by: Person; step: number; to: Person; reason: string }

export type DecidingAct = Extract<Act, { type: 'stepApproved' | 'approved' | 'denied' }>

export const decides = (act: Act): act is DecidingAct =>
  act.type === 'stepApproved' || act.type === 'approved' || act.type === 'denied'

/** What a request brings with it. */
export interface Opening {
  exceptionId: string
  type: ApprovalType
  name: string
  requestedBy: Person
  requestedAt: Date
  steps: ReadonlyArray<{ approver: Person; candidateIds: readonly string[] }>
  /** The request's end where it is known from the start, exclusive. */
  endsAt: Date | null
}

/** A request on its way through its steps. */
export interface Approval extends Omit<Opening, 'steps'> {
  openedAt: Date
  /** 1 opened it; each act adds one. */
  version: number
  status: Status
  steps: readonly Step[]
  /** Index of the step in effect; the number of steps once all are approved. */
  currentStep: number
  resolvedAt: Date | null
  /** All that was done, oldest first. */
  acts: readonly Act[]
}

/** What is to be decided once more than 40 times over is a case for people; and all acts travel in every event. */
export const MOST_HAND_OVERS = 40

export function open(opening: Opening, now: Date): Approval {
  return {
    ...opening,
    openedAt: now,
    version: 1,
    status: 'waiting',
    steps: opening.steps.map((step) => ({ ...step, decided: null })),
    currentStep: 0,
    resolvedAt: null,
    acts: [],
  }
}

/** The approval after one more act, which the caller has found allowed. */
export function after(approval: Approval, act: Act): Approval {
  const next: Approval = { ...approval, version: approval.version + 1, acts: [...approval.acts, act] }
  switch (act.type) {
    case 'stepApproved':
      return { ...next, steps: decided(approval, act, 'approved'), currentStep: act.step + 1 }
    case 'approved': {
      const steps = decided(approval, act, 'approved')
      return { ...next, steps, currentStep: act.step + 1, status: 'approved', resolvedAt: act.at }
    }
    case 'denied':
      return { ...next, steps: decided(approval, act, 'denied'), status: 'denied', resolvedAt: act.at }
    case 'withdrawn':
    case 'lapsed':
      return { ...next, status: act.type, resolvedAt: act.at }
    case 'handedOver': {
      const steps = withStep(approval.steps, act.step, (step) => ({ ...step, approver: act.to }))
      return { ...next, steps }
    }
  }
}

/** The approver of the step in effect, while it waits. */
export function waitingFor(approval: Pick<Approval, 'status' | 'steps' | 'currentStep'>): Person | null {
  return approval.status === 'waiting' ? (approval.steps[approval.currentStep]?.approver ?? null) : null
}

function decided(approval: Approval, act: DecidingAct, decision: Decision): Step[] {
  const { at, by, reason: comment, evidenceIds } = act
  return withStep(approval.steps, act.step, (step) => ({
    ...step,
    decided: { decision, at, by, comment, evidenceIds },
  }))
}

const withStep = (steps: readonly Step[], index: number, change: (step: Step) => Step): Step[] =>
  steps.map((step, at) => (at === index ? change(step) : step))
