import 'reflect-metadata'
import { ManualClock } from '@reprieve/clock'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ExceptionStatus, Transition, World } from './world.js'

const NOW = new Date('2026-03-10T09:30:00Z')
const MINUTE_MS = 60_000
const clock = new ManualClock(NOW)

let world: World

beforeAll(async () => {
  world = await World.start(clock)
})
afterAll(() => world?.close())

const transitions = async (id: string, count: number) =>
  (await world.told(id, count)).map(({ transition, meta }) => [transition, Number(meta?.version?.n)])
const soon = () => new Date(clock.now().getTime() + MINUTE_MS)

describe('a request', () => {
  it('is decided step by step, each by its approver, the last one for good', async () => {
    const { ann, cem } = world.people
    const id = await world.waiting()
    expect(await world.decide(ann, id, 'approve', { comment: 'fine' })).toMatchObject({
      status: 200,
      body: {
        exceptionId: id,
        status: 'pendingApproval',
        currentStep: 1,
        waitingFor: { name: 'Cem' },
        resolvedAt: null,
        steps: [
          { index: 0, decision: 'approved', decidedAt: NOW.toISOString(), decidedBy: { name: 'Ann' }, comment: 'fine' },
          { index: 1, decision: null, decidedAt: null },
        ],
      },
    })
    expect(await world.decide(cem, id)).toMatchObject({
      status: 200,
      body: { status: 'active', currentStep: 2, waitingFor: null, resolvedAt: NOW.toISOString() },
    })
    expect(await transitions(id, 3)).toEqual([
      [Transition.OPENED, 1],
      [Transition.STEP_APPROVED, 2],
      [Transition.APPROVED, 3],
    ])
    const last = (await world.told(id, 3)).at(-1)
    expect(last?.meta?.actor).toMatchObject({ userId: cem.id, name: 'Cem' })
    expect(last?.approval?.acts.map(({ transition, by, step }) => [transition, by?.name, step])).toEqual([
      [Transition.STEP_APPROVED, 'Ann', 0],
      [Transition.APPROVED, 'Cem', 1],
    ])
  })

  it('was decided in sight of the files that were known then: the decision names them', async () => {
    const { ann, cem } = world.people
    const [first, later] = [uuidv7(), uuidv7()]
    const id = await world.waiting()
    await world.hasFiles(id, [first])
    expect((await world.decide(ann, id)).body.steps[0].evidenceIds).toEqual([first])
    await world.hasFiles(id, [first, later])
    expect(
      (await world.decide(cem, id, 'deny')).body.steps.map(({ evidenceIds }: { evidenceIds: string[] }) => evidenceIds),
    ).toEqual([[first], [first, later]])
    const last = (await world.told(id, 3)).at(-1)
    expect(last?.approval?.acts.map(({ evidenceIds }) => evidenceIds)).toEqual([[first], [first, later]])
    expect(last?.approval?.steps.map(({ evidenceIds }) => evidenceIds)).toEqual([[first], [first, later]])
  })

  it('is over with any denial, which needs a comment', async () => {
    const { ann, cem } = world.people
    const id = await world.waiting()
    for (const comment of [undefined, '', '   ']) {
      const { status, body } = await ann.post(`/approvals/${id}/decision`, { decision: 'deny', comment })
      expect({ status, where: body.errors?.[0]?.pointer }).toEqual({ status: 422, where: '/comment' })
    }
    expect(await world.decide(ann, id, 'deny')).toMatchObject({
      status: 200,
      body: { status: 'denied', currentStep: 0 },
    })
    expect(await world.decide(cem, id)).toMatchObject({ status: 409, body: { code: 'WRONG_STATUS' } })
    expect(await transitions(id, 2)).toEqual([
      [Transition.OPENED, 1],
      [Transition.DENIED, 2],
    ])
  })

  it('is decided by nobody but the approver of the step in effect', async () => {
    const { ray, ann, cem, max, zoe } = world.people
    const id = await world.waiting()
    for (const who of [ray, cem, max, zoe]) {
      expect(await world.decide(who, id)).toMatchObject({ status: 403, body: { code: 'NOT_YOUR_STEP' } })
    }
    expect(await world.decide(ann, id)).toMatchObject({ status: 200 })
    expect(await world.decide(ann, id)).toMatchObject({ status: 409, body: { code: 'ALREADY_DECIDED' } })
    expect(await world.decide(ann, id, 'deny')).toMatchObject({ status: 409, body: { code: 'ALREADY_DECIDED' } })
  })

  it('is not decided twice by one click too many, where one person holds two steps', async () => {
    const { ann } = world.people
    const id = await world.waiting({ approvers: [ann, ann] })
    expect(await world.decide(ann, id, 'approve', { step: 0 })).toMatchObject({ status: 200 })
    expect(await world.decide(ann, id, 'approve', { step: 0 })).toMatchObject({
      status: 409,
      body: { code: 'ALREADY_DECIDED' },
    })
    expect(await world.decide(ann, id, 'approve', { step: 1 })).toMatchObject({
      status: 200,
      body: { status: 'active' },
    })
  })

  it('is not decided with a narrowed token, or by somebody who is not active any more', async () => {
    const { service } = world
    const gina = await service.person('Gina')
    const id = await world.waiting({ approvers: [gina] })
    const token = await service.tellPerson(gina, { narrowedTo: [] })
    expect(await world.decide(token, id)).toMatchObject({ status: 403, body: { code: 'NOT_ALLOWED' } })
    await service.tellPerson(gina, { active: false })
    expect((await world.decide(gina, id)).status).toBe(401)
    expect(await transitions(id, 1)).toEqual([[Transition.OPENED, 1]])
  })

  it('that was made a moment ago is waited for; one that never was is 404', async () => {
    const { ann } = world.people
    const id = uuidv7()
    const deciding = world.decide(ann, id)
    await new Promise((resolve) => setTimeout(resolve, 300))
    await world.submit({ id })
    expect(await deciding).toMatchObject({ status: 200 })
    expect(await world.decide(ann, uuidv7())).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } })
  })

  it('under Auto Pilot waits for nobody: nothing to decide, withdraw or hand over', async () => {
    const { ray, ann, zoe } = world.people
    const id = await world.submit({ approvers: [] })
    await world.becomes(id, ExceptionStatus.ACTIVE)
    expect(await world.decide(ann, id)).toMatchObject({ status: 403, body: { code: 'NOT_YOUR_STEP' } })
    expect(await ray.post(`/exceptions/${id}/withdraw`)).toMatchObject({ status: 409, body: { code: 'WRONG_STATUS' } })
    expect(await zoe.post(`/exceptions/${id}/withdraw`)).toMatchObject({ status: 403, body: { code: 'NOT_ALLOWED' } })
    expect(await world.handOver(id, 0, zoe)).toMatchObject({ status: 409, body: { code: 'WRONG_STATUS' } })
    expect(await world.told(id, 0)).toEqual([])
  })

  it('of the approver themselves is never opened, whatever the topic says', async () => {
    const { ann } = world.people
    const id = await world.submit({ by: ann, approvers: [ann] })
    await world.waiting()
    expect(await world.told(id, 0)).toEqual([])
  })

  it('is decided once for one key, however often it is sent', async () => {
    const { ann } = world.people
    const id = await world.waiting()
    const key = { 'idempotency-key': uuidv7() }
    const send = () => ann.post(`/approvals/${id}/decision`, { decision: 'approve' }, key)
    expect((await send()).body).toEqual((await send()).body)
    expect(await transitions(id, 2)).toHaveLength(2)
  })
})

describe('withdrawal', () => {
  it('is for the requester while it is pending, and final', async () => {
    const { ray, ann, max } = world.people
    const id = await world.waiting()
    for (const who of [ann, max]) {
      expect(await who.post(`/exceptions/${id}/withdraw`)).toMatchObject({ status: 403, body: { code: 'NOT_ALLOWED' } })
    }
    expect(await ray.post(`/exceptions/${id}/withdraw`, { reason: 'fixed' })).toMatchObject({
      status: 200,
      body: { status: 'withdrawn', waitingFor: null },
    })
    expect(await ray.post(`/exceptions/${id}/withdraw`)).toMatchObject({ status: 409, body: { code: 'WRONG_STATUS' } })
    expect(await world.decide(ann, id)).toMatchObject({ status: 409, body: { code: 'WRONG_STATUS' } })
    const last = (await world.told(id, 2)).at(-1)
    expect(last).toMatchObject({ transition: Transition.WITHDRAWN, approval: { reason: 'fixed' } })
  })
})

describe('a request whose end passes while it waits', () => {
  it('lapses by itself within a second, as of its end', async () => {
    const endsAt = soon()
    const id = await world.waiting({ endsAt })
    clock.set(new Date(endsAt.getTime() - 1))
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(await transitions(id, 1)).toHaveLength(1)
    clock.set(endsAt)
    const [, lapsed] = await world.told(id, 2)
    expect(lapsed).toMatchObject({ transition: Transition.LAPSED })
    expect(lapsed?.meta?.actor).toBeUndefined()
    expect(lapsed?.approval?.resolvedAt?.seconds).toBe(BigInt(endsAt.getTime() / 1_000))
  })

  it('lapses at the next start if nothing ran then, and also if it arrives too late', async () => {
    const endsAt = soon()
    const id = await world.waiting({ endsAt })
    await world.service.stop()
    clock.advance(86_400_000)
    await world.service.restart()
    expect(await transitions(id, 2)).toEqual([
      [Transition.OPENED, 1],
      [Transition.LAPSED, 2],
    ])
    const late = await world.submit({ endsAt })
    expect((await transitions(late, 2)).at(-1)).toEqual([Transition.LAPSED, 2])
  })
})

describe('what waits for me', () => {
  it('is listed oldest first, with its step and its instances, and goes with the decision', async () => {
    const { service } = world
    const dora = await service.person('Dora')
    const { ann, ray } = world.people
    const old = await world.waiting({ name: 'old', approvers: [dora], requestedAt: new Date('2026-01-01T00:00:00Z') })
    const endsAt = soon()
    const young = await world.waiting({ name: 'young', approvers: [ann, dora], endsAt })
    const list = async () => (await dora.get('/approvals?waitingFor=me')).body
    await world.reach(old, 12)
    await expect.poll(async () => (await list()).items[0]?.instanceCount).toBe(12)
    expect(await list()).toEqual({
      items: [
        {
          exceptionId: old,
          name: 'old',
          requestedBy: { id: ray.id, name: 'Ray' },
          requestedAt: '2026-01-01T00:00:00.000Z',
          step: 0,
          type: 'approvers',
          stepCount: 1,
          endsAt: null,
          instanceCount: 12,
        },
      ],
      nextCursor: null,
      count: { value: 1, exact: true },
    })
    await world.decide(ann, young)
    expect((await list()).items).toMatchObject([
      { exceptionId: old },
      { exceptionId: young, step: 1, stepCount: 2, endsAt: endsAt.toISOString(), instanceCount: 0 },
    ])
    await world.decide(dora, old, 'deny')
    await world.decide(dora, young)
    expect((await list()).items).toEqual([])
    expect(await dora.get('/approvals?waitingFor=ann')).toMatchObject({ status: 400 })
  })
})

describe('a hand-over', () => {
  it('gives the step in effect to another candidate, who then decides; the first no longer can', async () => {
    const { ann, ben, cem, max, zoe } = world.people
    const id = await world.waiting({ candidates: [[ann.id, ben.id], [cem.id]] })
    expect(await world.handOver(id, 0, ben, zoe)).toMatchObject({ status: 403, body: { code: 'NOT_PERMITTED' } })
    expect(await world.handOver(id, 0, ben)).toMatchObject({ status: 200, body: { waitingFor: { name: 'Ben' } } })
    expect(await world.decide(ann, id)).toMatchObject({ status: 403, body: { code: 'NOT_YOUR_STEP' } })
    expect(await world.decide(ben, id)).toMatchObject({ status: 200 })
    const [, handed] = await world.told(id, 3)
    expect(handed).toMatchObject({ transition: Transition.HANDED_OVER, meta: { actor: { userId: max.id } } })
    expect(handed?.approval?.acts).toMatchObject([
      { to: { name: 'Ben' }, by: { name: 'Max' }, step: 0, reason: 'on leave' },
    ])
  })

  it('goes to members of a candidate group, to nobody else while one is active, then to anyone active', async () => {
    const { service } = world
    const { zoe } = world.people
    const hal = await service.person('Hal')
    const ida = await service.person('Ida')
    const group = { id: uuidv7(), name: 'Leads', memberIds: [hal.id, ida.id] }
    await service.tell({ case: 'group', value: group })
    const id = await world.waiting({ approvers: [hal], candidates: [[group.id]] })
    expect(await world.handOver(id, 0, zoe)).toMatchObject({ status: 422, body: { code: 'APPROVER_NOT_CANDIDATE' } })
    await service.tellPerson(hal, { active: false })
    expect(await world.handOver(id, 0, zoe)).toMatchObject({ status: 422, body: { code: 'APPROVER_NOT_CANDIDATE' } })
    expect(await world.handOver(id, 0, ida)).toMatchObject({ status: 200 })
    await service.tellPerson(ida, { active: false })
    expect(await world.handOver(id, 0, zoe)).toMatchObject({ status: 200, body: { waitingFor: { name: 'Zoe' } } })
  })

  it('never goes to the requester, to the unknown, or for a step there is not', async () => {
    const { ray, ann, ben } = world.people
    const id = await world.waiting({ candidates: [[ann.id, ben.id, ray.id], [ann.id]] })
    expect(await world.handOver(id, 0, ray)).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/toUserId' }] },
    })
    expect(await world.handOver(id, 0, { ...ben, id: uuidv7() })).toMatchObject({ status: 422 })
    expect(await world.handOver(id, 7, ben)).toMatchObject({ status: 422, body: { errors: [{ pointer: '/step' }] } })
  })

  it('is for steps that are open while it is pending, for any once it is active, for none once it has ended', async () => {
    const { ann, ben, cem } = world.people
    const id = await world.waiting({
      candidates: [
        [ann.id, ben.id],
        [cem.id, ben.id],
      ],
    })
    await world.decide(ann, id)
    expect(await world.handOver(id, 0, ben)).toMatchObject({ status: 409, body: { code: 'ALREADY_DECIDED' } })
    await world.decide(cem, id)
    expect(await world.handOver(id, 0, ben)).toMatchObject({ status: 409, body: { code: 'ALREADY_DECIDED' } })
    await world.becomes(id, ExceptionStatus.ACTIVE)
    const { status, body } = await world.handOver(id, 0, ben)
    expect({ status, step: body.steps?.[0] }).toMatchObject({
      status: 200,
      step: { approver: { name: 'Ben' }, decision: 'approved', decidedBy: { name: 'Ann' } },
    })
    await world.becomes(id, ExceptionStatus.EXPIRED)
    expect(await world.handOver(id, 0, ann)).toMatchObject({ status: 409, body: { code: 'WRONG_STATUS' } })
  })

  it('can be made forty times, and not once more', async () => {
    const { ann, ben } = world.people
    const id = await world.waiting({ approvers: [ann], candidates: [[ann.id, ben.id]] })
    for (let n = 0; n < 20; n++) {
      expect((await world.handOver(id, 0, ben)).status).toBe(200)
      expect((await world.handOver(id, 0, ann)).status).toBe(200)
    }
    expect(await world.handOver(id, 0, ben)).toMatchObject({ status: 409, body: { code: 'CONFLICT' } })
  })
})

it('the topic can be published again as it is now, marked as a replay', async () => {
  const { ann } = world.people
  const id = await world.waiting()
  await world.decide(ann, id, 'deny')
  await world.told(id, 2)
  await world.service.role('operator', 'operations.manage')
  const operator = await world.service.person('Olga', { role: 'operator' })
  expect(await operator.post('/republications/approvals.v1')).toMatchObject({ status: 202 })
  const [, denied, again] = await world.told(id, 3)
  expect(again?.meta).toMatchObject({ replay: true, version: { n: 2n } })
  expect({ ...again, meta: null }).toEqual({ ...denied, meta: null })
})
