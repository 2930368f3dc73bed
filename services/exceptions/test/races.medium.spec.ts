import 'reflect-metadata'
import { setTimeout as sleep } from 'node:timers/promises'
import { ManualClock } from '@reprieve/clock'
import { Problem } from '@reprieve/http-kit'
import { Outbox } from '@reprieve/outbox'
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EvidenceRepository } from '../src/adapters/postgres/evidence.repository.js'
import { DeactivateException } from '../src/application/deactivate-exception.js'
import { ExpireExceptions } from '../src/application/expire-exceptions.js'
import { TakeInApproval } from '../src/application/take-in-approval.js'
import { TakeInTicketRequest, type TicketRequest } from '../src/application/take-in-ticket-request.js'
import { ANN, CEM, openStore, principal, RAY, type Store, T0 } from './store.js'

const ROUNDS = process.env['REPRIEVE_TEST_SIZE'] === 'nightly' ? 1_000 : 200
const END = new Date(T0.getTime() + 60_000)

let store: Store
// Two processes, whose clocks differ by a millisecond: for one the end has come, for the other it has not.
const before = new ManualClock(new Date(END.getTime() - 1))
const after = new ManualClock(END)

beforeAll(async () => {
  store = await openStore()
})
afterAll(() => store?.own.drop())

const codeOf = (outcome: PromiseSettledResult<unknown>): string => {
  if (outcome.status === 'fulfilled') return 'won'
  if (outcome.reason instanceof Problem) return outcome.reason.code
  throw outcome.reason
}

/** Runs all at once, each a random few milliseconds late, so that over the rounds each comes first. */
const atOnce = (...all: Array<() => Promise<unknown>>) =>
  Promise.allSettled(
    all.map(async (one) => {
      await sleep(Math.random() * 4)
      return one()
    }),
  )

const deactivate = (id: string, who: typeof RAY, clock = before) =>
  store.database.transaction((tx) =>
    new DeactivateException(store.exceptions, clock).deactivate(tx, id, principal(who), 'patched'),
  )
const expire = () => new ExpireExceptions(store.database, store.exceptions, after).expireDue()

/** The lines and events that ended an exception: of either there must be one. */
const endings = async (id: string) => {
  const lines = (await store.exceptions.history(id)).filter(
    ({ to }) => to !== 'pendingApproval' && to !== 'active' && to !== null,
  )
  const { rows } = await sql<{ n: number }>`SELECT count(*)::int AS n FROM outbox WHERE key = ${id}`.execute(
    store.database.db,
  )
  const record = await store.exceptions.find(id)
  return {
    lines: lines.map(({ type }) => type),
    events: rows[0]?.n,
    status: record?.exception.status,
    version: record?.exception.version,
  }
}

/** Asked for by Ray from a ticket, with Ann as its reviewer. */
const asked = (id: string, queryId: string, ticketDoneAt: Date | null): TicketRequest => ({
  exceptionId: id,
  ticketId: '0190b6a2-0000-7000-8000-0000000000c1',
  requestedBy: RAY,
  requestedAt: T0,
  name: 'Old log4j',
  justification: 'Switched off soon.',
  useCase: 'other',
  evidenceLink: null,
  evidenceIds: [],
  proposedDueDate: '2026-03-10',
  query: { id: queryId, name: 'Old log4j', folder: '', expression: 'kev' },
  reviewer: ANN,
  candidateIds: [ANN.id],
  assignedBy: null,
  ticketDoneAt,
})
const fromTicket = () => {
  const [id, queryId] = [uuidv7(), uuidv7()]
  const evidence = new EvidenceRepository(store.database, new Outbox())
  const takeIn = new TakeInTicketRequest(store.database, store.exceptions, evidence, before)
  const approvals = new TakeInApproval(store.database, store.exceptions, before)
  return {
    id,
    ask: () => takeIn.takeIn(asked(id, queryId, null)),
    done: () => takeIn.takeIn(asked(id, queryId, T0)),
    approve: () =>
      approvals.takeIn([
        {
          exceptionId: id,
          position: { incarnation: 1, version: 2 },
          acts: [{ type: 'approved', at: T0, by: ANN, step: 0, to: null, reason: null }],
        },
      ]),
  }
}
const types = async (id: string) => (await store.exceptions.history(id)).map(({ type }) => type)

describe('a ticket that is done', () => {
  it(`and its reviewer who deactivates: one wins, in each of ${ROUNDS} rounds`, async () => {
    const won = { system: 0, reviewer: 0 }
    for (let round = 0; round < ROUNDS; round++) {
      const { id, ask, approve, done } = fromTicket()
      await ask()
      await approve()
      const [told, deactivation] = await atOnce(done, () => deactivate(id, ANN))
      if (told === undefined || deactivation === undefined) throw new Error('nobody ran')
      expect(codeOf(told)).toBe('won')
      const winner = codeOf(deactivation) === 'won' ? 'reviewer' : 'system'
      if (winner === 'system') expect(codeOf(deactivation)).toBe('WRONG_STATUS')
      won[winner]++
      expect(await types(id)).toEqual(['submitted', 'activated', 'deactivated'])
      const ended = (await store.exceptions.find(id))?.exception.ended
      expect(ended).toMatchObject(winner === 'system' ? { by: null, reason: 'ticket done' } : { by: ANN })
    }
    expect(Math.min(won.system, won.reviewer)).toBeGreaterThan(0)
  })

  it(`and an approval that is heard of at once: it is active and then deactivated, in each of ${ROUNDS} rounds`, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { id, ask, approve, done } = fromTicket()
      await ask()
      expect((await atOnce(done, approve, done)).map(codeOf)).toEqual(['won', 'won', 'won'])
      expect(await types(id)).toEqual(['submitted', 'activated', 'deactivated'])
    }
  })

  it('and the request itself, told by two at once: there is one exception, and it ends', async () => {
    for (let round = 0; round < 40; round++) {
      const { id, ask, approve, done } = fromTicket()
      const outcomes = await atOnce(ask, done)
      // Of two that would make it one can fail, and is told again.
      if (outcomes.some(({ status }) => status === 'rejected')) await done()
      await approve()
      expect(await types(id)).toEqual(['submitted', 'activated', 'deactivated'])
    }
  })
})

describe('of several who end an exception at once', () => {
  it(`one wins, deactivation or expiry, in each of ${ROUNDS} rounds`, async () => {
    const won = { deactivated: 0, expired: 0 }
    for (let round = 0; round < ROUNDS; round++) {
      const id = await store.add({ steps: [], expiration: { type: 'at', at: END } })
      const [deactivation, expiry] = await atOnce(() => deactivate(id, RAY), expire)
      if (deactivation === undefined || expiry === undefined) throw new Error('nobody ran')
      expect(codeOf(expiry)).toBe('won')
      // Whoever found it locked leaves it to the other; a later look finds nothing left to do.
      await expire()
      const winner = codeOf(deactivation) === 'won' ? 'deactivated' : 'expired'
      if (winner === 'expired') expect(codeOf(deactivation)).toBe('WRONG_STATUS')
      won[winner]++
      expect(await endings(id)).toEqual({ lines: [winner], events: 3, status: winner, version: 3 })
    }
    // Otherwise nothing raced.
    expect(Math.min(won.deactivated, won.expired)).toBeGreaterThan(0)
  })

  it(`one of two approvers wins, in each of ${ROUNDS} rounds`, async () => {
    const takeIn = new TakeInApproval(store.database, store.exceptions, before)
    const act = { reason: null, to: null }
    for (let round = 0; round < ROUNDS; round++) {
      const id = await store.add()
      await takeIn.takeIn([
        {
          exceptionId: id,
          position: { incarnation: 1, version: 3 },
          acts: [
            { type: 'stepApproved', at: T0, by: ANN, step: 0, ...act },
            { type: 'approved', at: T0, by: CEM, step: 1, ...act },
          ],
        },
      ])
      const outcomes = await atOnce(
        () => deactivate(id, ANN),
        () => deactivate(id, CEM),
      )
      expect(outcomes.map(codeOf).sort()).toEqual(['WRONG_STATUS', 'won'])
      expect(await endings(id)).toMatchObject({ lines: ['deactivated'], events: 4, status: 'deactivated' })
    }
  })

  it(`an approval told by several at once is taken in once, in each of ${ROUNDS} rounds`, async () => {
    const takeIn = new TakeInApproval(store.database, store.exceptions, before)
    const approved = [
      { type: 'stepApproved' as const, at: T0, by: ANN, step: 0, to: null, reason: null },
      { type: 'approved' as const, at: T0, by: CEM, step: 1, to: null, reason: null },
    ]
    for (let round = 0; round < ROUNDS; round++) {
      const id = await store.add()
      const outcomes = await atOnce(
        () =>
          takeIn.takeIn([{ exceptionId: id, position: { incarnation: 1, version: 2 }, acts: approved.slice(0, 1) }]),
        () => takeIn.takeIn([{ exceptionId: id, position: { incarnation: 1, version: 3 }, acts: approved }]),
        () => takeIn.takeIn([{ exceptionId: id, position: { incarnation: 1, version: 3 }, acts: approved }]),
      )
      expect(outcomes.map(codeOf)).toEqual(['won', 'won', 'won'])
      expect((await store.exceptions.history(id)).map(({ type }) => type)).toEqual([
        'submitted',
        'stepApproved',
        'activated',
      ])
    }
  })

  it('several sweeps share the work, and each exception ends once', async () => {
    const ids = await Promise.all(
      Array.from({ length: 60 }, () => store.add({ steps: [], expiration: { type: 'at', at: END } })),
    )
    const counts = await Promise.all([expire(), expire(), expire()])
    expect(counts.reduce((sum, count) => sum + count, 0) + (await expire())).toBe(60)
    for (const id of ids) expect(await endings(id)).toMatchObject({ lines: ['expired'], events: 3 })
  })
})
