import { timestampDate } from '@bufbuild/protobuf/wkt'
import { Controller, Inject } from '@nestjs/common'
import { Ctx, Payload } from '@nestjs/microservices'
import { exceptions } from '@reprieve/contracts'
import { Consumes, MessagingContext, PoisonError } from '@reprieve/messaging'
import type { ExceptionStatus, KnownException } from '../../domain/exceptions/exception-state.js'
import { ExceptionStore } from '../postgres/exception.store.js'

const STATUSES: Readonly<Partial<Record<exceptions.Status, ExceptionStatus>>> = {
  [exceptions.Status.PENDING_APPROVAL]: 'pendingApproval',
  [exceptions.Status.ACTIVE]: 'active',
  [exceptions.Status.DENIED]: 'denied',
  [exceptions.Status.EXPIRED]: 'expired',
  [exceptions.Status.DEACTIVATED]: 'deactivated',
  [exceptions.Status.WITHDRAWN]: 'withdrawn',
}

// 10 000 that are told anew are here in seconds, and one that comes alone waits for nobody.
const MOST_AT_ONCE = 500

/** Keeps what scope knows of exceptions. Every row knows the version it was made from, so no inbox is needed. */
@Controller()
export class ExceptionsConsumer {
  constructor(@Inject(ExceptionStore) private readonly store: ExceptionStore) {}

  @Consumes('exceptions.v1', { batch: MOST_AT_ONCE })
  async exceptionsTold(
    @Payload() events: readonly exceptions.ExceptionsEvent[],
    @Ctx() { deliveries }: MessagingContext,
  ): Promise<void> {
    // What a newer owner tells of and this service has no use for yet is neither.
    const changes = events.flatMap(({ meta, body }) =>
      body.case === 'change' ? [knownException(meta, body.value.exception)] : [],
    )
    await this.store.take(changes)
    const beats = events.flatMap(({ body }) =>
      body.case === 'heartbeat' && body.value.at !== undefined ? [timestampDate(body.value.at)] : [],
    )
    const [newest] = beats.toSorted((a, b) => b.getTime() - a.getTime())
    const [first] = deliveries
    if (newest !== undefined && first !== undefined) await this.store.heard(first.partition, newest)
  }
}

function knownException(
  meta: exceptions.ExceptionsEvent['meta'],
  exception: exceptions.Exception | undefined,
): KnownException {
  const status = exception === undefined ? undefined : STATUSES[exception.status]
  if (
    meta?.version === undefined ||
    exception?.query === undefined ||
    exception.requestedBy === undefined ||
    status === undefined
  ) {
    throw new PoisonError('an exception event has a version, a status, a query and a requester')
  }
  const isFinal = status !== 'pendingApproval' && status !== 'active'
  const endedAt = exception.ended?.at ?? (isFinal ? meta.occurredAt : undefined)
  return {
    id: exception.id,
    incarnation: Number(meta.version.incarnation),
    version: Number(meta.version.n),
    name: exception.name,
    status,
    effect: exception.effect === exceptions.Effect.DEFER ? 'defer' : 'suppress',
    requesterId: exception.requestedBy.id,
    approverIds: [...new Set(exception.steps.flatMap(({ approver }) => (approver === undefined ? [] : [approver.id])))],
    query: {
      id: exception.query.id,
      name: exception.query.name,
      folder: exception.query.folder,
      expression: exception.query.expression,
    },
    requestedBy: { id: exception.requestedBy.id, name: exception.requestedBy.name },
    requestedAt: dateOf(exception.requestedAt ?? meta.occurredAt) ?? new Date(0),
    appliedSince: dateOf(exception.appliedSince),
    expiresAt: dateOf(exception.expiresAt),
    endedAt: dateOf(endedAt),
  }
}

const dateOf = (timestamp: Parameters<typeof timestampDate>[0] | undefined): Date | null =>
  timestamp === undefined ? null : timestampDate(timestamp)
