import { Controller, Inject } from '@nestjs/common'
import { Ctx, Payload } from '@nestjs/microservices'
import type { exceptions } from '@reprieve/contracts'
import { Consumes, MessagingContext } from '@reprieve/messaging'
import { NoticeBook } from '../../application/notice-book.js'
import { MOST_AT_ONCE, tracesOf } from './batches.js'
import { toExceptionChange } from './exception-event.js'

@Controller()
export class ExceptionsConsumer {
  readonly #book: NoticeBook

  constructor(@Inject(NoticeBook) book: NoticeBook) {
    this.#book = book
  }

  @Consumes('exceptions.v1', { batch: MOST_AT_ONCE })
  async exceptionsChanged(
    @Payload() events: readonly exceptions.ExceptionsEvent[],
    @Ctx() { deliveries }: MessagingContext,
  ): Promise<void> {
    const traces = tracesOf(deliveries)
    await this.#book.takeInExceptions(
      events.flatMap(({ meta, body }, index) => {
        const change = body.case === 'change' ? toExceptionChange(meta, body.value) : null
        return change === null ? [] : [{ change, replay: meta?.replay ?? false, trace: traces[index] ?? {} }]
      }),
    )
  }
}
