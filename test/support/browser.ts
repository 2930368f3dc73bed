import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'
import { ROOT } from './process.js'

/** Debian's; nothing is downloaded. */
export const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
export const browserAbsent = !existsSync(CHROMIUM)

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const SCREENSHOTS = `${ROOT}.cache/screenshots/`
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

interface AxeResult {
  violations: Array<{ id: string; nodes: Array<{ html: string; failureSummary: string }> }>
}

export type Scheme = 'light' | 'dark'

export interface VisitorOptions {
  url: string
  /** Nobody is signed in without it. */
  email?: string
  password?: string
  scheme?: Scheme
  width?: number
  height?: number
}

export const launch = (): Promise<Browser> => chromium.launch({ executablePath: CHROMIUM, args: FLAGS })

/** Somebody at the console in a window of their own. What must never happen is noted all the time. */
export class Visitor {
  readonly page: Page
  readonly context: BrowserContext
  readonly scheme: Scheme
  /** Errors of scripts, refusals of the page's policy, requests to anybody else. */
  readonly troubles: string[] = []
  private readonly url: string

  private constructor(context: BrowserContext, page: Page, { url, scheme = 'light' }: VisitorOptions) {
    this.context = context
    this.page = page
    this.url = url
    this.scheme = scheme
    page.on('pageerror', (error) => this.troubles.push(`error: ${error.message}`))
    page.on('console', (message) => {
      if (message.type() !== 'error') return
      // An answer that is no success is the test's own affair.
      if (!message.text().startsWith('Failed to load resource')) this.troubles.push(`console: ${message.text()}`)
    })
    page.on('request', (request) => {
      const { origin, protocol } = new URL(request.url())
      if (!['data:', 'blob:'].includes(protocol) && origin !== new URL(url).origin)
        this.troubles.push(`asked somebody else: ${request.url()}`)
    })
  }

  static async come(browser: Browser, options: VisitorOptions): Promise<Visitor> {
    const context = await browser.newContext({
      colorScheme: options.scheme ?? 'light',
      viewport: { width: options.width ?? 1440, height: options.height ?? 900 },
      timezoneId: 'Europe/Zurich',
      reducedMotion: 'reduce',
    })
    context.setDefaultTimeout(20_000)
    const visitor = new Visitor(context, await context.newPage(), options)
    if (options.email !== undefined) await visitor.signInQuietly(options.email, options.password ?? '')
    return visitor
  }

  /** As the sign-in page does, without looking at it. */
  async signInQuietly(email: string, password: string): Promise<void> {
    const { origin } = new URL(this.url)
    const answer = await this.context.request.post(`${this.url}/api/v1/session`, {
      data: { email, password },
      headers: { origin },
    })
    expect(answer.status()).toBe(200)
  }

  async open(path: string): Promise<void> {
    await this.page.goto(`${this.url}${path}`)
    await this.settled()
  }

  /** Resolves when nothing on the page says that it loads any more. */
  async settled(): Promise<void> {
    await this.page.locator('h1').first().waitFor({ state: 'attached' })
    // A page brings its parts one after the other.
    for (let quiet = 0; quiet < 3; ) {
      quiet = (await this.page.locator('.mantine-Skeleton-root, .mantine-Loader-root').count()) === 0 ? quiet + 1 : 0
      await this.page.waitForTimeout(60)
    }
  }

  /** What axe-core finds wrong, as one text for each. */
  async violations(): Promise<string[]> {
    // Evaluated by the debugger: the page's own policy lets no script of ours in.
    await this.page.evaluate(axe)
    const { violations } = await this.page.evaluate<AxeResult>(
      `axe.run(document, { runOnly: ${JSON.stringify(RULES)} })`,
    )
    return violations.flatMap(({ id, nodes }) =>
      nodes.slice(0, 4).map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} — ${failureSummary}`),
    )
  }

  async screenshot(name: string): Promise<void> {
    mkdirSync(SCREENSHOTS, { recursive: true })
    await this.page.screenshot({ path: `${SCREENSHOTS}${name}-${this.scheme}.png` })
  }

  /** Whether the page itself scrolls sideways; tables within it may. */
  async overflows(): Promise<boolean> {
    return this.page.evaluate<boolean>(
      'document.documentElement.scrollWidth > document.documentElement.clientWidth + 1',
    )
  }

  async leave(): Promise<void> {
    await this.context.close()
  }
}
