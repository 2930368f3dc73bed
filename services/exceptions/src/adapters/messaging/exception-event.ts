import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { exceptions, TOPICS } from '@reprieve/contracts'
import { keysOfPartitions } from '@reprieve/messaging'
import type { NewEvent } from '@reprieve/outbox'
import type {
  ApprovalType,
  Changed,
  ChangeType,
  Decision,
  Effect,
  EvidenceFile,
  Exception,
  Kind,
  Person,
  Status,
  Step,
} from '../../domain/exception.js'
import type { Expiration } from '../../domain/expiration.js'

const TRANSITIONS: Readonly<Record<ChangeType, exceptions.Transition>> = {
  submitted: exceptions.Transition.SUBMITTED,
  stepApproved: exceptions.Transition.AMENDED,
  handedOver: exceptions.Transition.AMENDED,
  activated: exceptions.Transition.ACTIVATED,
  denied: exceptions.Transition.DENIED,
  withdrawn: exceptions.Transition.WITHDRAWN,
  lapsed: exceptions.Transition.LAPSED,
  expired: exceptions.Transition.EXPIRED,
  deactivated: exceptions.Transition.DEACTIVATED,
  evidenceAdded: exceptions.Transition.AMENDED,
}

const STATUSES: Readonly<Record<Status, exceptions.Status>> = {
  pendingApproval: exceptions.Status.PENDING_APPROVAL,
  active: exceptions.Status.ACTIVE,
  denied: exceptions.Status.DENIED,
  expired: exceptions.Status.EXPIRED,
  deactivated: exceptions.Status.DEACTIVATED,
  withdrawn: exceptions.Status.WITHDRAWN,
}

const KINDS: Readonly<Record<Kind, exceptions.Kind>> = {
  query: exceptions.Kind.QUERY,
  ticket: exceptions.Kind.TICKET,
}

const EFFECTS: Readonly<Record<Effect, exceptions.Effect>> = {
  suppress: exceptions.Effect.SUPPRESS,
  defer: exceptions.Effect.DEFER,
}

const APPROVAL_TYPES: Readonly<Record<ApprovalType, exceptions.ApprovalType>> = {
  autoPilot: exceptions.ApprovalType.AUTO_PILOT,
  approvers: exceptions.ApprovalType.APPROVERS,
  reviewer: exceptions.ApprovalType.REVIEWER,
}

const DECISIONS: Readonly<Record<Decision, exceptions.Decision>> = {
  approved: exceptions.Decision.APPROVED,
  denied: exceptions.Decision.DENIED,
}

/** A change as `exceptions.v1` tells it: what happened, and the whole exception after it. */
export const exceptionEvent = ({ exception, change }: Changed): NewEvent<'exceptions.v1'> => ({
  topic: 'exceptions.v1',
  subjectId: exception.id,
  version: exception.version,
  actor: change.actor,
  at: change.at,
  body: {
    body: {
      case: 'change',
      value: { transition: TRANSITIONS[change.type], exception: told(exception) },
    },
  },
})

// A compacted topic keeps one of each; and each is in order with the changes of its partition only.
const HEARTBEATS = keysOfPartitions('heartbeat', TOPICS['exceptions.v1'].partitions)

/** That this service lives, in every partition, in order with its changes: whoever has seen all of them has been told all before. */
export const heartbeatEvents = (at: Date): NewEvent<'exceptions.v1'>[] =>
  HEARTBEATS.map((subjectId) => ({
    topic: 'exceptions.v1',
    subjectId,
    // Nothing is counted here; later ones are newer.
    version: at.getTime(),
    actor: null,
    at,
    body: { body: { case: 'heartbeat', value: { at: timestampFromDate(at) } } },
  }))

function told(exception: Exception) {
  const { expiresAt, appliedSince, rule, ended } = exception
  return {
    id: exception.id,
    kind: KINDS[exception.kind],
    effect: EFFECTS[exception.effect],
    name: exception.name,
    justification: exception.justification,
    useCase: exception.useCase ?? '',
    evidenceLink: exception.evidenceLink ?? '',
    evidenceIds: exception.evidence.map(({ id }) => id),
    evidence: exception.evidence.map(toldFile),
    status: STATUSES[exception.status],
    query: exception.query,
    sourceQueryId: exception.sourceQueryId ?? '',
    expiration: toldExpiration(exception.expiration),
    ...(expiresAt === null ? {} : { expiresAt: timestampFromDate(expiresAt) }),
    ...(appliedSince === null ? {} : { appliedSince: timestampFromDate(appliedSince) }),
    requestedBy: exception.requestedBy,
    requestedAt: timestampFromDate(exception.requestedAt),
    ruleId: rule?.id ?? '',
    ruleVersion: rule?.version ?? 0,
    approvalType: APPROVAL_TYPES[exception.approvalType],
    steps: exception.steps.map(toldStep),
    currentStep: exception.currentStep,
    ticketId: exception.ticketId ?? '',
    ...(ended === null ? {} : { ended: toldEnded(ended) }),
  }
}

function toldExpiration(expiration: Expiration) {
  switch (expiration.type) {
    case 'never':
      return { end: { case: 'never' as const, value: {} } }
    case 'days':
      return { end: { case: 'days' as const, value: expiration.days } }
    case 'date':
      return { end: { case: 'date' as const, value: expiration.date } }
    case 'at':
      return { end: { case: 'at' as const, value: timestampFromDate(expiration.at) } }
  }
}

const toldStep = ({ approver, candidateIds, assignedBy, decided }: Step) => ({
  approver,
  candidateIds: [...candidateIds],
  ...(assignedBy === undefined ? {} : { assignedBy: assignedBy ?? '' }),
  ...(decided === null
    ? {}
    : {
        decision: DECISIONS[decided.decision],
        decidedAt: timestampFromDate(decided.at),
        decidedBy: decided.by,
        comment: decided.comment ?? '',
        evidenceIds: [...decided.evidenceIds],
      }),
})

const toldFile = ({ id, name, size, type, sha256, addedAt }: EvidenceFile) => ({
  id,
  name,
  size: BigInt(size),
  type,
  sha256,
  addedAt: timestampFromDate(addedAt),
})

const toldEnded = ({ at, by, reason }: { at: Date; by: Person | null; reason: string | null }) => ({
  at: timestampFromDate(at),
  ...(by === null ? {} : { by }),
  reason: reason ?? '',
})
