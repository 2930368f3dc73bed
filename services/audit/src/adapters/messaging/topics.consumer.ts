import { Controller, Inject } from '@nestjs/common'
import { Ctx, Payload } from '@nestjs/microservices'
import type { approvals, directory, exceptions, notifications, rules, scope, tickets } from '@reprieve/contracts'
import { Consumes, type Delivery, type MessagingContext } from '@reprieve/messaging'
import type { Intake } from '../../application/intake.port.js'
import type { Told } from '../../domain/told.js'
import { INTAKE, TAKEN_IN } from '../tokens.js'
import { TOLD_OF } from './told-of.js'

const BATCH = 500

/** Takes in what every topic of changes tells. Nothing is looked up or compared here, so no topic waits for another. */
@Controller()
export class TopicsConsumer {
  readonly #intake: Intake
  readonly #takenIn: () => void

  constructor(@Inject(INTAKE) intake: Intake, @Inject(TAKEN_IN) takenIn: () => void) {
    this.#intake = intake
    this.#takenIn = takenIn
  }

  // The host's own consumer of this topic, which keeps the replica, has its plain name.
  @Consumes('directory.v1', { consumer: 'journal.directory.v1', batch: BATCH })
  async directory(@Payload() changes: directory.DirectoryEvent[], @Ctx() context: MessagingContext): Promise<void> {
    await this.#take(TOLD_OF['directory.v1'], changes, context)
  }

  @Consumes('rules.v1', { batch: BATCH })
  async rules(@Payload() changes: rules.RuleEvent[], @Ctx() context: MessagingContext): Promise<void> {
    await this.#take(TOLD_OF['rules.v1'], changes, context)
  }

  @Consumes('exceptions.v1', { batch: BATCH })
  async exceptions(@Payload() changes: exceptions.ExceptionsEvent[], @Ctx() context: MessagingContext): Promise<void> {
    await this.#take(TOLD_OF['exceptions.v1'], changes, context)
  }

  @Consumes('approvals.v1', { batch: BATCH })
  async approvals(@Payload() changes: approvals.ApprovalEvent[], @Ctx() context: MessagingContext): Promise<void> {
    await this.#take(TOLD_OF['approvals.v1'], changes, context)
  }

  @Consumes('scope.v1', { batch: BATCH })
  async scope(@Payload() changes: scope.ScopeEvent[], @Ctx() context: MessagingContext): Promise<void> {
    await this.#take(TOLD_OF['scope.v1'], changes, context)
  }

  @Consumes('tickets.v1', { batch: BATCH })
  async tickets(@Payload() changes: tickets.TicketsEvent[], @Ctx() context: MessagingContext): Promise<void> {
    await this.#take(TOLD_OF['tickets.v1'], changes, context)
  }

  @Consumes('notifications.v1', { batch: BATCH })
  async notifications(
    @Payload() changes: notifications.NoticeEvent[],
    @Ctx() context: MessagingContext,
  ): Promise<void> {
    await this.#take(TOLD_OF['notifications.v1'], changes, context)
  }

  async #take<E>(
    toldOf: (event: E, delivery: Delivery) => Told | null,
    changes: readonly E[],
    { deliveries }: MessagingContext,
  ): Promise<void> {
    const told = changes.flatMap((event, index) => {
      const delivery = deliveries[index]
      if (delivery === undefined) throw new RangeError('every event has the record it came in')
      return toldOf(event, delivery) ?? []
    })
    if (told.length === 0) return
    await this.#intake.add(told)
    this.#takenIn()
  }
}
