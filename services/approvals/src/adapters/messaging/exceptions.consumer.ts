import { timestampDate } from '@bufbuild/protobuf/wkt'
import { Controller, Inject } from '@nestjs/common'
import { EventPattern, Payload } from '@nestjs/microservices'
import { exceptions } from '@reprieve/contracts'
import type { ExceptionStatus } from '../../application/known-exceptions.port.js'
import { OpenApproval } from '../../application/open-approval.js'
import type { Opening, Person } from '../../domain/approval.js'
import { MalformedEventError, versionOf } from './event-version.js'

const STATUSES: Readonly<Partial<Record<exceptions.Status, ExceptionStatus>>> = {
  [exceptions.Status.PENDING_APPROVAL]: 'pendingApproval',
  [exceptions.Status.ACTIVE]: 'active',
  [exceptions.Status.DENIED]: 'denied',
  [exceptions.Status.EXPIRED]: 'expired',
  [exceptions.Status.DEACTIVATED]: 'deactivated',
  [exceptions.Status.WITHDRAWN]: 'withdrawn',
}

/** Begins the way of requests that wait, and keeps the status of every exception. Rows know their versions, so no inbox is needed. */
@Controller()
export class ExceptionsConsumer {
  readonly #openApproval: OpenApproval

  constructor(@Inject(OpenApproval) openApproval: OpenApproval) {
    this.#openApproval = openApproval
  }

  @EventPattern('exceptions.v1')
  async exceptionsChanged(@Payload() { meta, body }: exceptions.ExceptionsEvent): Promise<void> {
    // Heartbeats, and whatever a newer version tells that this one has no use for.
    if (body.case !== 'change') return
    const { exception } = body.value
    if (exception === undefined) throw new MalformedEventError('a change has an exception')
    const status = STATUSES[exception.status]
    if (status === undefined) throw new MalformedEventError('an exception has a status')
    const { id: requesterId } = personOf(exception.requestedBy)
    await this.#openApproval.takeIn(
      { id: exception.id, requesterId, status, evidenceIds: exception.evidenceIds },
      versionOf(meta),
      openingOf(exception),
    )
  }
}

/** Null for an exception that waits for nobody (Auto Pilot). */
function openingOf(exception: exceptions.Exception): Opening | null {
  const { id, name, approvalType, requestedBy, requestedAt, steps, expiresAt } = exception
  if (steps.length === 0) return null
  if (requestedAt === undefined) throw new MalformedEventError('an exception was requested at some time')
  return {
    exceptionId: id,
    type: approvalType === exceptions.ApprovalType.REVIEWER ? 'reviewer' : 'approvers',
    name,
    requestedBy: personOf(requestedBy),
    requestedAt: timestampDate(requestedAt),
    steps: steps.map(({ approver, candidateIds }) => ({ approver: personOf(approver), candidateIds })),
    endsAt: expiresAt === undefined ? null : timestampDate(expiresAt),
  }
}

function personOf(person: exceptions.Person | undefined): Person {
  if (person === undefined) throw new MalformedEventError('a requester and an approver are somebody')
  return { id: person.id, name: person.name }
}
