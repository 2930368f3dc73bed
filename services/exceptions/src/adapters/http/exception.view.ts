import { day, id, instant, personName } from '@reprieve/http-kit'
import { z } from 'zod'
import type { ExceptionRecord } from '../../application/exceptions.port.js'
import { approversOf, type Change, KINDS, STATUSES, type Step, waitingFor } from '../../domain/exception.js'
import type { Expiration } from '../../domain/expiration.js'

export const expirationView = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('never') }),
    z.object({ type: z.literal('days'), days: z.int().meta({ description: 'Counted from activation.' }) }),
    z.object({ type: z.literal('date'), date: day().meta({ description: 'Runs to the end of that day in UTC.' }) }),
    z.object({ type: z.literal('at'), at: instant() }),
  ])
  .meta({ id: 'Expiration' })

export const stepView = z.object({
  index: z.int(),
  approver: personName(),
  assigned: z.object({ rule: z.string().nullable() }).nullable().meta({
    description: 'By which rule its first approver was assigned (null: the fallback). Null where the requester chose.',
  }),
  decision: z.enum(['approved', 'denied']).nullable(),
  decidedAt: instant().nullable(),
  decidedBy: personName()
    .nullable()
    .meta({ description: 'Not the approver any more where a decided step was handed over.' }),
  comment: z.string().nullable(),
  evidenceIds: z.array(id()).meta({ description: 'The files that whoever decided could see.' }),
})

export const exceptionView = z
  .object({
    id: id(),
    kind: z.enum(KINDS),
    effect: z.enum(['suppress', 'defer']),
    name: z.string(),
    justification: z.string(),
    useCase: z.string().nullable(),
    riskAcknowledged: z.literal(true),
    evidenceLink: z.string().nullable(),
    status: z.enum(STATUSES),
    query: z
      .object({ id: id(), name: z.string(), expression: z.string(), folder: z.string() })
      .meta({ description: 'The managed copy, made at submission; it never changes.' }),
    sourceQueryId: id().nullable().meta({ description: 'The saved query that was copied.' }),
    instanceCount: z.int().min(0).meta({ description: 'Open instances that its query selects.' }),
    expiration: expirationView,
    expiresAt: instant()
      .nullable()
      .meta({ description: 'Exclusive. Known from the request on for a date or an instant.' }),
    appliedSince: instant().nullable(),
    requestedBy: personName(),
    requestedAt: instant(),
    rule: z.object({ id: id(), version: z.int() }).nullable(),
    approvers: z.array(personName()),
    waitingFor: personName().nullable(),
    approval: z.object({
      type: z.enum(['autoPilot', 'approvers', 'reviewer']),
      currentStep: z
        .int()
        .meta({ description: 'Index of the step in effect; the number of steps once all are approved.' }),
      steps: z.array(stepView),
    }),
    inForce: z.object({ since: instant(), instances: z.int().min(0), asOf: instant() }).nullable(),
    ended: z.object({ at: instant(), by: personName().nullable(), reason: z.string().nullable() }).nullable(),
    ticketId: id().nullable(),
    version: z.int(),
  })
  .meta({ id: 'Exception' })

export const changeView = z
  .object({
    at: instant(),
    actor: personName().nullable().meta({ description: 'Null where the system acted.' }),
    type: z.enum([
      'submitted',
      'stepApproved',
      'handedOver',
      'activated',
      'denied',
      'withdrawn',
      'lapsed',
      'expired',
      'deactivated',
      'evidenceAdded',
    ]),
    from: z.enum(STATUSES).optional(),
    to: z.enum(STATUSES).optional(),
    reason: z.string().optional(),
    step: z.int().optional().meta({ description: 'Index of the step that was decided or handed over.' }),
    handedTo: personName().optional(),
    evidenceIds: z
      .array(id())
      .optional()
      .meta({ description: 'Files that came with it, or that whoever decided could see.' }),
  })
  .meta({ id: 'ExceptionChange' })

/** An exception as the API shows it. */
export function toExceptionView({ exception, reach }: ExceptionRecord): z.input<typeof exceptionView> {
  const { inForceSince, asOf, instanceCount } = reach
  return {
    id: exception.id,
    kind: exception.kind,
    effect: exception.effect,
    name: exception.name,
    justification: exception.justification,
    useCase: exception.useCase,
    riskAcknowledged: true,
    evidenceLink: exception.evidenceLink,
    status: exception.status,
    query: exception.query,
    sourceQueryId: exception.sourceQueryId,
    instanceCount,
    expiration: toExpirationView(exception.expiration),
    expiresAt: time(exception.expiresAt),
    appliedSince: time(exception.appliedSince),
    requestedBy: exception.requestedBy,
    requestedAt: exception.requestedAt.toISOString(),
    rule: exception.rule,
    approvers: approversOf(exception),
    waitingFor: waitingFor(exception),
    approval: {
      type: exception.approvalType,
      currentStep: exception.currentStep,
      steps: exception.steps.map(toStepView),
    },
    inForce:
      exception.status !== 'active' || inForceSince === null || asOf === null
        ? null
        : { since: inForceSince.toISOString(), instances: instanceCount, asOf: asOf.toISOString() },
    ended:
      exception.ended === null
        ? null
        : { at: exception.ended.at.toISOString(), by: exception.ended.by, reason: exception.ended.reason },
    ticketId: exception.ticketId,
    version: exception.version,
  }
}

/** A line of the history as the API shows it; what does not apply is absent. */
export const toChangeView = (change: Change): z.input<typeof changeView> => ({
  at: change.at.toISOString(),
  actor: change.actor,
  type: change.type,
  ...(change.from === null ? {} : { from: change.from }),
  ...(change.to === null ? {} : { to: change.to }),
  ...(change.reason === null ? {} : { reason: change.reason }),
  ...(change.step === null ? {} : { step: change.step }),
  ...(change.subject === null ? {} : { handedTo: change.subject }),
  ...(change.evidenceIds === null ? {} : { evidenceIds: [...change.evidenceIds] }),
})

const toStepView = ({ approver, assignedBy, decided }: Step, index: number): z.input<typeof stepView> => ({
  index,
  approver,
  assigned: assignedBy === undefined ? null : { rule: assignedBy },
  decision: decided?.decision ?? null,
  decidedAt: time(decided?.at ?? null),
  decidedBy: decided?.by ?? null,
  comment: decided?.comment ?? null,
  evidenceIds: [...(decided?.evidenceIds ?? [])],
})

const toExpirationView = (expiration: Expiration): z.input<typeof expirationView> =>
  expiration.type === 'at' ? { type: 'at', at: expiration.at.toISOString() } : expiration

const time = (at: Date | null): string | null => at?.toISOString() ?? null
