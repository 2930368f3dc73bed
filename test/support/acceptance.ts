import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Listener } from '@reprieve/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Api, eventually } from './api.js'
import { ROOT } from './process.js'

/** A running Reprieve, however it was started. */
export interface System {
  url: string
  adminEmail: string
  password: string
  /** Whether processes of it come and go: connections may break. */
  restless?: boolean
  /** Every mail that left so far. */
  mails(): Promise<ReadonlyArray<{ to: string; subject: string }>>
}

interface Exception {
  id: string
  status: string
  instanceCount: number
  appliedSince: string | null
  waitingFor: { name: string } | null
  inForce: { instances: number } | null
  ended: { reason: string } | null
}

interface Instance {
  id: string
  coveredBy: string[]
  vulnerability: string
}

interface Page<T> {
  items: T[]
  count: { value: number; exact: boolean }
}

interface Report {
  id: string
  status: string
  format: string
  received: number
  created: number
  updated: number
  unchanged: number
  merged: number
  ignored: number
  rejected: number
  errors: unknown[]
}

/** One finding, on an asset that nobody knows yet and no exception of the walk covers. */
const grypeReport = () => ({
  matches: [
    {
      vulnerability: { id: 'CVE-2024-0001', severity: 'Low', fix: { versions: [], state: 'unknown' } },
      relatedVulnerabilities: [],
      artifact: { name: 'zlib', version: '1.2.11', type: 'deb', purl: 'pkg:deb/debian/zlib@1.2.11', locations: [] },
    },
  ],
  source: { type: 'image', target: { userInput: `walk-${randomUUID()}:1`, tags: [] } },
  descriptor: { name: 'grype', version: '0.74.0' },
})

const SAMPLES = `${ROOT}../shared/samples/`

/** Every sample, and what it needs beside its own content. */
const REPORTS: ReadonlyArray<{ file: string; scanner: string; format: string; asset?: string }> = [
  { file: 'grype-keycloak.json', scanner: 'grype', format: 'grype', asset: 'keycloak' },
  { file: 'trivy-image.json', scanner: 'trivy', format: 'trivy' },
  { file: 'cyclonedx-trivy.json', scanner: 'trivy-sbom', format: 'cyclonedx' },
  { file: 'sarif-semgrep.sarif', scanner: 'semgrep', format: 'sarif', asset: 'webapp' },
  { file: 'osv-scanner-results.json', scanner: 'osv-scanner', format: 'osv-scanner', asset: 'scorecard-check' },
  { file: 'ocsf-prowler.json', scanner: 'prowler', format: 'ocsf' },
]

/** The main job, from the first sign-in to coverage that ends: the same for every way to start. */
export function mainJob(system: () => System): void {
  describe('the main job', () => {
    const unique = randomUUID().slice(0, 8)
    const email = (name: string) => `${name}-${unique}@reprieve.example`
    const asset = `walk-${unique}`
    let admin: Api
    let dana: Api
    let sofia: Api
    let henrik: Api
    let ids: Record<string, string>
    let exceptionId: string
    const listeners: Listener[] = []

    const covering = `asset.name == "${asset}" && vulnerability == "CVE-2021-44228"`
    const observed = (vulnerability: string, component: string) => ({
      observed: {
        scanner: 'walk',
        scanId: 'scan-1',
        asset: { name: asset, type: 'ASSET_TYPE_HOST' },
        vulnerability: { id: vulnerability },
        component: { name: component, version: '1.0.0' },
        severity: 'high',
        cvss: 8.1,
        observedAt: new Date().toISOString(),
      },
    })
    const instances = async (coverage: string, filter = `asset.name == "${asset}"`) =>
      (await admin.get<Page<Instance>>(`/instances?coverage=${coverage}&filter=${encodeURIComponent(filter)}`)).body
    const exception = async (api: Api = dana, id = exceptionId) => (await api.get<Exception>(`/exceptions/${id}`)).body
    const request = (changes: Record<string, unknown> = {}) => ({
      name: 'Old log4j on the walk host',
      justification: 'It is switched off next month.',
      riskAcknowledged: true,
      expression: covering,
      approvers: [ids['sofia'], ids['henrik']],
      expiration: { type: 'days', days: 30 },
      ...changes,
    })

    const signIn = (address: string) => {
      const { url, password, restless } = system()
      return new Api(url, null, { patient: restless ?? false }).signIn(address, password)
    }

    beforeAll(async () => {
      admin = await signIn(system().adminEmail)
    })

    afterAll(() => {
      for (const listener of listeners) listener.close()
    })

    it('lets an admin make roles and people, who then sign in', async () => {
      const { password } = system()
      const role = `developer-${unique}`
      const made = await admin.post('/roles', {
        name: role,
        permissions: ['exceptions.request', 'exceptions.read', 'instances.read', 'queries.write'],
      })
      expect(made).toMatchObject({ status: 201 })
      ids = {}
      for (const [name, itsRole] of [
        ['dana', role],
        ['sofia', 'exceptionsManager'],
        ['henrik', 'auditor'],
      ] as const) {
        const { status, body } = await admin.post<{ id: string }>('/users', {
          email: email(name),
          name,
          role: itsRole,
          password,
          kind: 'person',
        })
        expect(status).toBe(201)
        ids[name] = body.id
      }
      ;[dana, sofia, henrik] = (await Promise.all(['dana', 'sofia', 'henrik'].map((name) => signIn(email(name))))) as [
        Api,
        Api,
        Api,
      ]
      expect((await dana.get<{ name: string }>('/me')).body.name).toBe('dana')
      const group = await admin.post<{ id: string }>('/groups', {
        name: `leads-${unique}`,
        members: [ids['henrik'], ids['dana']],
      })
      expect(group).toMatchObject({ status: 201 })
      const rule = await admin.post('/rules', {
        role,
        instructions: 'Say until when.',
        workflow: {
          type: 'approvers',
          steps: [{ candidates: [ids['sofia'], ids['henrik']] }, { candidates: [group.body.id] }],
        },
      })
      expect(rule).toMatchObject({ status: 201 })
      // The group is shown as people, without the one who asks.
      const form = await eventually(
        () => dana.get<{ workflow: { steps: Array<{ candidates: Array<{ name: string }> }> } }>('/request-form'),
        ({ body }) => body.workflow?.steps[1]?.candidates.length === 1,
      )
      expect(form.body.workflow.steps.map(({ candidates }) => candidates.map(({ name }) => name).sort())).toEqual([
        ['henrik', 'sofia'],
        ['henrik'],
      ])
    })

    it.skipIf(!existsSync(SAMPLES)).each(REPORTS)(
      'accounts for every finding of a $format report',
      async ({ file, scanner, format, asset: named }) => {
        const query = new URLSearchParams({ scanner, ...(named === undefined ? {} : { asset: named }) })
        const send = async () => {
          const { status, body } = await admin.call<Report>(
            'POST',
            `/reports?${query}`,
            readFileSync(`${SAMPLES}${file}`),
            { 'content-type': 'application/json' },
          )
          expect({ status, body }).toMatchObject({ status: 202 })
          return eventually(
            async () => (await admin.get<Report>(`/reports/${body.id}`)).body,
            (report) => report.status !== 'processing',
          )
        }
        const first = await send()
        expect(first).toMatchObject({ status: 'done', format, rejected: 0 })
        expect(first.received).toBeGreaterThan(0)
        const parts = (r: Report) => r.created + r.updated + r.unchanged + r.merged + r.ignored + r.rejected
        expect(parts(first)).toBe(first.received)
        const second = await send()
        expect(second).toMatchObject({
          created: 0,
          updated: 0,
          received: first.received,
          merged: first.merged,
          ignored: first.ignored,
        })
        expect(parts(second)).toBe(second.received)
      },
    )

    it('takes instance events, and lists and filters what they say', async () => {
      const events = [
        observed('CVE-2021-44228', 'log4j-core'),
        observed('CVE-2021-44228', 'log4j-legacy'),
        observed('CVE-2022-22965', 'spring-beans'),
      ]
      const sent = await admin.call<{ accepted: number; rejected: number }>(
        'POST',
        '/instances/batch',
        events.map((e) => JSON.stringify(e)).join('\n'),
        { 'content-type': 'application/x-ndjson' },
      )
      expect(sent).toMatchObject({ status: 202, body: { accepted: 3, rejected: 0 } })
      await eventually(
        () => instances('all'),
        (page) => page.items.length === 3,
      )
      expect((await instances('all', covering)).items.map(({ vulnerability }) => vulnerability)).toEqual([
        'CVE-2021-44228',
        'CVE-2021-44228',
      ])
    })

    it('lets everyone listen to what happens', async () => {
      const { password } = system()
      const bo = { email: email('bo'), name: 'bo', role: 'scanner', password, kind: 'person' }
      expect(await admin.post('/users', bo)).toMatchObject({ status: 201 })
      const bystander = await signIn(bo.email)
      for (const api of [dana, henrik, bystander]) listeners.push(await api.listen())
    })

    it('takes a request, which covers nothing while it waits', async () => {
      const { status, body } = await dana.post<Exception>('/exceptions', request())
      expect({ status, body }).toMatchObject({
        status: 201,
        body: { status: 'pendingApproval', waitingFor: { name: 'sofia' } },
      })
      exceptionId = body.id
      await eventually(exception, ({ instanceCount }) => instanceCount === 2)
      expect((await instances('covered')).items).toEqual([])
    })

    it('lets only the chosen approver of the step in effect decide', async () => {
      const decide = { decision: 'approve' }
      expect(await henrik.post(`/approvals/${exceptionId}/decision`, decide)).toMatchObject({
        status: 403,
        body: { code: 'NOT_YOUR_STEP' },
      })
      expect(await admin.post(`/approvals/${exceptionId}/decision`, decide)).toMatchObject({ status: 403 })
      expect(await sofia.post(`/approvals/${exceptionId}/decision`, decide)).toMatchObject({ status: 200 })
      await eventually(exception, ({ waitingFor }) => waitingFor?.name === 'henrik')
      expect((await exception()).status).toBe('pendingApproval')
      expect((await instances('covered')).items).toEqual([])
    })

    it('is active after the last approval, and its instances are gone from what is uncovered', async () => {
      expect(await henrik.post(`/approvals/${exceptionId}/decision`, { decision: 'approve' })).toMatchObject({
        status: 200,
      })
      const active = await eventually(exception, ({ status }) => status === 'active')
      expect(active.appliedSince).not.toBeNull()
      const uncovered = await eventually(
        () => instances('uncovered'),
        (page) => page.items.length === 1,
      )
      expect(uncovered.items[0]?.vulnerability).toBe('CVE-2022-22965')
      expect((await instances('covered')).items.map(({ coveredBy }) => coveredBy)).toEqual([
        [exceptionId],
        [exceptionId],
      ])
      await eventually(exception, ({ inForce }) => inForce?.instances === 2)
    })

    it('has told all this live to those who may see it, and to nobody else', async () => {
      const [requester, approver, bystander] = listeners
      for (const listener of [requester, approver]) {
        const types = await eventually(
          async () => listener?.about(exceptionId) ?? [],
          (found) => found.includes('exception.activated'),
        )
        expect(types).toEqual(expect.arrayContaining(['exception.submitted', 'approval.stepApproved']))
      }
      // Another one's request is no affair of theirs; their own account is.
      expect(bystander?.about(exceptionId)).toEqual([])
      expect(bystander?.ended).toBe(false)
    })

    it('covers what the query selects later, too', async () => {
      await admin.call('POST', '/instances/batch', JSON.stringify(observed('CVE-2021-44228', 'log4j-shaded')), {
        'content-type': 'application/x-ndjson',
      })
      await eventually(
        () => instances('covered'),
        (page) => page.items.length === 3,
      )
    })

    it('refuses every change of the managed query', async () => {
      const { query } = (await dana.get<{ query: { id: string } }>(`/exceptions/${exceptionId}`)).body
      const { status, body } = await admin.call<{ code: string }>('PATCH', `/queries/${query.id}`, '{"name":"mine"}', {
        'content-type': 'application/json',
      })
      expect({ status, code: body.code }).toEqual({ status: 409, code: 'QUERY_IS_MANAGED' })
    })

    it('gives the instances back when an approver deactivates it, for good', async () => {
      expect(await dana.post(`/exceptions/${exceptionId}/deactivate`, { reason: 'mine' })).toMatchObject({
        status: 403,
      })
      expect(
        await sofia.post(`/exceptions/${exceptionId}/deactivate`, { reason: 'The host is patched.' }),
      ).toMatchObject({ status: 200 })
      await eventually(
        () => instances('uncovered'),
        (page) => page.items.length === 4,
      )
      expect(await sofia.post(`/exceptions/${exceptionId}/deactivate`, { reason: 'again' })).toMatchObject({
        status: 409,
        body: { code: 'WRONG_STATUS' },
      })
      expect(await exception()).toMatchObject({ status: 'deactivated', ended: { reason: 'The host is patched.' } })
    })

    it('gives the instances back when its end comes, by itself', async () => {
      const { restless = false } = system()
      const end = new Date(Date.now() + (restless ? 40_000 : 6_000)).toISOString()
      const { body } = await dana.post<Exception>(
        '/exceptions',
        request({ name: 'Short', expiration: { type: 'at', at: end } }),
      )
      for (const approver of [sofia, henrik]) {
        expect(await approver.post(`/approvals/${body.id}/decision`, { decision: 'approve' })).toMatchObject({
          status: 200,
        })
      }
      await eventually(
        () => instances('covered'),
        (page) => page.items.length === 3,
      )
      await sleep(Math.max(0, Date.parse(end) - Date.now()))
      await eventually(
        () => exception(dana, body.id),
        ({ status }) => status === 'expired',
        restless ? 30_000 : 2_000,
      )
      await eventually(
        () => instances('covered'),
        (page) => page.items.length === 0,
        2_000,
      )
    })

    it('keeps files that show why, gives them back as downloads, and remembers which of them a decision has seen', async () => {
      const upload = async (path: string, content: string, name: string) => {
        const form = new FormData()
        form.append('file', new File([content], name))
        const packed = new Response(form)
        return dana.call<{ id: string; type: string; size: number }>('POST', path, await packed.bytes(), {
          'content-type': packed.headers.get('content-type') ?? '',
        })
      }
      const large = 'Why this is so. '.repeat(200_000)
      const first = await upload('/evidence', large, 'Begründung.txt')
      expect(first).toMatchObject({ status: 201, body: { type: 'text/plain', size: large.length } })
      const made = await dana.post<Exception>(
        '/exceptions',
        request({ name: 'With proof', evidenceIds: [first.body.id] }),
      )
      expect(made).toMatchObject({ status: 201 })
      const { id } = made.body
      const later = await upload(`/exceptions/${id}/evidence`, '{}', 'more.json')
      expect(later).toMatchObject({ status: 201 })
      const back = await sofia.get<string>(`/exceptions/${id}/evidence/${first.body.id}`)
      expect(back).toMatchObject({ status: 200, body: large })
      expect(back.headers.get('content-disposition')).toContain("filename*=UTF-8''Begr%C3%BCndung.txt")
      expect(back.headers.get('content-security-policy')).toContain('sandbox')
      const ids = [first.body.id, later.body.id]
      const denied = await sofia.post<{ steps: Array<{ evidenceIds: string[] }> }>(`/approvals/${id}/decision`, {
        decision: 'deny',
        comment: 'The files do not show it.',
      })
      expect(denied).toMatchObject({ status: 200 })
      // What was added a moment ago may be on its way still.
      const seen = denied.body.steps[0]?.evidenceIds
      expect([ids, ids.slice(0, 1)]).toContainEqual(seen)
      await eventually(
        () => exception(dana, id),
        ({ status }) => status === 'denied',
      )
      const { items } = (
        await dana.get<{ items: Array<{ type: string; evidenceIds?: string[] }> }>(`/exceptions/${id}/history`)
      ).body
      expect(items.map(({ type, evidenceIds }) => [type, evidenceIds])).toEqual([
        ['submitted', [ids[0]]],
        ['evidenceAdded', [ids[1]]],
        ['denied', seen],
      ])
    })

    it('gives the table as a file, and as it was', async () => {
      const csv = await admin.get<string>(`/exceptions?requestedBy=${ids['dana']}&sort=requestedAt`, {
        accept: 'text/csv',
      })
      expect(csv.status).toBe(200)
      expect(csv.headers.get('content-type')).toContain('text/csv')
      const lines = csv.body.split('\r\n')
      expect(lines[0]).toContain('Name,')
      expect(lines[1]).toContain('Old log4j on the walk host')
      expect(lines[1]).toContain('Deactivated')
      expect((await dana.get('/exceptions', { accept: 'text/csv' })).status).toBe(403)
      const { requestedAt } = (await dana.get<{ requestedAt: string }>(`/exceptions/${exceptionId}`)).body
      const { body } = await admin.get<Page<Exception>>(`/exceptions?requestedBy=${ids['dana']}&asOf=${requestedAt}`)
      expect(body.items).toMatchObject([{ id: exceptionId, status: 'pendingApproval' }])
    })

    it('ends a request that is denied, which needs a comment', async () => {
      const { body } = await dana.post<Exception>('/exceptions', request({ name: 'Denied' }))
      expect(await sofia.post(`/approvals/${body.id}/decision`, { decision: 'deny' })).toMatchObject({ status: 422 })
      expect(
        await sofia.post(`/approvals/${body.id}/decision`, { decision: 'deny', comment: 'Patch it.' }),
      ).toMatchObject({ status: 200 })
      await eventually(
        () => exception(dana, body.id),
        ({ status }) => status === 'denied',
      )
      expect(await henrik.post(`/approvals/${body.id}/decision`, { decision: 'approve' })).toMatchObject({
        status: 409,
      })
    })

    it('approves at once where the rule says so, in the answer to the request', async () => {
      const { password } = system()
      const role = `analyst-${unique}`
      await admin.post('/roles', {
        name: role,
        permissions: ['exceptions.request', 'exceptions.read', 'instances.read'],
      })
      await admin.post('/users', { email: email('priya'), name: 'priya', role, password, kind: 'person' })
      await admin.post('/rules', { role, instructions: '', workflow: { type: 'autoPilot' } })
      const priya = await signIn(email('priya'))
      const { approvers: _, ...alone } = request({ name: 'Auto' })
      const { status, body } = await priya.post<Exception>('/exceptions', alone)
      expect({ status, body }).toMatchObject({ status: 201, body: { status: 'active' } })
      await eventually(
        () => instances('covered'),
        (page) => page.items.length === 3,
      )
      expect(await priya.post(`/exceptions/${body.id}/deactivate`, { reason: 'Done.' })).toMatchObject({ status: 200 })
      await eventually(
        () => instances('covered'),
        (page) => page.items.length === 0,
      )
    })

    it('lets an auditor read all of it in the journal, which shows any tampering', async () => {
      interface Entry {
        type: string
        actor: { name: string } | null
        subject: { name: string }
        traceId: string | null
        details: { changes: Array<{ field: string; from: unknown; to: unknown }> }
      }
      const { items } = await eventually(
        async () => (await henrik.get<Page<Entry>>(`/audit?subject=${exceptionId}&limit=200`)).body,
        (page) => page.items.some(({ type }) => type === 'exception.deactivated'),
      )
      const by = (type: string) => items.filter((entry) => entry.type === type).map(({ actor }) => actor?.name)
      expect(by('exception.submitted')).toEqual(['dana'])
      expect(by('approval.stepApproved')).toEqual(['sofia'])
      expect(by('approval.approved')).toEqual(['henrik'])
      expect(by('exception.activated')).toHaveLength(1)
      expect(by('exception.deactivated')).toEqual(['sofia'])
      expect(items.map(({ subject }) => subject.name)).toContain('Old log4j on the walk host')
      const signedIn = await henrik.get<Page<Entry>>(`/audit?subject=${ids['dana']}&type=user.signedIn`)
      expect(signedIn.body.items.map(({ actor }) => actor?.name)).toEqual(['dana'])
      const report = await admin.post<Report>(`/reports?scanner=walk-${unique}`, grypeReport())
      expect(report).toMatchObject({ status: 202 })
      const ofReport = await eventually(
        async () => (await henrik.get<Page<Entry>>(`/audit?subject=${report.body.id}&sort=at`)).body,
        (page) => page.items.length === 2,
      )
      expect(ofReport.items).toMatchObject([
        { type: 'report.received', actor: { name: expect.any(String) }, subject: { name: `walk-${unique}` } },
        { type: 'report.done', actor: null },
      ])
      expect(ofReport.items[1]?.details.changes).toContainEqual({ field: 'created', from: null, to: 1 })
      const mine = await henrik.get<Page<Entry>>(`/audit?subject=${ids['dana']}&type=user.created`)
      expect(mine.body.items).toHaveLength(1)
      expect(await dana.get('/audit')).toMatchObject({ status: 403 })
      expect(await henrik.get('/audit/verification')).toMatchObject({
        status: 200,
        body: { intact: true, fault: null },
      })
    })

    it('has told everyone by mail what they should know, once', async () => {
      const subjects = await eventually(
        async () =>
          (await system().mails()).filter(
            ({ to, subject }) => to.includes(unique) && subject.includes('Old log4j on the walk host'),
          ),
        (found) => found.length >= 6,
      )
      const told = (name: string) => subjects.filter(({ to }) => to === email(name)).map(({ subject }) => subject)
      expect(told('sofia').length).toBeGreaterThanOrEqual(1)
      expect(told('henrik').length).toBeGreaterThanOrEqual(1)
      // Sent, approved at step 1, active, deactivated.
      expect(told('dana').length).toBeGreaterThanOrEqual(4)
      for (const name of ['dana', 'sofia', 'henrik']) expect(new Set(told(name)).size).toBe(told(name).length)
    })
  })
}
