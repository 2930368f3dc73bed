import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { observed } from './events.js'
import { epssFile, kevFile, nvdFile } from './feed-files.js'
import { type RunningScope, runScope } from './running-scope.js'
import { membershipAndOracle } from './stored-state.js'

let scope: RunningScope
let folder: string
let server: Server
let answer: { status: number; body: string | Buffer } = { status: 503, body: '' }

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reprieve-feeds-'))
  server = createServer((_request, response) => {
    response.writeHead(answer.status).end(answer.body)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  scope = await runScope({
    environment: {
      FEED_KEV: folder,
      FEED_EPSS: `http://127.0.0.1:${(server.address() as AddressInfo).port}/epss_scores-current.csv.gz?key=secret`,
      FEED_NVD: folder,
    },
  })
})
afterAll(async () => {
  await scope.close()
  server.close()
  await rm(folder, { recursive: true, force: true })
})

let assets = 0
const newAsset = () => ({ name: `fed-${++assets}`, type: 'ASSET_TYPE_HOST' })
const on = (asset: { name: string }) => `asset.name == ${JSON.stringify(asset.name)}`
const get = async (path: string) => (await scope.api(`GET ${path}`, scope.admin)).body
const listed = async (asset: { name: string }, extra = '') =>
  (await get(`/instances?filter=${encodeURIComponent(`${on(asset)}${extra}`)}`)).items
const feed = async (name: string) => (await get('/feeds')).items.find((item: { name: string }) => item.name === name)
const take = async (name: 'kev' | 'epss' | 'nvd', content?: string | Buffer, file?: string) => {
  if (content !== undefined) {
    if (name === 'epss') answer = { status: 200, body: content }
    else
      await writeFile(
        join(folder, file ?? (name === 'kev' ? 'known_exploited_vulnerabilities.json' : 'nvdcve-2.0-2024.json')),
        content,
      )
  }
  const reply = await scope.api(`POST /feeds/${name}/takes`, scope.admin, {})
  expect(reply.status).toBe(202)
  await scope.rest()
  return (await feed(name)).lastTake
}
const vulnerability = (id: string, aliases: string[] = []) => ({ vulnerability: { id, aliases } })

/** What the journal is told of takings: who, of which feed, and what came of it. */
const takings = () =>
  scope.published.scope.flatMap(({ meta, subject }) =>
    subject.case === 'feedTake' ? [{ by: meta?.actor?.name ?? null, version: meta?.version?.n, ...subject.value }] : [],
  )

describe('What a feed says', () => {
  it('is what lists, filters and sorts go by, before what scanners say', async () => {
    const asset = newAsset()
    await scope.publish(
      observed({ asset, ...vulnerability('CVE-2024-0001'), cvss: 5, epss: 0.5, kev: false }),
      observed({ asset, ...vulnerability('CVE-2024-0002'), cvss: 6 }),
      observed({ asset, ...vulnerability('GHSA-cccc-jjjj-mmmm'), cvss: 7 }),
    )
    expect(await take('nvd', nvdFile({ 'CVE-2024-0001': 9.8, 'CVE-2024-9999': 1 }))).toMatchObject({
      status: 'done',
      entries: 2,
      changed: 1,
    })
    expect(await take('epss', gzipSync(epssFile({ 'CVE-2024-0001': 0.01 })))).toMatchObject({
      status: 'done',
      changed: 1,
    })
    expect(await take('kev', kevFile(['CVE-2024-0001']))).toMatchObject({ status: 'done', changed: 2 })
    expect((await get(`/instances?sort=-cvss&filter=${encodeURIComponent(on(asset))}`)).items).toMatchObject([
      {
        vulnerability: 'CVE-2024-0001',
        cvss: 9.8,
        epss: 0.01,
        kev: true,
        attributions: [{ cvss: 5, epss: 0.5, kev: false }],
      },
      { vulnerability: 'GHSA-cccc-jjjj-mmmm', cvss: 7, epss: null, kev: null },
      { vulnerability: 'CVE-2024-0002', cvss: 6, epss: null, kev: false },
    ])
    expect(await listed(asset, ' && kev')).toHaveLength(1)
    expect(await listed(asset, ' && !kev')).toHaveLength(1)
    expect(await listed(asset, ' && epss < 0.1')).toHaveLength(1)
    const preview = await scope.api('POST /queries/preview', scope.admin, { expression: on(asset) })
    expect(preview.body.kev).toEqual({ value: 1, exact: true })
    expect(await get('/feeds')).toMatchObject({
      items: [
        { name: 'kev', configured: true, taken: { dated: '2026-02-27T17:00:00.000Z', entries: 1 } },
        { name: 'epss', taken: { at: scope.clock.now().toISOString(), dated: '2026-02-28T00:00:00.000Z', entries: 1 } },
        { name: 'nvd', taken: { entries: 2 } },
      ],
    })
  })

  it('of an id that turns up later, or as an alias of what was there, counts from then on', async () => {
    const asset = newAsset()
    await take('nvd', nvdFile({ 'CVE-2024-0101': 9.1, 'CVE-2024-0102': 9.2 }))
    await scope.publish(
      observed({ asset, ...vulnerability('CVE-2024-0101'), cvss: 1 }),
      observed({ asset, ...vulnerability('GHSA-ffff-gggg-hhhh'), cvss: 1 }),
    )
    expect((await listed(asset)).map(({ cvss }: { cvss: number }) => cvss).sort()).toEqual([1, 9.1])
    const id = await scope.tell({ expression: `${on(asset)} && cvss > 9.0` })
    await scope.publish(
      observed({
        asset,
        ...vulnerability('CVE-2024-0102', ['GHSA-ffff-gggg-hhhh']),
        cvss: 1,
        observedAt: '2026-03-01T11:30:00Z',
      }),
    )
    await scope.rest()
    const members = (await get(`/exceptions/${id}/instances?sort=vulnerability`)).items
    expect(
      members.map(({ vulnerability, aliases }: { vulnerability: string; aliases: string[] }) => [
        vulnerability,
        aliases,
      ]),
    ).toEqual([
      ['CVE-2024-0101', ['CVE-2024-0101']],
      ['CVE-2024-0102', ['CVE-2024-0102', 'GHSA-ffff-gggg-hhhh']],
    ])
  })

  it('A scanner that says that it is exploited is believed, whatever the catalogue does not list', async () => {
    const asset = newAsset()
    await scope.publish(observed({ asset, ...vulnerability('CVE-2024-0201'), kev: true }))
    await take('kev', kevFile(['CVE-2024-9998']))
    expect(await listed(asset, ' && kev')).toHaveLength(1)
  })

  it('NVD’s newer word on a record stands whatever the order of its files, and a rejected one is taken back', async () => {
    const asset = newAsset()
    await scope.publish(observed({ asset, ...vulnerability('CVE-2024-0301'), cvss: 3 }))
    const score = async () => (await listed(asset))[0].cvss
    await writeFile(
      join(folder, 'nvdcve-2.0-modified.json.gz'),
      gzipSync(nvdFile({ 'CVE-2024-0301': 8 }, '2026-02-20T00:00:00')),
    )
    await take('nvd', nvdFile({ 'CVE-2024-0301': 7 }, '2026-02-10T00:00:00'))
    expect(await score()).toBe(8)
    await rm(join(folder, 'nvdcve-2.0-modified.json.gz'))
    await take('nvd', nvdFile({ 'CVE-2024-0301': 7 }, '2026-02-10T00:00:00'))
    expect(await score()).toBe(8)
    await take('nvd', nvdFile({ 'CVE-2024-0301': null }, '2026-02-21T00:00:00'))
    expect(await score()).toBe(3)
  })

  it('What the catalogue lists no longer is not exploited any more', async () => {
    const asset = newAsset()
    await scope.publish(observed({ asset, ...vulnerability('CVE-2024-0401') }))
    await take('kev', kevFile(['CVE-2024-0401']))
    expect((await listed(asset))[0].kev).toBe(true)
    await take('kev', kevFile(['CVE-2024-9998']))
    expect((await listed(asset))[0].kev).toBe(false)
  })
})

describe('A feed that cannot be taken changes nothing and says why', () => {
  const unchanged = async (name: 'kev' | 'epss' | 'nvd', content: string | Buffer, failure: object) => {
    const before = await scope.database.pool.query('SELECT * FROM feed_score ORDER BY feed, id')
    const { taken } = await feed(name)
    expect(await take(name, content)).toMatchObject({ status: 'failed', finishedAt: expect.any(String), failure })
    expect((await scope.database.pool.query('SELECT * FROM feed_score ORDER BY feed, id')).rows).toEqual(before.rows)
    expect((await scope.database.pool.query('SELECT * FROM feed_staged')).rows).toEqual([])
    expect((await feed(name)).taken).toEqual(taken)
  }

  it('when one entry is broken', async () => {
    await take('kev', kevFile(['CVE-2024-9998']))
    await unchanged('kev', kevFile(['CVE-2024-0001', 'nonsense']), {
      code: 'FEED_MALFORMED',
      detail: expect.stringMatching(
        /known_exploited_vulnerabilities\.json, at \/vulnerabilities\/1: its cveID is no CVE\.$/,
      ),
    })
  })

  it('when it is cut off, packed or not', async () => {
    await take('epss', gzipSync(epssFile({ 'CVE-2024-0001': 0.02 })))
    const many = epssFile(Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`CVE-2024-${10_000 + n}`, 0.5])))
    await unchanged('epss', gzipSync(many).subarray(0, -100), { code: 'FEED_TRUNCATED' })
    await unchanged('epss', many.slice(0, -6), { code: 'FEED_MALFORMED', detail: expect.stringContaining('line 5002') })
  })

  it('when it is older than what is known', async () => {
    await unchanged('epss', epssFile({ 'CVE-2024-0001': 0.9 }, '2026-02-27T00:00:00+0000'), { code: 'FEED_OUTDATED' })
  })

  it('when it cannot be reached, and what is secret in its address is not told', async () => {
    answer = { status: 403, body: 'no' }
    const failed = await take('epss')
    expect(failed).toMatchObject({
      status: 'failed',
      failure: { code: 'FEED_UNREACHABLE', detail: expect.stringContaining('it answered 403') },
    })
    expect(JSON.stringify(failed)).not.toContain('secret')
  })
})

describe('Exceptions whose queries ask for scores', () => {
  it('cover what comes in and drop what goes out, and only vulnerabilities that crossed a value in use are matched again', async () => {
    const asset = newAsset()
    const ids = Array.from({ length: 6 }, (_, n) => `CVE-2024-05${10 + n}`)
    await scope.publish(...ids.map((id) => observed({ asset, ...vulnerability(id), epss: 0.05 })))
    await take('epss', epssFile(Object.fromEntries(ids.map((id, n) => [id, n / 10 + 0.01]))))
    const id = await scope.tell({ expression: `${on(asset)} && epss < 0.3` })
    const members = async () =>
      (await get(`/exceptions/${id}/instances?sort=vulnerability`)).items.map(
        (item: { vulnerability: string }) => item.vulnerability,
      )
    expect(await members()).toEqual(ids.slice(0, 3))
    const told = () =>
      scope.published.coverage.filter(({ exceptionId }) => exceptionId === id).map(({ covered }) => covered)
    const before = told().length
    // All of them have moved, two to the other side of 0.3.
    const moved = [0.02, 0.12, 0.31, 0.29, 0.42, 0.52]
    expect(await take('epss', epssFile(Object.fromEntries(ids.map((id, n) => [id, moved[n] ?? 0]))))).toMatchObject({
      changed: 6,
      rematched: 2,
    })
    expect(await members()).toEqual([ids[0], ids[1], ids[3]])
    expect(told().slice(before).sort()).toEqual([false, true])
    const { stored, oracle } = await membershipAndOracle(scope.database, scope.clock.now())
    expect(stored).toEqual(oracle)
  })

  it('are matched again when time and a feed come together', async () => {
    const asset = newAsset()
    const cve = 'CVE-2024-0601'
    const firstSeen = new Date(scope.clock.now().getTime() - 60_000)
    await take('epss', epssFile({ [cve]: 0.5 }))
    await scope.publish(observed({ asset, ...vulnerability(cve), observedAt: firstSeen.toISOString() }))
    // Old enough in a minute, and unlikely enough with the next feed.
    const id = await scope.tell({ expression: `${on(asset)} && now - firstSeen > duration("2m") && epss < 0.1` })
    const covered = async () => (await get(`/exceptions/${id}/instances`)).count.value
    scope.clock.set(new Date(firstSeen.getTime() + 120_001))
    await take('epss', epssFile({ [cve]: 0.05 }))
    await expect.poll(covered, { timeout: 10_000 }).toBe(1)
    const { stored, oracle } = await membershipAndOracle(scope.database, scope.clock.now())
    expect(stored).toEqual(oracle)
  })
})

it('A feed is taken by itself once it is due, and again sooner when it failed', async () => {
  const count = async () =>
    Number(
      (
        await scope.database.pool.query(
          `SELECT count(*) FROM feed_take WHERE feed = 'kev' AND cause = 'schedule' AND status = 'done'`,
        )
      ).rows[0].count,
    )
  await writeFile(join(folder, 'known_exploited_vulnerabilities.json'), kevFile(['CVE-2024-9998']))
  scope.clock.advance(25 * 3_600_000)
  await scope.restart()
  await expect.poll(count, { timeout: 10_000 }).toBeGreaterThan(0)
  await scope.rest()
  expect((await feed('kev')).lastTake).toMatchObject({ cause: 'schedule', status: 'done' })
})

it('Nobody takes a feed without being allowed to operate, nor one that is not configured', async () => {
  const reader = await scope.person('Rita Reader', 'auditor')
  expect((await scope.api('POST /feeds/kev/takes', reader, {})).status).toBe(403)
  expect((await scope.api('POST /feeds/osv/takes', scope.admin, {})).status).toBe(400)
})

describe('The journal', () => {
  it('is told who has a feed taken, and what came of it', async () => {
    const before = takings().length
    const { id } = await take('kev', kevFile(['CVE-2024-0001', 'CVE-2024-0003'], '2027-01-01'))
    const { id: broken } = await take('nvd', '{"vulnerabilities": [', 'nvdcve-2.0-2024.json')
    await expect.poll(() => takings().length - before, { timeout: 20_000 }).toBe(4)
    expect(takings().slice(before)).toMatchObject([
      { id, feed: 'kev', by: 'Ada Admin', version: 1n, failureCode: '' },
      { id, feed: 'kev', version: 2n, failureCode: '', entries: 2n },
      { id: broken, feed: 'nvd', by: 'Ada Admin', version: 1n },
      { id: broken, feed: 'nvd', version: 2n, failureCode: expect.stringMatching(/^FEED_/), entries: 0n },
    ])
    expect(takings().at(-1)?.finishedAt).toBeDefined()
  })
})
