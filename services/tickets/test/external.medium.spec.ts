import { create, toBinary, toJsonString } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { ManualClock } from '@reprieve/clock'
import { external, tickets } from '@reprieve/contracts'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { World } from './world.js'

const TOPIC = 'external.tickets.v1'
const T0 = new Date('2026-03-10T09:00:00Z')
const clock = new ManualClock(T0)
let world: World

beforeAll(async () => {
  world = await World.start(clock)
  await world.settings()
})
afterAll(() => world?.close())

type Said = Partial<Parameters<typeof create<typeof external.ExternalTicketSchema>>[1]>

const event = (key: string, changes: Said = {}) =>
  create(external.ExternalTicketSchema, {
    source: 'servicenow',
    key,
    title: 'From ServiceNow',
    owner: { case: 'ownerId', value: world.people.ola.id },
    expression: 'kev',
    dueDate: '2026-04-01',
    url: `https://now.example/${key}`,
    ...changes,
  })

const publish = (key: string, changes: Said = {}) =>
  world.service.publishBytes(TOPIC, `servicenow/${key}`, toBinary(external.ExternalTicketSchema, event(key, changes)))

const publishJson = (key: string, changes: Said = {}, beside: object = {}) => {
  const json = { ...JSON.parse(toJsonString(external.ExternalTicketSchema, event(key, changes))), ...beside }
  const headers = { 'content-type': 'application/json; charset=utf-8' }
  return world.service.publishBytes(TOPIC, `servicenow/${key}`, Buffer.from(JSON.stringify(json)), headers)
}

interface Ticket {
  id: string
  version: number
  title: string
  dueDate: string | null
  status: string
  owner: { name: string }
  external: { key: string }
}

const listed = async (key: string): Promise<Ticket[]> => {
  const { body } = await world.people.max.get('/tickets?source=servicenow&limit=200')
  return body.items.filter((item: Ticket) => item.external.key === key)
}

/** @returns the ticket of a key, once there is one as wanted */
async function kept(key: string, wanted: (ticket: Ticket) => boolean = () => true): Promise<Ticket> {
  await expect.poll(async () => (await listed(key)).some(wanted), { timeout: 20_000 }).toBe(true)
  const [ticket] = await listed(key)
  if (ticket === undefined) throw new Error('it is gone')
  return ticket
}

/** All that was published before of the same key was taken in: the records of one key come in their order. */
async function takenIn(key: string): Promise<Ticket> {
  const title = `Seen ${uuidv7()}`
  await publish(key, { title })
  return kept(key, (ticket) => ticket.title === title)
}

const refused = async (key: string): Promise<string> => {
  const found = () => world.service.deadLetters(TOPIC).filter((letter) => letter.key === `servicenow/${key}`)
  await expect.poll(() => found().length, { timeout: 20_000 }).toBeGreaterThan(0)
  return found().at(-1)?.headers['dlq-reason'] ?? ''
}

describe('what another system publishes of its tickets', () => {
  it('makes a ticket, by nobody, with the other system as the cause of its due date', async () => {
    await publish('N-1')
    const { id } = await kept('N-1')
    const [opened] = await world.told(id, 1)
    expect(opened).toMatchObject({
      transition: tickets.Transition.OPENED,
      ticket: { title: 'From ServiceNow', dueDate: '2026-04-01', owner: { name: 'Ola' } },
      dueDateMove: { cause: tickets.DueDateCause.EXTERNAL, to: '2026-04-01', reason: 'As servicenow says of N-1.' },
    })
  })

  it('is read as proto-JSON, too, with an owner by address and fields of a later release', async () => {
    const ola = await world.service.database
      .open<{ people_person: { id: string; email: string } }>()
      .db.selectFrom('people_person')
      .select('email')
      .where('id', '=', world.people.otto.id)
      .executeTakeFirstOrThrow()
    const owner = { case: 'ownerEmail' as const, value: ola.email.toUpperCase() }
    await publishJson('N-2', { owner, dueDate: '' }, { sprint: 'Blue' })
    expect(await kept('N-2')).toMatchObject({ owner: { name: 'Otto' }, dueDate: null, dueDateBy: 'policy' })
  })

  it('said again does nothing; said otherwise is taken over, and what was changed here stays', async () => {
    for (const _ of [1, 2, 3]) await publish('N-3')
    await publishJson('N-3')
    const first = await kept('N-3')
    expect((await takenIn('N-3')).version).toBe(first.version + 1)
    await world.patch(first.id, { dueDate: '2026-05-05', reason: 'Ours.' })
    expect(await takenIn('N-3')).toMatchObject({ id: first.id, dueDate: '2026-05-05' })
    await publish('N-3', { dueDate: '2026-06-06', status: tickets.Status.DONE })
    expect(await kept('N-3', ({ status }) => status === 'done')).toMatchObject({ dueDate: '2026-06-06' })
    expect(await listed('N-3')).toHaveLength(1)
  })

  it('and what it says by the API are one: the same ticket, the same last word', async () => {
    const body = {
      title: 'From ServiceNow',
      ownerId: world.people.ola.id,
      expression: 'kev',
      dueDate: '2026-04-01',
      url: 'https://now.example/N-4',
    }
    const made = await world.people.max.call('PUT', '/external-tickets/servicenow/N-4', body)
    expect(made.status).toBe(201)
    await publish('N-4')
    expect(await takenIn('N-4')).toMatchObject({ id: made.body.id, version: 2 })
  })

  it('before something that was taken in already is passed over', async () => {
    const at = (minutes: number) => timestampFromDate(new Date(T0.getTime() + minutes * 60_000))
    await publish('N-5', { title: 'Newer', saidAt: at(10) })
    await publish('N-5', { title: 'Older', saidAt: at(5) })
    await publish('N-5', { title: 'Newest', saidAt: at(15) })
    const { id } = await kept('N-5', ({ title }) => title === 'Newest')
    expect((await world.told(id, 2)).map(({ ticket }) => ticket?.title)).toEqual(['Newer', 'Newest'])
  })

  it.each<[string, Said, RegExp]>([
    ['a wrong query', { expression: 'severity = "high"' }, /QUERY_INVALID/],
    ['an owner that is nobody here', { owner: { case: 'ownerEmail', value: 'no@where.example' } }, /USER_UNKNOWN/],
    ['no owner', { owner: { case: undefined } }, /owner/],
    ['a day that is none', { dueDate: '2026-02-30' }, /dueDate/],
    ['a source that is no word', { source: 'service now' }, /source/],
    ['no title', { title: ' ' }, /title/],
    ['a link that runs', { url: 'javascript:alert(1)' }, /url/],
  ])('with %s is a dead letter that says why, and what comes after it is taken in', async (what, changes, why) => {
    const key = `bad ${what}`
    await publish(key, changes)
    expect(await refused(key)).toMatch(why)
    expect(await takenIn(key)).toMatchObject({ status: 'open' })
  })

  it('that is neither form is a dead letter', async () => {
    await world.service.publishBytes(TOPIC, 'servicenow/neither', Buffer.from('{"title": '), {
      'content-type': 'application/json',
    })
    expect(await refused('neither')).not.toBe('')
  })

  it('moves no due date while a deferral is in force: it is refused, and nothing of it is taken over', async () => {
    await publish('N-6')
    const { id } = await kept('N-6')
    const { id: exceptionId } = await world.asked(id, { proposedDueDate: world.day(40) })
    await world.approve(exceptionId, id)
    await publish('N-6', { dueDate: '2026-03-20', title: 'Sooner' })
    expect(await refused('N-6')).toMatch(/DEFERRAL_ACTIVE/)
    expect(await world.read(id)).toMatchObject({ dueDate: world.day(40), title: 'From ServiceNow' })
  })
})
