import { Controller, Inject } from '@nestjs/common'
import { Ctx, Payload } from '@nestjs/microservices'
import type { approvals } from '@reprieve/contracts'
import { Consumes, MessagingContext } from '@reprieve/messaging'
import { NoticeBook } from '../../application/notice-book.js'
import { toApproval } from './approval-event.js'
import { MOST_AT_ONCE, tracesOf } from './batches.js'

@Controller()
export class ApprovalsConsumer {
  readonly #book: NoticeBook

  constructor(@Inject(NoticeBook) book: NoticeBook) {
    this.#book = book
  }

  @Consumes('approvals.v1', { batch: MOST_AT_ONCE })
  async approvalsChanged(
    @Payload() events: readonly approvals.ApprovalEvent[],
    @Ctx() { deliveries }: MessagingContext,
  ): Promise<void> {
    const traces = tracesOf(deliveries)
    await this.#book.takeInApprovals(
      events.map((event, index) => ({
        approval: toApproval(event),
        replay: event.meta?.replay ?? false,
        trace: traces[index] ?? {},
      })),
    )
  }
}
