import { ManualClock } from '@reprieve/clock'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TicketTransition, World } from './world.js'

const clock = new ManualClock(new Date('2026-03-10T09:00:00Z'))
let world: World

beforeAll(async () => {
  world = await World.start(clock)
})
afterAll(() => world?.close())

describe('a ticket of a person', () => {
  it('is made with an owner, a query and a due date, which is its original one', async () => {
    const { ola } = world.people
    const ticket = await world.ticket({ title: 'Patch nginx', expression: 'kev' })
    expect(ticket).toMatchObject({
      title: 'Patch nginx',
      owner: { id: ola.id, name: 'Ola' },
      expression: 'kev',
      dueDate: '2026-03-20',
      originalDueDate: '2026-03-20',
      dueDateBy: 'person',
      status: 'open',
      overdue: false,
      instanceCount: 0,
      severity: null,
      exceptions: [],
      version: 1,
    })
    const [told] = await world.told(ticket.id, 1)
    expect(told).toMatchObject({
      transition: TicketTransition.OPENED,
      ticket: { id: ticket.id, expression: 'kev', dueDate: '2026-03-20', queryVersion: 1 },
      dueDateMove: { from: '', to: '2026-03-20' },
    })
  })

  it('with a wrong query is refused with line and column, and with an unknown owner after a wait', async () => {
    const { max, ola } = world.people
    const wrong = await max.post('/tickets', { title: 'A', ownerId: ola.id, expression: 'kev &&\n sevrity == "high"' })
    expect(wrong).toMatchObject({
      status: 422,
      body: { code: 'QUERY_INVALID', errors: [{ pointer: '/expression', line: 2, column: 2 }] },
    })
    const nobody = await max.post('/tickets', {
      title: 'A',
      ownerId: '0190b6a2-0000-7000-8000-0000000000ff',
      expression: 'kev',
    })
    expect(nobody).toMatchObject({ status: 422, body: { code: 'USER_UNKNOWN', errors: [{ pointer: '/ownerId' }] } })
  })

  it('is read by those with a permission for tickets, its owner and auditors, and by nobody else', async () => {
    const { id } = await world.ticket()
    const { ola, otto, max, wim, ada, zoe } = world.people
    const statuses = await Promise.all([ola, otto, max, wim, ada, zoe].map((one) => one.get(`/tickets/${id}`)))
    expect(statuses.map(({ status }) => status)).toEqual([200, 403, 200, 200, 200, 403])
    expect((await ola.get('/tickets')).status).toBe(403)
    expect((await ada.get('/tickets')).status).toBe(200)
    expect((await max.get('/tickets/0190b6a2-0000-7000-8000-0000000000fe')).status).toBe(404)
  })

  it('is renamed and called done by whoever may write tickets; date, query and owner are a manager’s', async () => {
    const { id } = await world.ticket()
    const { wim, otto } = world.people
    expect(await world.patch(id, { title: 'Patch it now' }, wim)).toMatchObject({ status: 200, body: { version: 2 } })
    for (const part of [{ dueDate: world.day(30) }, { expression: 'kev' }, { ownerId: otto.id }]) {
      expect(await world.patch(id, part, wim)).toMatchObject({ status: 403, body: { code: 'NOT_PERMITTED' } })
    }
    expect(await world.patch(id, { ownerId: otto.id, expression: 'kev' })).toMatchObject({
      status: 200,
      body: { owner: { name: 'Otto' }, expression: 'kev', title: 'Patch it now' },
    })
    expect(await world.patch(id, { status: 'done' }, wim)).toMatchObject({
      status: 200,
      body: { status: 'done', overdue: false, doneAt: '2026-03-10T09:00:00.000Z' },
    })
    expect(await world.patch(id, { dueDate: world.day(30) })).toMatchObject({
      status: 409,
      body: { code: 'WRONG_STATUS' },
    })
    expect(await world.patch(id, { status: 'open' }, wim)).toMatchObject({
      status: 200,
      body: { status: 'open', doneAt: null },
    })
  })

  it('moves its due date for a manager, with the reason kept, and keeps the original one', async () => {
    const { id } = await world.ticket()
    const moved = await world.patch(id, { dueDate: world.day(3), reason: 'The auditors come.' })
    expect(moved).toMatchObject({ status: 200, body: { dueDate: '2026-03-13', originalDueDate: '2026-03-20' } })
    const { body } = await world.people.max.get(`/tickets/${id}/updates`)
    expect(body.items[0]).toMatchObject({ actor: { name: 'Max' }, type: 'dueDateMoved' })
    expect(body.items[0].text).toContain('2026-03-20 to 2026-03-13. The auditors come.')
    const again = await world.patch(id, { dueDate: world.day(3) })
    expect(again.body.version).toBe(moved.body.version)
  })

  it('is edited only by who has read what it is', async () => {
    const { id } = await world.ticket()
    const { max } = world.people
    expect((await max.call('PATCH', `/tickets/${id}`, { title: 'B' })).status).toBe(428)
    expect((await max.call('PATCH', `/tickets/${id}`, { title: 'B' }, { 'if-match': '"7"' })).status).toBe(412)
  })

  it('is overdue once its day is over in UTC', async () => {
    const { id } = await world.ticket({ dueDate: world.today })
    expect((await world.read(id)).overdue).toBe(false)
    clock.set(new Date('2026-03-10T23:59:59.999Z'))
    expect((await world.read(id)).overdue).toBe(false)
    clock.set(new Date('2026-03-11T00:00:00Z'))
    expect((await world.read(id)).overdue).toBe(true)
    clock.set(new Date('2026-03-10T09:00:00Z'))
  })
})

describe('the list', () => {
  it('filters, sorts and pages', async () => {
    const { otto, max } = world.people
    const made = []
    for (const days of [5, -3, 9]) {
      made.push(await world.ticket({ ownerId: otto.id, title: `Listed ${days}`, dueDate: world.day(days) }))
    }
    const titles = async (query: string) =>
      // biome-ignore lint/suspicious/noExplicitAny: an answer's form is what the tests are about
      (await max.get(`/tickets?ownerId=${otto.id}&text=listed&${query}`)).body.items.map(({ title }: any) => title)
    expect(await titles('')).toEqual(['Listed -3', 'Listed 5', 'Listed 9'])
    expect(await titles('sort=-dueDate')).toEqual(['Listed 9', 'Listed 5', 'Listed -3'])
    expect(await titles('overdue=true')).toEqual(['Listed -3'])
    expect(await titles('overdue=false&sort=title')).toEqual(['Listed 5', 'Listed 9'])
    expect(await titles(`dueBefore=${world.day(9)}&dueAfter=${world.day(0)}`)).toEqual(['Listed 5'])
    const first = (await max.get(`/tickets?ownerId=${otto.id}&text=listed&limit=2`)).body
    expect(first.count).toEqual({ value: 3, exact: true })
    const second = (await max.get(`/tickets?ownerId=${otto.id}&text=listed&limit=2&cursor=${first.nextCursor}`)).body
    expect(second).toMatchObject({ items: [{ title: 'Listed 9' }], nextCursor: null })
    expect((await max.get('/tickets?colour=red')).status).toBe(400)
  })

  it.each(['dueDate', 'title', 'owner', 'status', 'severity', 'instanceCount', 'createdAt'])(
    'pages by %s in both directions without losing or doubling any',
    async (sort) => {
      const { max } = world.people
      for (const direction of ['', '-']) {
        const seen: string[] = []
        for (let cursor: string | null = ''; cursor !== null; ) {
          const { body } = await max.get(`/tickets?limit=3&sort=${direction}${sort}${cursor && `&cursor=${cursor}`}`)
          seen.push(...body.items.map(({ id }: { id: string }) => id))
          cursor = body.nextCursor
        }
        const { count } = (await max.get('/tickets?limit=1')).body
        expect(new Set(seen).size).toBe(seen.length)
        expect(seen.length).toBe(count.value)
      }
    },
  )
})

describe('a ticket of another system', () => {
  const path = '/external-tickets/jira/SEC-1'
  const said = (changes: Record<string, unknown> = {}) => ({
    title: 'From Jira',
    ownerId: world.people.ola.id,
    expression: 'kev',
    dueDate: '2026-04-01',
    url: 'https://jira.example/SEC-1',
    ...changes,
  })

  it('is made once, however often and by how many it is said', async () => {
    const { max } = world.people
    const answers = await Promise.all([1, 2, 3, 4].map(() => max.call('PUT', path, said())))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 201])
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
    expect(answers[0]?.body).toMatchObject({
      version: 1,
      external: { source: 'jira', key: 'SEC-1', url: 'https://jira.example/SEC-1' },
    })
  })

  it('takes over what is said differently, and leaves what was changed here', async () => {
    const { max } = world.people
    const { id } = (await max.call('PUT', path, said())).body
    await world.patch(id, { dueDate: '2026-05-05', reason: 'Ours.' })
    expect((await max.call('PUT', path, said({ title: 'Renamed' }))).body).toMatchObject({
      title: 'Renamed',
      dueDate: '2026-05-05',
    })
    expect((await max.call('PUT', path, said({ title: 'Renamed', dueDate: '2026-06-06' }))).body).toMatchObject({
      dueDate: '2026-06-06',
      originalDueDate: '2026-04-01',
    })
    const told = await world.told(id, 4)
    expect(told.at(-1)?.dueDateMove).toMatchObject({ from: '2026-05-05', to: '2026-06-06' })
    const done = await max.call('PUT', path, said({ title: 'Renamed', dueDate: '2026-06-06', status: 'done' }))
    expect(done.body.status).toBe('done')
  })

  it('is a manager’s to say', async () => {
    expect((await world.people.wim.call('PUT', path, said())).status).toBe(403)
  })
})
