import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import type { System } from './acceptance.js'
import { Api, eventually } from './api.js'

interface Ticket {
  id: string
  dueDate: string
  originalDueDate: string
  status: string
  deferredBy: string | null
  instanceCount: number
  exceptions: Array<{ id: string; status: string; updates: Array<{ text: string }> }>
}

interface Exception {
  id: string
  status: string
  ticketId: string
  waitingFor: { name: string } | null
  ended: { by: unknown; reason: string } | null
}

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

/** A ticket whose owner needs more time, from the request to the end of its deferral: the same for every way to start. */
export function ticketsJob(system: () => System): void {
  describe('a remediation ticket', () => {
    const unique = randomUUID().slice(0, 8)
    let admin: Api
    let olga: Api
    let rhea: Api
    let ticketId: string
    let exceptionId: string
    let olgaId: string
    let rheaId: string

    const ticket = async () => (await admin.get<Ticket>(`/tickets/${ticketId}`)).body
    const exception = async () => (await admin.get<Exception>(`/exceptions/${exceptionId}`)).body
    const patch = async (body: object) => {
      const { headers } = await admin.get(`/tickets/${ticketId}`)
      return admin.call<Ticket>('PATCH', `/tickets/${ticketId}`, JSON.stringify(body), {
        'content-type': 'application/json',
        'if-match': headers.get('etag') ?? '',
      })
    }
    const ask = (proposedDueDate: string, evidenceIds: string[] = []) =>
      olga.post<Exception>(`/tickets/${ticketId}/exceptions`, {
        evidenceIds,
        justification: 'The vendor ships the fix next month.',
        riskAcknowledged: true,
        useCase: 'fixUnavailable',
        proposedDueDate,
      })

    beforeAll(async () => {
      const { url, adminEmail, password } = system()
      admin = await new Api(url).signIn(adminEmail, password)
      const role = `remediation-${unique}`
      // The settings let its members ask from tickets: no permission is needed.
      await admin.post('/roles', { name: role, permissions: [] })
      const ids: string[] = []
      for (const [name, itsRole] of [
        ['olga', role],
        ['rhea', role],
      ]) {
        const email = `${name}-${unique}@reprieve.example`
        const made = await admin.post<{ id: string }>('/users', {
          email,
          name,
          role: itsRole,
          password,
          kind: 'person',
        })
        ids.push(made.body.id)
      }
      const [first = '', second = ''] = ids
      olgaId = first
      rheaId = second
      ;[olga, rhea] = (await Promise.all(
        ['olga', 'rhea'].map((name) => new Api(url).signIn(`${name}-${unique}@reprieve.example`, password)),
      )) as [Api, Api]
      const { body, headers } = await admin.get<{ requesterRoles: string[] }>('/settings/exceptions')
      const settings = {
        ...body,
        requesterRoles: [...body.requesterRoles, role],
        reviewerRules: [{ name: 'all of this walk', when: `requester.role == "${role}"`, reviewerId: second }],
      }
      const saved = await admin.put('/settings/exceptions', settings, { 'if-match': headers.get('etag') ?? '' })
      expect(saved).toMatchObject({ status: 200 })
    })

    it('is made by a manager for its owner', async () => {
      const made = await admin.post<Ticket>('/tickets', {
        title: `Patch ${unique}`,
        ownerId: olgaId,
        expression: `asset.name == "ticket-${unique}"`,
        dueDate: inDays(10),
      })
      expect(made).toMatchObject({ status: 201, body: { dueDate: inDays(10), status: 'open' } })
      ticketId = made.body.id
    })

    it('tells its owner’s request to the reviewer that the rules assign, where it waits at once', async () => {
      const form = new FormData()
      form.set('file', new Blob(['See the contract.']), 'why.txt')
      const encoded = new Response(form)
      const bytes = new Uint8Array(await encoded.arrayBuffer())
      const type = encoded.headers.get('content-type') ?? ''
      const file = await eventually(
        () => olga.call<{ id: string }>('POST', '/evidence', bytes, { 'content-type': type }),
        ({ status }) => status !== 403,
      )
      expect(file).toMatchObject({ status: 201 })
      const asked = await ask(inDays(40), [file.body.id])
      expect(asked).toMatchObject({
        status: 201,
        body: { kind: 'ticket', effect: 'defer', waitingFor: { name: 'rhea' } },
      })
      exceptionId = asked.body.id
      expect(await exception()).toMatchObject({ status: 'pendingApproval', ticketId, waitingFor: { name: 'rhea' } })
      expect(await ask(inDays(40))).toMatchObject({ status: 409, body: { code: 'REQUEST_WAITS' } })
      const files = await rhea.get<{ items: unknown[] }>(`/exceptions/${exceptionId}/evidence`)
      expect(files.body.items).toMatchObject([{ id: file.body.id, name: 'why.txt' }])
      await eventually(
        () => rhea.get<{ items: Array<{ exceptionId: string }> }>('/approvals?waitingFor=me'),
        ({ body }) => body.items.some((item) => item.exceptionId === exceptionId),
      )
    })

    it('is due on the proposed date once that is approved, and nobody else moves it', async () => {
      const decided = await rhea.post(`/approvals/${exceptionId}/decision`, {
        decision: 'approve',
        comment: 'Until then.',
      })
      expect(decided).toMatchObject({ status: 200 })
      const moved = await eventually(ticket, ({ dueDate }) => dueDate === inDays(40))
      expect(moved).toMatchObject({
        originalDueDate: inDays(10),
        deferredBy: exceptionId,
        exceptions: [{ id: exceptionId, status: 'active' }],
      })
      expect(await patch({ dueDate: inDays(5) })).toMatchObject({ status: 409, body: { code: 'DEFERRAL_ACTIVE' } })
    })

    it('is due as before once the reviewer takes it back', async () => {
      const ended = await rhea.post(`/exceptions/${exceptionId}/deactivate`, { reason: 'There is a fix.' })
      expect(ended).toMatchObject({ status: 200 })
      expect(await eventually(ticket, ({ dueDate }) => dueDate === inDays(10))).toMatchObject({ deferredBy: null })
    })

    it('ends its next exception when it is done, and keeps its date', async () => {
      exceptionId = (await ask(inDays(20))).body.id
      await eventually(
        () => rhea.post(`/approvals/${exceptionId}/decision`, { decision: 'approve' }),
        ({ status }) => status === 200,
      )
      await eventually(ticket, ({ dueDate }) => dueDate === inDays(20))
      expect(await patch({ status: 'done' })).toMatchObject({ status: 200 })
      expect(await eventually(exception, ({ status }) => status === 'deactivated')).toMatchObject({
        ended: { by: null, reason: 'ticket done' },
      })
      expect(await eventually(ticket, ({ exceptions }) => exceptions[1]?.status === 'deactivated')).toMatchObject({
        dueDate: inDays(20),
        status: 'done',
      })
    })

    it('is reviewed as a step of an ordinary rule may be: by whom its conditions assign', async () => {
      const { url, password } = system()
      const role = `asking-${unique}`
      const email = `ines-${unique}@reprieve.example`
      await admin.post('/roles', { name: role, permissions: ['exceptions.request'] })
      await admin.post('/users', { email, name: 'ines', role, password, kind: 'person' })
      const long = { name: 'long', when: 'request.days > 30', reviewerId: rheaId }
      const steps = [{ assigned: { reviewerRules: [long], fallbackReviewerId: olgaId } }]
      const rule = { role, instructions: '', workflow: { type: 'approvers', steps } }
      expect(await admin.post('/rules', rule)).toMatchObject({ status: 201 })
      const ines = await new Api(url).signIn(email, password)
      const waitsFor = async (days: number) => {
        const request = {
          name: `For ${days} days`,
          justification: 'It is switched off then.',
          riskAcknowledged: true,
          expression: `asset.name == "assigned-${unique}"`,
          expiration: { type: 'days', days },
        }
        const asked = await eventually(
          () => ines.post<Exception>('/exceptions', request),
          ({ status }) => status !== 403,
        )
        expect(asked).toMatchObject({ status: 201, body: { status: 'pendingApproval' } })
        return asked.body.waitingFor?.name
      }
      expect(await waitsFor(40)).toBe('rhea')
      expect(await waitsFor(20)).toBe('olga')
    })

    it('withdraws what still waits when it is done', async () => {
      await patch({ status: 'open', title: `Again ${unique}` })
      exceptionId = (await ask(inDays(50))).body.id
      await eventually(exception, ({ status }) => status === 'pendingApproval')
      expect(await patch({ status: 'done' })).toMatchObject({ status: 200 })
      await eventually(exception, ({ status }) => status === 'withdrawn')
      expect((await ticket()).dueDate).toBe(inDays(20))
    })
  })
}
