import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { observed } from './events.js'
import { type Person, type RunningScope, runScope } from './running-scope.js'

let scope: RunningScope
let owner: Person
let other: Person
beforeAll(async () => {
  scope = await runScope()
  await scope.role('analyst', ['instances.read', 'queries.write'])
  owner = await scope.person('Olga', 'analyst')
  other = await scope.person('Otto', 'analyst')
})
afterAll(async () => {
  await scope.close()
})

const save = async (body: object, as = owner) => await scope.api('POST /queries', as, body)
const query = (extra: object = {}) => ({
  name: 'Critical',
  folder: 'Mine',
  expression: 'severity == "critical"',
  ...extra,
})
const told = (id: string) =>
  scope.published.scope.flatMap(({ subject }) =>
    subject.case === 'query' && subject.value.id === id ? [subject.value] : [],
  )

describe('A saved query', () => {
  it('is kept with its owner, told of, found by a part of its name, and changed only by who read it last', async () => {
    const made = await save(query())
    expect(made).toMatchObject({
      status: 201,
      body: { ...query(), managed: false, owner: { id: owner.id, name: 'Olga' }, version: 1 },
    })
    const { id } = made.body
    expect((await scope.api('GET /queries?text=criTIC&folder=Mine', other)).body.items).toMatchObject([{ id }])
    expect((await scope.api('GET /queries?text=%25', other)).body.items).toEqual([])
    const etag = made.headers.get('etag') ?? ''
    expect((await scope.api(`PATCH /queries/${id}`, owner, { name: 'Worst' })).status).toBe(428)
    const edited = await scope.api(`PATCH /queries/${id}`, owner, { name: 'Worst' }, { 'if-match': etag })
    expect(edited).toMatchObject({
      status: 200,
      body: { name: 'Worst', expression: 'severity == "critical"', version: 2 },
    })
    expect((await scope.api(`PATCH /queries/${id}`, owner, { name: 'Again' }, { 'if-match': etag })).status).toBe(412)
    expect((await scope.api(`DELETE /queries/${id}`, owner)).status).toBe(204)
    expect((await scope.api(`GET /queries/${id}`, owner)).status).toBe(404)
    await scope.rest()
    expect(told(id)).toMatchObject([
      { version: 1, name: 'Critical' },
      { version: 2, name: 'Worst' },
      { version: 3, deleted: true },
    ])
  })

  it('belongs to its owner: others cannot change it, an administrator can', async () => {
    const { body, headers } = await save(query())
    const match = { 'if-match': headers.get('etag') ?? '' }
    expect(await scope.api(`PATCH /queries/${body.id}`, other, { name: 'Theirs' }, match)).toMatchObject({
      status: 403,
      body: { code: 'NOT_ALLOWED' },
    })
    expect((await scope.api(`DELETE /queries/${body.id}`, other)).status).toBe(403)
    expect((await scope.api(`PATCH /queries/${body.id}`, scope.admin, { name: 'Tidied' }, match)).status).toBe(200)
  })

  it('that is wrong is refused with line and column', async () => {
    const reply = await save(query({ expression: 'severity == "critical" &&\n  sevrity == "high"' }))
    expect(reply).toMatchObject({
      status: 422,
      body: { code: 'QUERY_INVALID', errors: [{ pointer: '/expression', line: 2, column: 3 }] },
    })
    expect((await scope.api('GET /instances?filter=nonsense', owner)).body).toMatchObject({
      code: 'QUERY_INVALID',
      errors: [{ parameter: 'filter', line: 1, column: 1 }],
    })
  })

  it.each([
    'Vulnerability Exception Queries',
    ' vulnerability  exception queries ',
    'Vulnerability Exception Queries/mine',
  ])('cannot be saved or moved into the managed folder, however it is written: %s', async (folder) => {
    expect(await save(query({ folder }))).toMatchObject({ status: 422, body: { code: 'FOLDER_RESERVED' } })
    const { body, headers } = await save(query())
    const moved = await scope.api(
      `PATCH /queries/${body.id}`,
      owner,
      { folder },
      { 'if-match': headers.get('etag') ?? '' },
    )
    expect(moved).toMatchObject({ status: 422, body: { code: 'FOLDER_RESERVED' } })
  })
})

describe('A managed query', () => {
  it('is made with its exception, and nobody can change it, not even in the database', async () => {
    const exception = await scope.tell({ expression: 'kev && port == 7', status: 'PENDING_APPROVAL' })
    const { items } = (await scope.api('GET /queries?managed=true', owner)).body
    const managed = items.find(({ exceptionId }: { exceptionId: string }) => exceptionId === exception)
    expect(managed).toMatchObject({
      managed: true,
      folder: 'Vulnerability Exception Queries',
      expression: 'kev && port == 7',
    })
    const path = `/queries/${managed.id}`
    for (const as of [owner, scope.admin]) {
      for (const request of [`PATCH ${path}`, `DELETE ${path}`]) {
        const body = request.startsWith('PATCH') ? { name: 'Mine' } : undefined
        expect(await scope.api(request, as, body)).toMatchObject({ status: 409, body: { code: 'QUERY_IS_MANAGED' } })
      }
    }
    for (const statement of [
      "UPDATE saved_query SET expression = 'true' WHERE id = $1",
      'DELETE FROM saved_query WHERE id = $1',
    ]) {
      await expect(scope.database.pool.query(statement, [managed.id])).rejects.toThrow(/can never be changed/)
    }
  })
})

describe('A preview', () => {
  it('tells what a query selects of the open instances, and which exceptions it meets', async () => {
    const asset = (name: string, who: string) => ({ name, type: 'ASSET_TYPE_HOST', owner: who })
    await scope.publish(
      observed({ asset: asset('p-1', 'payments'), severity: 'critical', kev: true }),
      observed({ asset: asset('p-1', 'payments'), vulnerability: { id: 'CVE-2024-2222' }, severity: 'low' }),
      observed({ asset: asset('p-2', 'web'), severity: 'critical' }),
    )
    const exception = await scope.tell({ expression: 'asset.name == "p-1"' })
    const reply = await scope.api('POST /queries/preview', owner, { expression: 'asset.name.startsWith("p-")' })
    const exactly = (value: number) => ({ value, exact: true })
    expect(reply).toMatchObject({
      status: 200,
      body: {
        count: exactly(3),
        bySeverity: { critical: exactly(2), low: exactly(1), high: exactly(0) },
        kev: exactly(1),
        assets: exactly(2),
        owners: exactly(2),
        topOwners: [
          { owner: 'payments', count: exactly(2) },
          { owner: 'web', count: exactly(1) },
        ],
        overlaps: [{ exceptionId: exception, count: exactly(2) }],
      },
    })
    expect(reply.body.sample).toHaveLength(3)
    expect(reply.body.sample[0].severity).toBe('critical')
  })
})

describe('The list of instances', () => {
  const SORTS = ['severity', 'cvss', 'epss', 'firstSeen', 'asset.name', 'vulnerability']
  beforeAll(async () => {
    await scope.publish(
      ...Array.from({ length: 23 }, (_, n) =>
        observed({
          asset: { name: `page-${n % 5}`, type: 'ASSET_TYPE_HOST' },
          vulnerability: { id: `CVE-2020-${1000 + n}` },
          severity: ['low', 'high', 'critical'][n % 3],
          cvss: n % 4 === 0 ? undefined : (n % 7) + 0.5,
          epss: n % 3 === 0 ? undefined : (n % 5) / 10,
          observedAt: new Date(Date.parse('2026-02-01T00:00:00Z') + (n % 6) * 1_000).toISOString(),
        }),
      ),
    )
  })

  it.each(SORTS.flatMap((sort) => [sort, `-${sort}`]))(
    'sorted by %s is read in pages that skip and repeat nothing',
    async (sort) => {
      const filter = encodeURIComponent('asset.name.startsWith("page-")')
      const seen: string[] = []
      let cursor = ''
      do {
        const { status, body } = await scope.api(`GET /instances?limit=4&sort=${sort}&filter=${filter}${cursor}`, owner)
        expect(status).toBe(200)
        expect(body.count).toEqual({ value: 23, exact: true })
        seen.push(...body.items.map(({ id }: { id: string }) => id))
        cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`
      } while (cursor !== '')
      expect(seen).toHaveLength(23)
      expect(new Set(seen).size).toBe(23)
    },
  )

  it('shows the fields that a query can use', async () => {
    const { items } = (await scope.api('GET /fields', owner)).body
    expect(items.find(({ name }: { name: string }) => name === 'severity')).toMatchObject({
      type: 'string',
      values: expect.arrayContaining(['critical']),
    })
  })

  it('refuses what is no parameter, cursor, sort or id of it with a problem, and never with a fault of its own', async () => {
    const requests = [
      'GET /instances?nonsense=1',
      'GET /instances?limit=0',
      'GET /instances?limit=201',
      'GET /instances?sort=nothing',
      'GET /instances?cursor=AAAA',
      'GET /instances?coverage=some',
      'GET /instances?status=some',
      `GET /instances?filter=${encodeURIComponent('('.repeat(5_000))}`,
      `GET /instances?filter=${encodeURIComponent('"\\u0000" == title')}`,
      'GET /instances/nobody',
      'GET /instances/nobody/coverage',
      'GET /exceptions/nobody/instances',
      'GET /reports/nobody',
      'GET /queries/nobody',
      'GET /scans?outcome=some',
    ]
    for (const request of requests) {
      const { status, body } = await scope.api(request, scope.admin)
      expect({ request, status, code: body.code, isRefused: status >= 400 && status < 500 }).toMatchObject({
        isRefused: true,
      })
    }
  })
})

it('Everything that was told on scope.v1 can be told again, marked as a replay', async () => {
  await scope.rest()
  const before = scope.published.scope.length
  const reply = await scope.api('POST /republications/scope.v1', scope.admin)
  expect(reply.status).toBe(202)
  await scope.rest()
  const again = scope.published.scope.slice(before)
  expect(again).toHaveLength(reply.body.published)
  expect(again.every(({ meta }) => meta?.replay)).toBe(true)
  const ids = new Set(again.map(({ meta }) => meta?.subjectId))
  for (const { meta } of scope.published.scope) expect(ids).toContain(meta?.subjectId)
})
