import { Controller, Inject } from '@nestjs/common'
import { EventPattern, Payload } from '@nestjs/microservices'
import type { approvals } from '@reprieve/contracts'
import { NoticeBook } from '../../application/notice-book.js'
import { toApproval } from './approval-event.js'

@Controller()
export class ApprovalsConsumer {
  readonly #book: NoticeBook

  constructor(@Inject(NoticeBook) book: NoticeBook) {
    this.#book = book
  }

  @EventPattern('approvals.v1')
  async approvalChanged(@Payload() event: approvals.ApprovalEvent): Promise<void> {
    await this.#book.takeInApproval(toApproval(event), event.meta?.replay ?? false)
  }
}
