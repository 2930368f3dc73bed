import 'reflect-metadata'
import { create } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { exceptions, scope, tickets } from '@reprieve/contracts'
import { afterEach, describe, expect, it } from 'vitest'
import { MalformedEventError } from '../src/adapters/messaging/event-version.js'
import { ExceptionsConsumer } from '../src/adapters/messaging/exceptions.consumer.js'
import { ScopeConsumer } from '../src/adapters/messaging/scope.consumer.js'
import { TicketsConsumer } from '../src/adapters/messaging/tickets.consumer.js'
import { KnownReachRepository } from '../src/adapters/postgres/known-reach.repository.js'
import { ANN, CEM, openStore, RAY, type Store, T0 } from './store.js'

const id = (n: number) => `0190b6a2-0000-7000-8000-00000000${n.toString(16).padStart(4, '0')}`
const PENDING = id(1)
const RESOLVED = id(2)
const AUTO_PILOT = id(3)
/** Asked for from a ticket that is done. */
const DONE = id(4)

const { Status, Transition } = exceptions

function change(
  exceptionId: string,
  n: number,
  status: exceptions.Status,
  more: {
    steps?: Array<{ approver: typeof RAY; candidateIds: string[] }>
    approvalType?: exceptions.ApprovalType
  } = {},
): exceptions.ExceptionsEvent {
  return create(exceptions.ExceptionsEventSchema, {
    meta: { version: { incarnation: 1n, n: BigInt(n) } },
    body: {
      case: 'change',
      value: {
        transition: n === 1 ? Transition.SUBMITTED : Transition.AMENDED,
        exception: {
          id: exceptionId,
          name: 'Old log4j',
          status,
          requestedBy: RAY,
          requestedAt: timestampFromDate(T0),
          steps: [ANN, CEM].map((approver) => ({ approver, candidateIds: [approver.id] })),
          expiresAt: timestampFromDate(new Date('2027-01-01T00:00:00Z')),
          ...more,
        },
      },
    },
  })
}
const reach = (exceptionId: string, n: number, instances: number): scope.ScopeEvent =>
  create(scope.ScopeEventSchema, {
    meta: { version: { incarnation: 1n, n: BigInt(n) } },
    subject: { case: 'reach', value: { exceptionId, instances: BigInt(instances) } },
  })
const heartbeat = create(exceptions.ExceptionsEventSchema, {
  meta: { version: { incarnation: 1n, n: 1n } },
  body: { case: 'heartbeat', value: { at: timestampFromDate(T0) } },
})

const fromTicket = {
  steps: [{ approver: ANN, candidateIds: [ANN.id] }],
  approvalType: exceptions.ApprovalType.REVIEWER,
}
const ticket = (n: number, exceptionId: string, isDone: boolean): tickets.TicketsEvent =>
  create(tickets.TicketsEventSchema, {
    meta: { version: { incarnation: 1n, n: BigInt(n) } },
    subject: {
      case: 'ticket',
      value: {
        ticket: { id: id(70), request: { exceptionId, ...(isDone ? { ticketDoneAt: timestampFromDate(T0) } : {}) } },
      },
    },
  })

type Event =
  | { of: 'tickets'; event: tickets.TicketsEvent }
  | { of: 'exceptions'; event: exceptions.ExceptionsEvent }
  | { of: 'scope'; event: scope.ScopeEvent }
const told = (event: exceptions.ExceptionsEvent): Event => ({ of: 'exceptions', event })
const followed = (event: tickets.TicketsEvent): Event => ({ of: 'tickets', event })
const counted = (event: scope.ScopeEvent): Event => ({ of: 'scope', event })

/** As the owners published them. Whatever is told of a pending request tells the steps it began with: nothing was decided yet. */
const HISTORY: readonly Event[] = [
  told(change(PENDING, 1, Status.PENDING_APPROVAL)),
  counted(reach(PENDING, 1, 3)),
  told(heartbeat),
  told(change(PENDING, 2, Status.PENDING_APPROVAL)),
  told(change(AUTO_PILOT, 1, Status.PENDING_APPROVAL, { steps: [] })),
  told(change(AUTO_PILOT, 2, Status.ACTIVE, { steps: [] })),
  counted(reach(PENDING, 2, 4)),
  told(change(AUTO_PILOT, 3, Status.DEACTIVATED, { steps: [] })),
  followed(ticket(1, DONE, false)),
  told(change(DONE, 1, Status.PENDING_APPROVAL, fromTicket)),
  followed(ticket(2, DONE, true)),
]

function shuffled<T>(values: readonly T[], seed: number): T[] {
  const rest = [...values]
  const mixed: T[] = []
  for (let state = seed; rest.length > 0; state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) {
    mixed.push(...rest.splice(state % rest.length, 1))
  }
  return mixed
}

const stores: Store[] = []
afterEach(async () => {
  await Promise.all(stores.splice(0).map(({ own }) => own.drop()))
})

async function storeAfter(events: readonly Event[]) {
  const store = await openStore()
  stores.push(store)
  const exceptionsConsumer = new ExceptionsConsumer(store.opener({ now: () => T0 }))
  const ticketsConsumer = new TicketsConsumer(store.withTicket({ now: () => T0 }))
  const scopeConsumer = new ScopeConsumer(new KnownReachRepository(store.database))
  for (const { of, event } of events) {
    if (of === 'exceptions') await exceptionsConsumer.exceptionsChanged(event)
    else if (of === 'tickets') await ticketsConsumer.ticketsChanged(event)
    else await scopeConsumer.scopeChanged(event)
  }
  return store
}

describe('the topics, however they come, leave the same tables', () => {
  it('once, twice, backwards or mixed, and each request is opened once', async () => {
    const first = await storeAfter(HISTORY)
    const expected = await first.dump()
    // The history did something: otherwise anything equals anything.
    expect(expected['approval']).toEqual([
      expect.objectContaining({ exception_id: PENDING, status: 'waiting', version: 1 }),
      expect.objectContaining({ exception_id: DONE, status: 'withdrawn', version: 2 }),
    ])
    expect(expected['approval_act']).toEqual([
      expect.objectContaining({ type: 'withdrawn', by_id: null, reason: 'ticket done' }),
    ])
    expect(expected['approval_step']).toHaveLength(3)
    expect(expected['known_exception']).toHaveLength(3)
    expect(expected['known_reach']).toEqual([expect.objectContaining({ instance_count: 4 })])

    const orders: Array<[string, readonly Event[]]> = [
      ['replayed', [...HISTORY, ...HISTORY]],
      ['each twice', HISTORY.flatMap((event) => [event, event])],
      ['backwards', HISTORY.toReversed()],
      ...[1, 2, 3].map((seed): [string, Event[]] => [`mixed ${seed}`, shuffled([...HISTORY, ...HISTORY], seed)]),
    ]
    for (const [order, events] of orders) {
      const store = await storeAfter(events)
      expect(await store.dump(), order).toEqual(expected)
      expect(await store.eventsOf(PENDING), order).toBe(1)
      expect(await store.eventsOf(DONE), order).toBe(2)
    }
  })

  it('and a replay reopens nothing that was resolved', async () => {
    const submitted = told(change(RESOLVED, 1, Status.PENDING_APPROVAL))
    const store = await storeAfter([submitted])
    await store.decide(RESOLVED, ANN, false, { now: () => T0 })
    const before = await store.dump()
    const consumer = new ExceptionsConsumer(store.opener({ now: () => T0 }))
    for (const version of [1, 2]) await consumer.exceptionsChanged(change(RESOLVED, version, Status.PENDING_APPROVAL))
    const after = await store.dump()
    // What is known of the exception is newer; nothing that was done here has changed.
    expect({ ...after, known_exception: null }).toEqual({ ...before, known_exception: null })
    expect(after['approval']).toEqual([expect.objectContaining({ status: 'denied', version: 2 })])
    expect(await store.eventsOf(RESOLVED)).toBe(2)
  })

  it('and what is not as the contract says is refused, which puts it aside as a dead letter', async () => {
    const broken = change(PENDING, 1, Status.UNSPECIFIED)
    await expect(storeAfter([told(broken)])).rejects.toThrow(MalformedEventError)
    const ownApprover = change(PENDING, 1, Status.PENDING_APPROVAL, {
      steps: [{ approver: RAY, candidateIds: [RAY.id] }],
    })
    await expect(storeAfter([told(ownApprover)])).rejects.toMatchObject({ code: '23514' })
  })
})
