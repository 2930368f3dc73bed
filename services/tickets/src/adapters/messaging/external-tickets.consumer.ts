import { timestampDate } from '@bufbuild/protobuf/wkt'
import { Controller, Inject } from '@nestjs/common'
import { EventPattern, Payload } from '@nestjs/microservices'
import { type external, tickets } from '@reprieve/contracts'
import { id, Problem } from '@reprieve/http-kit'
import { PoisonError } from '@reprieve/messaging'
import { z } from 'zod'
import { type OwnerSaid, TakeExternalTicket } from '../../application/take-external-ticket.js'
import type { TicketStatus } from '../../domain/ticket.js'
import { externalPlace, externalSaid } from '../external-ticket.schema.js'

const STATUSES: Readonly<Partial<Record<tickets.Status, TicketStatus>>> = {
  [tickets.Status.OPEN]: 'open',
  [tickets.Status.DONE]: 'done',
}

const ownerSaid = z.union([z.object({ id: id() }), z.object({ email: z.email() })])

const readable = z.object({
  ...externalPlace.shape,
  ...externalSaid,
  owner: ownerSaid,
  saidAt: z.date().optional(),
})

/** Takes in what systems that keep tickets, too, say of them. Saying it again does nothing: no inbox. */
@Controller()
export class ExternalTicketsConsumer {
  readonly #taking: TakeExternalTicket

  constructor(@Inject(TakeExternalTicket) taking: TakeExternalTicket) {
    this.#taking = taking
  }

  /** What is refused is a dead letter, with what its publisher has to mend. */
  @EventPattern('external.tickets.v1')
  async said(@Payload() event: external.ExternalTicket): Promise<void> {
    const { source, key, owner, ...said } = read(event)
    try {
      await this.#taking.take({ source, key, url: said.url ?? null }, said, owner)
    } catch (error) {
      if (error instanceof Problem) throw new PoisonError(`${error.code}: ${error.message}`, { cause: error })
      throw error
    }
  }
}

function read(event: external.ExternalTicket): z.infer<typeof readable> {
  const { source, key, title, expression, dueDate, status, url, saidAt } = event
  const read = readable.safeParse({
    source,
    key,
    title,
    expression,
    owner: ownerOf(event),
    ...(dueDate === '' ? {} : { dueDate }),
    ...(status === tickets.Status.UNSPECIFIED ? {} : { status: STATUSES[status] ?? 'unknown' }),
    ...(url === '' ? {} : { url }),
    ...(saidAt === undefined ? {} : { saidAt: timestampDate(saidAt) }),
  })
  if (read.success) return read.data
  const faults = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new PoisonError(`it is no ticket: ${faults.join('; ')}`)
}

function ownerOf({ owner }: external.ExternalTicket): OwnerSaid | undefined {
  if (owner.case === 'ownerId') return { id: owner.value }
  return owner.case === 'ownerEmail' ? { email: owner.value } : undefined
}
