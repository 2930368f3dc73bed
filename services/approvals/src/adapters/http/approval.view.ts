import { id, instant, personName } from '@reprieve/http-kit'
import { z } from 'zod'
import { type Approval, type Status, type Step, waitingFor } from '../../domain/approval.js'
import type { WaitingRequest } from '../postgres/waiting-list.repository.js'

/** The API tells of an exception's status only: what each outcome makes of it. */
const EXCEPTION_STATUSES = {
  waiting: 'pendingApproval',
  approved: 'active',
  denied: 'denied',
  withdrawn: 'withdrawn',
  lapsed: 'expired',
} as const satisfies Record<Status, string>

export const approvalView = z
  .object({
    exceptionId: id(),
    status: z
      .enum(['pendingApproval', 'active', 'denied', 'withdrawn', 'expired'])
      .meta({ description: 'What this makes of the exception, which follows within a second.' }),
    currentStep: z
      .int()
      .meta({ description: 'Index of the step in effect; the number of steps once all are approved.' }),
    waitingFor: personName().nullable(),
    resolvedAt: instant().nullable(),
    steps: z.array(
      z.object({
        index: z.int(),
        approver: personName(),
        decision: z.enum(['approved', 'denied']).nullable(),
        decidedAt: instant().nullable(),
        decidedBy: personName().nullable(),
        comment: z.string().nullable(),
        evidenceIds: z.array(id()).meta({ description: 'The files that whoever decided could see.' }),
      }),
    ),
  })
  .meta({ id: 'Approval' })

export const waitingView = z
  .object({
    exceptionId: id(),
    type: z.enum(['approvers', 'reviewer']).meta({
      description: '`reviewer`: asked for from a ticket, whose due date would move to the end of the request.',
    }),
    name: z.string(),
    requestedBy: personName(),
    requestedAt: instant(),
    step: z.int().meta({ description: 'Index of the step that waits.' }),
    stepCount: z.int(),
    endsAt: instant().nullable().meta({ description: 'At this time the request lapses.' }),
    instanceCount: z.int().min(0),
  })
  .meta({ id: 'WaitingRequest' })

export const takersView = z
  .object({
    items: z.array(personName()).meta({ description: 'Active candidates of the step, by name.' }),
    anyone: z.boolean().meta({ description: 'No candidate is left: any active person can be given the step.' }),
  })
  .meta({ id: 'HandOverCandidates' })

export const toApprovalView = (approval: Approval): z.input<typeof approvalView> => ({
  exceptionId: approval.exceptionId,
  status: EXCEPTION_STATUSES[approval.status],
  currentStep: approval.currentStep,
  waitingFor: waitingFor(approval),
  resolvedAt: approval.resolvedAt?.toISOString() ?? null,
  steps: approval.steps.map(toStepView),
})

const toStepView = ({ approver, decided }: Step, index: number) => ({
  index,
  approver,
  decision: decided?.decision ?? null,
  decidedAt: decided?.at.toISOString() ?? null,
  decidedBy: decided?.by ?? null,
  comment: decided?.comment ?? null,
  evidenceIds: [...(decided?.evidenceIds ?? [])],
})

export const toWaitingView = (waiting: WaitingRequest): z.input<typeof waitingView> => ({
  ...waiting,
  requestedAt: waiting.requestedAt.toISOString(),
  endsAt: waiting.endsAt?.toISOString() ?? null,
})
