import { timestampDate } from '@bufbuild/protobuf/wkt'
import { Controller, Inject } from '@nestjs/common'
import { EventPattern, Payload } from '@nestjs/microservices'
import type { tickets } from '@reprieve/contracts'
import { WithdrawWithTicket } from '../../application/withdraw-with-ticket.js'
import { MalformedEventError } from './event-version.js'

/** Withdraws what waits once its ticket is done. A ticket tells of its newest request with every change, so no inbox is needed. */
@Controller()
export class TicketsConsumer {
  readonly #withdrawal: WithdrawWithTicket

  constructor(@Inject(WithdrawWithTicket) withdrawal: WithdrawWithTicket) {
    this.#withdrawal = withdrawal
  }

  @EventPattern('tickets.v1')
  async ticketsChanged(@Payload() { subject }: tickets.TicketsEvent): Promise<void> {
    if (subject.case !== 'ticket') return
    const { ticket } = subject.value
    if (ticket === undefined) throw new MalformedEventError('a change of a ticket has the ticket')
    const { request } = ticket
    if (request?.ticketDoneAt === undefined) return
    await this.#withdrawal.ticketDone(request.exceptionId, timestampDate(request.ticketDoneAt))
  }
}
