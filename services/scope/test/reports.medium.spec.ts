import { gzipSync } from 'node:zlib'
import { scope as contract } from '@reprieve/contracts'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sampleBytes, samples, samplesAreThere } from './formats/report-samples.js'
import { type Person, type Reply, type RunningScope, runScope } from './running-scope.js'

let scope: RunningScope
beforeAll(async () => {
  scope = await runScope()
})
afterAll(async () => {
  await scope.close()
})

const JSON_TYPE = { 'content-type': 'application/json' }

const send = async (
  query: string,
  body: string | Uint8Array,
  as: Person = scope.admin,
  headers: Record<string, string> = {},
): Promise<Reply> => await scope.api(`POST /reports?${query}`, as, body, { ...JSON_TYPE, ...headers })

const accounted = (report: Record<string, number>): number =>
  ['created', 'updated', 'unchanged', 'merged', 'ignored', 'rejected'].reduce((sum, key) => sum + (report[key] ?? 0), 0)

/** Sends a report and waits until it is done. */
async function take(query: string, body: string | Uint8Array, headers: Record<string, string> = {}) {
  const sent = await send(query, body, scope.admin, headers)
  expect(sent, JSON.stringify(sent.body)).toMatchObject({ status: 202, body: { status: expect.any(String) } })
  await scope.rest()
  return (await scope.api(`GET /reports/${sent.body.id}`, scope.admin)).body
}

const grype = (matches: object[], asset = 'registry.example/app:1') =>
  JSON.stringify({
    matches,
    source: { type: 'image', target: { userInput: asset, tags: [asset] } },
    descriptor: { name: 'grype', version: '0.74.0' },
  })

const match = (id: string, name = 'openssl', version = '3.0.1') => ({
  vulnerability: { id, severity: 'High', fix: { versions: [], state: 'unknown' } },
  relatedVulnerabilities: [],
  artifact: { name, version, type: 'deb', purl: `pkg:deb/debian/${name}@${version}`, locations: [] },
})

describe.skipIf(!samplesAreThere)('Real reports', () => {
  it.each(samples)(
    'of $file are accounted for to the last finding, and change nothing when they come again',
    async (sample) => {
      const query = `scanner=${sample.format}${sample.asset === undefined ? '' : `&asset=${sample.asset}`}`
      const first = await take(query, sampleBytes(sample))
      expect(first).toMatchObject({
        status: 'done',
        format: sample.format,
        rejected: 0,
        updated: 0,
        unchanged: 0,
        closed: 0,
        errors: [],
      })
      expect(first.created).toBeGreaterThan(0)
      expect(accounted(first)).toBe(first.received)
      scope.clock.advance(60_000)
      const again = await take(query, sampleBytes(sample))
      expect(again).toMatchObject({
        status: 'done',
        created: 0,
        updated: 0,
        closed: 0,
        received: first.received,
        merged: first.merged,
      })
      expect(accounted(again)).toBe(again.received)
    },
  )
})

describe('A report', () => {
  it('closes what its scanner does not find on its asset any more, and reopens what is back', async () => {
    await take('scanner=grype', grype([match('CVE-2024-0001'), match('CVE-2024-0002')]))
    scope.clock.advance(1_000)
    const second = await take('scanner=grype', grype([match('CVE-2024-0001')]))
    expect(second).toMatchObject({ received: 1, unchanged: 1, closed: 1 })
    const filter = encodeURIComponent('asset.name == "registry.example/app:1"')
    const open = await scope.api(`GET /instances?filter=${filter}`, scope.admin)
    expect(open.body.items).toMatchObject([{ vulnerability: 'CVE-2024-0001' }])
    scope.clock.advance(1_000)
    const third = await take('scanner=grype', grype([match('CVE-2024-0001'), match('CVE-2024-0002')]))
    expect(third).toMatchObject({ received: 2, unchanged: 1, updated: 1, created: 0, closed: 0 })
  })

  it('that is partial closes nothing', async () => {
    scope.clock.advance(1_000)
    const partial = await take('scanner=grype&partial=true', grype([match('CVE-2024-0001')]))
    expect(partial).toMatchObject({ status: 'done', received: 1, unchanged: 1, closed: 0 })
  })

  it('of another scanner leaves the first one its word', async () => {
    scope.clock.advance(1_000)
    const other = await take('scanner=trivy', grype([match('CVE-2024-0003')]))
    expect(other).toMatchObject({ created: 1, closed: 0 })
  })

  it('that says the same twice counts it as merged', async () => {
    const twice = await take(
      'scanner=grype',
      grype([match('CVE-2024-0001'), match('CVE-2024-0001')], 'registry.example/twice:1'),
    )
    expect(twice).toMatchObject({ status: 'done', received: 2, created: 1, merged: 1 })
  })

  it('may be compressed, and is kept as it came', async () => {
    const report = await take('scanner=grype', gzipSync(grype([match('CVE-2024-0001')], 'registry.example/zip:1')), {
      'content-encoding': 'gzip',
    })
    expect(report).toMatchObject({ status: 'done', created: 1 })
  })

  it('is taken once for one idempotency key, and another body with it is refused', async () => {
    const body = grype([match('CVE-2024-0001')], 'registry.example/key:1')
    const key = { 'idempotency-key': 'report-1' }
    const first = await send('scanner=grype', body, scope.admin, key)
    const second = await send('scanner=grype', body, scope.admin, key)
    expect(second).toMatchObject({ status: 202, body: { id: first.body.id } })
    const other = await send(
      'scanner=grype',
      grype([match('CVE-2024-0009')], 'registry.example/key:1'),
      scope.admin,
      key,
    )
    expect(other).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } })
    await scope.rest()
  })

  it('is seen by who sent it, and by those who run the place', async () => {
    const robot = await scope.person('A scanner', 'scanner')
    const other = await scope.person('Another scanner', 'scanner')
    const sent = await send('scanner=grype', grype([match('CVE-2024-0001')], 'registry.example/own:1'), robot)
    expect(sent.status).toBe(202)
    expect((await scope.api(`GET /reports/${sent.body.id}`, robot)).status).toBe(200)
    expect(await scope.api(`GET /reports/${sent.body.id}`, other)).toMatchObject({
      status: 403,
      body: { code: 'NOT_ALLOWED' },
    })
    expect((await scope.api('GET /reports', other)).body.items).toEqual([])
    expect((await scope.api('GET /reports', robot)).body.items).toMatchObject([{ id: sent.body.id }])
    expect((await scope.api('GET /reports', scope.admin)).body.count.value).toBeGreaterThan(1)
    await scope.rest()
  })
})

describe('Others are told of a report', () => {
  const { PROCESSING, DONE, FAILED } = contract.ReportStatus
  const toldOf = (id: string) =>
    scope.published.scope.flatMap(({ meta, subject }) =>
      subject.case === 'report' && subject.value.id === id
        ? [{ actor: meta?.actor?.userId ?? null, ...subject.value }]
        : [],
    )

  it('when it is kept, by whom and of what, and when all of it was taken in, with its counts', async () => {
    const robot = await scope.person('A telling scanner', 'scanner')
    const body = grype([match('CVE-2024-0001'), match('CVE-2024-0001')], 'registry.example/told:1')
    const sent = await send('scanner=told&partial=true', body, robot)
    await scope.rest()
    await expect.poll(() => toldOf(sent.body.id)).toHaveLength(2)
    const [kept, done] = toldOf(sent.body.id)
    const report = { scanner: 'told', format: 'grype', partial: true, bytes: BigInt(body.length), uploadedBy: robot.id }
    expect(kept).toMatchObject({ ...report, status: PROCESSING, actor: robot.id })
    expect(kept?.counts).toBeUndefined()
    const counts = { received: 2n, created: 1n, merged: 1n, updated: 0n, rejected: 0n, closed: 0n }
    expect(done).toMatchObject({ ...report, status: DONE, actor: null, counts })
    expect(done?.finishedAt).toBeDefined()
  })

  it('that could not be taken in, and why', async () => {
    const id = uuidv7()
    // As if its bytes had been lost.
    await scope.database.db
      .insertInto('report')
      .values({
        id,
        scanner: 'lost',
        partial: false,
        uploaded_by: scope.admin.id,
        received_at: scope.clock.now(),
        stored_bytes: 1,
        bytes: 1,
        gzip: false,
        sha256: Buffer.alloc(32),
        status: 'processing',
      })
      .execute()
    await expect.poll(() => toldOf(id), { timeout: 20_000 }).toHaveLength(1)
    expect(toldOf(id)).toMatchObject([{ status: FAILED, failure: expect.stringMatching(/./), actor: null }])
  })
})

describe('What is no report is refused with the reason, and nothing of it is kept:', () => {
  it.each([
    ['no JSON', 'this is no JSON', 400, 'MALFORMED'],
    ['nothing', ' ', 400, 'MALFORMED'],
    ['a truncated report', grype([match('CVE-2024-0001')]).slice(0, 200), 400, 'MALFORMED'],
    ['JSON of another kind', '{"hello":"world"}', 422, 'FORMAT_UNKNOWN'],
    ['nesting without end', `{"matches":${'['.repeat(100_000)}`, 400, 'MALFORMED'],
    [
      'a report without its asset',
      JSON.stringify({ matches: [match('CVE-2024-0001')], descriptor: { name: 'grype' } }),
      422,
      'ASSET_UNKNOWN',
    ],
    ['bytes that are no text', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), 400, 'MALFORMED'],
  ])('%s', async (_what, body, status, code) => {
    const before = await keptParts()
    const reply = await send('scanner=grype', body)
    expect(reply, JSON.stringify(reply.body)).toMatchObject({ status, body: { code } })
    expect(await keptParts()).toBe(before)
  })

  it('what says it is gzip and is not', async () => {
    const before = await keptParts()
    const reply = await send('scanner=grype', 'plain', scope.admin, { 'content-encoding': 'gzip' })
    expect(reply).toMatchObject({ status: 400, body: { code: 'MALFORMED' } })
    expect(await keptParts()).toBe(before)
  })

  it('a wrong type, packing or scanner name', async () => {
    const report = grype([match('CVE-2024-0001')])
    expect((await send('scanner=grype', report, scope.admin, { 'content-type': 'text/plain' })).status).toBe(415)
    expect((await send('scanner=grype', report, scope.admin, { 'content-encoding': 'br' })).status).toBe(415)
    expect((await send('scanner=', report)).status).toBe(400)
    expect((await send('', report)).status).toBe(400)
  })

  const keptParts = async () =>
    (await scope.database.pool.query<{ count: number }>('SELECT count(*) AS count FROM report_part')).rows[0]?.count
})
