import 'reflect-metadata'
import { ManualClock } from '@reprieve/clock'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ApprovalTransition, World } from './world.js'

const NOW = new Date('2026-03-10T09:00:00Z')
const DAY_MS = 86_400_000
const clock = new ManualClock(NOW)

let world: World
/** By name: five exceptions that differ in everything the table shows. */
const ids: Record<string, string> = {}

beforeAll(async () => {
  world = await World.start(clock)
  const { rita, ann, ben, cem } = world.people
  const day = (n: number) => new Date(NOW.getTime() + n * DAY_MS).toISOString()
  ids['Bravo'] = await world.pending({ name: 'Bravo', expiration: { type: 'at', at: day(30) } })
  clock.advance(DAY_MS)
  ids['alpha'] = await world.pending(
    { name: 'alpha', approvers: [ben.id, ben.id], justification: '100% sure_of it' },
    rita,
  )
  clock.advance(DAY_MS)
  ids['Charlie'] = await world.active({ name: 'Charlie', expiration: { type: 'days', days: 5 } })
  clock.advance(DAY_MS)
  ids['delta'] = await world.active({ name: 'delta' })
  clock.advance(DAY_MS)
  ids['Echo'] = await world.pending({ name: 'Echo', approvers: [ann.id, cem.id] }, rita)
  await world.approval(ids['Echo'], { transition: ApprovalTransition.DENIED, by: ann, step: 0, reason: 'no' })
  await world.until(ids['Echo'], ({ status }) => status === 'denied')
  for (const [name, count] of [
    ['Bravo', 5],
    ['alpha', 50],
    ['Charlie', 500],
    ['delta', 5],
  ] as const) {
    await world.reach(ids[name] ?? '', count)
    await world.until(ids[name] ?? '', ({ instanceCount }) => instanceCount === count)
  }
})
afterAll(() => world?.close())

const list = async (query = '') => {
  const { status, body } = await world.people.max.get(`/exceptions${query}`)
  if (status !== 200) throw new Error(JSON.stringify(body))
  return body
}
const names = async (query: string) => (await list(query)).items.map(({ name }: { name: string }) => name)

describe('the Exception Table', () => {
  it('shows every exception whole, the newest request first, and how many there are', async () => {
    const { items, count, nextCursor } = await list()
    expect(items.map(({ name }: { name: string }) => name)).toEqual(['Echo', 'delta', 'Charlie', 'alpha', 'Bravo'])
    expect({ count, nextCursor }).toEqual({ count: { value: 5, exact: true }, nextCursor: null })
    expect(items[0]).toEqual(await world.read(ids['Echo'] ?? ''))
  })

  it.each([
    ['name', ['alpha', 'Bravo', 'Charlie', 'delta', 'Echo']],
    ['-name', ['Echo', 'delta', 'Charlie', 'Bravo', 'alpha']],
    ['status,name', ['Charlie', 'delta', 'Echo', 'alpha', 'Bravo']],
    ['requestedAt', ['Bravo', 'alpha', 'Charlie', 'delta', 'Echo']],
    ['requestedBy,-name', ['delta', 'Charlie', 'Bravo', 'Echo', 'alpha']],
    ['instanceCount,name', ['Echo', 'Bravo', 'delta', 'alpha', 'Charlie']],
    ['-instanceCount,name', ['Charlie', 'alpha', 'Bravo', 'delta', 'Echo']],
    // What is missing comes last, either way.
    ['expiresAt,name', ['Charlie', 'Bravo', 'alpha', 'delta', 'Echo']],
    ['-expiresAt,name', ['Bravo', 'Charlie', 'alpha', 'delta', 'Echo']],
    ['appliedSince,name', ['Charlie', 'delta', 'alpha', 'Bravo', 'Echo']],
    ['-appliedSince,name', ['delta', 'Charlie', 'alpha', 'Bravo', 'Echo']],
    ['waitingFor,name', ['Bravo', 'alpha', 'Charlie', 'delta', 'Echo']],
    ['-waitingFor,name', ['alpha', 'Bravo', 'Charlie', 'delta', 'Echo']],
  ])('sorts by %s, the same in pages of two as at once', async (sort, expected) => {
    expect(await names(`?sort=${sort}`)).toEqual(expected)
    const paged: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: { items: Array<{ name: string }>; nextCursor: string | null } = await list(
        `?sort=${sort}&limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`,
      )
      paged.push(...page.items.map(({ name }) => name))
      cursor = page.nextCursor
    }
    expect(paged).toEqual(expected)
  })

  it.each<[string, string, string[]]>([
    ['a status', 'status=active', ['Charlie', 'delta']],
    ['several statuses', 'status=active&status=denied', ['Charlie', 'delta', 'Echo']],
    ['a kind', 'kind=ticket', []],
    ['the requester', 'requestedBy=RITA', ['alpha', 'Echo']],
    ['several requesters', 'requestedBy=RITA&requestedBy=RAY', ['alpha', 'Bravo', 'Echo']],
    ['whom it waits for', 'waitingFor=ANN', ['Bravo']],
    ['an approver of any step', 'approver=CEM', ['Bravo', 'Echo']],
    ['an approver, each exception once', 'approver=BEN', ['alpha']],
    ['a part of the name, in any case', 'text=CHAR', ['Charlie']],
    ['a part of the requester’s name', 'text=rita', ['alpha', 'Echo']],
    ['a part of the justification, taken as it is', `text=${encodeURIComponent('100% sure_of')}`, ['alpha']],
    ['no wildcard', `text=${encodeURIComponent('10% sure')}`, []],
    ['two letters', 'text=ec', ['Echo']],
    ['several texts', 'text=bravo&text=echo', ['Bravo', 'Echo']],
    ['requested after', 'requestedAfter=2026-03-12', ['Charlie', 'delta', 'Echo']],
    ['requested before, which it does not include', 'requestedBefore=2026-03-11T09:00:00Z', ['Bravo']],
    ['expires after', 'expiresAfter=2026-04-01', ['Bravo']],
    ['expires before', 'expiresBefore=2026-04-01', ['Charlie']],
    ['instances at least', 'minInstances=50', ['alpha', 'Charlie']],
    ['filters together', 'status=pendingApproval&requestedBy=RITA&minInstances=1', ['alpha']],
  ])('filters by %s', async (_, filter, expected) => {
    const { people } = world
    const query = filter.replace(/RITA|RAY|ANN|BEN|CEM/g, (name) => people[name.toLowerCase() as 'rita'].id)
    expect(await names(`?sort=name&${query}`)).toEqual(expected)
  })

  it('knows the caller as me', async () => {
    await world.service.role('lead', 'exceptions.read')
    const ann = await world.service.tellPerson(world.people.ann, { role: 'lead' })
    const { body } = await ann.get('/exceptions?waitingFor=me')
    expect(body.items.map(({ name }: { name: string }) => name)).toEqual(['Bravo'])
  })

  it.each([
    'status=gone',
    'colour=red',
    'limit=0',
    'minInstances=-1',
    'requestedAfter=yesterday',
    'sort=colour',
    'cursor=x',
    'approver=ann',
  ])('refuses %s', async (query) => {
    expect(await world.people.max.get(`/exceptions?${query}`)).toMatchObject({
      status: 400,
      body: { code: 'MALFORMED' },
    })
  })

  it('finds its first page by an index in every order', async () => {
    const { db } = world.service.database.open()
    const orders = [
      'requested_at DESC, id DESC',
      'lower(name), id',
      'status, id',
      'lower(requester_name) DESC, id DESC',
      'instance_count DESC, id DESC',
      'expires_at ASC NULLS LAST, id ASC',
      'expires_at DESC NULLS LAST, id DESC',
      'applied_since ASC NULLS LAST, id ASC',
      'applied_since DESC NULLS LAST, id DESC',
      'lower(waiting_for_name) ASC NULLS LAST, id ASC',
      'lower(waiting_for_name) DESC NULLS LAST, id DESC',
    ]
    for (const order of orders) {
      // Five rows are read quicker without one; this asks whether there is one that would do.
      const plan = await db.transaction().execute(async (tx) => {
        await sql`SET LOCAL enable_seqscan = off`.execute(tx)
        await sql`SET LOCAL enable_sort = off`.execute(tx)
        return sql<{
          'QUERY PLAN': string
        }>`EXPLAIN SELECT id FROM exception ORDER BY ${sql.raw(order)} LIMIT 51`.execute(tx)
      })
      const text = plan.rows.map((row) => row['QUERY PLAN']).join('\n')
      expect(text, order).toContain('Index')
      expect(text, order).not.toContain('Sort')
    }
  })
})
