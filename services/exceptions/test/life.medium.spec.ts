import 'reflect-metadata'
import { ManualClock } from '@reprieve/clock'
import { partitionOf } from '@reprieve/messaging'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ApprovalTransition as Done, ExceptionTransition as Told, World } from './world.js'

const NOW = new Date('2026-03-10T09:30:00Z')
const MINUTE_MS = 60_000

let world: World
const clock = new ManualClock(NOW)

beforeAll(async () => {
  world = await World.start(clock)
})
afterAll(() => world?.close())

const transitions = async (id: string, count: number) =>
  (await world.told(id, count)).map(({ body }) => (body.case === 'change' ? body.value.transition : null))

describe('what approvals decided', () => {
  it('moves a request through its steps; from the last approval on it is active', async () => {
    const { ann, cem } = world.people
    const id = await world.pending({ expiration: { type: 'days', days: 1 } })
    const decidedAt = new Date(clock.now().getTime() + 1_234)
    await world.approval(id, { transition: Done.STEP_APPROVED, by: ann, step: 0, reason: 'fine' })
    const waiting = await world.until(id, ({ waitingFor }) => waitingFor.id === cem.id)
    expect(waiting).toMatchObject({
      status: 'pendingApproval',
      approval: { currentStep: 1, steps: [{ decision: 'approved', decidedBy: { name: 'Ann' }, comment: 'fine' }, {}] },
    })
    await world.approval(id, { transition: Done.APPROVED, by: cem, step: 1, at: decidedAt })
    const active = await world.until(id, ({ status }) => status === 'active')
    expect(active).toMatchObject({
      appliedSince: decidedAt.toISOString(),
      expiresAt: new Date(decidedAt.getTime() + 86_400_000).toISOString(),
      waitingFor: null,
      ended: null,
      approval: { currentStep: 2 },
    })
    expect(await transitions(id, 3)).toEqual([Told.SUBMITTED, Told.AMENDED, Told.ACTIVATED])
    const { body } = await world.people.ray.get(`/exceptions/${id}/history`)
    expect(
      body.items.map(({ type, actor, from, to, step }: Record<string, unknown>) => [type, actor, from, to, step]),
    ).toEqual([
      ['submitted', expect.objectContaining({ name: 'Ray' }), undefined, 'pendingApproval', undefined],
      ['stepApproved', expect.objectContaining({ name: 'Ann' }), undefined, undefined, 0],
      ['activated', expect.objectContaining({ name: 'Cem' }), 'pendingApproval', 'active', 1],
    ])
  })

  it('ends a request that is denied, withdrawn or has lapsed', async () => {
    const { ann, ray } = world.people
    const denied = await world.pending()
    await world.approval(denied, { transition: Done.DENIED, by: ann, step: 0, reason: 'patch it' })
    expect(await world.until(denied, ({ status }) => status === 'denied')).toMatchObject({
      appliedSince: null,
      waitingFor: null,
      ended: { by: { name: 'Ann' }, reason: 'patch it' },
      approval: { currentStep: 0, steps: [{ decision: 'denied', comment: 'patch it' }, { decision: null }] },
    })
    const withdrawn = await world.pending()
    await world.approval(withdrawn, { transition: Done.WITHDRAWN, by: ray, reason: 'fixed' })
    expect(await world.until(withdrawn, ({ status }) => status === 'withdrawn')).toMatchObject({
      ended: { by: { name: 'Ray' }, reason: 'fixed' },
    })
    const end = new Date(clock.now().getTime() + MINUTE_MS)
    const lapsed = await world.pending({ expiration: { type: 'at', at: end.toISOString() } })
    await world.approval(lapsed, { transition: Done.LAPSED, at: end })
    expect(await world.until(lapsed, ({ status }) => status === 'expired')).toMatchObject({
      appliedSince: null,
      expiresAt: end.toISOString(),
      ended: { at: end.toISOString(), by: null, reason: expect.stringContaining('waited') },
    })
    expect(await transitions(lapsed, 2)).toEqual([Told.SUBMITTED, Told.LAPSED])
  })

  it('gives a step to another approver, who from then on may read and deactivate it', async () => {
    const { ann, ben, max } = world.people
    const id = await world.pending()
    await world.approve(id)
    expect(await ben.get(`/exceptions/${id}`)).toMatchObject({ status: 403 })
    await world.approval(id, { transition: Done.HANDED_OVER, by: max, step: 0, to: ben, reason: 'Ann left' })
    const handed = await world.until(id, ({ approvers }) => approvers[0].id === ben.id)
    expect(handed.approval.steps[0]).toMatchObject({ approver: { name: 'Ben' }, decidedBy: { name: 'Ann' } })
    expect((await ben.get(`/exceptions/${id}/history`)).body.items.at(-1)).toMatchObject({
      type: 'handedOver',
      actor: { name: 'Max' },
      step: 0,
      handedTo: { name: 'Ben' },
      reason: 'Ann left',
    })
    expect(await ann.post(`/exceptions/${id}/deactivate`, { reason: 'mine?' })).toMatchObject({ status: 403 })
    expect(await ben.post(`/exceptions/${id}/deactivate`, { reason: 'patched' })).toMatchObject({ status: 200 })
  })
})

describe('deactivation', () => {
  it('is for any approver, once, with a reason; the requester cannot', async () => {
    const { ray, cem, max } = world.people
    const id = await world.pending()
    const post = (who: typeof ray, reason = 'patched') => who.post(`/exceptions/${id}/deactivate`, { reason })
    expect(await post(cem)).toMatchObject({ status: 409, body: { code: 'WRONG_STATUS' } })
    await world.approve(id)
    expect(await post(ray)).toMatchObject({ status: 403, body: { code: 'NOT_ALLOWED' } })
    expect(await post(max)).toMatchObject({ status: 403, body: { code: 'NOT_ALLOWED' } })
    expect(await post(cem, ' ')).toMatchObject({ status: 422 })
    expect(await post(cem)).toMatchObject({
      status: 200,
      body: { status: 'deactivated', ended: { at: clock.now().toISOString(), by: { name: 'Cem' }, reason: 'patched' } },
    })
    expect(await post(cem)).toMatchObject({ status: 409, body: { code: 'WRONG_STATUS' } })
    expect(await transitions(id, 4)).toEqual([Told.SUBMITTED, Told.AMENDED, Told.ACTIVATED, Told.DEACTIVATED])
  })

  it('right after the last approval waits until that has arrived', async () => {
    const { ann, cem } = world.people
    const id = await world.pending()
    const deactivation = ann.post(`/exceptions/${id}/deactivate`, { reason: 'after all' })
    await new Promise((resolve) => setTimeout(resolve, 300))
    await world.approval(
      id,
      { transition: Done.STEP_APPROVED, by: ann, step: 0 },
      { transition: Done.APPROVED, by: cem, step: 1 },
    )
    expect(await deactivation).toMatchObject({ status: 200, body: { status: 'deactivated' } })
  })

  it('is for the requester under Auto Pilot, and for nobody else', async () => {
    const { pilot, ann } = world.people
    const id = await world.active()
    expect(await ann.post(`/exceptions/${id}/deactivate`, { reason: 'no' })).toMatchObject({ status: 403 })
    expect(await pilot.post(`/exceptions/${id}/deactivate`, { reason: 'not needed' })).toMatchObject({ status: 200 })
  })

  it('is refused to a token that was narrowed, whoever owns it, and unknown ids are 404', async () => {
    const { pilot } = world.people
    const id = await world.active()
    const token = await world.service.tellPerson(pilot, { role: 'analyst', narrowedTo: [] })
    expect(await token.post(`/exceptions/${id}/deactivate`, { reason: 'x' })).toMatchObject({ status: 403 })
    expect(await pilot.post(`/exceptions/${uuidv7()}/deactivate`, { reason: 'x' })).toMatchObject({ status: 404 })
    expect(await pilot.post('/exceptions/7/deactivate', { reason: 'x' })).toMatchObject({ status: 400 })
  })
})

describe('the end', () => {
  it('comes by itself, within a second of its instant', async () => {
    const end = new Date(clock.now().getTime() + MINUTE_MS)
    const id = await world.active({ expiration: { type: 'at', at: end.toISOString() } })
    clock.set(new Date(end.getTime() - 1))
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect((await world.read(id)).status).toBe('active')
    clock.set(end)
    const expired = await world.until(id, ({ status }) => status === 'expired', 2_000)
    expect(expired).toMatchObject({ ended: { at: end.toISOString(), by: null, reason: null }, inForce: null })
    expect(await transitions(id, 3)).toEqual([Told.SUBMITTED, Told.ACTIVATED, Told.EXPIRED])
  })

  it('that came while nothing ran is caught up at start, as of its instant', async () => {
    const end = new Date(clock.now().getTime() + MINUTE_MS)
    const id = await world.active({ expiration: { type: 'at', at: end.toISOString() } })
    await world.service.stop()
    clock.advance(3 * 86_400_000)
    await world.service.restart()
    expect(await world.until(id, ({ status }) => status === 'expired', 2_000)).toMatchObject({
      ended: { at: end.toISOString() },
    })
  })

  it('of 1 200 at the same instant comes for all, once for each', async () => {
    const end = new Date(clock.now().getTime() + MINUTE_MS)
    const first = await world.active({ expiration: { type: 'at', at: end.toISOString() } })
    const { db } = world.service.database.open()
    const { sql } = await import('kysely')
    // Copies of a real one: asking 1 200 times would test something else.
    await sql`
      INSERT INTO exception SELECT (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid(), 'query_id', gen_random_uuid()))).*
      FROM exception AS e, generate_series(1, 1199) WHERE e.id = ${first}`.execute(db)
    await sql`
      INSERT INTO exception_history (exception_id, version, at, type)
      SELECT id, version, requested_at, 'activated' FROM exception WHERE expires_at = ${end} AND id <> ${first}`.execute(
      db,
    )
    clock.set(end)
    const ended = async () =>
      (
        await sql<{
          n: number
        }>`SELECT count(*)::int AS n FROM exception WHERE expires_at = ${end} AND status = 'expired'`.execute(db)
      ).rows[0]?.n
    await expect.poll(ended, { timeout: 20_000 }).toBe(1_200)
    const lines = await sql<{ n: number }>`
      SELECT count(*)::int AS n FROM exception_history JOIN exception ON exception.id = exception_id
      WHERE expires_at = ${end} AND type = 'expired'`.execute(db)
    expect(lines.rows[0]?.n).toBe(1_200)
  })
})

describe('reading', () => {
  it('is for who may read every exception, its requester and its approvers from submission on', async () => {
    const { ray, rita, ann, ben, cem, max, zoe } = world.people
    const id = await world.pending()
    for (const path of ['', '/history', '/comments']) {
      const statuses = await Promise.all(
        [ray, ann, cem, max, rita, ben, zoe].map(async (who) => (await who.get(`/exceptions/${id}${path}`)).status),
      )
      expect(statuses, path).toEqual([200, 200, 200, 200, 403, 403, 403])
    }
    expect(await max.get(`/exceptions/${uuidv7()}`)).toMatchObject({ status: 404 })
    expect(await ray.get('/exceptions')).toMatchObject({ status: 403 })
  })

  it('tells on how many instances it is in force, since when and as of when, while it is active', async () => {
    const id = await world.active()
    const since = clock.now()
    await world.reach(id, 7)
    expect(await world.until(id, ({ instanceCount }) => instanceCount === 7)).toMatchObject({ inForce: null })
    await world.reach(id, 9, since)
    expect(await world.until(id, ({ instanceCount }) => instanceCount === 9)).toMatchObject({
      inForce: { since: since.toISOString(), instances: 9, asOf: since.toISOString() },
    })
    await world.people.pilot.post(`/exceptions/${id}/deactivate`, { reason: 'done' })
    expect(await world.read(id)).toMatchObject({ inForce: null, instanceCount: 9 })
  })
})

describe('comments', () => {
  it('can be made by whoever can read it, and are listed oldest first', async () => {
    const { ray, ann, max, zoe } = world.people
    const id = await world.pending()
    for (const [who, text] of [
      [ray, 'Please look at it.'],
      [ann, 'Why not now?'],
      [max, 'I wonder, too.'],
    ] as const) {
      expect(await who.post(`/exceptions/${id}/comments`, { text })).toMatchObject({
        status: 201,
        body: { text, author: { id: who.id } },
      })
      clock.advance(1_000)
    }
    expect(await zoe.post(`/exceptions/${id}/comments`, { text: 'me too' })).toMatchObject({ status: 403 })
    expect(await ray.post(`/exceptions/${id}/comments`, { text: '' })).toMatchObject({ status: 422 })
    const { body } = await ray.get(`/exceptions/${id}/comments`)
    expect(body.items.map(({ author }: { author: { name: string } }) => author.name)).toEqual(['Ray', 'Ann', 'Max'])
    expect(body.count).toEqual({ value: 3, exact: true })
  })
})

describe('the topic', () => {
  it('tells every few seconds in every partition that the service lives', async () => {
    const beats = () => world.service.published('exceptions.v1').filter(({ body }) => body.case === 'heartbeat')
    await expect.poll(() => beats().length, { timeout: 7_000 }).toBeGreaterThanOrEqual(4)
    const partitions = beats().map(({ meta }) => partitionOf(Buffer.from(meta?.subjectId ?? ''), 4))
    expect(new Set(partitions)).toEqual(new Set([0, 1, 2, 3]))
  })

  it('can be published again as it is now, marked as a replay, in the versions that it has', async () => {
    const id = await world.pending()
    await world.approve(id)
    await world.told(id, 3)
    await world.service.role('operator', 'operations.manage')
    const operator = await world.service.person('Olga', { role: 'operator' })
    expect(await operator.post('/republications/exceptions.v1')).toMatchObject({ status: 202 })
    const events = await world.told(id, 4)
    expect(events.at(-1)).toMatchObject({ meta: { replay: true, version: { n: 3n }, actor: { name: 'Cem' } } })
    expect(events.at(-1)?.body).toEqual(events.at(-2)?.body)
  })
})
