import 'reflect-metadata'
import { ManualClock } from '@reprieve/clock'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ticketsJob } from './support/acceptance-tickets.js'
import { Api, eventually } from './support/api.js'
import { type SystemInProcess, startSystemInProcess } from './support/system-in-process.js'

const ADMIN = 'first@reprieve.example'
const PASSWORD = 'correct horse battery staple'

interface Ticket {
  dueDate: string
  overdue: boolean
  deferredBy: string | null
  exceptions: Array<{ status: string; reviewer: { name: string }; updates: Array<{ type: string }> }>
}

describe('a ticket, its exception and time', () => {
  const clock = new ManualClock(new Date())
  let system: SystemInProcess

  beforeAll(async () => {
    const limits = { requestsPerSecond: 100_000, requestsBurst: 100_000 }
    system = await startSystemInProcess({ email: ADMIN, password: PASSWORD }, { clock, limits })
  })
  afterAll(async () => system?.close())

  ticketsJob(() => ({
    url: system.gateway.url,
    adminEmail: ADMIN,
    password: PASSWORD,
    mails: async () => [],
  }))

  it('is overdue the moment that its deferral expires, with evidence and by the reviewer it was handed over to', async () => {
    const { url } = system.gateway
    const enter = (name: string) => new Api(url).signIn(`${name}@reprieve.example`, PASSWORD)
    const admin = await new Api(url).signIn(ADMIN, PASSWORD)
    await admin.post('/roles', { name: 'owners', permissions: ['exceptions.request'] })
    const ids: Record<string, string> = {}
    for (const name of ['olaf', 'rita', 'sven']) {
      const person = { email: `${name}@reprieve.example`, name, role: 'owners', password: PASSWORD, kind: 'person' }
      ids[name] = (await admin.post<{ id: string }>('/users', person)).body.id
    }
    const group = await admin.post<{ id: string }>('/groups', {
      name: 'Reviewers',
      members: [ids['rita'], ids['sven']],
    })
    const settings = { requesterRoles: ['owners'], reviewerRules: [], fallbackReviewerId: group.body.id }
    expect(await admin.put('/settings/exceptions', settings, { 'if-match': '*' })).toMatchObject({ status: 200 })
    const day = (days: number) => new Date(clock.now().getTime() + days * 86_400_000).toISOString().slice(0, 10)
    const ticketId = (
      await admin.post<{ id: string }>('/tickets', {
        title: 'Patch it',
        ownerId: ids['olaf'],
        expression: 'kev',
        dueDate: day(1),
      })
    ).body.id
    const olaf = await enter('olaf')
    const form = new FormData()
    form.set('file', new Blob(['See the contract.']), 'why.txt')
    const encoded = new Response(form)
    const file = await olaf.call<{ id: string }>('POST', '/evidence', new Uint8Array(await encoded.arrayBuffer()), {
      'content-type': encoded.headers.get('content-type') ?? '',
    })
    expect(file.status).toBe(201)
    const asked = await olaf.post<{ id: string; waitingFor: { id: string; name: string } }>(
      `/tickets/${ticketId}/exceptions`,
      {
        justification: 'No fix yet.',
        riskAcknowledged: true,
        useCase: 'fixUnavailable',
        proposedDueDate: day(30),
        evidenceIds: [file.body.id],
      },
    )
    expect({ status: asked.status, body: asked.body }).toMatchObject({ status: 201 })
    const proposed = day(30)
    const [first, second] = asked.body.waitingFor.name === 'rita' ? ['rita', 'sven'] : ['sven', 'rita']
    const files = await (await enter(first)).get<{ items: unknown[] }>(`/exceptions/${asked.body.id}/evidence`)
    expect(files.body.items).toMatchObject([{ id: file.body.id, name: 'why.txt' }])
    const handed = await eventually(
      async () =>
        (await enter(first)).post(`/approvals/${asked.body.id}/hand-over`, {
          step: 0,
          toUserId: ids[second],
          reason: 'On holiday.',
        }),
      ({ status }) => status !== 404,
    )
    expect(handed).toMatchObject({ status: 200 })
    const decided = await (await enter(second)).post(`/approvals/${asked.body.id}/decision`, { decision: 'approve' })
    expect(decided).toMatchObject({ status: 200 })
    const ticket = async (api: Api) => (await api.get<Ticket>(`/tickets/${ticketId}`)).body
    const moved = await eventually(
      () => ticket(admin),
      ({ dueDate }) => dueDate === proposed,
    )
    expect(moved.exceptions[0]?.updates.map(({ type }) => type)).toEqual([
      'exceptionRequested',
      'handedOver',
      'approved',
    ])
    await system.settled()

    clock.set(new Date(`${proposed}T23:59:59.000Z`))
    let later = await new Api(url).signIn(ADMIN, PASSWORD)
    expect(await ticket(later)).toMatchObject({ overdue: false, deferredBy: asked.body.id })
    clock.advance(1_000)
    later = await new Api(url).signIn(ADMIN, PASSWORD)
    expect(
      await eventually(
        () => ticket(later),
        ({ deferredBy }) => deferredBy === null,
      ),
    ).toMatchObject({ dueDate: proposed, overdue: true, exceptions: [{ status: 'expired' }] })
  })
})
