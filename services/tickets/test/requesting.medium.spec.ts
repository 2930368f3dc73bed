import { ManualClock } from '@reprieve/clock'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TicketTransition, World } from './world.js'

const clock = new ManualClock(new Date('2026-03-10T09:00:00Z'))
let world: World

beforeAll(async () => {
  world = await World.start(clock)
  await world.settings()
})
afterAll(() => world?.close())

describe('a request from a ticket', () => {
  it('is answered with the exception that it becomes', async () => {
    const { ola, ann } = world.people
    const ticket = await world.ticket({ title: 'Patch the base image' })
    const answer = await world.ask(ticket.id, { evidenceLink: 'https://wiki.example/why' })
    expect(answer.status).toBe(201)
    expect(answer.headers.get('location')).toBe(`/api/v1/exceptions/${answer.body.id}`)
    const reviewer = { id: ann.id, name: 'Ann' }
    expect(answer.body).toMatchObject({
      kind: 'ticket',
      effect: 'defer',
      name: 'Patch the base image',
      useCase: 'fixUnavailable',
      evidenceLink: 'https://wiki.example/why',
      status: 'pendingApproval',
      query: { name: 'Patch the base image', expression: ticket.expression, folder: 'Vulnerability Exception Queries' },
      expiration: { type: 'date', date: '2026-04-19' },
      expiresAt: '2026-04-20T00:00:00.000Z',
      requestedBy: { id: ola.id, name: 'Ola' },
      rule: null,
      approvers: [reviewer],
      waitingFor: reviewer,
      approval: { type: 'reviewer', currentStep: 0, steps: [{ index: 0, approver: reviewer, decision: null }] },
      ticketId: ticket.id,
    })
    expect(await world.read(ticket.id)).toMatchObject({
      dueDate: ticket.dueDate,
      waitingRequest: answer.body.id,
      exceptions: [
        {
          id: answer.body.id,
          status: 'pendingApproval',
          proposedDueDate: '2026-04-19',
          updates: [{ actor: { name: 'Ola' }, type: 'exceptionRequested' }],
        },
      ],
    })
    const told = await world.told(ticket.id, 2)
    expect(told[1]).toMatchObject({
      transition: TicketTransition.EXCEPTION_REQUESTED,
      ticket: {
        request: {
          exceptionId: answer.body.id,
          proposedDueDate: '2026-04-19',
          query: { id: answer.body.query.id, expression: ticket.expression },
          reviewer,
          candidateIds: [ann.id],
          assignedBy: '',
        },
      },
    })
  })

  it('is its owner’s alone, and of a role that may', async () => {
    const { otto, max, ann } = world.people
    const ticket = await world.ticket()
    for (const one of [otto, max, ann]) {
      expect(await world.ask(ticket.id, {}, one)).toMatchObject({ status: 403, body: { code: 'NOT_ALLOWED' } })
    }
    const managers = await world.ticket({ ownerId: max.id })
    expect(await world.ask(managers.id, {}, max)).toMatchObject({ status: 403, body: { code: 'NOT_PERMITTED' } })
  })

  it('tells every fault at once', async () => {
    const ticket = await world.ticket()
    const answer = await world.ask(ticket.id, {
      justification: ' ',
      riskAcknowledged: false,
      proposedDueDate: world.day(10),
      evidenceIds: ['0190b6a2-0000-7000-8000-0000000000fe'],
    })
    expect(answer.status).toBe(422)
    expect(answer.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/justification',
      '/riskAcknowledged',
      '/proposedDueDate',
      '/evidenceIds/0',
    ])
  })

  it.each([
    ['the day it is', 0, -5],
    ['the due date', 10, 10],
    ['before the due date', 9, 10],
    ['beyond the longest deferral', 91, 10],
  ])('until %s is refused', async (_, proposed, due) => {
    const ticket = await world.ticket({ dueDate: world.day(due) })
    const answer = await world.ask(ticket.id, { proposedDueDate: world.day(proposed) })
    expect(answer).toMatchObject({ status: 422, body: { code: 'INVALID', errors: [{ pointer: '/proposedDueDate' }] } })
  })

  it('until the last day of the longest deferral is taken, also from a ticket that is overdue', async () => {
    const ticket = await world.ticket({ dueDate: world.day(-5) })
    expect((await world.ask(ticket.id, { proposedDueDate: world.day(90) })).status).toBe(201)
  })

  it('has files that its requester has uploaded, and that no other has', async () => {
    const { ola, otto } = world.people
    const upload = async (n: number, by: { id: string; name: string }, more: Record<string, unknown> = {}) => {
      const id = `0190b6a2-0000-7000-8000-00000000f00${n}`
      await world.service.publish('exceptions.v1', {
        subjectId: id,
        version: 1,
        body: { body: { case: 'upload', value: { file: { id }, uploadedBy: { id: by.id, name: by.name }, ...more } } },
      })
      return id
    }
    const mine = await upload(1, ola)
    const ottos = await upload(2, otto)
    const taken = await upload(3, ola, { exceptionId: '0190b6a2-0000-7000-8000-0000000000aa' })
    const gone = await upload(4, ola, { removed: true })
    const ticket = await world.ticket()
    for (const id of [ottos, taken, gone]) {
      expect(await world.ask(ticket.id, { evidenceIds: [id] })).toMatchObject({
        status: 422,
        body: { code: 'EVIDENCE_UNKNOWN', errors: [{ pointer: '/evidenceIds/0' }] },
      })
    }
    expect((await world.ask(ticket.id, { evidenceIds: [mine] })).status).toBe(201)
    const another = await world.ticket()
    expect(await world.ask(another.id, { evidenceIds: [mine] })).toMatchObject({ body: { code: 'EVIDENCE_UNKNOWN' } })
  })

  it('is one at a time', async () => {
    const ticket = await world.ticket()
    await world.asked(ticket.id)
    expect(await world.ask(ticket.id)).toMatchObject({ status: 409, body: { code: 'REQUEST_WAITS' } })
    expect(await world.patch(ticket.id, { expression: 'kev' })).toMatchObject({
      status: 409,
      body: { code: 'REQUEST_WAITS' },
    })
  })

  it('is one also of ten that come at once', async () => {
    const ticket = await world.ticket()
    const answers = await Promise.all(Array.from({ length: 10 }, () => world.ask(ticket.id)))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(9).fill(409)])
    expect((await world.read(ticket.id)).exceptions).toHaveLength(1)
  })

  it('that is repeated with its key is answered as before', async () => {
    const { ola } = world.people
    const ticket = await world.ticket()
    const key = { 'idempotency-key': 'again' }
    const first = await world.ask(ticket.id, {}, ola, key)
    const second = await ola.post(`/tickets/${ticket.id}/exceptions`, world.request(), key)
    expect(second).toMatchObject({ status: 201, body: first.body })
    expect(second.headers.get('idempotency-replayed')).toBe('true')
    expect((await world.read(ticket.id)).exceptions).toHaveLength(1)
  })

  it('of a ticket that is done is refused', async () => {
    const ticket = await world.ticket()
    await world.patch(ticket.id, { status: 'done' })
    expect(await world.ask(ticket.id)).toMatchObject({ status: 409, body: { code: 'WRONG_STATUS' } })
  })

  it('is not asked for too often in a row', async () => {
    const limited = (await world.settings({ maxDeferralsInARow: 1 })).status
    expect(limited).toBe(200)
    const ticket = await world.ticket()
    const { id } = await world.asked(ticket.id, { proposedDueDate: world.day(20) })
    await world.approve(id, ticket.id)
    expect(await world.ask(ticket.id, { proposedDueDate: world.day(30) })).toMatchObject({
      status: 422,
      body: { code: 'TOO_MANY_DEFERRALS' },
    })
    await world.settings()
    expect((await world.ask(ticket.id, { proposedDueDate: world.day(30) })).status).toBe(201)
  })
})

describe('the reviewer', () => {
  it('is whom the first rule that holds says, and the dry run tells it before', async () => {
    const { max, ola, ann, ben } = world.people
    await world.settings({
      reviewerRules: [
        { name: 'long', when: 'request.days > 60', reviewerId: ben.id },
        {
          name: 'no fix',
          when: 'request.useCase == "fixUnavailable" && requester.role == "owner"',
          reviewerId: ann.id,
        },
      ],
      fallbackReviewerId: max.id,
    })
    const ticket = await world.ticket()
    const trial = (more: Record<string, unknown>) =>
      max.post('/settings/exceptions/dry-run', {
        ticketId: ticket.id,
        requesterId: ola.id,
        proposedDueDate: world.day(70),
        ...more,
      })
    expect((await trial({})).body).toEqual({ reviewer: { id: ben.id, name: 'Ben' }, rule: 'long' })
    expect((await trial({ proposedDueDate: world.day(40), useCase: 'fixUnavailable' })).body).toMatchObject({
      reviewer: { name: 'Ann' },
      rule: 'no fix',
    })
    expect((await trial({ proposedDueDate: world.day(40), useCase: 'other' })).body).toMatchObject({
      reviewer: { name: 'Max' },
      rule: null,
    })
    expect((await world.asked(ticket.id)).waitingFor).toMatchObject({ name: 'Ann' })
    const told = (await world.told(ticket.id, 2)).at(-1)
    expect(told?.ticket?.request).toMatchObject({ assignedBy: 'no fix', candidateIds: [ben.id, ann.id, max.id] })
  })

  it('is never the requester: a group’s others are asked, and where nobody is left it is refused', async () => {
    const { ola, otto } = world.people
    await world.settings({ fallbackReviewerId: world.groupId })
    for (let n = 0; n < 4; n++) {
      const ticket = await world.ticket()
      expect((await world.asked(ticket.id)).waitingFor.id).not.toBe(ola.id)
    }
    await world.settings({ fallbackReviewerId: ola.id })
    const ticket = await world.ticket()
    expect(await world.ask(ticket.id)).toMatchObject({ status: 422, body: { code: 'NO_REVIEWER' } })
    const ottos = await world.ticket({ ownerId: otto.id })
    expect((await world.ask(ottos.id, {}, otto)).status).toBe(201)
    await world.settings({ fallbackReviewerId: null })
    const another = await world.ticket()
    expect(await world.ask(another.id)).toMatchObject({ status: 422, body: { code: 'NO_REVIEWER' } })
  })

  it('of a group is the one with least to do, also of many that ask at once', async () => {
    const before = await waiting()
    await world.settings({ fallbackReviewerId: world.groupId })
    const tickets = await Promise.all(Array.from({ length: 8 }, () => world.ticket()))
    await Promise.all(tickets.map(({ id }) => world.asked(id)))
    const after = await waiting()
    const loads = (['ben', 'cem'] as const).map((name) => after.get(world.people[name].id) ?? 0)
    expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(1)
    expect([...after.values()].reduce((a, b) => a + b, 0) - [...before.values()].reduce((a, b) => a + b, 0)).toBe(8)
  })

  it('of a group is each in turn where the settings say so', async () => {
    await world.settings({ fallbackReviewerId: world.groupId, fallbackChoice: 'roundRobin' })
    const names: string[] = []
    for (let n = 0; n < 4; n++) {
      clock.advance(1_000)
      const ticket = await world.ticket()
      names.push((await world.asked(ticket.id)).waitingFor.name)
    }
    expect(names[0]).not.toBe(names[1])
    expect(names.slice(2)).toEqual(names.slice(0, 2))
  })
})

describe('the settings', () => {
  it('are a version each, and name only what there is', async () => {
    const { max } = world.people
    const before = await max.get('/settings/exceptions')
    expect(before.headers.get('etag')).toBe(`"${before.body.version}"`)
    const same = await max.call('PUT', '/settings/exceptions', before.body, { 'if-match': `"${before.body.version}"` })
    expect(same).toMatchObject({ status: 200, body: { version: before.body.version } })
    expect((await max.call('PUT', '/settings/exceptions', before.body)).status).toBe(428)
    expect((await max.call('PUT', '/settings/exceptions', before.body, { 'if-match': '"x"' })).status).toBe(412)
    const nobody = '0190b6a2-0000-7000-8000-0000000000ff'
    expect(await world.settings({ fallbackReviewerId: nobody })).toMatchObject({
      status: 422,
      body: { code: 'USER_UNKNOWN', errors: [{ pointer: '/fallbackReviewerId' }] },
    })
    expect(await world.settings({ requesterRoles: ['owner', 'king'] })).toMatchObject({
      status: 422,
      body: { code: 'ROLE_UNKNOWN', errors: [{ pointer: '/requesterRoles/1' }] },
    })
  })

  it('refuse a wrong condition as a query is refused, with line and column', async () => {
    const { ann } = world.people
    const wrong = (when: string) => world.settings({ reviewerRules: [{ name: 'a', when, reviewerId: ann.id }] })
    expect(await wrong('request.days > 3 &&\n  ticket.colour == "red"')).toMatchObject({
      status: 422,
      body: { code: 'QUERY_INVALID', errors: [{ pointer: '/reviewerRules/0/when', line: 2, column: 3 }] },
    })
    expect(await wrong('kev')).toMatchObject({ status: 422, body: { code: 'QUERY_INVALID' } })
    expect(await wrong('request.days > "a"')).toMatchObject({ status: 422, body: { code: 'QUERY_INVALID' } })
  })

  it('are a manager’s to edit, and an auditor’s to read', async () => {
    const { ola, ada } = world.people
    expect((await ola.get('/settings/exceptions')).status).toBe(403)
    expect((await ada.get('/settings/exceptions')).status).toBe(200)
    expect((await ada.call('PUT', '/settings/exceptions', {}, { 'if-match': '*' })).status).toBe(403)
  })
})

/** How many requests wait for each reviewer. */
async function waiting(): Promise<Map<string, number>> {
  const database = world.service.database.open<{ ticket_request: { reviewer_id: string; status: string } }>()
  const rows = await database.db
    .selectFrom('ticket_request')
    .select('reviewer_id')
    .where('status', '=', 'pendingApproval')
    .execute()
  return new Map([...Map.groupBy(rows, ({ reviewer_id }) => reviewer_id)].map(([id, of]) => [id, of.length]))
}
