import {
  type Change,
  type Changed,
  type EvidenceFile,
  type Exception,
  MANAGED_FOLDER,
  type Person,
  type Status,
  type Step,
} from './exception.js'
import { endKnownAtRequest, endOnceActive } from './expiration.js'
import { type Actor, actorOf, DEACTIVATE, type Happening, move, type Refusal, statusAt } from './life-cycle.js'
import type { Request } from './request.js'

/** One thing that was done to a request while `approvals` had it, or later to who holds a step. */
export interface Act {
  type: 'stepApproved' | 'approved' | 'denied' | 'withdrawn' | 'lapsed' | 'handedOver'
  at: Date
  by: Person | null
  step: number | null
  to: Person | null
  reason: string | null
  /** A decision's: the files that whoever decided could see. */
  evidenceIds?: readonly string[]
}

/** What an event tells cannot have happened to this exception. */
export class ImpossibleChangeError extends Error {
  override readonly name = 'ImpossibleChangeError'
}

/** Why an exception ends whose ticket is done. */
export const TICKET_DONE = 'ticket done'

const LAPSED = 'Its end passed while it waited for approval.'

/** Makes the exception of a request: pending, or under Auto Pilot active in a second change at the same instant. */
export function submit(request: Request, ids: { id: string; queryId: string }, now: Date): Changed[] {
  const { expression, evidence, ...asked } = request
  const exception: Exception = {
    ...asked,
    id: ids.id,
    version: 1,
    status: 'pendingApproval',
    query: { id: ids.queryId, name: request.name, folder: MANAGED_FOLDER, expression },
    expiresAt: endKnownAtRequest(request.expiration),
    appliedSince: null,
    requestedAt: now,
    currentStep: 0,
    ended: null,
    evidence: evidence.map((file) => ({ ...file, addedAt: now })),
  }
  const submitted: Changed = {
    exception,
    change: {
      version: 1,
      type: 'submitted',
      at: now,
      actor: request.requestedBy,
      from: null,
      to: 'pendingApproval',
      reason: null,
      step: null,
      subject: null,
      evidenceIds: evidence.length === 0 ? null : idsOf(evidence),
    },
  }
  if (request.approvalType !== 'autoPilot') return [submitted]
  return [submitted, activate(exception, 'autoPilot', { at: now, actor: null, reason: 'Auto Pilot', step: null })]
}

/** The changes that an approval's acts make, in their order; `acts` are those not taken in yet. */
export function takeIn(exception: Exception, acts: readonly Act[]): Changed[] {
  const changes: Changed[] = []
  let current = exception
  for (const act of acts) {
    const changed = takeInOne(current, act)
    changes.push(changed)
    current = changed.exception
  }
  return changes
}

function takeInOne(exception: Exception, act: Act): Changed {
  const { at, by: actor, reason } = act
  switch (act.type) {
    case 'handedOver': {
      const { step, to } = act
      const held = step === null ? undefined : exception.steps[step]
      if (step === null || held === undefined || to === null) throw impossible(exception, act)
      return next(exception, { steps: withStep(exception.steps, step, { ...held, approver: to }) }, 'handedOver', {
        at,
        actor,
        reason,
        step,
        subject: to,
      })
    }
    case 'stepApproved': {
      if (exception.status !== 'pendingApproval') throw impossible(exception, act)
      const { steps, currentStep, step, evidenceIds } = decide(exception, act, 'approved')
      return next(exception, { steps, currentStep }, 'stepApproved', { at, actor, reason, step, evidenceIds })
    }
    case 'approved': {
      const { steps, currentStep, step, evidenceIds } = decide(exception, act, 'approved')
      return activate({ ...exception, steps, currentStep }, 'approvals', { at, actor, reason, step, evidenceIds })
    }
    case 'denied': {
      const { steps, step, evidenceIds } = decide(exception, act, 'denied')
      return end({ ...exception, steps }, 'deny', 'approvals', 'denied', { at, actor, reason, step, evidenceIds })
    }
    case 'withdrawn':
      return end(exception, 'withdraw', 'approvals', 'withdrawn', { at, actor, reason })
    case 'lapsed':
      return end(exception, 'lapse', 'approvals', 'lapsed', { at, actor: null, reason: LAPSED })
  }
}

/** Why a person cannot deactivate an exception at `now`, or null. One whose end has come is over, noticed or not. */
export function deactivationRefusal(exception: Exception, personId: string, now: Date): Refusal | null {
  const verdict = DEACTIVATE[statusAt(exception, now)][actorOf(personId, exception)]
  return verdict === 'may' ? null : verdict
}

/** Ends an active exception early. The caller has asked `deactivationRefusal`. */
export function deactivate(exception: Exception, by: Person, reason: string, now: Date): Changed {
  return end(exception, 'deactivate', actorOf(by.id, exception), 'deactivated', { at: now, actor: by, reason })
}

/**
 * Ends an active exception because the ticket it was asked from is done: by nobody, the system did it.
 * @returns null for one that is not active at `now`: a pending one `approvals` withdraws, and what is over is over
 */
export function endWithTicket(exception: Exception, now: Date): Changed | null {
  if (statusAt(exception, now) !== 'active') return null
  // Whoever decided has another clock: nothing ends before it began.
  const { appliedSince } = exception
  const at = appliedSince !== null && now < appliedSince ? appliedSince : now
  return end(exception, 'deactivate', 'ticket', 'deactivated', { at, actor: null, reason: TICKET_DONE })
}

/** Ends an active exception as it was ended before, by whoever could do that then. @throws ImpossibleChangeError */
export function endAgain(exception: Exception, { at, by, reason }: NonNullable<Exception['ended']>): Changed {
  const actor = by === null ? 'ticket' : actorOf(by.id, exception)
  return end(exception, 'deactivate', actor, 'deactivated', { at, actor: by, reason })
}

/** Ends an active exception at its end: however late that is noticed, it ended then. */
export function expire(exception: Exception): Changed {
  if (exception.expiresAt === null) throw new ImpossibleChangeError(`exception ${exception.id} has no end`)
  return end(exception, 'expire', 'clock', 'expired', { at: exception.expiresAt, actor: null, reason: null })
}

/** Whether files can still be added. What has ended stays as it was decided. */
export function takesEvidence(exception: Pick<Exception, 'status' | 'expiresAt'>, now: Date): boolean {
  const status = statusAt(exception, now)
  return status === 'pendingApproval' || status === 'active'
}

/** Adds files of its requester's. The caller has asked `takesEvidence`. */
export function addEvidence(exception: Exception, files: readonly EvidenceFile[], now: Date): Changed {
  if (!takesEvidence(exception, now)) {
    throw new ImpossibleChangeError(`exception ${exception.id} is ${exception.status}: nothing is added to it`)
  }
  return next(exception, { evidence: [...exception.evidence, ...files] }, 'evidenceAdded', {
    at: now,
    actor: exception.requestedBy,
    reason: null,
    evidenceIds: idsOf(files),
  })
}

const idsOf = (files: ReadonlyArray<{ id: string }>): string[] => files.map(({ id }) => id)

type Told = Pick<Change, 'at' | 'actor' | 'reason'> & Partial<Pick<Change, 'step' | 'subject' | 'evidenceIds'>>

function next(exception: Exception, patch: Partial<Exception>, type: Change['type'], told: Told): Changed {
  const after: Exception = { ...exception, ...patch, version: exception.version + 1 }
  const moved = after.status !== exception.status
  return {
    exception: after,
    change: {
      version: after.version,
      type,
      at: told.at,
      actor: told.actor,
      from: moved ? exception.status : null,
      to: moved ? after.status : null,
      reason: told.reason,
      step: told.step ?? null,
      subject: told.subject ?? null,
      evidenceIds: told.evidenceIds?.length ? told.evidenceIds : null,
    },
  }
}

function moved(exception: Exception, happening: Happening, actor: Actor): Status {
  const outcome = move(exception.status, happening, actor)
  if ('to' in outcome) return outcome.to
  throw new ImpossibleChangeError(`exception ${exception.id} is ${exception.status}: ${actor} cannot ${happening} it`)
}

function activate(exception: Exception, actor: Actor, told: Told): Changed {
  const status = moved(exception, 'activate', actor)
  const expiresAt = endOnceActive(exception.expiration, told.at)
  return next(exception, { status, appliedSince: told.at, expiresAt }, 'activated', told)
}

function end(exception: Exception, happening: Happening, actor: Actor, type: Change['type'], told: Told): Changed {
  const status = moved(exception, happening, actor)
  return next(exception, { status, ended: { at: told.at, by: told.actor, reason: told.reason } }, type, told)
}

function decide(exception: Exception, act: Act, decision: 'approved' | 'denied') {
  const { step, by } = act
  const open = step === null ? undefined : exception.steps[step]
  if (step === null || open === undefined || open.decided !== null || step !== exception.currentStep || by === null) {
    throw impossible(exception, act)
  }
  const evidenceIds = act.evidenceIds ?? []
  const decided = { decision, at: act.at, by, comment: act.reason, evidenceIds }
  const steps = withStep(exception.steps, step, { ...open, decided })
  return { steps, currentStep: decision === 'approved' ? step + 1 : step, step, evidenceIds }
}

const withStep = (steps: readonly Step[], index: number, step: Step): Step[] =>
  steps.map((old, at) => (at === index ? step : old))

const impossible = (exception: Exception, act: Act): ImpossibleChangeError =>
  new ImpossibleChangeError(
    `exception ${exception.id} is ${exception.status} at step ${exception.currentStep}: "${act.type}" of step ${act.step} cannot be`,
  )
