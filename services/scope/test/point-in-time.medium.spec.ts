import { afterAll, beforeAll, expect, it } from 'vitest'
import { observed, resolved } from './events.js'
import { type RunningScope, runScope } from './running-scope.js'

let scope: RunningScope
beforeAll(async () => {
  scope = await runScope({ environment: { MEMBERSHIP_KEPT_DAYS: '30' } })
})
afterAll(async () => {
  await scope.close()
})

let assets = 0
const newAsset = () => ({ name: `then-${++assets}`, type: 'ASSET_TYPE_HOST' })
const on = (asset: { name: string }) => `asset.name == ${JSON.stringify(asset.name)}`
const get = async (path: string) => (await scope.api(`GET ${path}`, scope.admin)).body
const listed = async (asset: { name: string }, query = '') =>
  (await get(`/instances?filter=${encodeURIComponent(on(asset))}${query}`)).items
const vulnerability = (id: string) => ({ vulnerability: { id } })
/** Now, and then an hour goes by. */
const later = () => {
  const at = scope.clock.now().toISOString()
  scope.clock.advance(3_600_000)
  return at
}
const now = () => scope.clock.now().toISOString()

it.each(['one that is filled in', 'one that is matched as it comes'])(
  'What covered an instance, from when to when and by which parts of the query is told for ever: %s',
  async (how) => {
    const asset = newAsset()
    const expression = `${on(asset)} && (severity == "high" || cvss > 9.0 && !kev)`
    const publish = async (facts: object) =>
      await scope.publish(observed({ asset, scanId: now(), observedAt: now(), severity: 'low', cvss: 1, ...facts }))
    if (how === 'one that is filled in') await publish({ cvss: 9.5, kev: false })
    const id = await scope.tell({ expression })
    if (how === 'one that is matched as it comes') await publish({ cvss: 9.5, kev: false })
    const first = later()
    await publish({})
    const uncovered = later()
    await publish({ severity: 'high' })
    const second = later()
    const [instance] = await listed(asset)
    const current = { exceptionId: id, to: null, because: [on(asset), 'severity == "high"'] }
    const past = { exceptionId: id, from: first, because: [on(asset), 'cvss > 9.0', '!kev'] }
    expect(await get(`/instances/${instance.id}/coverage`)).toMatchObject([current, past])
    const asOf = async (at: string) => await get(`/instances/${instance.id}/coverage?asOf=${at}`)
    expect(await asOf(first)).toMatchObject([past])
    expect(await asOf(uncovered)).toEqual([])
    expect(await asOf(second)).toMatchObject([current])
    // What its query says of it now is no reason for what it said then.
    await publish({ severity: 'high', cvss: 9.9, kev: false })
    expect((await get(`/instances/${instance.id}/coverage`))[0].because).toEqual([
      on(asset),
      'severity == "high"',
      'cvss > 9.0',
      '!kev',
    ])
    expect((await get(`/instances/${instance.id}/coverage`))[1].because).toEqual(past.because)
  },
)

it('Lists as of a time tell what was covered, deferred and open then', async () => {
  const asset = newAsset()
  const before = later()
  await scope.publish(
    observed({ asset, ...vulnerability('CVE-2024-0001'), severity: 'high', observedAt: now() }),
    observed({ asset, ...vulnerability('CVE-2024-0002'), severity: 'low', observedAt: now() }),
  )
  const found = later()
  const [suppressed, deferred] = [
    await scope.tell({ expression: `${on(asset)} && severity == "high"` }),
    await scope.tell({ expression: on(asset), effect: 'DEFER' }),
  ]
  const covered = later()
  const ended = { appliedSince: new Date(covered), endedAt: scope.clock.now() }
  await scope.tell({
    id: suppressed,
    version: 2,
    expression: `${on(asset)} && severity == "high"`,
    status: 'DEACTIVATED',
    ...ended,
  })
  await scope.publish(resolved({ asset, ...vulnerability('CVE-2024-0002'), observedAt: now() }))
  later()
  const count = async (query: string, at: string) => (await listed(asset, `&${query}&asOf=${at}`)).length
  expect(await count('status=all', before)).toBe(0)
  expect([
    await count('status=open', found),
    await count('coverage=covered', found),
    await count('coverage=uncovered', found),
  ]).toEqual([2, 0, 2])
  expect([
    await count('coverage=covered', covered),
    await count('coverage=uncovered', covered),
    await count('coverage=deferred', covered),
  ]).toEqual([1, 1, 2])
  expect((await listed(asset, `&coverage=covered&asOf=${covered}`))[0]).toMatchObject({
    coveredBy: [suppressed],
    deferredBy: [deferred],
  })
  expect([
    await count('coverage=covered', now()),
    await count('status=open', now()),
    await count('status=closed', now()),
  ]).toEqual([0, 1, 1])
  expect((await listed(asset))[0]).toMatchObject({ coveredBy: [], deferredBy: [deferred] })
})

it('Membership that ended long ago is let go of, and what is in force never', async () => {
  const asset = newAsset()
  await scope.publish(observed({ asset, severity: 'high', observedAt: now() }))
  const stays = await scope.tell({ expression: on(asset) })
  const goes = await scope.tell({ expression: `${on(asset)} && severity == "high"` })
  later()
  await scope.publish(observed({ asset, severity: 'low', scanId: 's-2', observedAt: now() }))
  const [{ id }] = await listed(asset)
  const by = async () =>
    (await get(`/instances/${id}/coverage`)).map(({ exceptionId }: { exceptionId: string }) => exceptionId)
  scope.clock.advance(29 * 86_400_000)
  await scope.restart()
  expect((await by()).sort()).toEqual([stays, goes].sort())
  scope.clock.advance(2 * 86_400_000)
  // It is looked for once an hour, and at start.
  await scope.restart()
  await expect.poll(by, { timeout: 10_000 }).toEqual([stays])
})
