import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import type { System } from './acceptance.js'
import { Api, eventually } from './api.js'

interface Ticket {
  id: string
  title: string
  dueDate: string | null
  dueDateBy: string
  status: string
  instanceCount: number
  counts: { bySeverity: Record<string, number> }
}

interface Instance {
  vulnerability: string
  coveredBy: string[]
  deferredBy: string[]
}

const DAY_MS = 86_400_000
const inDays = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10)

/** Tickets that follow their data, that rules and other systems open, and that the policy dates: the same for every way to start. */
export function ticketSourcesJob(system: () => System): void {
  describe('remediation tickets that nobody writes', () => {
    const unique = randomUUID().slice(0, 8)
    const asset = `sources-${unique}`
    let admin: Api
    let adminId: string

    const found = (vulnerability: string, severity: string, criticality: string) => ({
      observed: {
        scanner: 'walk',
        scanId: `scan-${unique}`,
        asset: { name: asset, type: 'ASSET_TYPE_HOST', criticality },
        vulnerability: { id: vulnerability },
        component: { name: 'openssl', version: '3.0.0' },
        severity,
        observedAt: new Date().toISOString(),
      },
    })
    const publish = async (...events: object[]) => {
      const lines = events.map((event) => JSON.stringify(event)).join('\n')
      const sent = await admin.call('POST', '/instances/batch', lines, { 'content-type': 'application/x-ndjson' })
      expect(sent).toMatchObject({ status: 202, body: { accepted: events.length } })
    }
    const policy = async (changes: object, query = '') => {
      const { body, headers } = await admin.get<Record<string, unknown>>('/settings/due-dates')
      const { version: _, ...rest } = body
      return admin.put<{ wouldMove?: { count: { value: number } } }>(
        `/settings/due-dates${query}`,
        { ...rest, ...changes },
        { 'if-match': headers.get('etag') ?? '' },
      )
    }
    const ofTitle = async (text: string) =>
      (await admin.get<{ items: Ticket[] }>(`/tickets?text=${encodeURIComponent(text)}`)).body.items

    beforeAll(async () => {
      const { url, adminEmail, password } = system()
      admin = await new Api(url).signIn(adminEmail, password)
      adminId = (await admin.get<{ id: string }>('/me')).body.id
    })

    it('are counted by severity as scanners publish, and dated by the policy', async () => {
      const severity = { critical: 7, high: 30, medium: 90, low: null, none: null, unknown: null }
      expect(await policy({ severity, kev: null })).toMatchObject({ status: 200 })
      const title = `By policy ${unique}`
      const made = await admin.post<Ticket>('/tickets', {
        title,
        ownerId: adminId,
        expression: `asset.name == "${asset}"`,
      })
      expect(made).toMatchObject({ status: 201, body: { dueDateBy: 'policy' } })
      const ticket = async () => (await admin.get<Ticket>(`/tickets/${made.body.id}`)).body
      await publish(found('CVE-2026-1001', 'high', 'low'), found('CVE-2026-1002', 'medium', 'low'))
      expect(await eventually(ticket, ({ instanceCount }) => instanceCount === 2)).toMatchObject({
        dueDate: inDays(30),
        counts: { bySeverity: { high: 1, medium: 1 } },
      })
      await publish(found('CVE-2026-1003', 'critical', 'low'))
      expect(await eventually(ticket, ({ dueDate }) => dueDate === inDays(7))).toMatchObject({ instanceCount: 3 })
    })

    it('are told to move before another policy is saved, and move then', async () => {
      const severity = { critical: 3, high: 30, medium: 90, low: null, none: null, unknown: null }
      const foretold = await policy({ severity }, '?dryRun=true')
      expect(foretold.status).toBe(200)
      expect(foretold.body.wouldMove?.count.value).toBeGreaterThanOrEqual(1)
      const title = `By policy ${unique}`
      expect((await ofTitle(title))[0]).toMatchObject({ dueDate: inDays(7) })
      expect(await policy({ severity })).toMatchObject({ status: 200 })
      await eventually(
        () => ofTitle(title),
        ([ticket]) => ticket?.dueDate === inDays(3),
      )
    })

    it('are opened by a grouping rule, one for each group, and by nobody once it is switched off', async () => {
      const made = await admin.post<{ id: string }>('/settings/grouping-rules', {
        name: `By vulnerability ${unique}`,
        ownerId: adminId,
        by: 'vulnerability',
        filter: `asset.name == "${asset}"`,
      })
      expect(made.status).toBe(201)
      const opened = async () =>
        (await admin.get<{ items: Ticket[] }>(`/tickets?groupingRuleId=${made.body.id}`)).body.items
      const tickets = await eventually(opened, ({ length }) => length === 3)
      expect(tickets.map(({ title }) => title).sort()).toEqual([
        expect.stringContaining('CVE-2026-1001'),
        expect.stringContaining('CVE-2026-1002'),
        expect.stringContaining('CVE-2026-1003'),
      ])
      const rule = `/settings/grouping-rules/${made.body.id}`
      const { headers } = await admin.get('/settings/grouping-rules')
      const etag = made.headers.get('etag') ?? headers.get('etag') ?? '*'
      const off = await admin.call('PATCH', rule, JSON.stringify({ enabled: false }), {
        'content-type': 'application/json',
        'if-match': etag,
      })
      expect(off).toMatchObject({ status: 200, body: { enabled: false } })
    })

    it('are kept for another system by its own key, the same however often it says so', async () => {
      const key = `/external-tickets/jira/SEC-${unique}`
      const said = {
        title: `From Jira ${unique}`,
        ownerId: adminId,
        expression: `asset.name == "${asset}"`,
        dueDate: inDays(20),
      }
      const first = await admin.call<Ticket>('PUT', key, JSON.stringify(said), { 'content-type': 'application/json' })
      expect(first).toMatchObject({ status: 201, body: { dueDate: inDays(20), status: 'open' } })
      const again = await admin.call<Ticket>('PUT', key, JSON.stringify(said), { 'content-type': 'application/json' })
      expect(again).toMatchObject({ status: 200, body: { id: first.body.id } })
      const done = await admin.call<Ticket>('PUT', key, JSON.stringify({ ...said, status: 'done' }), {
        'content-type': 'application/json',
      })
      expect(done).toMatchObject({ status: 200, body: { id: first.body.id, status: 'done' } })
      expect(await ofTitle(said.title)).toHaveLength(1)
    })

    it('leave what they defer visible, told apart from what is covered, and so does the list of exceptions', async () => {
      const settings = await admin.get<{ requesterRoles: string[]; fallbackReviewerId: string | null }>(
        '/settings/exceptions',
      )
      const role = `sources-${unique}`
      await admin.post('/roles', { name: role, permissions: [] })
      const { url, password } = system()
      const enter = async (name: string) => {
        const email = `${name}-${unique}@reprieve.example`
        const { body } = await admin.post<{ id: string }>('/users', { email, name, role, password, kind: 'person' })
        return { id: body.id, api: await new Api(url).signIn(email, password) }
      }
      const [owner, reviewer] = [await enter('otto'), await enter('rosa')]
      const saved = await admin.put(
        '/settings/exceptions',
        {
          ...settings.body,
          requesterRoles: [...settings.body.requesterRoles, role],
          reviewerRules: [
            { name: 'sources', when: `requester.role == "${role}"`, reviewerId: reviewer.id },
            ...((settings.body as { reviewerRules?: object[] }).reviewerRules ?? []),
          ],
        },
        { 'if-match': settings.headers.get('etag') ?? '' },
      )
      expect(saved).toMatchObject({ status: 200 })
      const made = await admin.post<Ticket>('/tickets', {
        title: `Deferred ${unique}`,
        ownerId: owner.id,
        expression: `asset.name == "${asset}" && vulnerability == "CVE-2026-1001"`,
        dueDate: inDays(5),
      })
      const asked = await eventually(
        () =>
          owner.api.post<{ id: string }>(`/tickets/${made.body.id}/exceptions`, {
            justification: 'The maintenance window is next month.',
            riskAcknowledged: true,
            useCase: 'technicalLimitation',
            proposedDueDate: inDays(35),
          }),
        ({ status }) => status !== 403,
      )
      expect(asked).toMatchObject({ status: 201 })
      const decided = await eventually(
        () => reviewer.api.post(`/approvals/${asked.body.id}/decision`, { decision: 'approve' }),
        ({ status }) => status !== 404,
      )
      expect(decided).toMatchObject({ status: 200 })
      const of = async (coverage: string) => {
        const filter = encodeURIComponent(`asset.name == "${asset}"`)
        return (await admin.get<{ items: Instance[] }>(`/instances?coverage=${coverage}&filter=${filter}`)).body.items
      }
      const deferred = await eventually(
        () => of('deferred'),
        ({ length }) => length === 1,
      )
      expect(deferred).toMatchObject([{ vulnerability: 'CVE-2026-1001', coveredBy: [], deferredBy: [asked.body.id] }])
      expect(await of('uncovered')).toHaveLength(3)
      expect(await of('covered')).toHaveLength(0)
      const kinds = async (kind: string) =>
        (
          await admin.get<{ items: Array<{ id: string; kind: string }> }>(
            `/exceptions?kind=${kind}&requestedBy=${owner.id}`,
          )
        ).body.items
      expect(await kinds('ticket')).toMatchObject([{ id: asked.body.id, kind: 'ticket' }])
      expect(await kinds('query')).toEqual([])
    })
  })
}
