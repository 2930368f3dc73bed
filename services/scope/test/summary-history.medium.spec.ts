import { afterAll, beforeAll, expect, it } from 'vitest'
import { observed } from './events.js'
import { type RunningScope, runScope } from './running-scope.js'

let scope: RunningScope
beforeAll(async () => {
  scope = await runScope()
})
afterAll(async () => {
  await scope.close()
})

const HOUR_MS = 3_600_000
const NONE = { critical: 0, high: 0, medium: 0, low: 0, none: 0, unknown: 0 }
const history = async (query: string) => await scope.api(`GET /summary/history?${query}`, scope.admin)
const items = async (query: string) => (await history(query)).body.items
/** The work that notes them begins anew, and looks at once. */
const later = async (ms: number) => {
  await scope.clock.advance(ms)
  await scope.restart()
}

it('The numbers of each hour are noted once, and told by hour or by what a day ended with', async () => {
  await expect.poll(() => items('days=1&step=hour')).toHaveLength(1)
  await scope.publish(observed(), observed({ vulnerability: { id: 'CVE-2024-2222' }, severity: 'critical' }))
  await scope.tell({ expression: 'severity == "high"' })
  // Within the hour nothing is noted again.
  await later(HOUR_MS / 2)
  await later(HOUR_MS)
  await expect
    .poll(() => items('days=1&step=hour'))
    .toEqual([
      { at: '2026-03-01T12:00:00.000Z', open: NONE, covered: NONE, deferred: NONE },
      {
        at: '2026-03-01T13:00:00.000Z',
        open: { ...NONE, critical: 1, high: 1 },
        covered: { ...NONE, high: 1 },
        deferred: NONE,
      },
    ])
  await later(24 * HOUR_MS)
  await expect
    .poll(async () => (await items('days=30')).map(({ at }: { at: string }) => at))
    .toEqual(['2026-03-01T13:00:00.000Z', '2026-03-02T13:00:00.000Z'])
  await expect.poll(() => items('days=1&step=hour')).toHaveLength(1)
})

it('What is too old to be asked for is let go', async () => {
  await later(402 * 24 * HOUR_MS)
  await expect
    .poll(async () => (await scope.database.db.selectFrom('summary_hour').select('at').distinct().execute()).length)
    .toBe(1)
})

it('More points than a picture shows are refused', async () => {
  expect(await history('days=32&step=hour')).toMatchObject({ status: 400, body: { code: 'MALFORMED' } })
  expect(await history('days=401')).toMatchObject({ status: 400, body: { code: 'MALFORMED' } })
})
