import { timestampDate } from '@bufbuild/protobuf/wkt'
import { approvals, type exceptions } from '@reprieve/contracts'
import type { RecollectedTopic, Recollection } from '@reprieve/service-host'
import type { RecollectActs } from '../../application/recollect-acts.js'
import type { Act, Person } from '../../domain/approval.js'
import { MalformedEventError } from './event-version.js'
import type { ExceptionsConsumer } from './exceptions.consumer.js'

/** What was requested first, then what was done about it, which is this service's own topic. */
export class ApprovalsRecollection implements Recollection {
  readonly topics: readonly RecollectedTopic[]

  constructor(requests: ExceptionsConsumer, acts: RecollectActs) {
    const exceptionsTopic: RecollectedTopic<'exceptions.v1'> = {
      topic: 'exceptions.v1',
      take: (event) => requests.exceptionsChanged(event),
    }
    const approvalsTopic: RecollectedTopic<'approvals.v1'> = {
      topic: 'approvals.v1',
      async take({ approval }) {
        if (approval === undefined) throw new MalformedEventError('an approval event has an approval')
        if (approval.acts.length > 0) await acts.takeIn(approval.exceptionId, approval.acts.map(actOf))
      },
    }
    this.topics = [exceptionsTopic, approvalsTopic]
  }

  async finish(): Promise<void> {}
}

function actOf(told: approvals.Act): Act {
  const { transition, at: time, step, evidenceIds } = told
  if (time === undefined) throw new MalformedEventError('an act has a time')
  const at = timestampDate(time)
  const reason = told.reason || null
  switch (transition) {
    case approvals.Transition.STEP_APPROVED:
      return { type: 'stepApproved', at, by: personOf(told.by), step: stepOf(step), reason, evidenceIds }
    case approvals.Transition.APPROVED:
      return { type: 'approved', at, by: personOf(told.by), step: stepOf(step), reason, evidenceIds }
    case approvals.Transition.DENIED:
      return { type: 'denied', at, by: personOf(told.by), step: stepOf(step), reason, evidenceIds }
    case approvals.Transition.WITHDRAWN:
      return { type: 'withdrawn', at, by: told.by === undefined ? null : personOf(told.by), reason }
    case approvals.Transition.LAPSED:
      return { type: 'lapsed', at }
    case approvals.Transition.HANDED_OVER:
      return {
        type: 'handedOver',
        at,
        by: personOf(told.by),
        step: stepOf(step),
        to: personOf(told.to),
        reason: told.reason,
      }
    default:
      throw new MalformedEventError('an act has a transition')
  }
}

function stepOf(step: number | undefined): number {
  if (step === undefined) throw new MalformedEventError('a decision and a hand-over are of a step')
  return step
}

function personOf(person: exceptions.Person | undefined): Person {
  if (person === undefined) throw new MalformedEventError('somebody decides, and hands over to somebody')
  return { id: person.id, name: person.name }
}
