import { ManualClock } from '@reprieve/clock'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ExceptionStatus, TicketTransition, World } from './world.js'

const T0 = new Date('2026-03-10T09:00:00Z')
const clock = new ManualClock(T0)
let world: World

beforeAll(async () => {
  world = await World.start(clock)
  await world.settings()
})
beforeEach(() => clock.set(T0))
afterAll(() => world?.close())

/** A ticket of Ola's due in ten days, with a request for forty. */
async function waiting(changes: Record<string, unknown> = {}) {
  const ticket = await world.ticket()
  const { id } = await world.asked(ticket.id, changes)
  return { ticketId: ticket.id as string, id: id as string }
}

async function deferred(changes: Record<string, unknown> = {}) {
  const asked = await waiting(changes)
  return { ...asked, since: await world.approve(asked.id, asked.ticketId) }
}

describe('what becomes of the due date', () => {
  it('approved: it moves to the proposed date; the original one stays', async () => {
    const { id, ticketId } = await deferred()
    expect(await world.read(ticketId)).toMatchObject({
      dueDate: '2026-04-19',
      originalDueDate: '2026-03-20',
      deferredBy: id,
      waitingRequest: null,
      exceptions: [{ status: 'active', updates: [{ type: 'exceptionRequested' }, { type: 'approved' }] }],
    })
    const told = (await world.told(ticketId, 3)).at(-1)
    expect(told).toMatchObject({
      transition: TicketTransition.DUE_DATE_MOVED,
      dueDateMove: { from: '2026-03-20', to: '2026-04-19', exceptionId: id, reason: 'Until then.' },
      ticket: { deferredBy: id },
    })
  })

  it.each([
    ['denied', ExceptionStatus.DENIED],
    ['withdrawn', ExceptionStatus.WITHDRAWN],
    ['lapsed', ExceptionStatus.EXPIRED],
  ])('%s: it stays, and the owner can ask again', async (word, status) => {
    const { id, ticketId } = await waiting()
    const { ann, ola } = world.people
    if (status === ExceptionStatus.DENIED) {
      await world.tell(id, ticketId, {
        status,
        reviewer: { id: ann.id, name: 'Ann' },
        decision: { approved: false, by: { id: ann.id, name: 'Ann' }, at: clock.now(), comment: 'No.' },
        ended: { at: clock.now(), by: { id: ann.id, name: 'Ann' }, reason: 'No.' },
      })
    } else {
      await world.end(id, ticketId, status, word === 'withdrawn' ? { by: ola } : {})
    }
    const ticket = await world.until(ticketId, ({ waitingRequest }) => waitingRequest === null)
    expect(ticket).toMatchObject({ dueDate: '2026-03-20', deferredBy: null })
    expect(ticket.exceptions[0].updates.at(-1).type).toBe(word)
    expect(ticket.exceptions[0].updates).toHaveLength(2)
    expect((await world.ask(ticketId)).status).toBe(201)
  })

  it('its date comes while the ticket is open: it stays, and is overdue', async () => {
    const { id, ticketId, since } = await deferred()
    clock.set(new Date('2026-04-20T00:00:00Z'))
    await world.end(id, ticketId, ExceptionStatus.EXPIRED, { since })
    expect(await world.read(ticketId)).toMatchObject({
      dueDate: '2026-04-19',
      overdue: true,
      deferredBy: null,
      exceptions: [{ status: 'expired' }],
    })
  })

  it('deactivated early: it goes back to what it was before', async () => {
    const { id, ticketId, since } = await deferred()
    await world.end(id, ticketId, ExceptionStatus.DEACTIVATED, {
      by: world.people.ann,
      reason: 'Changed my mind.',
      since,
    })
    expect(await world.read(ticketId)).toMatchObject({ dueDate: '2026-03-20', deferredBy: null })
    expect((await world.told(ticketId, 4)).at(-1)?.dueDateMove).toMatchObject({
      from: '2026-04-19',
      to: '2026-03-20',
      exceptionId: id,
      reason: 'Changed my mind.',
    })
  })

  it('the ticket is done: it stays, the event says that the exception ends, and its end changes nothing', async () => {
    const { id, ticketId, since } = await deferred()
    expect((await world.patch(ticketId, { status: 'done' })).status).toBe(200)
    const told = (await world.told(ticketId, 4)).at(-1)
    expect(told).toMatchObject({
      transition: TicketTransition.DONE,
      ticket: { request: { exceptionId: id, ticketDoneAt: { seconds: BigInt(T0.getTime() / 1_000) } }, deferredBy: '' },
    })
    await world.end(id, ticketId, ExceptionStatus.DEACTIVATED, { reason: 'ticket done', since })
    expect(await world.read(ticketId)).toMatchObject({ dueDate: '2026-04-19', status: 'done', deferredBy: null })
  })

  it('nobody moves it, and nobody changes the query, while a deferral is in force', async () => {
    const { ticketId } = await deferred()
    for (const part of [{ dueDate: world.day(3) }, { dueDate: world.day(300) }, { expression: 'kev' }]) {
      expect(await world.patch(ticketId, part)).toMatchObject({ status: 409, body: { code: 'DEFERRAL_ACTIVE' } })
    }
    expect((await world.patch(ticketId, { title: 'Still open' })).status).toBe(200)
    expect((await world.read(ticketId)).dueDate).toBe('2026-04-19')
  })

  it('a manager moves it while a request waits; that request then moves it from there, and back to there', async () => {
    const { id, ticketId } = await waiting()
    expect((await world.patch(ticketId, { dueDate: world.day(15), reason: 'Meanwhile.' })).status).toBe(200)
    const since = await world.approve(id, ticketId)
    expect((await world.read(ticketId)).dueDate).toBe('2026-04-19')
    await world.end(id, ticketId, ExceptionStatus.DEACTIVATED, { by: world.people.ann, since })
    expect((await world.read(ticketId)).dueDate).toBe('2026-03-25')
  })
})

describe('a deferral upon a deferral', () => {
  it('taken back leads to the one before, or to what was before both where that is taken back, too', async () => {
    const first = await deferred()
    clock.advance(3_600_000)
    const { id } = await world.asked(first.ticketId, { proposedDueDate: world.day(60) })
    const since = await world.approve(id, first.ticketId)
    expect(await world.read(first.ticketId)).toMatchObject({ dueDate: '2026-05-09', deferredBy: id })
    const { ann } = world.people
    await world.end(first.id, first.ticketId, ExceptionStatus.DEACTIVATED, { by: ann, since: first.since })
    expect(await world.read(first.ticketId)).toMatchObject({ dueDate: '2026-05-09', deferredBy: id })
    await world.end(id, first.ticketId, ExceptionStatus.DEACTIVATED, { by: ann, since })
    expect(await world.read(first.ticketId)).toMatchObject({ dueDate: '2026-03-20', deferredBy: null })
  })

  it('ends with the ticket like the one before it: each has an event of its own', async () => {
    const first = await deferred()
    clock.advance(3_600_000)
    const { id } = await world.asked(first.ticketId, { proposedDueDate: world.day(60) })
    await world.patch(first.ticketId, { status: 'done' })
    const told = (await world.told(first.ticketId, 6)).slice(-2)
    expect(told.map(({ ticket }) => ticket?.request?.exceptionId)).toEqual([first.id, id])
    expect(told.every(({ ticket }) => ticket?.request?.ticketDoneAt !== undefined)).toBe(true)
    expect(told.map(({ transition }) => transition)).toEqual([
      TicketTransition.EXCEPTION_FOLLOWED,
      TicketTransition.DONE,
    ])
  })
})

describe('what is told', () => {
  it('twice, late or again changes nothing', async () => {
    const { id, ticketId, since } = await deferred()
    const { ann } = world.people
    const before = await world.read(ticketId)
    const reviewer = { id: ann.id, name: 'Ann' }
    await world.tell(id, ticketId, { status: ExceptionStatus.PENDING_APPROVAL, reviewer }, 1)
    const decision = { approved: true, by: reviewer, at: since, comment: 'Until then.' }
    await world.tell(id, ticketId, { status: ExceptionStatus.ACTIVE, reviewer, decision, appliedSince: since }, 2)
    // Newer, and of something that has no part in the ticket.
    await world.tell(id, ticketId, { status: ExceptionStatus.ACTIVE, reviewer, decision, appliedSince: since }, 3)
    await settled(id, 3)
    expect(await world.read(ticketId)).toEqual(before)
  })

  it('last of all is enough: what was missed on the way is made up for', async () => {
    const { id, ticketId } = await waiting()
    const { ann, ben } = world.people
    const since = new Date(clock.now().getTime() + 60_000)
    clock.advance(120_000)
    const reviewer = { id: ben.id, name: 'Ben' }
    await world.tell(
      id,
      ticketId,
      {
        status: ExceptionStatus.DEACTIVATED,
        reviewer,
        decision: { approved: true, by: reviewer, at: since },
        appliedSince: since,
        ended: { at: clock.now(), by: { id: ann.id, name: 'Ann' }, reason: 'Back.' },
      },
      9,
    )
    const ticket = await world.until(ticketId, ({ exceptions }) => exceptions[0].status === 'deactivated')
    expect(ticket.dueDate).toBe('2026-03-20')
    // A hand-over has no time of its own but that of the event.
    expect(ticket.exceptions[0].updates.map(({ type }: { type: string }) => type)).toEqual([
      'exceptionRequested',
      'approved',
      'handedOver',
      'deactivated',
    ])
    expect((await world.told(ticketId, 5)).flatMap(({ dueDateMove }) => dueDateMove?.to ?? [])).toEqual([
      '2026-03-20',
      '2026-04-19',
      '2026-03-20',
    ])
  })
})

async function settled(exceptionId: string, version: number): Promise<void> {
  const database = world.service.database.open<{ ticket_request: { exception_id: string; version: number } }>()
  for (let tries = 0; tries < 500; tries++) {
    const row = await database.db
      .selectFrom('ticket_request')
      .select('version')
      .where('exception_id', '=', exceptionId)
      .executeTakeFirstOrThrow()
    if (row.version >= version) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error('it was never taken in')
}
