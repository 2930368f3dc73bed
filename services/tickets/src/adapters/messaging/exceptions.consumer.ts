import { timestampDate } from '@bufbuild/protobuf/wkt'
import { Controller, Inject } from '@nestjs/common'
import { EventPattern, Payload } from '@nestjs/microservices'
import { exceptions } from '@reprieve/contracts'
import { FollowException } from '../../application/follow-exception.js'
import type { Told } from '../../domain/follow.js'
import type { ExceptionStatus, Person } from '../../domain/ticket.js'
import { KnownUploadsRepository } from '../postgres/known-uploads.repository.js'
import { MalformedEventError, versionOf } from './event-version.js'

const STATUSES: Readonly<Partial<Record<exceptions.Status, ExceptionStatus>>> = {
  [exceptions.Status.PENDING_APPROVAL]: 'pendingApproval',
  [exceptions.Status.ACTIVE]: 'active',
  [exceptions.Status.DENIED]: 'denied',
  [exceptions.Status.EXPIRED]: 'expired',
  [exceptions.Status.DEACTIVATED]: 'deactivated',
  [exceptions.Status.WITHDRAWN]: 'withdrawn',
}

/** Follows the exceptions that were asked for from tickets, and keeps what files were uploaded. Rows know their versions: no inbox. */
@Controller()
export class ExceptionsConsumer {
  readonly #follow: FollowException
  readonly #uploads: KnownUploadsRepository

  constructor(
    @Inject(FollowException) follow: FollowException,
    @Inject(KnownUploadsRepository) uploads: KnownUploadsRepository,
  ) {
    this.#follow = follow
    this.#uploads = uploads
  }

  @EventPattern('exceptions.v1')
  async exceptionsChanged(@Payload() { meta, body }: exceptions.ExceptionsEvent): Promise<void> {
    if (body.case === 'upload') await this.#keepUpload(meta, body.value)
    if (body.case !== 'change') return
    const { exception } = body.value
    if (exception === undefined) throw new MalformedEventError('a change has an exception')
    const { id, ticketId } = exception
    if (ticketId === '') return
    if (meta?.occurredAt === undefined) throw new MalformedEventError('an event has its time')
    const { actor } = meta
    await this.#follow.takeIn({ exceptionId: id, ticketId }, toldOf(exception), versionOf(meta), {
      actor: actor === undefined || actor.userId === '' ? null : { id: actor.userId, name: actor.name },
      at: timestampDate(meta.occurredAt),
    })
  }

  async #keepUpload(
    meta: exceptions.ExceptionsEvent['meta'],
    { file, uploadedBy, exceptionId, removed }: exceptions.Upload,
  ): Promise<void> {
    if (file === undefined || uploadedBy === undefined) throw new MalformedEventError('an upload is a file of somebody')
    await this.#uploads.keep([
      {
        id: file.id,
        uploadedBy: uploadedBy.id,
        exceptionId: exceptionId === '' ? null : exceptionId,
        removed,
        ...versionOf(meta),
      },
    ])
  }
}

function toldOf(exception: exceptions.Exception): Told {
  const status = STATUSES[exception.status]
  const [step] = exception.steps
  if (status === undefined || step === undefined) throw new MalformedEventError('it has a status and a step')
  const { appliedSince, ended } = exception
  return {
    status,
    reviewer: personOf(step.approver),
    decided: decidedOf(step),
    appliedSince: appliedSince === undefined ? null : timestampDate(appliedSince),
    ended:
      ended?.at === undefined
        ? null
        : {
            at: timestampDate(ended.at),
            by: ended.by === undefined ? null : personOf(ended.by),
            reason: ended.reason === '' ? null : ended.reason,
          },
  }
}

function decidedOf({ decision, decidedAt, decidedBy, comment }: exceptions.ApprovalStep): Told['decided'] {
  if (decision === exceptions.Decision.UNSPECIFIED || decidedAt === undefined) return null
  return {
    approved: decision === exceptions.Decision.APPROVED,
    at: timestampDate(decidedAt),
    by: personOf(decidedBy),
    comment: comment === '' ? null : comment,
  }
}

function personOf(person: exceptions.Person | undefined): Person {
  if (person === undefined) throw new MalformedEventError('who reviews and who decides is somebody')
  return { id: person.id, name: person.name }
}
