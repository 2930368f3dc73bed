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

// What the themes differ in is colours: the console renders the same in both, so all other rules say the same of both.
const RULES = {
  light: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  dark: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] },
} as const
const NARROW = [
  ['telephone', 390, 844],
  // 1440 pixels at 200 %.
  ['zoom', 720, 450],
] as const

interface AxeResult {
  violations: Array<{ id: string; nodes: Array<{ html: string; failureSummary: string }> }>
}

type Scheme = 'light' | 'dark'

export interface VisitorOptions {
  url: string
  /** Nobody is signed in without it. */
  email?: string
  password?: string
}

export const launch = (): Promise<Browser> => chromium.launch({ executablePath: CHROMIUM, args: FLAGS })

/** Somebody at the console in a window of their own. What must never happen is noted all the time. */
export class Visitor {
  readonly page: Page
  readonly context: BrowserContext
  /** Errors of scripts, refusals of the page's policy, requests to anybody else. */
  readonly troubles: string[] = []
  private readonly url: string

  private constructor(context: BrowserContext, page: Page, { url }: VisitorOptions) {
    this.context = context
    this.page = page
    this.url = url
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
      colorScheme: 'light',
      viewport: { width: 1440, height: 900 },
      timezoneId: 'Europe/Zurich',
      reducedMotion: 'reduce',
    })
    // Whatever is waited for comes within a second or two where nothing else runs.
    context.setDefaultTimeout(60_000)
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

  /**
   * What is wrong with what is open: whatever axe-core finds in either theme, and whether a telephone or 200 % zoom makes it scroll
   * sideways. Takes a picture of each. The page is loaded once and changes as it does when its reader changes the theme or the window.
   */
  async faults(name: string, { narrow = true } = {}): Promise<string[]> {
    await this.settled()
    const found: string[] = []
    for (const scheme of ['light', 'dark'] as const) {
      await this.changeTo(scheme)
      found.push(...(await this.violations(scheme)).map((violation) => `${scheme}: ${violation}`))
      await this.screenshot(`${name}-${scheme}`)
    }
    await this.changeTo('light')
    if (!narrow) return found
    const usual = this.page.viewportSize()
    for (const [kind, width, height] of NARROW) {
      await this.page.setViewportSize({ width, height })
      await this.settled()
      if (await this.overflows()) found.push(`${kind}: scrolls sideways`)
      await this.screenshot(`${kind}-${name}-light`)
    }
    if (usual !== null) await this.page.setViewportSize(usual)
    return found
  }

  /** As the reader's system does it, without the page being loaded again. */
  private async changeTo(scheme: Scheme): Promise<void> {
    await this.page.emulateMedia({ colorScheme: scheme })
    await this.page.locator(`html[data-mantine-color-scheme=${scheme}]`).waitFor({ state: 'attached' })
    // What fades from one colour to another would be looked at on its way.
    await this.page.evaluate('Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => {})))')
  }

  /**
   * What axe-core finds wrong, as one text for each. Where a dialog is open only that is looked at: what lies under it cannot be reached,
   * and is looked at by itself.
   */
  private async violations(scheme: Scheme): Promise<string[]> {
    // Evaluated by the debugger: the page's own policy lets no script of ours in.
    if (!(await this.page.evaluate<boolean>('"axe" in window'))) await this.page.evaluate(axe)
    const { violations } = await this.page.evaluate<AxeResult>(
      `axe.run([...document.querySelectorAll('[role=dialog]')].at(-1) ?? document, ${JSON.stringify({
        runOnly: RULES[scheme],
        // What is in order is not written up, nor are style sheets fetched for a rule about turned screens.
        resultTypes: ['violations'],
        preload: false,
      })})`,
    )
    return violations.flatMap(({ id, nodes }) =>
      nodes.slice(0, 4).map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} — ${failureSummary}`),
    )
  }

  async screenshot(name: string): Promise<void> {
    mkdirSync(SCREENSHOTS, { recursive: true })
    await this.page.screenshot({ path: `${SCREENSHOTS}${name}.png` })
  }

  /** Whether the page itself scrolls sideways; tables within it may. */
  private async overflows(): Promise<boolean> {
    return this.page.evaluate<boolean>(
      'document.documentElement.scrollWidth > document.documentElement.clientWidth + 1',
    )
  }

  async leave(): Promise<void> {
    await this.context.close()
  }
}
