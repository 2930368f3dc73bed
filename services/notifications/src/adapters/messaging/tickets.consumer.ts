import { Controller, Inject } from '@nestjs/common'
import { EventPattern, Payload } from '@nestjs/microservices'
import type { tickets } from '@reprieve/contracts'
import { NoticeBook } from '../../application/notice-book.js'
import { toTicketChange } from './ticket-event.js'

@Controller()
export class TicketsConsumer {
  readonly #book: NoticeBook

  constructor(@Inject(NoticeBook) book: NoticeBook) {
    this.#book = book
  }

  @EventPattern('tickets.v1')
  async ticketChanged(@Payload() { meta, subject }: tickets.TicketsEvent): Promise<void> {
    if (subject.case !== 'ticket') return
    await this.#book.takeInTicket(toTicketChange(meta, subject.value), meta?.replay ?? false)
  }
}
