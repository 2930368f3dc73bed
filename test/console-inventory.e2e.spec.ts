import { readFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Api, eventually } from './support/api.js'
import { browserAbsent, launch, Visitor } from './support/browser.js'
import { PASSWORD, Standalone } from './support/standalone.js'

const ADMIN = 'admin@reprieve.example'
const MANAGER = 'lena@reprieve.example'
const DEVELOPER = 'dana@reprieve.example'
const ANALYST = 'sofia@reprieve.example'

// Browsers, and looking at every page, take their time where other tests run beside.
const TIMEOUT_MS = 600_000

const DAY = 24 * 60 * 60 * 1_000
const dayIn = (days: number) => new Date(Date.now() + days * DAY).toISOString().slice(0, 10)
const encoded = encodeURIComponent

/** Where something is typed, and not the list that opens below it under the same name. */
const field = (page: Page, label: string) => page.getByLabel(label).and(page.locator('input, textarea'))

/** A report in which one of two findings cannot be read. */
const reportOn = (asset: string) =>
  JSON.stringify({
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    metadata: { component: { type: 'container', name: asset } },
    components: [{ type: 'library', 'bom-ref': 'a', name: 'zlib', version: '1.2.11' }],
    vulnerabilities: [
      { id: 'CVE-2022-37434', ratings: [{ severity: 'critical' }], affects: [{ ref: 'a' }] },
      { affects: [{ ref: 'a' }] },
    ],
  })

interface Found {
  items: Array<{ id: string }>
}

// Without a browser these are counted as skipped, and CI refuses that.
describe.skipIf(browserAbsent)('the console’s inventory, queries, reports and tickets', { timeout: TIMEOUT_MS }, () => {
  let standalone: Standalone
  let browser: Browser
  let admin: Api
  let dana: Api
  let danaId: string
  let ticketId: string
  const visitors: Visitor[] = []

  beforeAll(async () => {
    ;[standalone, browser] = await Promise.all([Standalone.start({ demo: true }), launch()])
    admin = await new Api(standalone.url).signIn(ADMIN, PASSWORD)
    dana = await new Api(standalone.url).signIn(DEVELOPER, PASSWORD)
    await eventually(
      () => admin.get<Found>('/instances?coverage=covered&limit=1'),
      ({ body }) => body.items.length > 0,
      120_000,
    )
    danaId = (await dana.get<{ id: string }>('/me')).body.id
    ticketId = (
      await dana.post<{ id: string }>('/tickets', {
        title: 'Lows that can wait',
        ownerId: danaId,
        // Of criticals the demo's rules say who reviews.
        expression: 'severity == "low"',
        dueDate: dayIn(14),
      })
    ).body.id
    await admin.post('/reports?scanner=early', JSON.parse(reportOn('early/shop:1')))
  })
  afterAll(async () => {
    await browser?.close()
    await standalone?.remove()
  })

  const come = async (email: string): Promise<Visitor> => {
    const visitor = await Visitor.come(browser, { url: standalone.url, password: PASSWORD, email })
    visitors.push(visitor)
    return visitor
  }
  const first = async (path: string): Promise<string> => {
    const [item] = (await admin.get<Found>(path)).body.items
    if (item === undefined) throw new Error(`nothing is found at ${path}`)
    return item.id
  }
  /** Every page and drawer, by who sees most of it. */
  const pages = async () => {
    const covered = await first('/instances?coverage=covered&limit=1')
    const managed = await first('/queries?managed=true&limit=1')
    const report = await first('/reports?limit=1')
    return [
      { name: 'instances', path: '/instances', email: DEVELOPER },
      { name: 'instances-built', path: `/instances?filter=${encoded('severity == "high" && kev')}`, email: DEVELOPER },
      { name: 'instances-fault', path: `/instances?filter=${encoded('severty == "high"')}`, email: DEVELOPER },
      { name: 'instance', path: `/instances/${covered}`, email: DEVELOPER },
      { name: 'queries', path: '/queries', email: DEVELOPER },
      { name: 'queries-managed', path: '/queries?managed=true', email: DEVELOPER },
      { name: 'query-managed', path: `/queries/${managed}`, email: DEVELOPER },
      { name: 'create-query', path: '/queries/new?expression=kev', email: DEVELOPER },
      { name: 'tickets', path: '/tickets', email: DEVELOPER },
      { name: 'ticket', path: `/tickets/${ticketId}`, email: DEVELOPER },
      { name: 'ticket-updates', path: `/tickets/${ticketId}?part=updates`, email: DEVELOPER },
      { name: 'ticket-request', path: `/tickets/${ticketId}?form=request`, email: DEVELOPER },
      { name: 'create-ticket', path: '/tickets/new?expression=kev', email: ADMIN },
      { name: 'ticket-edit', path: `/tickets/${ticketId}?form=edit`, email: ADMIN },
      { name: 'reports', path: '/reports', email: ADMIN },
      { name: 'report', path: `/reports/${report}`, email: ADMIN },
      { name: 'scans', path: '/reports?tab=scans', email: ADMIN },
      { name: 'feeds', path: '/reports?tab=feeds', email: ADMIN },
      { name: 'settings-ticket-exceptions', path: '/settings/ticket-exceptions', email: ADMIN },
      { name: 'dead-letters', path: '/reports?tab=dead-letters', email: ADMIN },
      { name: 'settings-grouping-rules', path: '/settings/grouping-rules', email: ADMIN },
      { name: 'settings-create-grouping-rule', path: '/settings/grouping-rules?edit=new', email: ADMIN },
      { name: 'settings-reconciliations', path: '/settings/reconciliations', email: ADMIN },
      { name: 'settings-journal', path: '/settings/journal', email: ADMIN },
      { name: 'settings-due-dates', path: '/settings/due-dates', email: ADMIN },
    ]
  }

  it('can be used by everyone, in both themes, at 200 % zoom and on a telephone', async () => {
    const faults: Record<string, string[]> = {}
    const all = await pages()
    for (const email of new Set(all.map((page) => page.email))) {
      const visitor = await come(email)
      for (const { name, path } of all.filter((page) => page.email === email)) {
        await visitor.open(path)
        await visitor.page.getByRole('heading', { level: 1 }).waitFor({ state: 'attached' })
        const found = await visitor.faults(name)
        if (found.length > 0) faults[name] = found
      }
      await visitor.leave()
    }
    expect(faults).toEqual({})
  })

  it('tells what is wrong with a filter at its place, and asks for an exception of just the selected instances', async () => {
    const visitor = await come(DEVELOPER)
    const { page } = visitor
    await visitor.open('/instances')
    await page.locator('.mantine-SegmentedControl-label', { hasText: 'Query' }).click()
    const editor = page.getByRole('textbox', { name: 'Filter' })
    await editor.fill('severty == "critical"')
    await page.getByText(/^Line 1, column 1: /).waitFor()
    await page.keyboard.press('Enter')
    await editor.fill('severity == "critical"')
    await page.getByText(/^Line 1, column 1: /).waitFor({ state: 'detached' })
    // What is proposed stands there already: Enter is for the filter.
    await page.keyboard.type(' && kev')
    await page.locator('.cm-tooltip-autocomplete [aria-selected]', { hasText: 'kev' }).waitFor()
    await page.keyboard.press('Enter')
    await page.waitForURL(/filter=/)
    const address = new URL(page.url())
    expect(address.searchParams.get('filter')).toContain('severity == "critical" && kev')
    // The builder shows the same filter.
    await page.locator('.mantine-SegmentedControl-label', { hasText: 'Builder' }).click()
    await page.getByText('severity is critical').waitFor()
    await page.getByText('kev holds').waitFor()

    const rows = page.getByRole('checkbox', { name: 'Select the row' })
    await rows.nth(0).check()
    await rows.nth(1).check()
    const bar = page.getByRole('region', { name: 'Selected instances' })
    await bar.getByText('2 instances selected').waitFor()
    await bar.getByRole('link', { name: 'Create Exception' }).click()
    const query = page.getByRole('textbox', { name: 'Query' })
    await query.getByText(/^id in \[/).waitFor()
    await page.getByRole('dialog').getByText('2 instances', { exact: true }).waitFor()
    await visitor.leave()
  })

  it('shows of an instance which exception covers it, and which part of its query is why', async () => {
    const covered = await first('/instances?coverage=covered&limit=1')
    const { body } = await admin.get<Array<{ exceptionName: string; to: string | null; because: string[] }>>(
      `/instances/${covered}/coverage`,
    )
    const reason = body.find(({ because }) => because.length > 0)
    if (reason === undefined) throw new Error('nothing tells why it is covered')
    const visitor = await come(DEVELOPER)
    await visitor.open(`/instances/${covered}`)
    const coverage = visitor.page.getByRole('dialog').getByRole('region', { name: 'Coverage' })
    await coverage.getByRole('link', { name: reason.exceptionName }).first().waitFor()
    for (const leaf of reason.because) await coverage.getByText(leaf, { exact: true }).first().waitFor()
    await coverage.getByRole('link', { name: reason.exceptionName }).first().click()
    await visitor.page.getByRole('heading', { name: reason.exceptionName }).waitFor()
    await visitor.leave()
  })

  it('lets nobody change the copy an exception was granted for, and offers its exception and a duplicate', async () => {
    const managed = await first('/queries?managed=true&limit=1')
    const refusal = await admin.call<{ code: string }>('PATCH', `/queries/${managed}`, '{"name":"Mine"}', {
      'content-type': 'application/json',
    })
    expect(refusal).toMatchObject({ status: 409, body: { code: 'QUERY_IS_MANAGED' } })

    const visitor = await come(ADMIN)
    const { page } = visitor
    await visitor.open(`/queries/${managed}?managed=true`)
    const details = page.getByRole('dialog')
    await details.getByText('Nobody can change this query').waitFor()
    await details.getByRole('link', { name: 'Open its exception' }).waitFor()
    expect(await details.getByRole('textbox').count()).toBe(0)
    expect(await details.getByRole('button', { name: /Save|Delete/ }).count()).toBe(0)
    await details.getByRole('link', { name: 'Duplicate' }).click()
    await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('My own copy')
    await field(page, 'Folder').fill('Vulnerability Exception Queries')
    await page.getByRole('button', { name: 'Save Query' }).click()
    // The folder is not free either, and the refusal stands at its field.
    await page.locator('.mantine-InputWrapper-error, [role=alert]').first().waitFor()
    await field(page, 'Folder').fill('Mine')
    await page.getByRole('button', { name: 'Save Query' }).click()
    await page.getByRole('heading', { name: 'My own copy' }).waitFor()
    await page.getByRole('button', { name: 'Delete' }).click()
    await page
      .getByRole('dialog', { name: /^Delete/ })
      .getByRole('button', { name: 'Delete' })
      .click()
    await page.getByText('The query is deleted.').waitFor()
    await visitor.leave()
  })

  it('takes a report in by its file, and tells what is wrong with a broken one', async () => {
    const text = reportOn('walk/shop:1')
    const file = (name: string, content: string) => ({
      name,
      mimeType: 'application/json',
      buffer: Buffer.from(content),
    })
    const visitor = await come(ADMIN)
    const { page } = visitor
    await visitor.open('/reports')
    const input = page.locator('input[type=file]')
    await input.setInputFiles(file('nobody.json', text))
    await page.getByText('Say first which scanner the report is from.').waitFor()
    await field(page, 'Scanner').fill('walk')
    await input.setInputFiles(file('cut.json', text.slice(0, 60)))
    await page.getByText(/The report ends in the middle/).waitFor()
    await input.setInputFiles(file('whole.json', text))
    const sent = page.getByRole('list', { name: 'Files sent' })
    await sent.getByText('Kept; it is taken in now.').waitFor()
    await sent.getByRole('link', { name: 'Open' }).click()
    const details = page.getByRole('dialog', { name: 'Report of walk' })
    // What becomes of it shows by itself.
    await details.getByText('Done', { exact: true }).waitFor()
    await details.getByRole('row', { name: /^New 1 / }).waitFor()
    await details.getByRole('region', { name: 'Errors' }).getByRole('listitem').first().waitFor()
    await visitor.screenshot('report-with-errors')
    await visitor.leave()
  })

  it('walks a ticket from the page to its deferral: asked for, reviewed, due later', async () => {
    const settings = await eventually(
      () => admin.get<{ requesterRoles: string[] }>('/settings/exceptions'),
      ({ body }) => body.requesterRoles.includes('developer'),
    )
    const manager = await come(MANAGER)
    await manager.open('/settings/ticket-exceptions')
    await field(manager.page, 'Otherwise').fill('Sofia')
    await manager.page.getByRole('option', { name: 'Sofia Lindqvist' }).click()
    await manager.page.getByRole('button', { name: 'Save' }).click()
    await manager.page.getByText('They apply to requests from now on.').waitFor()
    expect((await admin.get('/settings/exceptions')).headers.get('etag')).not.toBe(settings.headers.get('etag'))
    await manager.leave()

    const visitor = await come(DEVELOPER)
    const { page } = visitor
    await visitor.open(`/tickets/${ticketId}`)
    await page.getByRole('button', { name: 'Request Exception' }).click()
    await page.getByRole('button', { name: 'Submit for review' }).click()
    await page.getByText('Acknowledge the risk to go on.').waitFor()
    await field(page, 'Use case').click()
    await page.getByRole('option', { name: 'Technical limitation' }).click()
    await field(page, 'Justification').fill('The vendor delivers it next month.')
    const proposed = dayIn(30)
    await field(page, 'Proposed due date').fill(proposed)
    await page.keyboard.press('Tab')
    await page.getByLabel(/I acknowledge the risk/).check()
    await page.getByRole('button', { name: 'Submit for review' }).click()
    await page.getByText('A request waits for its reviewer').waitFor()

    const { body } = await dana.get<{ waitingRequest: string; dueDate: string }>(`/tickets/${ticketId}`)
    const reviewer = await come(ANALYST)
    await reviewer.open(`/exceptions/${body.waitingRequest}`)
    await reviewer.page.getByRole('button', { name: 'Approve' }).click()
    await reviewer.page.getByLabel('Comment (optional)').waitFor()
    await reviewer.page.keyboard.press('Control+Enter')
    await reviewer.page.getByText(/^Approved\./).waitFor()
    await reviewer.leave()

    // Whoever asked sees it without reloading.
    await page.getByText('An exception has moved the due date.').waitFor()
    const after = await dana.get<{ dueDate: string; originalDueDate: string }>(`/tickets/${ticketId}`)
    expect(after.body).toMatchObject({ dueDate: proposed, originalDueDate: body.dueDate })
    await page.getByRole('tab', { name: 'Exceptions' }).click()
    await page.getByRole('dialog').getByText('Active').waitFor()
    await visitor.screenshot('ticket-deferred')
    await visitor.leave()
  })

  it('verifies the journal, and saves what a filter selects of it as a file', async () => {
    const visitor = await come(ADMIN)
    const { page } = visitor
    await visitor.open('/settings/journal')
    await page.getByRole('button', { name: 'Verify' }).click()
    await page.getByText(/entries are intact$/).waitFor()
    await field(page, 'What happened').fill('rule.created')
    const entries = page.getByRole('table', { name: 'Journal' })
    await page.getByText(/^3 of 3$/).waitFor()
    expect(await entries.getByText('rule.created', { exact: true }).count()).toBe(3)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'CSV' }).click(),
    ])
    const [head, ...lines] = (await readFile(await download.path(), 'utf8')).trim().split('\r\n')
    expect(head).toMatch(/^position,at,.*,hash$/)
    expect(lines).toHaveLength(3)
    for (const line of lines) expect(line).toContain(',rule.created,')
    await visitor.leave()
  })

  it('did all that without an error, a breach of its policy or a request to anybody else', () => {
    expect(visitors.length).toBeGreaterThan(7)
    expect(visitors.flatMap(({ troubles }) => troubles)).toEqual([])
  })
})
