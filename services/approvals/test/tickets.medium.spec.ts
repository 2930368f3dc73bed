import 'reflect-metadata'
import { ManualClock } from '@reprieve/clock'
import type { TestPerson } from '@reprieve/testing'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ExceptionStatus, Transition, World } from './world.js'

const NOW = new Date('2026-03-10T09:30:00Z')
const END = new Date('2026-05-01T00:00:00Z')

let world: World
const clock = new ManualClock(NOW)

beforeAll(async () => {
  world = await World.start(clock)
})
afterAll(() => world?.close())

/** From a ticket of Ray's, reviewed by Ann; Ben and Cem are reviewers, too. */
const asked = (endsAt = END) => {
  const { ann, ben, cem, ray } = world.people
  return world.waiting({ fromTicket: true, endsAt, candidates: [[ann.id, ben.id, cem.id, ray.id]] })
}
const candidates = (who: TestPerson, id: string, step = 0) => who.get(`/approvals/${id}/steps/${step}/candidates`)
const waitingOf = async (who: TestPerson) => (await who.get('/approvals')).body.items

describe('a request from a ticket', () => {
  it('is decided by its reviewer alone', async () => {
    const { ray, ann, ben, max } = world.people
    const id = await asked()
    expect(await waitingOf(ann)).toContainEqual(
      expect.objectContaining({ exceptionId: id, type: 'reviewer', endsAt: END.toISOString() }),
    )
    for (const who of [ray, ben, max]) {
      expect(await world.decide(who, id)).toMatchObject({ status: 403, body: { code: 'NOT_YOUR_STEP' } })
    }
    expect(await world.decide(ann, id)).toMatchObject({ status: 200, body: { status: 'active' } })
  })

  it('is handed on by its reviewer to another one, with a reason, who decides then', async () => {
    const { ann, ben } = world.people
    const id = await asked()
    const { status, body } = await world.handOver(id, 0, ben, ann)
    expect({ status, body }).toMatchObject({ status: 200, body: { waitingFor: { id: ben.id } } })
    const [, handed] = await world.told(id, 2)
    expect(handed).toMatchObject({
      transition: Transition.HANDED_OVER,
      meta: { actor: { userId: ann.id } },
      approval: { reason: 'on leave' },
    })
    expect(await world.handOver(id, 0, ann, ann)).toMatchObject({ status: 403, body: { code: 'NOT_YOUR_STEP' } })
    expect(await world.decide(ann, id)).toMatchObject({ status: 403, body: { code: 'NOT_YOUR_STEP' } })
    expect(await world.decide(ben, id, 'deny')).toMatchObject({ status: 200, body: { status: 'denied' } })
    expect(await world.handOver(id, 0, ann, ben)).toMatchObject({ status: 409, body: { code: 'ALREADY_DECIDED' } })
  })

  it('goes to nobody but those who could have been assigned, be it by its reviewer', async () => {
    const { ray, ann, ben, cem, zoe } = world.people
    const id = await asked()
    expect(await candidates(ann, id)).toMatchObject({
      status: 200,
      body: { items: [{ id: ben.id }, { id: cem.id }], anyone: false },
    })
    expect(await world.handOver(id, 0, zoe, ann)).toMatchObject({
      status: 422,
      body: { code: 'APPROVER_NOT_CANDIDATE', errors: [{ pointer: '/toUserId' }] },
    })
    expect(await world.handOver(id, 0, ray, ann)).toMatchObject({ status: 422, body: { code: 'INVALID' } })
    expect(await world.handOver(id, 1, ben, ann)).toMatchObject({ status: 422, body: { code: 'INVALID' } })
    // Ida alone was to be had, and has left.
    const ida = await world.service.person('Ida', { active: false })
    const alone = await world.waiting({ fromTicket: true, endsAt: END, candidates: [[ida.id]] })
    expect((await candidates(ann, alone)).body).toEqual({ items: [], anyone: false })
    expect((await candidates(world.people.max, alone)).body).toEqual({ items: [], anyone: true })
    expect(await world.handOver(alone, 0, zoe, ann)).toMatchObject({ status: 422 })
    expect(await world.handOver(alone, 0, zoe)).toMatchObject({ status: 200, body: { waitingFor: { id: zoe.id } } })
  })

  it('is handed on by nobody else but a manager; of other requests no approver hands anything on', async () => {
    const { ray, ann, ben, cem, zoe } = world.people
    const id = await asked()
    for (const who of [ray, ben, zoe]) {
      expect(await world.handOver(id, 0, cem, who)).toMatchObject({ status: 403, body: { code: 'NOT_YOUR_STEP' } })
      expect(await candidates(who, id)).toMatchObject({ status: 403, body: { code: 'NOT_YOUR_STEP' } })
    }
    expect(await world.handOver(id, 0, ben)).toMatchObject({ status: 200 })
    const other = await world.waiting({ candidates: [[ann.id, ben.id], [cem.id]] })
    for (const ask of [world.handOver(other, 0, ben, ann), candidates(ann, other)]) {
      expect(await ask).toMatchObject({ status: 403, body: { code: 'NOT_PERMITTED' } })
    }
    expect(await candidates(world.people.max, other, 7)).toMatchObject({ status: 404 })
    expect(await candidates(world.people.max, uuidv7())).toMatchObject({ status: 404 })
  })

  it('is not handed on once it is active; a manager still can', async () => {
    const { ann, ben } = world.people
    const id = await asked()
    await world.decide(ann, id)
    await world.becomes(id, ExceptionStatus.ACTIVE)
    expect(await world.handOver(id, 0, ben, ann)).toMatchObject({ status: 409, body: { code: 'ALREADY_DECIDED' } })
    expect(await world.handOver(id, 0, ben)).toMatchObject({ status: 200 })
  })
})

describe('a ticket that is done', () => {
  it('withdraws the request that waits: the system does, and says why', async () => {
    const { ann } = world.people
    const id = await asked()
    await world.ticketDone(id)
    const [, withdrawn] = await world.told(id, 2)
    expect(withdrawn).toMatchObject({
      transition: Transition.WITHDRAWN,
      approval: { reason: 'ticket done', acts: [{ transition: Transition.WITHDRAWN, reason: 'ticket done' }] },
    })
    expect(withdrawn?.meta?.actor).toBeUndefined()
    expect(withdrawn?.approval?.acts[0]?.by).toBeUndefined()
    expect(await world.decide(ann, id)).toMatchObject({ status: 409, body: { code: 'WRONG_STATUS' } })
    expect((await waitingOf(ann)).map(({ exceptionId }: { exceptionId: string }) => exceptionId)).not.toContain(id)
  })

  it('withdraws one that is heard of after that, too', async () => {
    const id = uuidv7()
    await world.ticketDone(id)
    const { ann } = world.people
    await expect
      .poll(async () => {
        const { db } = world.service.database.open<{ done_ticket_request: { exception_id: string } }>()
        return db.selectFrom('done_ticket_request').where('exception_id', '=', id).selectAll().execute()
      })
      .toHaveLength(1)
    await world.submit({ id, fromTicket: true, endsAt: END, candidates: [[ann.id]] })
    expect((await world.told(id, 2)).map(({ transition }) => transition)).toEqual([
      Transition.OPENED,
      Transition.WITHDRAWN,
    ])
  })

  it('changes nothing of what was decided', async () => {
    const id = await asked()
    await world.decide(world.people.ann, id)
    await world.ticketDone(id)
    const after = await asked()
    await world.ticketDone(after)
    await world.told(after, 2)
    expect((await world.told(id, 2)).map(({ transition }) => transition)).toEqual([
      Transition.OPENED,
      Transition.APPROVED,
    ])
  })
})
