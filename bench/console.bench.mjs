// The console in a real browser (`npm run bench:console`): how much script the first page needs, how soon pages are there, whether ten million
// rows scroll without a jerk, and how long a filter takes to its first row. Figures of the browser are of this machine, as busy as it was.
import { gzipSync } from 'node:zlib'
import { paints, settled, visit, withBrowser } from './lib/browser.mjs'
import { percentile } from './lib/cluster.mjs'
import { ASSETS, fillInventory } from './lib/inventory-fill.mjs'
import { withStandalone } from './lib/standalone.mjs'

const ADMIN = 'admin@reprieve.example'
// Fewer would leave filters without a first row.
const INSTANCES = Math.max(ASSETS, Number(process.env.BENCH_INSTANCES ?? 1_000_000))
const FILTERS = Number(process.env.BENCH_ROUNDS ?? 40)
const STUBBED = 10_000_000
const SCROLLED = 10_000
// Four notches of a wheel, every 30 ms: 16 000 pixels a second, which is faster than a fling.
const STEP_PIXELS = 480
const EXCEPTIONS = 100
const READ_WITHIN_MS = 10 * 60_000
const KB = 1_000

export const run = async () =>
  await withStandalone(
    async ({ url, signIn, asleep }) => {
      await shown(await signIn())
      return await withBrowser(async (browser) => [
        await firstLoad(browser, url),
        ...(await loads(browser, url)),
        ...(await scrolling(browser, url, asleep)),
        ...(await filtering(browser, url, `${INSTANCES.toLocaleString('en')} instances`)),
      ])
    },
    { fill: (database) => fillInventory(database('scope'), { instances: INSTANCES, exceptions: EXCEPTIONS }) },
  )

const figure = (id, value, unit, goal, detail) => ({
  id,
  value,
  unit,
  goal: goal === null ? null : `≤ ${goal}`,
  holds: goal === null ? null : value <= goal,
  detail,
})

const SEVERITIES = ['critical', 'high', 'medium', 'low', 'none']
const cve = (n) => `CVE-${2015 + (n % 11)}-${1_000 + n}`

/** Once the list answers with all that is stored. */
async function shown(api) {
  const deadline = performance.now() + READ_WITHIN_MS
  const answers = () =>
    api.get('/instances?limit=1').then(
      ({ items }) => items.length > 0,
      () => false,
    )
  while (!(await answers())) {
    if (performance.now() > deadline) throw new Error('the instances are not shown')
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

/** Every script that Home asks for, but those that draw its pictures, as gzip sends them. */
async function firstLoad(browser, url) {
  const { context, page } = await visit(browser, url, ADMIN)
  const scripts = new Map()
  page.on('response', async (response) => {
    if (response.request().resourceType() === 'script') scripts.set(response.url(), response.body())
  })
  await page.goto(url)
  await settled(page)
  const sizes = await Promise.all(
    [...scripts].map(async ([address, body]) => ({ address, size: gzipSync(await body).length / KB })),
  )
  await context.close()
  const sum = (list) => list.reduce((total, { size }) => total + size, 0)
  const charts = sizes.filter(({ address }) => /chart/i.test(address))
  return figure(
    'C1 script of the first load',
    sum(sizes) - sum(charts),
    'kB gzip',
    250,
    `${sizes.length - charts.length} files; the pictures’ ${sum(charts).toFixed(0)} kB come after`,
  )
}

/** As Lighthouse counts them, on this machine and without throttling. */
async function loads(browser, url) {
  const figures = []
  for (const [name, path] of [
    ['Home', '/'],
    ['Instances', '/instances'],
  ]) {
    const { context, page } = await visit(browser, url, ADMIN)
    await page.goto(`${url}${path}`)
    await settled(page)
    const { fcp, lcp, tbt, cls } = await paints(page)
    await context.close()
    figures.push(
      figure(`C2 ${name}: first paint`, fcp, 'ms', null, `CLS ${cls.toFixed(3)}`),
      figure(`C2 ${name}: largest paint`, lcp, 'ms', null),
      figure(`C2 ${name}: blocked`, tbt, 'ms', null),
    )
  }
  return figures
}

/**
 * The list over a stub of the API that has ten million rows, scrolled down for as long as it goes on. The product sleeps meanwhile: what it
 * does after a million instances were stored is no part of this, and a browser without a graphics card needs all processors to draw.
 */
async function scrolling(browser, url, asleep) {
  const { context, page } = await visit(browser, url, ADMIN)
  const sample = await (await context.request.get(`${url}/api/v1/instances?limit=1`)).json()
  await page.route(/\/api\/v1\/instances\?/, (route) => {
    const asked = new URL(route.request().url()).searchParams
    const from = Number(asked.get('cursor') ?? 0)
    const limit = Number(asked.get('limit') ?? 100)
    const items = Array.from({ length: Math.min(limit, STUBBED - from) }, (_, index) => ({
      ...sample.items[0],
      id: `00000000-0000-7000-8000-${String(from + index).padStart(12, '0')}`,
      vulnerability: cve(from + index),
      severity: SEVERITIES[(from + index) % SEVERITIES.length],
    }))
    const nextCursor = from + limit < STUBBED ? String(from + limit) : null
    return route.fulfill({ json: { ...sample, items, nextCursor, count: { value: STUBBED, exact: true } } })
  })
  await page.goto(`${url}/instances`)
  await settled(page)
  await page.getByRole('region', { name: 'Instances', exact: true }).hover()
  const reached = async () =>
    await page.evaluate(
      `Math.max(...[...document.querySelectorAll('tr[aria-rowindex]')].map((row) => row.ariaRowIndex))`,
    )
  const begun = await page.evaluate('performance.now()')
  const deadline = performance.now() + 120_000
  const worked = await processorTime(context, page)
  let rows = 0
  let steps = 0
  await asleep(async () => {
    while (rows < SCROLLED && performance.now() < deadline) {
      steps += 1
      await page.mouse.wheel(0, STEP_PIXELS)
      await page.waitForTimeout(30)
      rows = await reached()
    }
  })
  const tasks = await page.evaluate(
    `told.longTasks.filter(({ startTime }) => startTime > ${begun}).map(({ duration }) => duration)`,
  )
  const perStep = (await worked()) / steps
  await context.close()
  const detail = `${rows.toLocaleString('en')} of ${STUBBED.toLocaleString('en')} rows; ${tasks.length} tasks over 50 ms`
  return [
    figure('C3 longest task while scrolling', Math.max(0, ...tasks), 'ms', 100, detail),
    figure(
      'C3 processor time of a step',
      perStep,
      'ms',
      null,
      `${STEP_PIXELS} pixels, ${Math.round(STEP_PIXELS / 38)} new rows; without what it waited for a processor`,
    ),
  ]
}

/** Notes how long the page's thread has worked (ms), however long it had to wait for a processor. */
async function processorTime(context, page) {
  const session = await context.newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const worked = async () => {
    const { metrics } = await session.send('Performance.getMetrics')
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1_000
  }
  const before = await worked()
  return async () => (await worked()) - before
}

/** From Enter in the filter to the first row that it finds, on the real API. */
async function filtering(browser, url, detail) {
  const { context, page } = await visit(browser, url, ADMIN)
  await page.goto(`${url}/instances`)
  await settled(page)
  await page.locator('.mantine-SegmentedControl-label', { hasText: 'Query' }).click()
  const editor = page.getByRole('textbox', { name: 'Filter' })
  const times = []
  for (let round = 0; round < FILTERS; round++) {
    const asset = `host-${(round * 47 + 11) % ASSETS}`
    await editor.fill(`asset.name == "${asset}"`)
    const took = page.evaluate(`new Promise((resolve) => {
      let begun = 0
      const found = () => [...document.querySelectorAll('tr[aria-rowindex="2"]')].some((row) => /${asset}(?!\\d)/.test(row.textContent))
      addEventListener('keydown', () => { begun = performance.now() }, { capture: true, once: true })
      const watcher = new MutationObserver(() => {
        if (begun === 0 || !found()) return
        watcher.disconnect()
        requestAnimationFrame(() => resolve(performance.now() - begun))
      })
      watcher.observe(document.body, { subtree: true, childList: true, characterData: true })
    })`)
    await editor.press('Enter')
    times.push(await took)
  }
  await context.close()
  return [
    figure(
      'C4 filter to first row, p95',
      percentile(times, 95),
      'ms',
      400,
      `median ${percentile(times, 50).toFixed(0)} ms; ${detail}`,
    ),
  ]
}
