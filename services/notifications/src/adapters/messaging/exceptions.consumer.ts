import { Controller, Inject } from '@nestjs/common'
import { EventPattern, Payload } from '@nestjs/microservices'
import type { exceptions } from '@reprieve/contracts'
import { NoticeBook } from '../../application/notice-book.js'
import { toExceptionChange } from './exception-event.js'

@Controller()
export class ExceptionsConsumer {
  readonly #book: NoticeBook

  constructor(@Inject(NoticeBook) book: NoticeBook) {
    this.#book = book
  }

  @EventPattern('exceptions.v1')
  async exceptionChanged(@Payload() { meta, body }: exceptions.ExceptionsEvent): Promise<void> {
    if (body.case !== 'change') return
    const change = toExceptionChange(meta, body.value)
    if (change !== null) await this.#book.takeInException(change, meta?.replay ?? false)
  }
}
