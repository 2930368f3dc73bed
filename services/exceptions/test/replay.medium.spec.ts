import 'reflect-metadata'
import { create, type MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { ManualClock } from '@reprieve/clock'
import { approvals, rules, scope, tickets } from '@reprieve/contracts'
import { Outbox } from '@reprieve/outbox'
import { afterEach, describe, expect, it } from 'vitest'
import { ApprovalsConsumer } from '../src/adapters/messaging/approvals.consumer.js'
import { RulesConsumer } from '../src/adapters/messaging/rules.consumer.js'
import { ScopeConsumer } from '../src/adapters/messaging/scope.consumer.js'
import { TicketsConsumer } from '../src/adapters/messaging/tickets.consumer.js'
import { EvidenceRepository } from '../src/adapters/postgres/evidence.repository.js'
import { KnownQueriesRepository } from '../src/adapters/postgres/known-queries.repository.js'
import { KnownRulesRepository } from '../src/adapters/postgres/known-rules.repository.js'
import { KnownTicketSettingsRepository } from '../src/adapters/postgres/known-ticket-settings.repository.js'
import { ReachRepository } from '../src/adapters/postgres/reach.repository.js'
import { TakeInApproval } from '../src/application/take-in-approval.js'
import { TakeInTicketRequest } from '../src/application/take-in-ticket-request.js'
import { ImpossibleChangeError } from '../src/domain/changes.js'
import { ANN, BEN, CEM, openStore, RAY, type Store, T0 } from './store.js'

const id = (n: number) => `0190b6a2-0000-7000-8000-00000000${n.toString(16).padStart(4, '0')}`
const at = (minutes: number) => new Date(T0.getTime() + minutes * 60_000)
const time = (minutes: number) => timestampFromDate(at(minutes))
const meta = (n: number, incarnation = 1) => ({ version: { incarnation: BigInt(incarnation), n: BigInt(n) } })

const APPROVED = { id: id(1), queryId: id(101) }
const WITHDRAWN = { id: id(2), queryId: id(102) }

/** Asked for from a ticket: approved, and the ticket is done. */
const DEFERRED = { id: id(3), queryId: id(103) }
/** Asked for from a ticket, which is all that anybody told of it. */
const ASKED = { id: id(4), queryId: id(104) }
const TICKET = id(70)
const DUE = '2026-05-01'

const { Transition } = approvals
const acts: Array<MessageInitShape<typeof approvals.ActSchema>> = [
  { transition: Transition.HANDED_OVER, at: time(1), by: RAY, step: 0, to: BEN, reason: 'Ann left' },
  { transition: Transition.STEP_APPROVED, at: time(2), by: BEN, step: 0, reason: 'fine' },
  { transition: Transition.HANDED_OVER, at: time(3), by: RAY, step: 1, to: ANN, reason: 'Cem left' },
  { transition: Transition.APPROVED, at: time(4), by: ANN, step: 1 },
  { transition: Transition.HANDED_OVER, at: time(5), by: RAY, step: 0, to: CEM, reason: 'Ben left' },
]

const approval = (exceptionId: string, done: typeof acts, incarnation = 1) =>
  create(approvals.ApprovalEventSchema, {
    meta: meta(done.length + 1, incarnation),
    transition: done.at(-1)?.transition ?? Transition.OPENED,
    approval: { exceptionId, acts: done },
  })
const rule = (n: number, role: string, steps: string[][] | null, incarnation = 1) =>
  create(rules.RuleEventSchema, {
    meta: meta(n, incarnation),
    rule: {
      id: id(50),
      role,
      version: n,
      instructions: `version ${n}`,
      workflow:
        steps === null
          ? { case: 'autoPilot', value: {} }
          : { case: 'approvers', value: { steps: steps.map((candidateIds) => ({ candidateIds })) } },
    },
  })
const query = (n: number, expression: string, deleted = false) =>
  create(scope.ScopeEventSchema, {
    meta: meta(n),
    subject: { case: 'query', value: { id: id(60), name: 'Saved', expression, deleted } },
  })
const reach = (exceptionId: string, n: number, instances: number, since?: number) =>
  create(scope.ScopeEventSchema, {
    meta: meta(n),
    subject: {
      case: 'reach',
      value: {
        exceptionId,
        instances: BigInt(instances),
        asOf: time(n),
        ...(since === undefined ? {} : { inForceSince: time(since) }),
      },
    },
  })

const ticket = (n: number, { id: exceptionId, queryId }: typeof ASKED, doneAt?: number) =>
  create(tickets.TicketsEventSchema, {
    meta: meta(n),
    subject: {
      case: 'ticket',
      value: {
        ticket: {
          id: TICKET,
          request: {
            exceptionId,
            requestedBy: RAY,
            requestedAt: time(0),
            name: 'Old log4j',
            justification: 'Switched off soon.',
            useCase: 'other',
            proposedDueDate: DUE,
            query: { id: queryId, name: 'Old log4j', expression: 'kev' },
            reviewer: ANN,
            candidateIds: [ANN.id, BEN.id],
            ...(doneAt === undefined ? {} : { ticketDoneAt: time(doneAt) }),
          },
        },
      },
    },
  })

type Event =
  | { of: 'tickets'; event: tickets.TicketsEvent }
  | { of: 'approvals'; event: approvals.ApprovalEvent }
  | { of: 'rules'; event: rules.RuleEvent }
  | { of: 'scope'; event: scope.ScopeEvent }

/** As the owners published them. */
const HISTORY: readonly Event[] = [
  ...[
    rule(1, 'developer', [[ANN.id]]),
    rule(2, 'developer', null),
    rule(3, 'tester', [[ANN.id], [BEN.id, CEM.id]]),
  ].map((event): Event => ({ of: 'rules', event })),
  ...[query(1, 'kev'), query(2, 'severity == "low"'), query(3, 'severity == "low"', true)].map(
    (event): Event => ({ of: 'scope', event }),
  ),
  ...[0, 1, 2, 3, 4, 5].map((n): Event => ({ of: 'approvals', event: approval(APPROVED.id, acts.slice(0, n)) })),
  {
    of: 'approvals',
    event: approval(WITHDRAWN.id, [{ transition: Transition.WITHDRAWN, at: time(6), by: RAY, reason: 'fixed' }]),
  },
  ...[ticket(1, DEFERRED), ticket(2, DEFERRED, 8), ticket(3, ASKED), ticket(4, ASKED)].map(
    (event): Event => ({ of: 'tickets', event }),
  ),
  {
    of: 'approvals',
    event: approval(DEFERRED.id, [{ transition: Transition.APPROVED, at: time(7), by: ANN, step: 0, reason: 'fine' }]),
  },
  ...[reach(APPROVED.id, 1, 5), reach(APPROVED.id, 2, 7, 4), reach(WITHDRAWN.id, 3, 2)].map(
    (event): Event => ({ of: 'scope', event }),
  ),
]

/** The same every time, and never the order given. */
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

/** What is in the tables after these events, in this order. @param together what tells of approvals comes first, all at once */
async function tablesAfter(events: readonly Event[], together = false) {
  const store = await openStore()
  stores.push(store)
  await store.add({}, APPROVED)
  await store.add({ expiration: { type: 'days', days: 3 } }, WITHDRAWN)
  await store.add(
    {
      kind: 'ticket',
      effect: 'defer',
      rule: null,
      ticketId: TICKET,
      approvalType: 'reviewer',
      expiration: { type: 'date', date: DUE },
      steps: [{ approver: ANN, candidateIds: [], decided: null }],
    },
    DEFERRED,
  )
  const { database, exceptions } = store
  const clock = new ManualClock(at(9))
  const evidence = new EvidenceRepository(database, new Outbox())
  const consumers = {
    approvals: new ApprovalsConsumer(new TakeInApproval(database, exceptions, clock)),
    tickets: new TicketsConsumer(
      new TakeInTicketRequest(database, exceptions, evidence, clock),
      new KnownTicketSettingsRepository(database),
    ),
    rules: new RulesConsumer(new KnownRulesRepository(database)),
    scope: new ScopeConsumer(new KnownQueriesRepository(database), new ReachRepository(database)),
  }
  if (together) {
    const told = events.flatMap(({ of, event }) => (of === 'approvals' ? [event] : []))
    await consumers.approvals.approvalsChanged(told)
  }
  for (const { of, event } of events) {
    if (of === 'approvals' && together) continue
    if (of === 'approvals') await consumers.approvals.approvalsChanged([event])
    else if (of === 'tickets') await consumers.tickets.ticketsChanged(event)
    else if (of === 'rules') await consumers.rules.ruleChanged(event)
    else await consumers.scope.scopeTold([event])
  }
  return store.dump()
}

describe('the topics, however they come, leave the same tables', () => {
  it('once, twice, backwards, mixed, or the newest alone', async () => {
    const expected = await tablesAfter(HISTORY)
    // The history did something: otherwise anything equals anything.
    expect(expected['exception']).toEqual([
      expect.objectContaining({
        id: APPROVED.id,
        status: 'active',
        version: 6,
        instance_count: 7,
        approval_version: 6,
      }),
      expect.objectContaining({ id: WITHDRAWN.id, status: 'withdrawn', version: 2, instance_count: 2 }),
      expect.objectContaining({ id: DEFERRED.id, status: 'deactivated', version: 3, ended_reason: 'ticket done' }),
      expect.objectContaining({ id: ASKED.id, kind: 'ticket', effect: 'defer', status: 'pendingApproval', version: 1 }),
    ])
    expect(expected['exception_history']).toHaveLength(12)
    expect(expected['known_rule']).toEqual([expect.objectContaining({ role: 'tester', rule_version: 3 })])
    expect(expected['known_query']).toEqual([expect.objectContaining({ deleted: true })])

    expect(await tablesAfter([...HISTORY, ...HISTORY]), 'replayed').toEqual(expected)
    expect(await tablesAfter(HISTORY.flatMap((event) => [event, event])), 'each twice').toEqual(expected)
    expect(await tablesAfter(HISTORY.toReversed()), 'backwards').toEqual(expected)
    for (const seed of [1, 2, 3])
      expect(await tablesAfter(shuffled([...HISTORY, ...HISTORY], seed)), `mixed ${seed}`).toEqual(expected)
  })

  it('many of them at once', async () => {
    const [one, many] = await Promise.all([tablesAfter(HISTORY), tablesAfter([...HISTORY, ...HISTORY], true)])
    expect(many).toEqual(one)
  })

  it('and a later life of an owner’s database counts more than any version of an earlier one', async () => {
    const restored: Event = { of: 'rules', event: rule(1, 'restored', null, 2) }
    for (const events of [
      [...HISTORY, restored],
      [restored, ...HISTORY],
    ]) {
      const { known_rule } = await tablesAfter(events)
      expect(known_rule).toEqual([expect.objectContaining({ role: 'restored', incarnation: 2 })])
    }
  })

  it('and what cannot have happened is refused, which puts it aside as a dead letter', async () => {
    const unknown: Event = { of: 'approvals', event: approval(id(9), []) }
    await expect(tablesAfter([unknown])).rejects.toThrow(ImpossibleChangeError)
    const twice: Event = { of: 'approvals', event: approval(APPROVED.id, [...acts, ...acts]) }
    await expect(tablesAfter([...HISTORY, twice])).rejects.toThrow(ImpossibleChangeError)
  })
})
