import { readFile } from 'node:fs/promises'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Api, eventually } from './support/api.js'
import { browserAbsent, launch, Visitor } from './support/browser.js'
import { PASSWORD, Standalone } from './support/standalone.js'

const ADMIN = 'admin@reprieve.example'
const MANAGER = 'lena@reprieve.example'
const DEVELOPER = 'dana@reprieve.example'
const ANALYST = 'sofia@reprieve.example'
const OWNER = 'henrik@reprieve.example'

// Browsers, and looking at every page, take their time where other tests run beside.
const TIMEOUT_MS = 600_000

/** Every page, by who sees most of it. */
const PAGES: ReadonlyArray<{ name: string; path: string; email: string }> = [
  { name: 'home', path: '/', email: ADMIN },
  { name: 'home-developer', path: '/', email: DEVELOPER },
  { name: 'exceptions', path: '/exceptions', email: MANAGER },
  { name: 'exceptions-nothing-found', path: '/exceptions?text=nothing-is-called-so', email: MANAGER },
  { name: 'create-exception', path: '/exceptions/new?expression=severity%20%3D%3D%20%22critical%22', email: DEVELOPER },
  { name: 'create-exception-auto-pilot', path: '/exceptions/new', email: ANALYST },
  { name: 'settings-rules', path: '/settings/rules', email: ADMIN },
  { name: 'settings-create-rule', path: '/settings/rules?edit=new', email: ADMIN },
  { name: 'settings-users', path: '/settings/users', email: ADMIN },
  { name: 'settings-create-user', path: '/settings/users?edit=new', email: ADMIN },
  { name: 'settings-groups', path: '/settings/groups', email: ADMIN },
  { name: 'settings-roles', path: '/settings/roles', email: ADMIN },
  { name: 'settings-role', path: '/settings/roles?edit=developer', email: ADMIN },
  { name: 'settings-webhooks', path: '/settings/webhooks', email: ADMIN },
  { name: 'settings-create-webhook', path: '/settings/webhooks?edit=new', email: ADMIN },
  { name: 'settings-mail-templates', path: '/settings/mail-templates', email: ADMIN },
  { name: 'settings-mail-template', path: '/settings/mail-templates?edit=denied', email: ADMIN },
  { name: 'account', path: '/account', email: ADMIN },
  { name: 'notifications', path: '/notifications', email: DEVELOPER },
  { name: 'no-such-page', path: '/nothing-is-here', email: DEVELOPER },
]

interface Listed {
  id: string
  name: string
  status: string
  waitingFor: { name: string } | null
}

const PLAN = 'It goes with the next release.'

/** Goes on to something by the tabulator alone. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let steps = 0; steps < 100; steps++) {
    if ((await target.and(page.locator(':focus')).count()) === 1) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`the keyboard does not reach ${String(target)}`)
}

/** What a click saves as a file. */
async function downloaded(page: Page, name: string): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name }).click()])
  expect(download.suggestedFilename()).toBe(name)
  return readFile(await download.path(), 'utf8')
}

// Without a browser these are counted as skipped, and CI refuses that.
describe.skipIf(browserAbsent)('the console', { timeout: TIMEOUT_MS }, () => {
  let standalone: Standalone
  let browser: Browser
  let admin: Api
  const visitors: Visitor[] = []

  beforeAll(async () => {
    ;[standalone, browser] = await Promise.all([Standalone.start({ demo: true }), launch()])
    admin = await new Api(standalone.url).signIn(ADMIN, PASSWORD)
    await eventually(
      async () => (await admin.get<{ items: Listed[] }>('/exceptions?limit=50')).body.items,
      (items) => items.length >= 14 && items.some(({ status }) => status === 'expired'),
    )
  })
  afterAll(async () => {
    await browser?.close()
    await standalone?.remove()
  })

  const come = async (email: string | null): Promise<Visitor> => {
    const visitor = await Visitor.come(browser, {
      url: standalone.url,
      password: PASSWORD,
      ...(email === null ? {} : { email }),
    })
    visitors.push(visitor)
    return visitor
  }
  const signedIn = (email: string) => new Api(standalone.url).signIn(email, PASSWORD)
  const named = async (name: string): Promise<Listed> => {
    const { body } = await admin.get<{ items: Listed[] }>(`/exceptions?text=${encodeURIComponent(name)}`)
    const found = body.items.find((item) => item.name === name)
    if (found === undefined) throw new Error(`no exception is called ${name}`)
    return found
  }

  /** A request of Dana's by the API, waiting for Priya and then for Amara. */
  const requested = async (name: string, asset: string): Promise<string> => {
    const dana = await signedIn(DEVELOPER)
    const form = await dana.get<{
      workflow: { steps: Array<{ candidates: Array<{ id: string; name: string }> }> }
    }>('/request-form')
    const { status, body } = await dana.post<{ id: string }>('/exceptions', {
      name,
      justification: 'Code freeze.',
      riskAcknowledged: true,
      expression: `asset.name == "${asset}"`,
      approvers: form.body.workflow.steps.map(
        ({ candidates }) => candidates.find(({ name }) => /Priya|Amara/.test(name))?.id,
      ),
      expiration: { type: 'days', days: 7 },
    })
    expect(status).toBe(201)
    return body.id
  }

  it('can be used by everyone, in both themes, at 200 % zoom and on a telephone: every page', async () => {
    const faults: Record<string, string[]> = {}
    const look = async (visitor: Visitor, name: string) => {
      const found = await visitor.faults(name)
      if (found.length > 0) faults[name] = found
    }
    const nobody = await come(null)
    await nobody.open('/')
    await nobody.page.getByLabel('Email address').waitFor()
    await look(nobody, 'sign-in')
    await nobody.leave()
    for (const email of new Set(PAGES.map((page) => page.email))) {
      const visitor = await come(email)
      for (const { name, path } of PAGES.filter((page) => page.email === email)) {
        await visitor.open(path)
        // A drawer comes after the page that it lies over.
        if (/edit=|\/new/.test(path)) await visitor.page.getByRole('dialog').locator('form').waitFor()
        await look(visitor, name)
      }
      await visitor.leave()
    }
    expect(faults).toEqual({})
  })

  it('can be used by everyone, in both themes: what opens over pages', async () => {
    const faults: Record<string, string[]> = {}
    const pending = await named('Search keeps lodash 4.17.15 over the season')
    const visitor = await come(OWNER)
    const { page } = visitor
    const look = async (name: string) => {
      const found = await visitor.faults(name, { narrow: false })
      if (found.length > 0) faults[name] = found
    }
    await visitor.open(`/exceptions/${pending.id}`)
    for (const tab of ['General', 'Instances', 'Evidence', 'Comments', 'History']) {
      await page.getByRole('dialog').getByRole('tab', { name: tab }).click()
      await look(`exception-${tab.toLowerCase()}`)
    }
    await page.keyboard.press('d')
    await page.getByLabel('Why is it denied?').waitFor()
    await look('exception-deny')
    await page.keyboard.press('Escape')
    await visitor.open('/exceptions')
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keys' }).waitFor()
    await look('keys')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+k')
    await page.getByPlaceholder('Find a page, an action or an exception').waitFor()
    await page.keyboard.type('snake')
    await page.getByText('Ledger keeps snakeyaml').first().waitFor()
    await look('palette')
    await visitor.leave()
    expect(faults).toEqual({})
  })

  it('walks from the request over its approvers to active, covered and deactivated', async () => {
    const name = 'Old log4j until the runner is gone'
    const expression = 'vulnerability == "CVE-2021-44228"'
    const dana = await come(DEVELOPER)
    await dana.open('/')
    await dana.page.keyboard.press('c')
    await dana.page.getByRole('dialog').getByLabel('Name').fill(name)
    await dana.page.getByRole('dialog').getByLabel('Justification').fill('It is switched off next month.')
    const plan = { name: 'plan.txt', mimeType: 'text/plain', buffer: Buffer.from(PLAN) }
    await dana.page.getByRole('dialog').locator('input[type=file]').setInputFiles(plan)
    await dana.page.getByRole('button', { name: 'Take plan.txt away' }).waitFor()
    const editor = dana.page.getByRole('textbox', { name: 'Query' })
    await editor.click()
    await dana.page.keyboard.type('vulnerability = ')
    await dana.page.getByText('Compare with ==').first().waitFor()
    await editor.fill(expression)
    await dana.page
      .getByText(/\d+ instances?$/)
      .first()
      .waitFor()
    await dana.page.getByLabel('Step 1').and(dana.page.locator('input')).click()
    await dana.page.getByRole('option', { name: 'Sofia Lindqvist' }).click()
    await dana.page.getByLabel('Step 2').and(dana.page.locator('input')).click()
    await dana.page.getByRole('option', { name: 'Henrik Vogel' }).click()
    await dana.page.getByRole('button', { name: 'Submit for approval' }).click()
    await dana.page.getByText('Acknowledge the risk to go on.').waitFor()
    await dana.page.getByLabel(/I acknowledge the risk/).check()
    await dana.page.getByRole('button', { name: 'Submit for approval' }).click()
    const details = dana.page.getByRole('dialog')
    await details.getByText('Waiting for Sofia Lindqvist').first().waitFor()
    await details.locator('time').first().hover()
    await dana.page.getByRole('tooltip', { name: /UTC$/ }).waitFor()
    expect(await details.getByRole('button', { name: 'Approve' }).count()).toBe(0)
    await details.getByRole('button', { name: 'Withdraw' }).waitFor()

    const { id } = await named(name)
    const sofia = await come(ANALYST)
    await sofia.open(`/exceptions/${id}?tab=evidence`)
    expect(await downloaded(sofia.page, 'plan.txt')).toBe(PLAN)
    await sofia.page.getByRole('button', { name: 'Approve' }).click()
    await sofia.page.getByLabel('Comment (optional)').fill('Agreed with the platform team.')
    await sofia.page.keyboard.press('Control+Enter')
    await sofia.page.getByText(/^Approved\./).waitFor()

    // Whoever asked sees it without reloading.
    await details.getByText('Waiting for Henrik Vogel').first().waitFor()
    await details.getByText('Agreed with the platform team.').waitFor()
    await details.getByText('saw 1 file').waitFor()

    const henrik = await come(OWNER)
    await henrik.open('/')
    await henrik.page.getByRole('link', { name }).first().click()
    await henrik.page.getByRole('dialog').getByText('Waiting for you').waitFor()
    await henrik.page.keyboard.press('a')
    await henrik.page.getByLabel('Comment (optional)').waitFor()
    await henrik.page.keyboard.press('Control+Enter')
    await details.getByText('In force').waitFor()
    await details.getByText(/instances? covered, since/).waitFor()
    const covered = await admin.get<{ items: unknown[] }>(
      `/instances?coverage=covered&filter=${encodeURIComponent(expression)}`,
    )
    expect(covered.body.items.length).toBeGreaterThan(0)

    await henrik.open(`/exceptions/${id}`)
    await henrik.page.getByRole('button', { name: 'Deactivate' }).click()
    const question = henrik.page.getByRole('dialog', { name: 'Deactivate this exception?' })
    await question.getByText('This cannot be undone.').waitFor()
    await question.getByLabel('Reason').fill('The runner is gone.')
    await question.getByRole('button', { name: 'Deactivate' }).click()
    await details.getByText('Ended by Henrik Vogel').waitFor()
    expect((await named(name)).status).toBe('deactivated')
    for (const visitor of [dana, sofia, henrik]) await visitor.leave()
  })

  it('lets an approver clear what waits from the keyboard, one after the other, and says why it was denied', async () => {
    for (const number of [1, 2, 3]) await requested(`Cleared ${number}`, `cleared-${number}`)
    const priya = await come('priya@reprieve.example')
    const { page } = priya
    await eventually(
      async () => {
        await priya.open('/')
        return page.getByRole('link', { name: /^Cleared/ }).count()
      },
      (count) => count >= 3,
    )
    await page.getByRole('link', { name: 'Cleared 1' }).first().click()
    for (const [number, key] of [
      [1, 'a'],
      [2, 'a'],
      [3, 'd'],
    ] as const) {
      await page
        .getByRole('dialog')
        .getByRole('heading', { name: `Cleared ${number}` })
        .waitFor()
      await page.keyboard.press(key)
      if (key === 'd') {
        await page.getByLabel('Why is it denied?').waitFor()
        await page.keyboard.press('Control+Enter')
        await page.getByText('A denial needs a comment.').waitFor()
        await page.keyboard.type('Too long for this.')
      } else await page.getByLabel('Comment (optional)').waitFor()
      await page.keyboard.press('Control+Enter')
    }
    await page.getByText('Nothing else waits for you.').waitFor()
    await eventually(
      () => named('Cleared 3'),
      ({ status }) => status === 'denied',
    )
    await priya.leave()
  })

  it('decides many at once, and tells of each what came of it', async () => {
    const dana = await signedIn(DEVELOPER)
    const ids: string[] = []
    for (const number of [1, 2]) ids.push(await requested(`Together ${number}`, `together-${number}`))
    const priya = await come('priya@reprieve.example')
    const { page } = priya
    await priya.open('/exceptions?text=Together&sort=name')
    await page.getByText('Together 2').waitFor()
    await page.getByLabel('Select all rows that are loaded').check()
    await page.getByRole('region', { name: 'Selected requests' }).getByRole('button', { name: 'Approve' }).click()
    const dialog = page.getByRole('dialog', { name: 'Approve 2 requests' })
    await dialog.waitFor()
    // Meanwhile the first is withdrawn.
    expect(await dana.post(`/exceptions/${ids[0]}/withdraw`, {})).toMatchObject({ status: 200 })
    await dialog.getByRole('button', { name: 'Approve' }).click()
    await dialog.getByText('Approved', { exact: true }).waitFor()
    expect(await dialog.getByText('Approved', { exact: true }).count()).toBe(1)
    expect(await dialog.getByRole('row', { name: /Together 1/ }).textContent()).toContain('no longer waits')
    await priya.leave()
  })

  it('hands a step over while its approver writes, and of two decisions at once takes one and tells the other', async () => {
    const id = await requested('Passed on', 'passed-on')
    const priya = await come('priya@reprieve.example')
    await priya.open(`/exceptions/${id}`)
    await priya.page.getByRole('button', { name: 'Approve' }).click()
    await priya.page.getByLabel('Comment (optional)').fill('Half a thou')
    const lena = await come(MANAGER)
    await lena.open(`/exceptions/${id}`)
    await lena.page.getByRole('button', { name: 'Hand over' }).click()
    const dialog = lena.page.getByRole('dialog', { name: 'Hand a step over' })
    await dialog.getByLabel('To').and(lena.page.locator('input')).fill('Sofia')
    await lena.page.getByRole('option', { name: 'Sofia Lindqvist' }).click()
    await dialog.getByRole('button', { name: 'Hand over' }).click()
    await dialog.getByText('Say why.').waitFor()
    await dialog.getByLabel('Reason').fill('Priya is away.')
    await dialog.getByRole('button', { name: 'Hand over' }).click()
    await lena.page.getByText('The step is handed over.').waitFor()
    // She sees it without reloading, and loses nothing that she wrote.
    const told = priya.page.getByRole('alert').filter({ hasText: 'It does not wait for you any more' })
    await told.getByText('It waits for Sofia Lindqvist now.').waitFor()
    expect(await priya.page.getByLabel('What you wrote').inputValue()).toBe('Half a thou')

    const windows = [await come(ANALYST), await come(ANALYST)] as const
    const answers: number[] = []
    for (const [index, { page }] of windows.entries()) {
      page.on('response', (response) => {
        if (response.url().endsWith('/decision')) answers.push(response.status())
      })
      await windows[index]?.open(`/exceptions/${id}`)
      await page.getByRole('button', { name: 'Approve' }).waitFor()
      await page.keyboard.press(index === 0 ? 'a' : 'd')
      await page.getByLabel(index === 0 ? 'Comment (optional)' : 'Why is it denied?').fill('Decided.')
    }
    await Promise.all(windows.map(({ page }) => page.keyboard.press('Control+Enter')))
    const decided = await eventually(
      () => named('Passed on'),
      ({ status, waitingFor }) => status === 'denied' || waitingFor?.name === 'Amara Diallo',
    )
    // Whichever came first: the other decision was none, and its window says so and shows what is true.
    const [first, second] = decided.status === 'denied' ? ([1, 0] as const) : ([0, 1] as const)
    await windows[first].page.getByText(/^(Approved|Denied)\./).waitFor()
    const late = windows[second].page
    await late.getByText('It does not wait for you any more').waitFor()
    await late
      .getByText(decided.status === 'denied' ? 'Sofia Lindqvist has denied it.' : 'It waits for Amara Diallo now.')
      .waitFor()
    await late.getByText('Your decision was not taken.').waitFor()
    expect(answers.filter((status) => status === 200)).toHaveLength(1)
    expect(answers.filter((status) => status !== 200 && status !== 409)).toEqual([])
    for (const visitor of [priya, lena, ...windows]) await visitor.leave()
  })

  it('gives Auto Pilot’s requester the exception at once, and its end without reloading', async () => {
    const sofia = await come(ANALYST)
    const { page } = sofia
    await sofia.open('/exceptions/new')
    await page.getByText('Nobody is asked.').waitFor()
    await page.getByRole('dialog').getByLabel('Name').fill('Noise of the scanner')
    await page.getByRole('dialog').getByLabel('Justification').fill('Seen by hand.')
    await page.getByRole('textbox', { name: 'Query' }).fill('component.name == "sudo"')
    await page.getByRole('dialog').getByText('On a date').click()
    await page.getByRole('dialog').getByText('Never', { exact: true }).click()
    await page.getByText('It has no end.').waitFor()
    await page.getByLabel(/I acknowledge the risk/).check()
    await page.getByRole('dialog').getByRole('button', { name: 'Create Exception' }).click()
    await page.getByText('Auto Pilot has approved it').waitFor()
    await page.getByRole('dialog').getByText('Approved at once by Auto Pilot').waitFor()

    const api = await signedIn(ANALYST)
    const { body } = await api.post<{ id: string }>('/exceptions', {
      name: 'Ends while one looks',
      justification: 'To be seen.',
      riskAcknowledged: true,
      expression: 'component.name == "sudo"',
      expiration: { type: 'at', at: new Date(Date.now() + 6_000).toISOString() },
    })
    await sofia.open(`/exceptions/${body.id}`)
    await page.getByRole('dialog').getByText('In force').waitFor()
    await page.getByRole('dialog').getByText('It has ended').waitFor()
    await page.getByRole('dialog').getByText('Expired').first().waitFor()
    await sofia.leave()
  })

  it('is worked by the keyboard alone, from the request to its end and on to the next row', async () => {
    const sofia = await come(ANALYST)
    const { page } = sofia
    await sofia.open('/')
    await page.keyboard.press('c')
    const request = page.getByRole('dialog', { name: 'Create Exception' })
    await tabTo(page, request.getByLabel('Name'))
    await page.keyboard.type('Without a mouse')
    await tabTo(page, request.getByLabel('Justification'))
    await page.keyboard.type('The mouse is away.')
    await tabTo(page, page.getByRole('textbox', { name: 'Query' }))
    await page.keyboard.type('component.name == "sudo"')
    await tabTo(page, request.getByLabel(/I acknowledge the risk/))
    await page.keyboard.press('Space')
    await tabTo(page, request.getByRole('button', { name: 'Create Exception' }))
    await page.keyboard.press('Enter')
    const details = page.getByRole('dialog')
    await details.getByText('Approved at once by Auto Pilot').waitFor()
    await tabTo(page, details.getByRole('button', { name: 'Deactivate' }))
    await page.keyboard.press('Enter')
    const question = page.getByRole('dialog', { name: 'Deactivate this exception?' })
    await tabTo(page, question.getByLabel('Reason'))
    await page.keyboard.type('It is back.')
    await tabTo(page, question.getByRole('button', { name: 'Deactivate' }))
    await page.keyboard.press('Enter')
    await details.getByText('Ended by Sofia Lindqvist').waitFor()
    await page.keyboard.press('Escape')
    await details.waitFor({ state: 'detached' })
    await page.keyboard.press('j')
    await page.keyboard.press('o')
    await details.getByRole('tab', { name: 'General' }).waitFor()
    await sofia.leave()
  })

  it('keeps a half-written request over a reload and over the end of the session, and sends it after signing in again', async () => {
    const dana = await come(DEVELOPER)
    const { page } = dana
    await dana.open('/exceptions/new')
    await page.getByRole('dialog').getByLabel('Name').fill('Written in two sittings')
    await page.getByRole('dialog').getByLabel('Justification').fill('First half.')
    await page.waitForTimeout(500)
    await dana.open('/exceptions/new')
    expect(await page.getByRole('dialog', { name: 'Create Exception' }).getByLabel('Name').inputValue()).toBe(
      'Written in two sittings',
    )
    await page.getByRole('textbox', { name: 'Query' }).fill('asset.name == "two-sittings"')
    await page.getByLabel('Step 1').and(page.locator('input')).click()
    await page.getByRole('option', { name: 'Sofia Lindqvist' }).click()
    await page.getByLabel('Step 2').and(page.locator('input')).click()
    await page.getByRole('option', { name: 'Henrik Vogel' }).click()
    await page.getByLabel(/I acknowledge the risk/).check()
    // The session ends elsewhere.
    const ended = await dana.context.request.delete(`${standalone.url}/api/v1/session`, {
      headers: { origin: standalone.url },
    })
    expect(ended.status()).toBe(204)
    const gate = page.getByRole('dialog', { name: 'Your session has ended' })
    await gate.waitFor()
    expect(await page.getByRole('dialog', { name: 'Create Exception' }).getByLabel('Name').inputValue()).toBe(
      'Written in two sittings',
    )
    await gate.getByLabel('Password', { exact: true }).fill('wrong')
    await gate.getByRole('button', { name: 'Sign in', exact: true }).click()
    await gate.getByRole('alert').waitFor()
    await gate.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await gate.getByRole('button', { name: 'Sign in', exact: true }).click()
    await gate.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Submit for approval' }).click()
    await page.getByRole('dialog').getByText('Waiting for Sofia Lindqvist').first().waitFor()
    // What was sent is no draft any more.
    await dana.open('/exceptions/new')
    expect(await page.getByRole('dialog', { name: 'Create Exception' }).getByLabel('Name').inputValue()).toBe('')
    await dana.leave()
  })

  it('notices that the query and the rule were edited while a request was written, and shows that edits are for later', async () => {
    const saved = await admin.post<{ id: string }>('/queries', {
      name: 'Where the old rule holds',
      folder: '',
      expression: 'asset.name == "old-rule"',
    })
    const marek = await come('marek@reprieve.example')
    const { page } = marek
    await marek.open(`/queries/${saved.body.id}`)
    await page.getByRole('dialog').getByRole('link', { name: 'Create Exception' }).click()
    const request = page.getByRole('dialog', { name: 'Create Exception' })
    await request.getByLabel('Name').fill('Under the old rule')
    await request.getByLabel('Justification').fill('Code freeze.')
    await request.getByText('asset.name == "old-rule"', { exact: true }).first().waitFor()
    await page.getByLabel('Step 1').and(page.locator('input')).click()
    await page.getByRole('option', { name: 'Sofia Lindqvist' }).click()
    await page.getByLabel('Step 2').and(page.locator('input')).click()
    await page.getByRole('option', { name: 'Amara Diallo' }).click()
    await page.getByLabel(/I acknowledge the risk/).check()

    const { headers } = await admin.get(`/queries/${saved.body.id}`)
    const edit = await admin.call(
      'PATCH',
      `/queries/${saved.body.id}`,
      '{"expression":"asset.name == \\"new-rule\\""}',
      {
        'content-type': 'application/json',
        'if-match': headers.get('etag') ?? '',
      },
    )
    expect(edit.status).toBe(200)
    await page.getByRole('button', { name: 'Submit for approval' }).click()
    await page.getByText('Somebody has changed the query meanwhile.').waitFor()
    await request.getByText('asset.name == "new-rule"', { exact: true }).first().waitFor()

    const lena = await come(MANAGER)
    await lena.open('/settings/rules')
    await lena.page.getByRole('button', { name: 'Open the rule of developer' }).click()
    const rule = lena.page.getByRole('dialog')
    await rule.getByText('An edit applies only to future exceptions.').waitFor()
    // The second step is nobody's choice any more: conditions assign it.
    await rule.getByRole('button', { name: 'Remove step 2' }).click()
    await rule.getByRole('button', { name: 'Add a step' }).click()
    const second = rule.getByRole('region', { name: 'Step 2' })
    await second.getByText('Conditions assign').click()
    await second.getByRole('button', { name: 'Add a rule' }).click()
    await second.getByLabel('Name').fill('Whatever is asked')
    const when = second.getByRole('textbox', { name: 'When' })
    await when.fill('request.weeks > 0')
    await second.getByLabel('Reviewer').and(lena.page.locator('input')).fill('Henrik')
    await lena.page.getByRole('option', { name: 'Henrik Vogel' }).click()
    await rule.getByLabel('Instructions').fill('Choose once now.')
    await rule.getByRole('button', { name: 'Save' }).click()
    await second.getByText(/^Line 1, column 1: /).waitFor()
    await when.fill('request.days > 0')
    await rule.getByRole('button', { name: 'Save' }).click()
    await lena.page.getByText('It applies to requests from now on.').waitFor()

    await page.getByRole('button', { name: 'Submit for approval' }).click()
    await page.getByText('The rule of your role has changed meanwhile.').waitFor()
    await page.getByText('Choose once now.').waitFor()
    await page.getByText('Henrik Vogel, assigned when you submit').waitFor()
    expect(await page.getByLabel('Step 2').count()).toBe(0)
    await page.getByRole('button', { name: 'Submit for approval' }).click()
    await page.getByRole('dialog').getByText('Waiting for Sofia Lindqvist').first().waitFor()
    await page.getByRole('dialog').getByText('assigned by “Whatever is asked”').waitFor()
    for (const visitor of [marek, lena]) await visitor.leave()
  })

  it('shows what people and reports wrote as text, whatever it holds', async () => {
    const markup = '<img src=x onerror="document.title=\'pwned\'"><script>document.title="pwned"</script>'
    const sofia = await signedIn(ANALYST)
    const { status, body } = await sofia.post<{ id: string }>('/exceptions', {
      name: `${markup} ${'n'.repeat(40)}`,
      justification: `${markup}\n[x](javascript:alert(1))`,
      riskAcknowledged: true,
      expression: `asset.name == "${'<b>bold</b>'}"`,
      expiration: { type: 'days', days: 1 },
    })
    expect(status).toBe(201)
    await sofia.post(`/exceptions/${body.id}/comments`, { text: markup })
    const visitor = await come(ADMIN)
    for (const path of ['/', '/exceptions', `/exceptions/${body.id}`, `/exceptions/${body.id}?tab=comments`]) {
      await visitor.open(path)
      await visitor.page.getByText('<img src=x').first().waitFor()
      expect(await visitor.page.title()).not.toBe('pwned')
      expect(await visitor.page.locator('img[src="x"], #root script, b').count()).toBe(0)
    }
    await visitor.screenshot('markup')
    await visitor.leave()
  })

  it('says plainly that it is offline, and goes on by itself', async () => {
    const visitor = await come(DEVELOPER)
    await visitor.open('/')
    await visitor.context.setOffline(true)
    await visitor.page.getByText('You are offline.').waitFor()
    await visitor.screenshot('offline')
    await visitor.context.setOffline(false)
    await visitor.page.getByText('You are offline.').waitFor({ state: 'detached' })
    await visitor.leave()
  })

  it('did all that without an error, a breach of its policy or a request to anybody else', () => {
    expect(visitors.length).toBeGreaterThan(10)
    // A browser that is cut off, or asks without being signed in, is told so.
    const own = /ERR_INTERNET_DISCONNECTED|EventSource/
    expect(visitors.flatMap(({ troubles }) => troubles).filter((trouble) => !own.test(trouble))).toEqual([])
  })
})
