import { timestampDate } from '@bufbuild/protobuf/wkt'
import { Controller, Inject } from '@nestjs/common'
import { Payload } from '@nestjs/microservices'
import { approvals } from '@reprieve/contracts'
import { Consumes } from '@reprieve/messaging'
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

// One transaction has a dozen statements for one as for many: what has piled up is through soon, and one that comes alone waits for nobody.
const MOST_AT_ONCE = 100

/** Takes in what was decided about requests. What is known is told by the exception's own row, so no inbox is needed. */
@Controller()
export class ApprovalsConsumer {
  readonly #takeIn: TakeInApproval

  constructor(@Inject(TakeInApproval) takeIn: TakeInApproval) {
    this.#takeIn = takeIn
  }

  @Consumes('approvals.v1', { batch: MOST_AT_ONCE })
  async approvalsChanged(@Payload() events: readonly approvals.ApprovalEvent[]): Promise<void> {
    await this.#takeIn.takeIn(
      events.map(({ meta, approval }) => {
        if (approval === undefined) throw new MalformedEventError('an approval event has an approval')
        return {
          exceptionId: approval.exceptionId,
          position: versionOf(meta),
          acts: approval.acts.map(actOf),
        }
      }),
    )
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
