import 'reflect-metadata'
import { ManualClock } from '@reprieve/clock'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ExceptionTransition, World } from './world.js'

const NOW = new Date('2026-03-10T09:30:00Z')

let world: World
const clock = new ManualClock(NOW)

beforeAll(async () => {
  world = await World.start(clock)
})
afterAll(() => world?.close())

const ask = (changes: Record<string, unknown> = {}) => world.people.ray.post('/exceptions', world.request(changes))
const pointers = (body: { errors?: Array<{ pointer: string }> }) => body.errors?.map(({ pointer }) => pointer)

describe('a request', () => {
  it('is kept, waits for its first approver, and has a managed copy of its query', async () => {
    const { ray, ann, cem } = world.people
    const { status, body, headers } = await ask({
      useCase: 'technicalLimitation',
      evidenceLink: 'https://wiki.example/1',
    })
    expect(status).toBe(201)
    expect(headers.get('location')).toBe(`/api/v1/exceptions/${body.id}`)
    expect(body).toMatchObject({
      kind: 'query',
      effect: 'suppress',
      status: 'pendingApproval',
      riskAcknowledged: true,
      useCase: 'technicalLimitation',
      query: { name: 'Old log4j', folder: 'Vulnerability Exception Queries', expression: 'kev && asset.name == "a"' },
      instanceCount: 0,
      expiresAt: null,
      appliedSince: null,
      requestedBy: { id: ray.id, name: 'Ray' },
      requestedAt: NOW.toISOString(),
      rule: { id: world.ruleId, version: 1 },
      approvers: [
        { id: ann.id, name: 'Ann' },
        { id: cem.id, name: 'Cem' },
      ],
      waitingFor: { id: ann.id, name: 'Ann' },
      approval: {
        type: 'approvers',
        currentStep: 0,
        steps: [
          { index: 0, decision: null },
          { index: 1, decision: null },
        ],
      },
      inForce: null,
      ended: null,
      ticketId: null,
    })
    const [event] = await world.told(body.id, 1)
    expect(event?.body.value).toMatchObject({
      transition: ExceptionTransition.SUBMITTED,
      exception: { id: body.id, query: { id: body.query.id, expression: body.query.expression }, currentStep: 0 },
    })
    expect(event?.meta).toMatchObject({ actor: { userId: ray.id, name: 'Ray' }, version: { n: 1n } })
  })

  it('under Auto Pilot is active in the answer, and tells of both changes', async () => {
    const { pilot } = world.people
    const { status, body } = await pilot.post(
      '/exceptions',
      world.request({ approvers: undefined, expiration: { type: 'days', days: 2 } }),
    )
    expect({ status, body }).toMatchObject({
      status: 201,
      body: {
        status: 'active',
        appliedSince: NOW.toISOString(),
        expiresAt: '2026-03-12T09:30:00.000Z',
        approval: { type: 'autoPilot', steps: [] },
        approvers: [],
        waitingFor: null,
      },
    })
    const events = await world.told(body.id, 2)
    expect(events.map(({ body: told }) => told.case === 'change' && told.value.transition)).toEqual([
      ExceptionTransition.SUBMITTED,
      ExceptionTransition.ACTIVATED,
    ])
    const history = (await pilot.get(`/exceptions/${body.id}/history`)).body.items
    expect(history).toEqual([
      { at: NOW.toISOString(), actor: { id: pilot.id, name: 'Pilot' }, type: 'submitted', to: 'pendingApproval' },
      {
        at: NOW.toISOString(),
        actor: null,
        type: 'activated',
        from: 'pendingApproval',
        to: 'active',
        reason: 'Auto Pilot',
      },
    ])
  })

  it('names nobody under Auto Pilot', async () => {
    const { status, body } = await world.people.pilot.post('/exceptions', world.request())
    expect({ status, pointers: pointers(body) }).toEqual({ status: 422, pointers: ['/approvers'] })
  })

  it.each<[string, Record<string, unknown>, string | null]>([
    ['never', { type: 'never' }, null],
    ['a date, to the end of that day in UTC', { type: 'date', date: '2026-03-10' }, '2026-03-11T00:00:00.000Z'],
    ['a leap day', { type: 'date', date: '2028-02-29' }, '2028-03-01T00:00:00.000Z'],
    ['an instant', { type: 'at', at: '2026-03-10T09:30:00.001Z' }, '2026-03-10T09:30:00.001Z'],
    ['days, from activation', { type: 'days', days: 3 }, null],
  ])('ends at %s', async (_, expiration, expiresAt) => {
    const { status, body } = await ask({ expiration })
    expect({ status, expiration: body.expiration, expiresAt: body.expiresAt }).toEqual({
      status: 201,
      expiration,
      expiresAt,
    })
  })

  it('is refused with everything that is wrong, at once', async () => {
    const { status, body } = await ask({
      name: '  ',
      justification: '',
      riskAcknowledged: false,
      expression: 'kev && colour == "red"',
      approvers: [world.people.zoe.id, world.people.ray.id],
      expiration: { type: 'date', date: '2026-03-09' },
    })
    expect({ status, code: body.code }).toEqual({ status: 422, code: 'INVALID' })
    expect(pointers(body)).toEqual([
      '/name',
      '/justification',
      '/riskAcknowledged',
      '/expiration/date',
      '/expression',
      '/approvers/0',
      '/approvers/1',
    ])
  })

  it.each<[string, Record<string, unknown>, string, string[]]>([
    ['an approver who is no candidate', { approvers: ['zoe', 'cem'] }, 'APPROVER_NOT_CANDIDATE', ['/approvers/0']],
    ['the requester as approver', { approvers: ['ann', 'ray'] }, 'APPROVER_NOT_CANDIDATE', ['/approvers/1']],
    ['no choice among several', { approvers: ['ann', null] }, 'INVALID', ['/approvers/1']],
    ['too few approvers', { approvers: ['ann'] }, 'INVALID', ['/approvers']],
    ['no query', { expression: undefined }, 'INVALID', ['/queryId']],
    ['an unknown query', { expression: undefined, queryId: uuidv7() }, 'QUERY_UNKNOWN', ['/queryId']],
    ['a wrong query', { expression: 'kev &&' }, 'QUERY_INVALID', ['/expression']],
    ['no days', { expiration: { type: 'days', days: 0 } }, 'INVALID', ['/expiration/days']],
    ['a passed instant', { expiration: { type: 'at', at: NOW.toISOString() } }, 'INVALID', ['/expiration/at']],
  ])('is refused for %s', async (_, { approvers, ...changes }, code, where) => {
    const named = (approvers as Array<keyof World['people'] | null> | undefined)?.map((name) =>
      name === null ? null : world.people[name].id,
    )
    const { status, body } = await ask({ ...changes, ...(named === undefined ? {} : { approvers: named }) })
    expect({ status, code: body.code, where: pointers(body) }).toEqual({ status: 422, code, where })
  })

  it.each<[string, Record<string, unknown>]>([
    ['an unknown field', { colour: 'red' }],
    ['a day that does not exist', { expiration: { type: 'date', date: '2026-02-30' } }],
    ['an expiration of no kind', { expiration: { type: 'someday' } }],
    ['a link that is none', { evidenceLink: 'javascript:alert(1)' }],
    ['a text that is too long', { name: 'x'.repeat(201) }],
    ['an approver who is no id', { approvers: ['ann'] }],
  ])('is refused for %s', async (_, changes) => {
    expect(await ask(changes)).toMatchObject({ status: 422, body: { code: 'INVALID' } })
  })

  it('tells line and column of what is wrong in a query', async () => {
    const { body } = await ask({ expression: 'kev &&\n  colour == "red"' })
    expect(body.errors).toEqual([expect.objectContaining({ pointer: '/expression', line: 2, column: 3 })])
  })

  it('needs the permission, and a rule for the role', async () => {
    expect(await world.people.zoe.post('/exceptions', world.request())).toMatchObject({
      status: 403,
      body: { code: 'NOT_PERMITTED' },
    })
    await world.service.role('trainee', 'exceptions.request')
    const trainee = await world.service.person('Tim', { role: 'trainee' })
    expect(await trainee.post('/exceptions', world.request())).toMatchObject({
      status: 403,
      body: { code: 'NO_RULE_FOR_ROLE' },
    })
  })

  it('sent twice with one key is one exception', async () => {
    const key = { 'idempotency-key': uuidv7() }
    const once = await world.people.ray.post('/exceptions', world.request({ name: 'Once' }), key)
    const again = await world.people.ray.post('/exceptions', world.request({ name: 'Once' }), key)
    expect(again.body).toEqual(once.body)
    expect(await world.people.ray.post('/exceptions', world.request({ name: 'Other' }), key)).toMatchObject({
      status: 422,
      body: { code: 'IDEMPOTENCY_KEY_REUSED' },
    })
  })
})

describe('a saved query', () => {
  it('is copied, and what becomes of it later does not matter', async () => {
    const queryId = uuidv7()
    await world.query(queryId, 'severity == "low"')
    const { status, body } = await ask({ expression: undefined, queryId })
    expect({ status, query: body.query, source: body.sourceQueryId }).toMatchObject({
      status: 201,
      query: { expression: 'severity == "low"' },
      source: queryId,
    })
    expect(body.query.id).not.toBe(queryId)
    await world.query(queryId, 'severity == "high"', { version: 2 })
    expect((await world.read(body.id)).query.expression).toBe('severity == "low"')
  })

  it('that has changed since it was shown is refused, and the one shown is taken', async () => {
    const queryId = uuidv7()
    await world.query(queryId, 'severity == "low"')
    await world.query(queryId, 'severity == "high"', { version: 2 })
    expect(await ask({ queryId, expression: 'severity == "low"' })).toMatchObject({
      status: 409,
      body: { code: 'QUERY_CHANGED' },
    })
    expect(await ask({ queryId, expression: 'severity == "high"' })).toMatchObject({ status: 201 })
  })

  it('is waited for when it was saved a moment ago, and unknown once deleted', async () => {
    const queryId = uuidv7()
    const asked = ask({ expression: undefined, queryId })
    await new Promise((resolve) => setTimeout(resolve, 300))
    await world.query(queryId, 'kev')
    expect(await asked).toMatchObject({ status: 201 })
    await world.query(queryId, 'kev', { version: 2, deleted: true })
    await expect
      .poll(async () => (await ask({ expression: undefined, queryId })).body.code, { timeout: 10_000 })
      .toBe('QUERY_UNKNOWN')
  })
})

describe('the rule', () => {
  it('a form was filled in under must be the newest, and is waited for', async () => {
    await world.service.role('tester', 'exceptions.request')
    const tess = await world.service.person('Tess', { role: 'tester' })
    const id = uuidv7()
    const send = (changes: Record<string, unknown>) =>
      tess.post('/exceptions', world.request({ approvers: undefined, ...changes }))
    const first = send({ ruleVersion: 1 })
    await new Promise((resolve) => setTimeout(resolve, 300))
    await world.rule('tester', [[world.people.ann.id]], { id })
    expect(await first).toMatchObject({ status: 201, body: { rule: { id, version: 1 }, waitingFor: { name: 'Ann' } } })
    const second = send({ ruleVersion: 2 })
    await world.rule('tester', [[world.people.ben.id]], { id, version: 2 })
    expect(await second).toMatchObject({ status: 201, body: { rule: { version: 2 }, waitingFor: { name: 'Ben' } } })
    expect(await send({ ruleVersion: 1 })).toMatchObject({ status: 409, body: { code: 'RULE_CHANGED' } })
    expect(await send({ ruleVersion: 7 })).toMatchObject({ status: 409, body: { code: 'RULE_CHANGED' } })
  })

  it('that leaves nobody for a step refuses the request: all inactive, or the requester alone', async () => {
    await world.service.role('lonely', 'exceptions.request')
    const lola = await world.service.person('Lola', { role: 'lonely' })
    const gone = await world.service.person('Gone', { active: false })
    await world.rule('lonely', [[world.people.ann.id], [lola.id, gone.id]], { id: uuidv7() })
    const { status, body } = await lola.post('/exceptions', world.request({ approvers: undefined }))
    expect({ status, code: body.code, where: pointers(body) }).toEqual({
      status: 422,
      code: 'NO_ELIGIBLE_APPROVER',
      where: ['/approvers/1'],
    })
  })
})
