import { create } from '@bufbuild/protobuf'
import { timestampMs } from '@bufbuild/protobuf/wkt'
import { coverage } from '@reprieve/contracts'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { observed, resolved } from './events.js'
import { type RunningScope, runScope } from './running-scope.js'
import { type ToldCoverage, toldCoverage } from './told-coverage.js'

let scope: RunningScope
beforeAll(async () => {
  scope = await runScope()
})
afterAll(async () => {
  await scope.close()
})

let assets = 0
const newAsset = (extra: object = {}) => ({ name: `node-${++assets}`, type: 'ASSET_TYPE_HOST', ...extra })
const on = (asset: { name: string }) => `asset.name == ${JSON.stringify(asset.name)}`
const get = async (path: string) => (await scope.api(`GET ${path}`, scope.admin)).body
const count = async (coverage: string, asset: { name: string }) =>
  (await get(`/instances?coverage=${coverage}&filter=${encodeURIComponent(on(asset))}`)).count.value
const reachOf = (id: string) => {
  const told = scope.published.scope.flatMap(({ subject }) =>
    subject.case === 'reach' && subject.value.exceptionId === id ? [subject.value] : [],
  )
  return told.at(-1)
}

describe('An exception', () => {
  it('that waits for approval covers nothing, and tells what it would cover', async () => {
    const asset = newAsset()
    await scope.publish(observed({ asset }), observed({ asset, vulnerability: { id: 'CVE-2024-2222' } }))
    const id = await scope.tell({ expression: on(asset), status: 'PENDING_APPROVAL' })
    expect(await count('covered', asset)).toBe(0)
    await expect.poll(() => reachOf(id)?.instances, { timeout: 10_000 }).toBe(2n)
    expect(reachOf(id)?.inForceSince).toBeUndefined()
    expect((await get(`/exceptions/${id}/instances`)).items).toHaveLength(2)
  })

  it('that is approved covers at once, and only those that its query selects', async () => {
    const asset = newAsset()
    await scope.publish(
      observed({ asset, severity: 'low' }),
      observed({ asset, vulnerability: { id: 'CVE-2024-2222' }, severity: 'high' }),
    )
    const id = await scope.tell({ expression: `${on(asset)} && severity == "high"`, status: 'PENDING_APPROVAL' })
    await scope.tell({ id, version: 2, expression: `${on(asset)} && severity == "high"`, status: 'ACTIVE' })
    expect(await count('covered', asset)).toBe(1)
    expect(await count('uncovered', asset)).toBe(1)
    const [instance] = (await get(`/exceptions/${id}/instances`)).items
    expect(instance).toMatchObject({ coveredBy: [id], deferredBy: [] })
    expect(await get(`/instances/${instance.id}/coverage`)).toMatchObject([
      { exceptionId: id, to: null, because: [on(asset), 'severity == "high"'] },
    ])
  })

  it('that defers leaves its instances uncovered, and says that they are deferred', async () => {
    const asset = newAsset()
    await scope.publish(observed({ asset }))
    const id = await scope.tell({ expression: on(asset), effect: 'DEFER' })
    expect(await count('covered', asset)).toBe(0)
    expect(await count('uncovered', asset)).toBe(1)
    expect(await count('deferred', asset)).toBe(1)
    const [instance] = (await get(`/exceptions/${id}/instances`)).items
    expect(instance).toMatchObject({ coveredBy: [], deferredBy: [id] })
  })

  it('ends at its end by the clock alone, at that very second, though nobody has told of it', async () => {
    const asset = newAsset()
    await scope.publish(observed({ asset }))
    const expiresAt = new Date(scope.clock.now().getTime() + 3_600_000)
    const id = await scope.tell({ expression: on(asset), expiresAt })
    expect(await count('covered', asset)).toBe(1)
    scope.clock.set(new Date(expiresAt.getTime() - 1))
    expect(await count('covered', asset)).toBe(1)
    scope.clock.set(expiresAt)
    expect(await count('covered', asset)).toBe(0)
    await scope.tell({
      id,
      version: 2,
      expression: on(asset),
      status: 'EXPIRED',
      appliedSince: new Date('2026-03-01T12:00:00Z'),
      expiresAt,
      endedAt: expiresAt,
    })
    expect(await count('covered', asset)).toBe(0)
    // What it covered at its end stays known.
    expect((await get(`/exceptions/${id}/instances`)).items).toHaveLength(1)
    const before = new Date(expiresAt.getTime() - 60_000).toISOString()
    expect((await get(`/exceptions/${id}/instances?asOf=${before}`)).items).toHaveLength(1)
    expect((await get(`/exceptions/${id}/instances?asOf=${expiresAt.toISOString()}`)).items).toHaveLength(0)
    const [instance] = (await get(`/instances?filter=${encodeURIComponent(on(asset))}`)).items
    expect(await get(`/instances/${instance.id}/coverage`)).toMatchObject([
      { exceptionId: id, to: expiresAt.toISOString(), because: [on(asset)] },
    ])
  })

  it('that was withdrawn or denied is matched no more, and what it would have covered stays known', async () => {
    const asset = newAsset()
    await scope.publish(observed({ asset }))
    const id = await scope.tell({ expression: on(asset), status: 'PENDING_APPROVAL' })
    scope.clock.advance(1_000)
    await scope.tell({ id, version: 2, expression: on(asset), status: 'DENIED', endedAt: scope.clock.now() })
    scope.clock.advance(1_000)
    await scope.publish(observed({ asset, vulnerability: { id: 'CVE-2024-3333' } }))
    expect((await get(`/exceptions/${id}/instances`)).items).toHaveLength(1)
    const { rows } = await scope.database.pool.query(
      'SELECT count(*) AS open FROM membership m JOIN exception e ON e.key = m.exception_key WHERE e.id = $1 AND m.until IS NULL',
      [id],
    )
    expect(rows).toEqual([{ open: 0 }])
  })

  it('told of in an older version than is known changes nothing', async () => {
    const asset = newAsset()
    await scope.publish(observed({ asset }))
    const id = await scope.tell({
      expression: on(asset),
      version: 3,
      status: 'DEACTIVATED',
      appliedSince: scope.clock.now(),
      endedAt: scope.clock.now(),
    })
    await scope.tell({ id, expression: on(asset), version: 2, status: 'ACTIVE' })
    expect(await count('covered', asset)).toBe(0)
  })

  it('covers as the data changes, and other systems are told of each change in order', async () => {
    const asset = newAsset()
    const expression = `${on(asset)} && severity == "high"`
    const id = await scope.tell({ expression })
    const changes = () =>
      scope.published.coverage.filter(({ exceptionId }) => exceptionId === id).map(({ covered }) => covered)
    await scope.publish(observed({ asset, severity: 'high', observedAt: '2026-03-01T10:00:00Z' }))
    expect(changes()).toEqual([true])
    await scope.publish(observed({ asset, severity: 'low', scanId: 's-2', observedAt: '2026-03-01T10:01:00Z' }))
    expect(changes()).toEqual([true, false])
    expect(await count('covered', asset)).toBe(0)
    await scope.publish(observed({ asset, severity: 'high', scanId: 's-3', observedAt: '2026-03-01T10:02:00Z' }))
    expect(changes()).toEqual([true, false, true])
    await scope.tell({
      id,
      version: 2,
      expression,
      status: 'DEACTIVATED',
      appliedSince: new Date('2026-03-01T12:00:00Z'),
      endedAt: scope.clock.now(),
    })
    expect(changes()).toEqual([true, false, true, false])
  })

  it('that fills in what is stored tells of each instance once, covered from when it was, and not before', async () => {
    const asset = newAsset()
    await scope.publish(observed({ asset }), observed({ asset, vulnerability: { id: 'CVE-2024-2222' } }))
    const toldOf = (id: string) =>
      scope.published.coverage
        .filter(({ exceptionId }) => exceptionId === id)
        .map(({ covered, at }) => ({ covered, at: timestampMs(at) }))
    const hourAgo = new Date(scope.clock.now().getTime() - 3_600_000)
    const autoPilot = await scope.tell({ expression: on(asset), appliedSince: hourAgo })
    const filledIn = { covered: true, at: scope.clock.now().getTime() }
    expect(toldOf(autoPilot)).toEqual([filledIn, filledIn])

    const id = await scope.tell({ expression: on(asset), status: 'PENDING_APPROVAL' })
    expect(toldOf(id)).toEqual([])
    scope.clock.advance(60_000)
    await scope.tell({ id, version: 2, expression: on(asset), status: 'ACTIVE', appliedSince: scope.clock.now() })
    const approved = { covered: true, at: scope.clock.now().getTime() }
    expect(toldOf(id)).toEqual([approved, approved])
  })

  it('tells its reach: open instances only, since when it is in force, and in step with what is stored', async () => {
    const asset = newAsset()
    await scope.publish(observed({ asset }), observed({ asset, vulnerability: { id: 'CVE-2024-2222' } }))
    const id = await scope.tell({ expression: on(asset) })
    await expect.poll(() => reachOf(id)?.inForceSince, { timeout: 10_000 }).toBeDefined()
    expect(reachOf(id)?.instances).toBe(2n)
    expect(reachOf(id)?.synced).toBe(reachOf(id)?.total)
    scope.clock.advance(10_000)
    await scope.publish(resolved({ asset, observedAt: '2026-03-01T11:30:00Z' }))
    await expect.poll(() => reachOf(id)?.instances, { timeout: 10_000 }).toBe(1n)
    scope.clock.advance(10_000)
    await scope.tell({
      id,
      version: 2,
      expression: on(asset),
      status: 'DEACTIVATED',
      appliedSince: new Date('2026-03-01T12:00:00Z'),
      endedAt: scope.clock.now(),
    })
    await expect.poll(() => reachOf(id)?.inForceSince, { timeout: 10_000 }).toBeUndefined()
    expect(reachOf(id)?.instances).toBe(1n)
  })

  it('is seen by its requester and approvers, who need no permission for it, and by nobody else without one', async () => {
    await scope.role('guest', [])
    const requester = await scope.person('Rita', 'guest')
    const approver = await scope.person('Alan', 'guest')
    const stranger = await scope.person('Sam', 'guest')
    const id = await scope.tell({
      expression: 'severity == "high"',
      status: 'PENDING_APPROVAL',
      requesterId: requester.id,
      approverIds: [approver.id],
    })
    expect((await scope.api(`GET /exceptions/${id}/instances`, requester)).status).toBe(200)
    expect((await scope.api(`GET /exceptions/${id}/instances`, approver)).status).toBe(200)
    expect((await scope.api(`GET /exceptions/${id}/instances`, stranger)).status).toBe(403)
    await scope.tell({
      id,
      version: 2,
      expression: 'severity == "high"',
      status: 'PENDING_APPROVAL',
      requesterId: requester.id,
      approverIds: [stranger.id],
    })
    expect((await scope.api(`GET /exceptions/${id}/instances`, stranger)).status).toBe(200)
    expect((await scope.api(`GET /exceptions/${uuidv7()}/instances`, scope.admin)).status).toBe(404)
  })
})

it('A query that depends on the time covers when its time has come, and no more when it has passed', async () => {
  const asset = newAsset()
  const firstSeen = scope.clock.now()
  await scope.publish(observed({ asset, observedAt: firstSeen.toISOString() }))
  const old = await scope.tell({ expression: `${on(asset)} && now - firstSeen > duration("720h")` })
  const young = await scope.tell({ expression: `${on(asset)} && now - firstSeen < duration("24h")` })
  const end = new Date(firstSeen.getTime() + 5 * 24 * 3_600_000)
  const dated = await scope.tell({ expression: `${on(asset)} && now < timestamp("${end.toISOString()}")` })
  const covering = async () =>
    (await get(`/instances?filter=${encodeURIComponent(on(asset))}`)).items[0].coveredBy.toSorted()
  expect(await covering()).toEqual([young, dated].toSorted())
  scope.clock.set(new Date(firstSeen.getTime() + 24 * 3_600_000))
  await expect.poll(covering, { timeout: 10_000 }).toEqual([dated])
  scope.clock.set(end)
  await expect.poll(covering, { timeout: 10_000 }).toEqual([])
  scope.clock.set(new Date(firstSeen.getTime() + 720 * 3_600_000))
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  expect(await covering()).toEqual([])
  scope.clock.advance(1)
  await expect.poll(covering, { timeout: 10_000 }).toEqual([old])
})

it('A reconciliation finds what is wrong, mends it, and finds nothing the next time', async () => {
  const asset = newAsset()
  await scope.publish(observed({ asset }), observed({ asset, vulnerability: { id: 'CVE-2024-2222' } }))
  const id = await scope.tell({ expression: `${on(asset)} && vulnerability == "CVE-2024-2222"` })
  const { rows } = await scope.database.pool.query(
    `SELECT m.*, i.id FROM membership m JOIN instance i ON i.asset_key = m.asset_key AND i.key = m.instance_key
     JOIN exception e ON e.key = m.exception_key WHERE e.id = $1`,
    [id],
  )
  const member = rows[0]
  await scope.database.pool.query('DELETE FROM membership WHERE exception_key = $1', [member.exception_key])
  const other = (
    await get(`/instances?filter=${encodeURIComponent(`${on(asset)} && vulnerability != "CVE-2024-2222"`)}`)
  ).items[0]
  await scope.database.pool.query(
    `INSERT INTO membership SELECT i.key, i.asset_key, $1, $3 FROM instance i WHERE i.id = $2`,
    [member.exception_key, other.id, scope.clock.now()],
  )
  const run = async () => {
    const started = await scope.api('POST /reconciliations', scope.admin, {})
    expect(started.status).toBe(202)
    await scope.rest()
    return (await get('/reconciliations')).items.find(({ id }: { id: string }) => id === started.body.id)
  }
  expect(await run()).toMatchObject({
    status: 'done',
    missing: 1,
    surplus: 1,
    examples: [
      { instanceId: member.id, exceptionId: id, what: 'missing' },
      { instanceId: other.id, exceptionId: id, what: 'surplus' },
    ],
  })
  expect(await run()).toMatchObject({ status: 'done', missing: 0, surplus: 0, examples: [] })
  const told = () =>
    scope.published.scope.flatMap(({ meta, subject }) => {
      if (subject.case !== 'reconciliation') return []
      const { finishedAt, missing, surplus } = subject.value
      return [[meta?.actor?.userId ?? null, finishedAt === undefined ? 'started' : 'done', missing, surplus]]
    })
  await expect.poll(told).toEqual([
    [scope.admin.id, 'started', 0n, 0n],
    [null, 'done', 1n, 1n],
    [scope.admin.id, 'started', 0n, 0n],
    [null, 'done', 0n, 0n],
  ])
  expect((await get(`/exceptions/${id}/instances`)).items.map(({ id }: { id: string }) => id)).toEqual([member.id])
})

it('How current it is what is known of exceptions is told, and readiness fails when they fall silent', async () => {
  await scope.heartbeat()
  const asOf = scope.clock.now().toISOString()
  expect(await get('/instances?limit=1')).toMatchObject({ asOf })
  expect(await get('/summary')).toMatchObject({ asOf })
  expect((await scope.service.readiness()).ready).toBe(true)
  scope.clock.advance(61_000)
  const { ready, troubles } = await scope.service.readiness()
  expect(ready).toBe(false)
  expect(troubles).toEqual([expect.stringContaining('exceptions have not been heard of since')])
  await scope.heartbeat()
  expect((await scope.service.readiness()).ready).toBe(true)
})

it('An installation can choose that nothing is covered while exceptions are silent', async () => {
  const strict = await runScope({ environment: { STALE_COVERAGE_LAPSES: 'true' } })
  try {
    await strict.heartbeat()
    await strict.publish(observed())
    await strict.tell({ expression: 'severity == "high"' })
    const covered = async () => (await strict.api('GET /instances?coverage=covered', strict.admin)).body.count.value
    expect(await covered()).toBe(1)
    strict.clock.advance(61_000)
    expect(await covered()).toBe(0)
    await strict.heartbeat()
    expect(await covered()).toBe(1)
  } finally {
    await strict.close()
  }
})

it('The summary counts open instances by severity, and the same by what exceptions do to them', async () => {
  const asset = newAsset()
  await scope.publish(
    observed({ asset, severity: 'critical' }),
    observed({ asset, severity: 'high', vulnerability: { id: 'CVE-2024-2222' } }),
    observed({ asset, severity: 'low', vulnerability: { id: 'CVE-2024-3333' } }),
  )
  await scope.tell({ expression: `${on(asset)} && severity == "high"` })
  await scope.tell({ expression: `${on(asset)} && severity == "low"`, effect: 'DEFER' })
  const none = { critical: 0, high: 0, medium: 0, low: 0, none: 0, unknown: 0 }
  expect(await get(`/summary?filter=${encodeURIComponent(on(asset))}`)).toMatchObject({
    open: { ...none, critical: 1, high: 1, low: 1 },
    covered: { ...none, high: 1 },
    uncovered: { ...none, critical: 1, low: 1 },
    deferred: { ...none, low: 1 },
    overdue: none,
    exceptions: { active: expect.any(Number), denied: expect.any(Number) },
  })
})

describe('All that is covered, told again', () => {
  /** What somebody knows who takes everything in: of each pair the newest word, and what a snapshot says that it is whole. */
  class Listener {
    readonly #known = new Map<string, { incarnation: bigint; change: ToldCoverage; snapshot: string }>()

    take(record: coverage.CoverageChanges): void {
      const { meta, snapshot } = record
      const incarnation = meta?.version?.incarnation ?? 0n
      for (const change of toldCoverage(record)) {
        const pair = `${change.instanceId} ${change.exceptionId}`
        const known = this.#known.get(pair)
        const isNewer = known === undefined || isBefore([known.incarnation, known.change], [incarnation, change])
        if (isNewer) this.#known.set(pair, { incarnation, change, snapshot: snapshot?.id ?? '' })
      }
      if (snapshot?.last !== true) return
      for (const [pair, known] of this.#known) {
        if (keyOf(known.change) === meta?.subjectId && known.incarnation < incarnation) this.#known.delete(pair)
      }
    }

    get covered(): string[] {
      return [...this.#known].flatMap(([pair, { change }]) => (change.covered ? [pair] : [])).sort()
    }
  }
  type Word = [bigint, ToldCoverage]
  const isBefore = ([a, before]: Word, [b, after]: Word) =>
    a !== b
      ? a < b
      : before.instanceVersion !== after.instanceVersion
        ? before.instanceVersion < after.instanceVersion
        : timestampMs(before.at) < timestampMs(after.at)
  const keyOf = ({ instanceId }: { instanceId: string }) =>
    `bucket-${String(Number.parseInt(instanceId.slice(-6), 16) % 64).padStart(2, '0')}`

  it('is what was told before, once each, and whoever knew more from before a restore knows that it is not so', async () => {
    const [kept, gone] = [newAsset(), newAsset()]
    const many = Array.from({ length: 700 }, (_, n) =>
      observed({ asset: kept, vulnerability: { id: `CVE-2024-${n}` } }),
    )
    await scope.publish(...many, observed({ asset: gone }))
    const one = `${on(kept)} && vulnerability == "CVE-2024-7"`
    const mine = [
      await scope.tell({ expression: on(kept), status: 'ACTIVE' }),
      await scope.tell({ expression: one, status: 'ACTIVE', effect: 'DEFER' }),
      await scope.tell({ expression: on(kept), status: 'PENDING_APPROVAL' }),
    ]
    const isMine = (pair: string) => mine.some((id) => pair.endsWith(id))
    const ends = await scope.tell({ expression: on(gone), status: 'ACTIVE' })
    const appliedSince = scope.clock.now()
    scope.clock.advance(1_000)
    const endedAt = scope.clock.now()
    await scope.tell({ id: ends, version: 2, expression: on(gone), status: 'DEACTIVATED', appliedSince, endedAt })
    await scope.rest()
    const tellsEnd = () => scope.published.coverage.some((change) => change.exceptionId === ends && !change.covered)
    await expect.poll(tellsEnd, { timeout: 20_000 }).toBe(true)
    const listener = new Listener()
    for (const event of scope.published.coverageEvents) listener.take(event)
    const before = listener.covered.filter(isMine)
    expect(before).toHaveLength(701)
    // As if it had been told in a life that the database does not remember.
    const [first] = scope.published.coverageEvents.flatMap(({ changes }) => changes)
    if (first === undefined) throw new Error('nothing was told')
    const lost = uuidv7()
    mine.push(lost)
    const meta = { subjectId: keyOf(first), version: { incarnation: 1n, n: 1n } }
    const changes = [{ ...first, covered: true, exceptions: [0] }]
    listener.take(create(coverage.CoverageChangesSchema, { meta, changes, exceptions: [{ id: lost }] }))
    expect(listener.covered.filter(isMine)).toHaveLength(702)

    const told = scope.published.coverageEvents.length
    expect((await scope.api('POST /republications/coverage.v1', scope.admin, {})).status).toBe(202)
    const again = () => scope.published.coverageEvents.slice(told)
    await expect.poll(() => again().filter(({ snapshot }) => snapshot?.last).length, { timeout: 20_000 }).toBe(64)
    expect(new Set(again().map(({ snapshot }) => snapshot?.id)).size).toBe(1)
    expect(again().every(({ meta }) => meta?.replay)).toBe(true)
    const pairs = again()
      .flatMap(toldCoverage)
      .map((told) => `${told.instanceId} ${told.exceptionId}`)
    expect(pairs.filter(isMine).sort()).toEqual(before)
    for (const event of again()) listener.take(event)
    expect(listener.covered.filter(isMine)).toEqual(before)
    const anew = new Listener()
    for (const event of again()) anew.take(event)
    expect(anew.covered.filter(isMine)).toEqual(before)
  })
})
