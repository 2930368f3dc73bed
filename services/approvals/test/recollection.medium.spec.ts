import 'reflect-metadata'
import { create, fromBinary } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { approvals, exceptions } from '@reprieve/contracts'
import { SilentOutbox } from '@reprieve/outbox'
import { v7 as uuidv7 } from 'uuid'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ApprovalsRecollection } from '../src/adapters/messaging/approvals.recollection.js'
import { ExceptionsConsumer } from '../src/adapters/messaging/exceptions.consumer.js'
import { ApprovalsRepository } from '../src/adapters/postgres/approvals.repository.js'
import { DoneTicketsRepository } from '../src/adapters/postgres/done-tickets.repository.js'
import { OpenApproval } from '../src/application/open-approval.js'
import { RecollectActs } from '../src/application/recollect-acts.js'
import { WithdrawWithTicket } from '../src/application/withdraw-with-ticket.js'
import { ANN, BEN, CEM, openStore, RAY, type Store, T0 } from './store.js'

const at = (minutes: number) => ({ now: () => new Date(T0.getTime() + minutes * 60_000) })

const requested = (id: string, endsAt?: Date) =>
  create(exceptions.ExceptionsEventSchema, {
    meta: { version: { incarnation: 1n, n: 1n } },
    body: {
      case: 'change',
      value: {
        transition: exceptions.Transition.SUBMITTED,
        exception: {
          id,
          name: 'Old log4j',
          status: exceptions.Status.PENDING_APPROVAL,
          approvalType: exceptions.ApprovalType.APPROVERS,
          requestedBy: RAY,
          requestedAt: timestampFromDate(T0),
          steps: [ANN, BEN].map((approver) => ({ approver, candidateIds: [ANN.id, BEN.id, CEM.id] })),
          ...(endsAt === undefined ? {} : { expiresAt: timestampFromDate(endsAt) }),
        },
      },
    },
  })

describe('approvals that were restored from a backup', () => {
  let before: Store
  let restored: Store

  beforeEach(async () => {
    ;[before, restored] = await Promise.all([openStore(), openStore()])
  })
  afterEach(async () => {
    await Promise.all([before.own.drop(), restored.own.drop()])
  })

  async function recollect(requests: readonly exceptions.ExceptionsEvent[]): Promise<void> {
    const { rows } = await before.database.pool.query<{ value: Buffer }>('SELECT value FROM outbox ORDER BY seq')
    const { database } = restored
    const repository = new ApprovalsRepository(database, new SilentOutbox())
    const withTicket = new WithdrawWithTicket(database, repository, new DoneTicketsRepository(), at(0))
    const recollection = new ApprovalsRecollection(
      new ExceptionsConsumer(new OpenApproval(database, repository, restored.exceptions, withTicket, at(0))),
      new RecollectActs(database, repository),
    )
    const [theirs, own] = recollection.topics
    // Twice, as after a fault.
    for (const _ of ['once', 'once more']) {
      for (const event of requests) await theirs?.take(event as never)
      for (const { value } of rows) await own?.take(fromBinary(approvals.ApprovalEventSchema, value) as never)
    }
    await recollection.finish()
  }

  it('come to the same tables by what was requested and by their own topic, whatever was done, and tell nobody', async () => {
    const ids = Array.from({ length: 6 }, () => uuidv7())
    const [approved = '', denied = '', withdrawn = '', lapsed = '', passedOn = ''] = ids
    const requests = ids.map((id) => requested(id, id === lapsed ? at(30).now() : undefined))
    const consumer = new ExceptionsConsumer(before.opener(at(0)))
    for (const event of requests) await consumer.exceptionsChanged(event)
    await before.decide(approved, ANN, true, at(1))
    await before.decide(approved, BEN, true, at(2))
    await before.decide(denied, ANN, false, at(3))
    await before.withdraw(withdrawn, at(4))
    await before.lapse(at(31))
    await before.handOver(passedOn, 0, CEM, at(5))
    const wanted = await before.dump()
    const statuses = wanted['approval']?.map((row) => (row as { status: string }).status).sort()
    expect(statuses).toEqual(['approved', 'denied', 'lapsed', 'waiting', 'waiting', 'withdrawn'])
    expect(wanted['approval_act']).toHaveLength(6)

    await recollect(requests)
    expect(await restored.dump()).toEqual(wanted)
    const { rows } = await restored.database.pool.query('SELECT count(*)::int AS count FROM outbox')
    expect(rows).toEqual([{ count: 0 }])
  })
})
