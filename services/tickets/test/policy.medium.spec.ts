import { ManualClock } from '@reprieve/clock'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ExceptionStatus, TicketTransition, World } from './world.js'

const T0 = new Date('2026-03-10T09:00:00Z')
const SEEN = new Date('2026-03-01T12:00:00Z')
const clock = new ManualClock(T0)
let world: World

beforeAll(async () => {
  world = await World.start(clock)
  await world.settings({ maxDeferralDays: 365 })
})
beforeEach(() => clock.set(T0))
afterAll(() => world?.close())

const FIRST = {
  severity: { critical: 15, high: 30, medium: 90, low: 180, none: null, unknown: 90 },
  criticality: { critical: null, high: null, medium: null, low: null },
  kev: 14,
}

async function policy(changes: Record<string, unknown> = {}, query = '') {
  const { max } = world.people
  const { headers } = await max.get('/settings/due-dates')
  const etag = headers.get('etag') ?? ''
  return max.call('PUT', `/settings/due-dates${query}`, { ...FIRST, ...changes }, { 'if-match': etag })
}

/** A ticket that the policy governs, counted. */
async function governed(severity = 'high', title = 'Governed') {
  const ticket = await world.ticket({ dueDate: undefined, title })
  expect(ticket).toMatchObject({ dueDate: null, originalDueDate: null, dueDateBy: 'policy', overdue: false })
  await world.count(ticket.id, 1, [{ severity, instances: 3, firstSeen: SEEN }])
  await world.until(ticket.id, ({ dueDate }) => dueDate !== null)
  return ticket.id as string
}

describe('counts', () => {
  it('are kept from events: how many are left, by severity, and how many are closed', async () => {
    const { id } = await world.ticket()
    await world.count(
      id,
      1,
      [
        { severity: 'high', instances: 3, firstSeen: SEEN },
        { severity: 'high', kev: true, instances: 1, firstSeen: SEEN },
        { severity: 'low', instances: 2, firstSeen: SEEN },
      ],
      { closed: 4 },
    )
    expect(await world.until(id, ({ instanceCount }) => instanceCount === 6)).toMatchObject({
      severity: 'high',
      dueDate: '2026-03-20',
      counts: { bySeverity: { critical: 0, high: 4, low: 2 }, closed: 4, asOf: T0.toISOString() },
      version: 1,
    })
  })

  it('older than those that are known, or of an older edit of the query, change nothing', async () => {
    const { id } = await world.ticket()
    await world.patch(id, { expression: 'kev' })
    await world.count(id, 5, [{ instances: 5, firstSeen: SEEN }], { queryVersion: 1 })
    await world.count(id, 3, [{ instances: 3, firstSeen: SEEN }], { queryVersion: 2 })
    await world.count(id, 2, [{ instances: 2, firstSeen: SEEN }], { queryVersion: 2 })
    const other = await world.ticket()
    await world.count(other.id, 1, [{ instances: 1, firstSeen: SEEN }])
    await world.until(other.id, ({ instanceCount }) => instanceCount === 1)
    await world.until(id, ({ instanceCount }) => instanceCount === 3)
  })

  it('of a ticket that nobody gave a date give it one by the policy, from the first sighting', async () => {
    const id = await governed('critical')
    expect(await world.read(id)).toMatchObject({ dueDate: '2026-03-16', originalDueDate: '2026-03-16' })
    await world.count(id, 2, [{ severity: 'critical', kev: true, firstSeen: SEEN }])
    await world.until(id, ({ dueDate }) => dueDate === '2026-03-15')
    const { version } = (await world.people.max.get('/settings/due-dates')).body
    expect((await world.told(id, 3)).slice(1).map(({ dueDateMove }) => dueDateMove)).toMatchObject([
      { from: '', to: '2026-03-16', policyVersion: version },
      { from: '2026-03-16', to: '2026-03-15', policyVersion: version },
    ])
  })

  it('of a ticket that a person gave a date move nothing', async () => {
    const { id } = await world.ticket()
    await world.count(id, 1, [{ severity: 'critical', firstSeen: SEEN }])
    expect((await world.until(id, ({ instanceCount }) => instanceCount === 1)).dueDate).toBe('2026-03-20')
  })
})

describe('a new policy', () => {
  it('tells which tickets would move before it is saved, and moves them with its version as the cause', async () => {
    const id = await governed('medium', 'Moves')
    const trial = await policy({ severity: { ...FIRST.severity, medium: 60 } }, '?dryRun=true')
    expect(trial.status).toBe(200)
    expect(trial.body.wouldMove.tickets).toContainEqual({
      id,
      title: 'Moves',
      dueDate: '2026-05-30',
      newDueDate: '2026-04-30',
    })
    expect((await world.read(id)).dueDate).toBe('2026-05-30')
    const saved = await policy({ severity: { ...FIRST.severity, medium: 60 } })
    expect(saved).toMatchObject({ status: 200, body: { version: trial.body.version + 1 } })
    await world.until(id, ({ dueDate }) => dueDate === '2026-04-30')
    expect((await world.told(id, 3)).at(-1)).toMatchObject({
      transition: TicketTransition.DUE_DATE_MOVED,
      dueDateMove: { from: '2026-05-30', to: '2026-04-30', policyVersion: saved.body.version },
    })
    const same = await policy({ severity: { ...FIRST.severity, medium: 60 } })
    expect(same.body.version).toBe(saved.body.version)
    await policy()
  })

  it('never moves a ticket while a deferral is in force; after it, only the next one does', async () => {
    const id = await governed('high')
    const asked = await world.asked(id, { proposedDueDate: '2026-06-01' })
    const since = await world.approve(asked.id, id)
    await policy({ severity: { ...FIRST.severity, high: 5 } })
    const other = await governed('high')
    await world.until(other, ({ dueDate }) => dueDate === '2026-03-06')
    await world.count(id, 2, [{ severity: 'critical', firstSeen: SEEN }])
    await world.until(id, ({ severity }) => severity === 'critical')
    expect((await world.read(id)).dueDate).toBe('2026-06-01')
    clock.set(new Date('2026-06-02T00:00:00Z'))
    await world.end(asked.id, id, ExceptionStatus.EXPIRED, { since })
    await world.count(id, 3, [{ severity: 'high', firstSeen: SEEN }])
    await world.until(id, ({ severity }) => severity === 'high')
    expect(await world.read(id)).toMatchObject({ dueDate: '2026-06-01', overdue: true })
    await policy({ severity: { ...FIRST.severity, high: 6 } })
    await world.until(id, ({ dueDate }) => dueDate === '2026-03-07')
    await policy()
  })

  it('is refused where it says what no policy can, or was made of an older one', async () => {
    const { max } = world.people
    expect((await policy({ kev: 0 })).status).toBe(422)
    expect((await policy({ kev: 1.5 })).status).toBe(422)
    expect((await policy({ severity: { critical: 1 } })).status).toBe(422)
    expect((await max.call('PUT', '/settings/due-dates', FIRST)).status).toBe(428)
    expect((await max.call('PUT', '/settings/due-dates', FIRST, { 'if-match': '"77"' })).status).toBe(412)
    expect((await world.people.wim.get('/settings/due-dates')).status).toBe(403)
  })
})

describe('a grouping rule', () => {
  // biome-ignore lint/suspicious/noExplicitAny: an answer's form is what the tests are about
  const rule = async (changes: Record<string, unknown>): Promise<any> => {
    const { max } = world.people
    const { body, status } = await max.post('/settings/grouping-rules', { ownerId: max.id, ...changes })
    expect(status).toBe(201)
    return body
  }
  const ticketsOf = async (ruleId: string, count: number) => {
    for (let tries = 0; ; tries++) {
      const { body } = await world.people.max.get(`/tickets?groupingRuleId=${ruleId}&sort=title`)
      if (body.items.length >= count || tries > 500) return body.items
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }

  it('opens one ticket for each group, owned by who goes by the name that scanners give', async () => {
    const { ola, max } = world.people
    const made = await rule({ name: 'By owner', by: 'ownerAndComponent', filter: 'cvss >= 7.0' })
    const open = [{ severity: 'critical', instances: 2, firstSeen: SEEN }]
    await world.countGroup(made, { owner: 'OLA', component: 'log4j-core' }, 1, open)
    await world.countGroup(made, { owner: 'Payments', component: 'log4j-core' }, 1, open)
    await world.countGroup(made, { owner: 'Nobody yet', component: 'nginx' }, 1, [])
    const items = await ticketsOf(made.id, 2)
    expect(items).toMatchObject([
      {
        title: 'log4j-core of OLA',
        owner: { id: ola.id },
        expression: 'asset.owner == "OLA" && component.name == "log4j-core" && (cvss >= 7.0)',
        dueDate: '2026-03-16',
        dueDateBy: 'policy',
        instanceCount: 2,
        severity: 'critical',
        group: { ruleId: made.id, by: 'ownerAndComponent', key: { owner: 'OLA', component: 'log4j-core' } },
      },
      { title: 'log4j-core of Payments', owner: { id: max.id } },
    ])
    expect((await world.told(items[0].id, 1))[0]).toMatchObject({
      transition: TicketTransition.OPENED,
      ticket: { group: { ruleId: made.id, key: { owner: 'OLA', component: 'log4j-core' } } },
      dueDateMove: { from: '', to: '2026-03-16' },
    })
  })

  it('counts, closes and opens its tickets as their groups have something left', async () => {
    const made = await rule({ name: 'By asset', by: 'asset' })
    const key = { asset: 'a-1' }
    await world.countGroup(made, key, 1, [{ firstSeen: SEEN }], 'web-1')
    const [{ id, title }] = await ticketsOf(made.id, 1)
    expect(title).toBe('Vulnerabilities on web-1')
    await world.countGroup(made, key, 2, [])
    await world.until(id, ({ status }) => status === 'done')
    await world.countGroup(made, key, 3, [{ instances: 2, firstSeen: SEEN }])
    expect(await world.until(id, ({ status }) => status === 'open')).toMatchObject({ instanceCount: 2 })
    await world.patch(id, { status: 'done' })
    await world.countGroup(made, key, 4, [{ instances: 1, firstSeen: SEEN }])
    expect(await world.until(id, ({ instanceCount }) => instanceCount === 1)).toMatchObject({ status: 'done' })
  })

  it('that was edited or switched off takes no counts of what it was', async () => {
    const { max } = world.people
    const made = await rule({ name: 'By vulnerability', by: 'vulnerability' })
    const edited = await max.call(
      'PATCH',
      `/settings/grouping-rules/${made.id}`,
      { filter: 'kev' },
      { 'if-match': '"1"' },
    )
    expect(edited).toMatchObject({ status: 200, body: { filter: 'kev', by: 'vulnerability', version: 2 } })
    await world.countGroup(made, { vulnerability: 'CVE-1' }, 1, [{ firstSeen: SEEN }])
    await world.countGroup({ id: made.id, queryVersion: 2 }, { vulnerability: 'CVE-2' }, 1, [{ firstSeen: SEEN }])
    expect(await ticketsOf(made.id, 1)).toMatchObject([{ title: 'CVE-2' }])
    const off = { enabled: false }
    expect((await max.call('PATCH', `/settings/grouping-rules/${made.id}`, off, { 'if-match': '"2"' })).status).toBe(
      200,
    )
    await world.countGroup({ id: made.id, queryVersion: 3 }, { vulnerability: 'CVE-2' }, 2, [])
    const other = await world.ticket()
    await world.count(other.id, 1, [{ instances: 1, firstSeen: SEEN }])
    await world.until(other.id, ({ instanceCount }) => instanceCount === 1)
    expect(await ticketsOf(made.id, 1)).toMatchObject([{ title: 'CVE-2', status: 'open' }])
    const { body } = await max.get('/settings/grouping-rules')
    expect(body.items.find(({ id }: { id: string }) => id === made.id)).toMatchObject({ enabled: false, version: 3 })
  })

  it('takes its tickets along as its filter is edited, but for those whose deferral is in force until that is over', async () => {
    const { max, ola } = world.people
    const made = await rule({ name: 'Edited', by: 'asset', filter: 'cvss >= 7.0', ownerId: ola.id })
    const keys = ['a-free', 'a-held'].map((asset) => ({ asset }))
    const open = [{ severity: 'high', firstSeen: SEEN }]
    for (const key of keys) await world.countGroup(made, key, 1, open, key.asset)
    const [free, held] = (await ticketsOf(made.id, 2)) as [{ id: string }, { id: string }]
    expect(await world.patch(free.id, { expression: 'kev' })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/expression' }] },
    })
    const { id } = await world.asked(held.id, { proposedDueDate: world.day(60) })
    const since = await world.approve(id, held.id)
    const edited = await max.call(
      'PATCH',
      `/settings/grouping-rules/${made.id}`,
      { filter: 'kev' },
      { 'if-match': '"1"' },
    )
    expect(edited.status).toBe(200)
    const now = { id: made.id, queryVersion: 2 }
    const two = [{ severity: 'high', instances: 2, firstSeen: SEEN }]
    for (const key of keys) await world.countGroup(now, key, 2, two, key.asset)
    const followed = await world.until(free.id, ({ instanceCount }) => instanceCount === 2)
    expect(followed.expression).toBe('asset.id == "a-free" && (kev)')
    const counted = await world.until(held.id, ({ instanceCount }) => instanceCount === 2)
    expect(counted.expression).toBe('asset.id == "a-held" && (cvss >= 7.0)')
    await world.end(id, held.id, ExceptionStatus.DEACTIVATED, { by: world.people.ann, reason: 'Fixed.', since })
    await world.countGroup(now, { asset: 'a-held' }, 3, open, 'a-held')
    const after = await world.until(held.id, ({ instanceCount }) => instanceCount === 1)
    expect(after.expression).toBe('asset.id == "a-held" && (kev)')
    const { body } = await max.get(`/tickets/${free.id}/updates`)
    expect(body.items.map(({ text }: { text: string }) => text)).toContain('The query follows its grouping rule.')
  })

  it('of five hundred groups at once opens five hundred tickets, each once, also where they are told again', async () => {
    const made = await rule({ name: 'Many', by: 'vulnerability' })
    const tell = () =>
      Promise.all(
        Array.from({ length: 500 }, (_, n) =>
          world.countGroup(made, { vulnerability: `CVE-3-${n}` }, 1, [{ firstSeen: SEEN }]),
        ),
      )
    await tell()
    await tell()
    for (let tries = 0; tries < 1_000; tries++) {
      const { body } = await world.people.max.get(`/tickets?groupingRuleId=${made.id}&limit=1`)
      if (body.count.value === 500) break
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    const { body } = await world.people.max.get(`/tickets?groupingRuleId=${made.id}&limit=200`)
    expect(body.count).toEqual({ value: 500, exact: true })
  })

  it('has a name of its own, a right filter and an owner', async () => {
    const { max } = world.people
    await rule({ name: 'Twice', by: 'asset' })
    const again = await max.post('/settings/grouping-rules', { name: 'twice', by: 'asset', ownerId: max.id })
    expect(again).toMatchObject({ status: 409, body: { code: 'NAME_TAKEN' } })
    const wrong = await max.post('/settings/grouping-rules', {
      name: 'W',
      by: 'asset',
      ownerId: max.id,
      filter: 'kev &&',
    })
    expect(wrong).toMatchObject({ status: 422, body: { code: 'QUERY_INVALID', errors: [{ pointer: '/filter' }] } })
  })
})
