import { timestampDate } from '@bufbuild/protobuf/wkt'
import { exceptions } from '@reprieve/contracts'
import type { RecollectedTopic, Recollection } from '@reprieve/service-host'
import type { RecollectExceptions, Told } from '../../application/recollect-exceptions.js'
import type { ApprovalType, Exception, Person, Step } from '../../domain/exception.js'
import type { Expiration } from '../../domain/expiration.js'
import type { ApprovalsConsumer } from './approvals.consumer.js'
import { MalformedEventError } from './event-version.js'

const APPROVAL_TYPES: Readonly<Partial<Record<exceptions.ApprovalType, ApprovalType>>> = {
  [exceptions.ApprovalType.AUTO_PILOT]: 'autoPilot',
  [exceptions.ApprovalType.APPROVERS]: 'approvers',
  [exceptions.ApprovalType.REVIEWER]: 'reviewer',
}

/** This service's own topic first, then what was decided about those that were on it. */
export class ExceptionsRecollection implements Recollection {
  readonly topics: readonly RecollectedTopic[]
  readonly #exceptions: RecollectExceptions

  constructor(own: RecollectExceptions, approvals: ApprovalsConsumer) {
    this.#exceptions = own
    const exceptionsTopic: RecollectedTopic<'exceptions.v1'> = {
      topic: 'exceptions.v1',
      async take({ body }) {
        if (body.case === 'change') await own.takeIn(toldOf(body.value.exception))
      },
    }
    const approvalsTopic: RecollectedTopic<'approvals.v1'> = {
      topic: 'approvals.v1',
      take: (event) => approvals.approvalsChanged([event]),
    }
    this.topics = [exceptionsTopic, approvalsTopic]
  }

  finish(): Promise<void> {
    return this.#exceptions.finish()
  }
}

/** As it was requested: what was decided since is told by others. */
function toldOf(told: exceptions.Exception | undefined): Told {
  const approvalType = told === undefined ? undefined : APPROVAL_TYPES[told.approvalType]
  if (told?.query === undefined || told.requestedAt === undefined || approvalType === undefined) {
    throw new MalformedEventError('an exception has a query, a time and a way of approval')
  }
  return {
    id: told.id,
    queryId: told.query.id,
    requestedAt: timestampDate(told.requestedAt),
    request: {
      kind: told.kind === exceptions.Kind.TICKET ? 'ticket' : 'query',
      effect: told.effect === exceptions.Effect.DEFER ? 'defer' : 'suppress',
      name: told.name,
      justification: told.justification,
      useCase: told.useCase || null,
      evidenceLink: told.evidenceLink || null,
      expression: told.query.expression,
      sourceQueryId: told.sourceQueryId || null,
      expiration: expirationOf(told.expiration),
      requestedBy: personOf(told.requestedBy),
      rule: told.ruleId === '' ? null : { id: told.ruleId, version: told.ruleVersion },
      ticketId: told.ticketId || null,
      approvalType,
      steps: told.steps.map(stepOf),
    },
    evidenceIds: told.evidenceIds,
    deactivated: told.status === exceptions.Status.DEACTIVATED ? endedOf(told.ended) : null,
  }
}

const stepOf = ({ approver, candidateIds, assignedBy }: exceptions.ApprovalStep): Step => ({
  approver: personOf(approver),
  candidateIds,
  ...(assignedBy === undefined ? {} : { assignedBy: assignedBy || null }),
  decided: null,
})

function expirationOf(expiration: exceptions.Expiration | undefined): Expiration {
  const end = expiration?.end
  switch (end?.case) {
    case 'never':
      return { type: 'never' }
    case 'days':
      return { type: 'days', days: end.value }
    case 'date':
      return { type: 'date', date: end.value }
    case 'at':
      return { type: 'at', at: timestampDate(end.value) }
    default:
      throw new MalformedEventError('an exception says when it ends, or that it never does')
  }
}

function endedOf(ended: exceptions.Ended | undefined): Exception['ended'] {
  if (ended?.at === undefined) throw new MalformedEventError('what was deactivated ended at some time')
  return {
    at: timestampDate(ended.at),
    by: ended.by === undefined ? null : personOf(ended.by),
    reason: ended.reason || null,
  }
}

function personOf(person: exceptions.Person | undefined): Person {
  if (person === undefined) throw new MalformedEventError('a requester and an approver are somebody')
  return { id: person.id, name: person.name }
}
