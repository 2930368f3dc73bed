import 'reflect-metadata'
import { setTimeout as sleep } from 'node:timers/promises'
import { ManualClock } from '@reprieve/clock'
import { Problem } from '@reprieve/http-kit'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Act } from '../src/domain/approval.js'
import { ANN, BEN, CEM, openStore, type Store, T0 } from './store.js'

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

interface Contender {
  /** What it leaves behind when it wins. */
  act: Act['type']
  run(id: string): Promise<unknown>
  /** How it is told that it came too late. */
  loses: string
}

const approve: Contender = {
  act: 'approved',
  run: (id) => store.decide(id, ANN, true, before),
  loses: 'ALREADY_DECIDED|WRONG_STATUS|NOT_YOUR_STEP',
}
const deny: Contender = {
  act: 'denied',
  run: (id) => store.decide(id, ANN, false, before),
  loses: 'ALREADY_DECIDED|WRONG_STATUS|NOT_YOUR_STEP',
}
const withdraw: Contender = { act: 'withdrawn', run: (id) => store.withdraw(id, before), loses: 'WRONG_STATUS' }
const handOver: Contender = {
  act: 'handedOver',
  run: (id) => store.handOver(id, 0, BEN, before),
  loses: 'ALREADY_DECIDED|WRONG_STATUS',
}
/** The reviewer's own. */
const passOn: Contender = {
  act: 'handedOver',
  run: (id) => store.handOver(id, 0, BEN, before, ANN),
  loses: 'ALREADY_DECIDED|WRONG_STATUS|NOT_YOUR_STEP',
}
// What is told by a topic takes what is left for it: it is never refused.
const ticketDone: Contender = { act: 'withdrawn', run: (id) => store.ticketDone(id, before), loses: 'nothing' }
// A sweep takes what is left for it: it is never refused.
const lapse: Contender = { act: 'lapsed', run: () => store.lapse(after), loses: 'nothing' }

const codeOf = (outcome: PromiseSettledResult<unknown> | undefined): string => {
  if (outcome?.status === 'fulfilled') return 'won'
  if (outcome?.reason instanceof Problem) return outcome.reason.code
  throw outcome?.reason
}

const atOnce = (...all: Array<() => Promise<unknown>>) =>
  Promise.allSettled(
    all.map(async (one) => {
      await sleep(Math.random() * 4)
      return one()
    }),
  )

describe(`of two at once one wins, in each of ${ROUNDS} rounds:`, () => {
  it.each<[string, Contender, Contender]>([
    ['two decisions', approve, deny],
    ['a decision twice', approve, approve],
    ['approval and withdrawal', approve, withdraw],
    ['denial and withdrawal', deny, withdraw],
    ['approval and lapse', approve, lapse],
    ['denial and lapse', deny, lapse],
    ['withdrawal and lapse', withdraw, lapse],
    ['approval and hand-over', approve, handOver],
    ['denial and hand-over', deny, handOver],
  ])('%s', async (_, one, other) => {
    const wins = new Map<string, number>()
    for (let round = 0; round < ROUNDS; round++) {
      const id = await store.open([ANN], END)
      const outcomes = await atOnce(
        () => one.run(id),
        () => other.run(id),
      )
      // A sweep that found it locked left it to the other; a later look takes only what still waits.
      const acts = (await store.approvals.find(id))?.acts.map(({ type }) => type) ?? []
      expect(acts, `round ${round}`).toHaveLength(1)
      const [act] = acts
      wins.set(act ?? '', (wins.get(act ?? '') ?? 0) + 1)
      for (const [index, contender] of [one, other].entries()) {
        const code = codeOf(outcomes[index])
        if (contender === lapse) expect(code).toBe('won')
        else if (code !== 'won') expect(contender.loses.split('|')).toContain(code)
      }
      const refused = outcomes.filter((outcome) => outcome.status === 'rejected').length
      expect(refused).toBe([one, other].includes(lapse) && act !== 'lapsed' ? 0 : 1)
      expect(await store.eventsOf(id)).toBe(2)
    }
    // Otherwise nothing raced.
    if (one !== other) expect([...wins.keys()].sort()).toEqual([one.act, other.act].sort())
  })
})

describe(`of two things that happen at once to a request from a ticket, in each of ${ROUNDS} rounds:`, () => {
  it.each<[string, Contender, Contender]>([
    ['decision and hand-over by its reviewer: one wins', approve, passOn],
    ['denial and hand-over by its reviewer: one wins', deny, passOn],
    ['hand-over by a manager and by its reviewer: one wins', handOver, passOn],
    ['approval and ticket done: one resolves it', approve, ticketDone],
    ['denial and ticket done: one resolves it', deny, ticketDone],
    ['withdrawal and ticket done: one resolves it', withdraw, ticketDone],
    ['lapse and ticket done: one resolves it', lapse, ticketDone],
  ])('%s', async (_, one, other) => {
    const wins = new Set<string>()
    for (let round = 0; round < ROUNDS; round++) {
      const id = await store.open([ANN], END, 'reviewer')
      const outcomes = await atOnce(
        () => one.run(id),
        () => other.run(id),
      )
      const acts = (await store.approvals.find(id))?.acts ?? []
      expect(acts, `round ${round}`).toHaveLength(1)
      const [act] = acts
      const bySystem = act?.type === 'withdrawn' && act.by === null
      wins.add(`${act?.type}${bySystem ? ' by the system' : ''}`)
      for (const [index, contender] of [one, other].entries()) {
        const code = codeOf(outcomes[index])
        if (contender.loses === 'nothing') expect(code).toBe('won')
        // A step that is the other's already is no fault of the form.
        else if (code !== 'won') expect([...contender.loses.split('|'), 'INVALID']).toContain(code)
      }
      expect(await store.eventsOf(id)).toBe(2)
    }
    // Otherwise nothing raced; who hands over leaves the same act.
    expect(wins.size).toBe(one === handOver ? 1 : 2)
  })

  it('its opening and ticket done: it is withdrawn', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const id = uuidv7()
      const outcomes = await atOnce(
        () => store.open([ANN], END, 'reviewer', id),
        () => store.ticketDone(id, before),
      )
      expect(outcomes.map(codeOf)).toEqual(['won', 'won'])
      const approval = await store.approvals.find(id)
      expect(approval?.acts, `round ${round}`).toMatchObject([{ type: 'withdrawn', by: null, reason: 'ticket done' }])
      expect(await store.eventsOf(id)).toBe(2)
    }
  })
})

describe('of several at once', () => {
  it(`four decisions, a withdrawal, a hand-over and two sweeps, a request is resolved once, in each of ${ROUNDS} rounds`, async () => {
    const seen = new Set<string>()
    for (let round = 0; round < ROUNDS; round++) {
      const id = await store.open([ANN, CEM], END)
      await atOnce(
        () => store.decide(id, ANN, true, before),
        () => store.decide(id, ANN, false, before),
        () => store.decide(id, CEM, true, before),
        () => store.decide(id, CEM, false, before),
        () => store.withdraw(id, before),
        () => store.handOver(id, 1, BEN, before),
        () => store.lapse(after),
        () => store.lapse(after),
      )
      await store.lapse(after)
      const approval = await store.approvals.find(id)
      const acts = approval?.acts.map(({ type }) => type) ?? []
      expect(
        acts.filter((type) => ['approved', 'denied', 'withdrawn', 'lapsed'].includes(type)),
        acts.join(),
      ).toHaveLength(1)
      expect(approval?.status).not.toBe('waiting')
      expect(await store.eventsOf(id)).toBe(acts.length + 1)
      seen.add(acts.at(-1) ?? '')
    }
    expect(seen.size).toBeGreaterThan(1)
  })

  it('sweeps share the work, and each request lapses once', async () => {
    const ids = await Promise.all(Array.from({ length: 60 }, () => store.open([ANN], END)))
    const counts = await Promise.all([store.lapse(after), store.lapse(after), store.lapse(after)])
    expect(counts.reduce((sum, count) => sum + count, 0) + (await store.lapse(after))).toBe(60)
    for (const id of ids) expect((await store.approvals.find(id))?.acts).toEqual([{ type: 'lapsed', at: END }])
  })
})
