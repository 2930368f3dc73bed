import 'reflect-metadata'
import { create, fromBinary } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { ManualClock } from '@reprieve/clock'
import { approvals, exceptions } from '@reprieve/contracts'
import { SilentOutbox } from '@reprieve/outbox'
import { v7 as uuidv7 } from 'uuid'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ApprovalsConsumer } from '../src/adapters/messaging/approvals.consumer.js'
import { ExceptionsRecollection } from '../src/adapters/messaging/exceptions.recollection.js'
import { EvidenceRepository } from '../src/adapters/postgres/evidence.repository.js'
import { ExceptionsRepository } from '../src/adapters/postgres/exceptions.repository.js'
import { DeactivateException } from '../src/application/deactivate-exception.js'
import { ExpireExceptions } from '../src/application/expire-exceptions.js'
import { RecollectExceptions } from '../src/application/recollect-exceptions.js'
import { TakeInApproval } from '../src/application/take-in-approval.js'
import { ANN, BEN, CEM, openStore, principal, RAY, type Store, T0 } from './store.js'

const at = (minutes: number) => new Date(T0.getTime() + minutes * 60_000)
const { Transition } = approvals

const approvalOf = (exceptionId: string, ...acts: Array<[approvals.Transition, number, object]>) =>
  create(approvals.ApprovalEventSchema, {
    meta: { version: { incarnation: 1n, n: BigInt(acts.length + 1) } },
    transition: acts.at(-1)?.[0] ?? Transition.OPENED,
    approval: {
      exceptionId,
      acts: acts.map(([transition, minutes, more]) => ({ transition, at: timestampFromDate(at(minutes)), ...more })),
    },
  })

describe('exceptions that were restored from a backup', () => {
  const clock = new ManualClock(T0)
  let before: Store
  let restored: Store

  beforeEach(async () => {
    clock.set(T0)
    ;[before, restored] = await Promise.all([openStore(), openStore()])
  })
  afterEach(async () => {
    await Promise.all([before.own.drop(), restored.own.drop()])
  })

  /** What the service has published, and what it was told of approvals. */
  async function recollect(told: readonly approvals.ApprovalEvent[]): Promise<void> {
    const { rows } = await before.database.pool.query<{ value: Buffer }>(
      `SELECT value FROM outbox WHERE topic = 'exceptions.v1' ORDER BY seq`,
    )
    const { database } = restored
    const repository = new ExceptionsRepository(database, new SilentOutbox())
    const recollection = new ExceptionsRecollection(
      new RecollectExceptions(
        database,
        repository,
        new EvidenceRepository(database, new SilentOutbox()),
        new ExpireExceptions(database, repository, clock),
      ),
      new ApprovalsConsumer(new TakeInApproval(database, repository, clock)),
    )
    const [own, theirs] = recollection.topics
    // Twice, as after a fault.
    for (const _ of ['once', 'once more']) {
      for (const { value } of rows) await own?.take(fromBinary(exceptions.ExceptionsEventSchema, value) as never)
      for (const event of told) await theirs?.take(event as never)
    }
    await recollection.finish()
  }

  it('come to the same tables by their own topic and by what was decided, whatever has become of them, and tell nobody', async () => {
    const takeIn = new ApprovalsConsumer(new TakeInApproval(before.database, before.exceptions, clock))
    const decided = [
      // Handed over, approved, and taken back by an approver.
      approvalOf(
        await before.add(),
        [Transition.HANDED_OVER, 1, { by: RAY, step: 0, to: BEN, reason: 'Ann left' }],
        [Transition.STEP_APPROVED, 2, { by: BEN, step: 0, reason: 'fine' }],
        [Transition.APPROVED, 3, { by: CEM, step: 1 }],
      ),
      approvalOf(await before.add(), [Transition.DENIED, 4, { by: ANN, step: 0, reason: 'no' }]),
      approvalOf(await before.add(), [Transition.WITHDRAWN, 5, { by: RAY }]),
      approvalOf(await before.add(), [Transition.STEP_APPROVED, 6, { by: ANN, step: 0 }]),
      approvalOf(await before.add({ expiration: { type: 'date', date: '2026-03-10' } }), [Transition.LAPSED, 900, {}]),
    ]
    await before.add()
    await before.add({ steps: [] })
    await before.add({ steps: [], expiration: { type: 'days', days: 1 } })
    const automatic = await before.add({ steps: [], expiration: { type: 'days', days: 30 } })
    for (const event of decided) await takeIn.approvalsChanged([event])
    clock.set(at(60))
    const deactivation = new DeactivateException(before.exceptions, clock)
    const approved = decided[0]?.approval?.exceptionId ?? ''
    await before.database.transaction((tx) => deactivation.deactivate(tx, approved, principal(CEM), 'patched'))
    await before.database.transaction((tx) => deactivation.deactivate(tx, automatic, principal(RAY), 'mine'))
    clock.set(at(3_000))
    await new ExpireExceptions(before.database, before.exceptions, clock).expireDue()

    const wanted = await before.dump()
    const statuses = wanted['exception']?.map((row) => (row as { status: string }).status).sort()
    expect(statuses).toEqual([
      'active',
      'deactivated',
      'deactivated',
      'denied',
      'expired',
      'expired',
      'pendingApproval',
      'pendingApproval',
      'withdrawn',
    ])
    await recollect(decided)
    expect(await restored.dump()).toEqual(wanted)
    const { rows } = await restored.database.pool.query('SELECT count(*)::int AS count FROM outbox')
    expect(rows).toEqual([{ count: 0 }])
  })

  it('that knew of some go on from what they knew', async () => {
    const ids = { id: uuidv7(), queryId: uuidv7() }
    for (const store of [before, restored]) await store.add({ steps: [] }, ids)
    const deactivation = new DeactivateException(before.exceptions, clock)
    await before.database.transaction((tx) => deactivation.deactivate(tx, ids.id, principal(RAY), 'patched'))
    await before.add()
    await recollect([])
    expect(await restored.dump()).toEqual(await before.dump())
  })

  it('of which only the newest is on the topic still come to their status', async () => {
    const takeIn = new ApprovalsConsumer(new TakeInApproval(before.database, before.exceptions, clock))
    const id = await before.add()
    const decided = approvalOf(
      id,
      [Transition.STEP_APPROVED, 1, { by: ANN, step: 0 }],
      [Transition.APPROVED, 2, { by: CEM, step: 1 }],
    )
    await takeIn.approvalsChanged([decided])
    await before.database.pool.query('DELETE FROM outbox WHERE seq < (SELECT max(seq) FROM outbox)')
    await recollect([decided])
    expect(await restored.dump()).toEqual(await before.dump())
  })
})
