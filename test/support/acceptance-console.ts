import { randomUUID } from 'node:crypto'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { System } from './acceptance.js'
import { Api, eventually } from './api.js'
import { browserAbsent, launch, Visitor } from './browser.js'

/** The main job in a browser: sign in, ask, approve, see what is covered. */
export function consoleJob(system: () => System): void {
  describe.skipIf(browserAbsent)('the console', () => {
    const unique = randomUUID().slice(0, 8)
    const email = (name: string) => `${name}-${unique}@reprieve.example`
    const asset = `console-${unique}`
    const expression = `asset.name == "${asset}"`
    let browser: Browser
    let admin: Api
    const visitors: Visitor[] = []

    beforeAll(async () => {
      const { url, adminEmail, password } = system()
      browser = await launch()
      admin = await new Api(url).signIn(adminEmail, password)
      const role = `asker-${unique}`
      await admin.post('/roles', {
        name: role,
        permissions: ['exceptions.request', 'exceptions.read', 'instances.read'],
      })
      const ids: string[] = []
      for (const [name, its] of [
        ['Ask', role],
        ['Approve', 'auditor'],
      ] as const) {
        const { status, body } = await admin.post<{ id: string }>('/users', {
          email: email(name.toLowerCase()),
          name: `${name} ${unique}`,
          role: its,
          password,
          kind: 'person',
        })
        expect(status).toBe(201)
        ids.push(body.id)
      }
      const rule = { role, instructions: '', workflow: { type: 'approvers', steps: [{ candidates: [ids[1]] }] } }
      expect(await admin.post('/rules', rule)).toMatchObject({ status: 201 })
      const observed = {
        scanner: 'console',
        scanId: '1',
        asset: { name: asset, type: 'ASSET_TYPE_HOST' },
        vulnerability: { id: 'CVE-2023-4911' },
        component: { name: 'glibc', version: '2.36' },
        severity: 'high',
        observedAt: new Date().toISOString(),
      }
      await admin.call('POST', '/instances/batch', JSON.stringify({ observed }), {
        'content-type': 'application/x-ndjson',
      })
      // Everybody has heard of them before the first page is opened.
      const asker = await new Api(url).signIn(email('ask'), password)
      await eventually(
        () => asker.get<{ workflow?: { steps: Array<{ candidates: unknown[] }> } }>('/request-form'),
        ({ body }) => body.workflow?.steps[0]?.candidates.length === 1,
      )
      await eventually(
        () => asker.get<{ items: unknown[] }>(`/instances?filter=${encodeURIComponent(expression)}`),
        ({ body }) => body.items.length === 1,
      )
    })
    afterAll(async () => {
      await browser?.close()
    })

    it('leads from the sign-in over the request and its approval to what is covered', async () => {
      const { url, password } = system()
      const asking = await Visitor.come(browser, { url })
      visitors.push(asking)
      const { page } = asking
      await asking.open('/instances')
      await page.getByLabel('Email address').fill(email('ask'))
      await page.getByLabel('Password', { exact: true }).fill(password)
      await page.getByRole('button', { name: 'Sign in', exact: true }).click()
      await page.getByRole('row', { name: new RegExp(asset) }).waitFor()

      await asking.open(`/exceptions/new?expression=${encodeURIComponent(expression)}`)
      const form = page.getByRole('dialog', { name: 'Create Exception' })
      await form.getByText('1 instance', { exact: true }).waitFor()
      await form.getByLabel('Name').fill(`Seen in the console ${unique}`)
      await form.getByLabel('Justification').fill('It is switched off next month.')
      await form.getByLabel(/I acknowledge the risk/).check()
      await form.getByRole('button', { name: 'Submit for approval' }).click()
      const details = page.getByRole('dialog')
      await details.getByText(`Waiting for Approve ${unique}`).first().waitFor()

      const approving = await Visitor.come(browser, { url, email: email('approve'), password })
      visitors.push(approving)
      await approving.open('/')
      await approving.page
        .getByRole('link', { name: `Seen in the console ${unique}` })
        .first()
        .click()
      await approving.page.getByRole('dialog').getByText('Waiting for you').waitFor()
      await approving.page.keyboard.press('a')
      await approving.page.getByLabel('Comment (optional)').waitFor()
      await approving.page.keyboard.press('Control+Enter')

      // Whoever asked sees it without reloading.
      await details.getByText('In force').waitFor()
      await asking.open(`/instances?coverage=covered&filter=${encodeURIComponent(expression)}`)
      await page.getByRole('row', { name: new RegExp(asset) }).waitFor()
    })

    it('did all that without an error, a breach of its policy or a request to anybody else', async () => {
      expect(visitors).toHaveLength(2)
      // Whoever asks for the live updates before signing in is told so.
      expect(visitors.flatMap(({ troubles }) => troubles).filter((trouble) => !/EventSource/.test(trouble))).toEqual([])
      for (const visitor of visitors) await visitor.leave()
    })
  })
}
