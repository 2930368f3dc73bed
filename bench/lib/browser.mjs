// A browser for a bench: Debian's Chromium, with what it tells of its own work.
import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import { PASSWORD } from './standalone.mjs'

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run']
const LONG_MS = 50

// Runs before the page's own scripts: notes paints, shifts and every task that keeps the page from answering.
const WATCH = `
  window.told = { longTasks: [], lcp: 0, cls: 0 }
  const watch = (type, note) => new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true })
  watch('longtask', ({ startTime, duration }) => told.longTasks.push({ startTime, duration }))
  watch('largest-contentful-paint', ({ startTime }) => { told.lcp = startTime })
  watch('layout-shift', ({ value, hadRecentInput }) => { if (!hadRecentInput) told.cls += value })
`

export async function withBrowser(work) {
  if (!existsSync(CHROMIUM)) throw new Error(`there is no browser at ${CHROMIUM}: CHROMIUM_PATH names one`)
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
  try {
    return await work(browser)
  } finally {
    await browser.close()
  }
}

/** Somebody who is signed in, in a window without anything cached. */
export async function visit(browser, url, email) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })
  context.setDefaultTimeout(60_000)
  await context.addInitScript(WATCH)
  const answer = await context.request.post(`${url}/api/v1/session`, {
    data: { email, password: PASSWORD },
    headers: { origin: url },
  })
  if (!answer.ok()) throw new Error(`signing in answered ${answer.status()}`)
  return { context, page: await context.newPage() }
}

/** Resolves when nothing on the page says that it loads any more. */
export async function settled(page) {
  await page.locator('h1').first().waitFor({ state: 'attached' })
  for (let quiet = 0; quiet < 5; ) {
    quiet = (await page.locator('.mantine-Skeleton-root, .mantine-Loader-root').count()) === 0 ? quiet + 1 : 0
    await page.waitForTimeout(60)
  }
}

/** First and largest paint, time blocked after the first one (ms), and how far things moved. */
export async function paints(page) {
  const { fcp, lcp, cls, longTasks } = await page.evaluate(
    `({ ...told, fcp: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0 })`,
  )
  const tbt = longTasks
    .filter(({ startTime }) => startTime >= fcp)
    .reduce((sum, { duration }) => sum + Math.max(0, duration - LONG_MS), 0)
  return { fcp, lcp, tbt, cls }
}
