import { timestampDate } from '@bufbuild/protobuf/wkt'
import { Controller, Inject } from '@nestjs/common'
import { EventPattern, Payload } from '@nestjs/microservices'
import { approvals } from '@reprieve/contracts'
import { TakeInApproval } from '../../application/take-in-approval.js'
import type { Act } from '../../domain/changes.js'
import { MalformedEventError, versionOf } from './event-version.js'

const ACTS: Readonly<Partial<Record<approvals.Transition, Act['type']>>> = {
  [approvals.Transition.STEP_APPROVED]: 'stepApproved',
  [approvals.Transition.APPROVED]: 'approved',
  [approvals.Transition.DENIED]: 'denied',
  [approvals.Transition.WITHDRAWN]: 'withdrawn',
  [approvals.Transition.LAPSED]: 'lapsed',
  [approvals.Transition.HANDED_OVER]: 'handedOver',
}

/** Takes in what was decided about requests. What is known is told by the exception's own row, so no inbox is needed. */
@Controller()
export class ApprovalsConsumer {
  readonly #takeIn: TakeInApproval

  constructor(@Inject(TakeInApproval) takeIn: TakeInApproval) {
    this.#takeIn = takeIn
  }

  @EventPattern('approvals.v1')
  async approvalChanged(@Payload() { meta, approval }: approvals.ApprovalEvent): Promise<void> {
    if (approval === undefined) throw new MalformedEventError('an approval event has an approval')
    await this.#takeIn.takeIn(approval.exceptionId, versionOf(meta), approval.acts.map(actOf))
  }
}

function actOf({ transition, at, by, to, step, reason, evidenceIds }: approvals.Act): Act {
  const type = ACTS[transition]
  if (type === undefined || at === undefined) throw new MalformedEventError('an act has a transition and a time')
  return {
    type,
    at: timestampDate(at),
    by: by === undefined ? null : { id: by.id, name: by.name },
    step: step ?? null,
    to: to === undefined ? null : { id: to.id, name: to.name },
    reason: reason === '' ? null : reason,
    evidenceIds,
  }
}
