import { create, toBinary } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { scanner } from '@reprieve/contracts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { observed, resolved, scanCompleted } from './events.js'
import { type RunningScope, runScope } from './running-scope.js'

let scope: RunningScope
beforeAll(async () => {
  scope = await runScope()
})
afterAll(async () => {
  await scope.close()
})

let assets = 0
/** An asset that no other test knows. */
const newAsset = (extra: object = {}) => ({ name: `host-${++assets}`, type: 'ASSET_TYPE_HOST', ...extra })
const of = (asset: { name: string }, status = 'all') =>
  `status=${status}&filter=${encodeURIComponent(`asset.name == ${JSON.stringify(asset.name)}`)}`
const list = async (asset: { name: string }, status = 'all') =>
  (await scope.api(`GET /instances?${of(asset, status)}`, scope.admin)).body.items
const scanOf = async (scanId: string) =>
  (await scope.api(`GET /scans?scanId=${encodeURIComponent(scanId)}`, scope.admin)).body.items[0]
const at = (minute: number) => `2026-03-01T11:${String(minute).padStart(2, '0')}:00Z`

describe('An observation', () => {
  it('makes an instance with everything it says', async () => {
    const asset = newAsset({
      owner: 'payments',
      businessUnit: 'Retail',
      environment: 'production',
      exposure: 'Internet',
      criticality: 'high',
      tags: { values: ['pci', 'env:prod', 'pci'] },
    })
    await scope.publish(
      observed({
        asset,
        vulnerability: {
          id: 'ghsa-jfh8-c2jp-5v3q',
          aliases: ['CVE-2021-44228'],
          title: 'Log4Shell',
          link: 'https://nvd.example/1',
        },
        location: './lib/log4j.jar',
        locationText: 'lib/log4j.jar:12',
        severity: 'CRITICAL',
        cvss: 10,
        cvssVector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H',
        epss: 0.97,
        kev: true,
        fixedVersions: ['2.17.1'],
      }),
    )
    expect(await list(asset)).toMatchObject([
      {
        asset: { name: asset.name, type: 'host', owner: 'payments', exposure: 'internet', tags: ['env:prod', 'pci'] },
        vulnerability: 'CVE-2021-44228',
        aliases: ['CVE-2021-44228', 'GHSA-jfh8-c2jp-5v3q'],
        title: 'Log4Shell',
        severity: 'critical',
        cvss: 10,
        epss: 0.97,
        kev: true,
        fixAvailable: true,
        status: 'open',
        firstSeen: '2026-03-01T11:00:00.000Z',
        attributions: [
          { scanner: 'trivy', scannerSeverity: 'CRITICAL', fixedVersions: ['2.17.1'], location: 'lib/log4j.jar:12' },
        ],
      },
    ])
  })

  it('of the same instance by another scanner is another attribution, and the higher severity of those that report it counts', async () => {
    const asset = newAsset()
    await scope.publish(observed({ asset, severity: 'low', cvss: undefined }))
    await scope.publish(observed({ asset, scanner: 'grype', scanId: 'g-1', severity: 'critical', cvss: undefined }))
    const [instance] = await list(asset)
    expect(instance).toMatchObject({ severity: 'critical', attributions: [{ scanner: 'grype' }, { scanner: 'trivy' }] })
    await scope.publish(resolved({ asset, scanner: 'grype', scanId: 'g-2', observedAt: at(5) }))
    expect(await list(asset)).toMatchObject([{ id: instance.id, severity: 'low', status: 'open' }])
    await scope.publish(resolved({ asset, observedAt: at(6) }))
    expect(await list(asset)).toMatchObject([
      { id: instance.id, status: 'closed', closedAt: '2026-03-01T11:06:00.000Z' },
    ])
    await scope.publish(observed({ asset, scanId: 'scan-2', observedAt: at(7) }))
    expect(await list(asset)).toMatchObject([
      { id: instance.id, status: 'open', closedAt: null, firstSeen: '2026-03-01T11:00:00.000Z' },
    ])
  })

  it('that is the same as before writes nothing but that it was seen', async () => {
    const asset = newAsset()
    await scope.publish(observed({ asset }))
    const before = await rowOf(asset)
    await scope.publish(observed({ asset, scanId: 'scan-2', observedAt: at(30) }))
    expect(await rowOf(asset)).toEqual(before)
    expect(await list(asset)).toMatchObject([{ lastSeen: '2026-03-01T11:30:00.000Z' }])
  })

  it('older than what is stored is dropped, also where the last sighting changed nothing', async () => {
    const asset = newAsset()
    await scope.publish(observed({ asset, severity: 'high', observedAt: at(10) }))
    await scope.publish(observed({ asset, scanId: 'scan-2', severity: 'high', observedAt: at(20) }))
    await scope.publish(observed({ asset, scanId: 'late', severity: 'low', observedAt: at(15) }))
    await scope.publish(resolved({ asset, scanId: 'late', observedAt: at(16) }))
    expect(await list(asset)).toMatchObject([
      { severity: 'high', status: 'open', lastSeen: '2026-03-01T11:20:00.000Z' },
    ])
    await scope.publish(resolved({ asset, scanId: 'scan-3', observedAt: at(25) }))
    await scope.publish(observed({ asset, scanId: 'late', observedAt: at(24) }))
    expect(await list(asset)).toMatchObject([{ status: 'closed' }])
  })

  it('of two versions at one place in one scan makes two instances, and an update of one moves only that', async () => {
    const asset = newAsset()
    const component = (version: string) => ({ name: 'left-pad', version, purl: `pkg:npm/left-pad@${version}` })
    const scan = (scanId: string, minute: number, ...versions: string[]) => [
      ...versions.map((version) => observed({ asset, scanId, component: component(version), observedAt: at(minute) })),
      scanCompleted(versions.length, { asset, scanId, completedAt: at(minute) }),
    ]
    await scope.publish(...scan('v-1', 1, '1.0.0', '2.0.0'))
    const first = await list(asset)
    expect(versions(first)).toEqual(['1.0.0', '2.0.0'])
    await scope.publish(...scan('v-2', 2, '2.0.0', '1.0.0'))
    expect(ids(await list(asset))).toEqual(ids(first))
    await scope.publish(...scan('v-3', 3, '1.0.1'))
    const open = await list(asset, 'open')
    expect(versions(open)).toEqual(['1.0.1'])
    expect(ids(first)).toContain(open[0].id)
  })

  it('joins what its aliases show to be one: instances, ids and what covers them', async () => {
    const asset = newAsset()
    const other = newAsset()
    await scope.publish(
      observed({ asset, vulnerability: { id: 'GHSA-aaaa-bbbb-cccc'.replace(/[a-c]/g, 'c') } }),
      observed({ asset, scanner: 'grype', scanId: 'g', vulnerability: { id: 'CVE-2023-9999' } }),
      observed({ asset: other, vulnerability: { id: 'GHSA-cccc-cccc-cccc' } }),
    )
    const before = await list(asset)
    expect(before).toHaveLength(2)
    const exception = await scope.tell({ expression: 'vulnerability == "CVE-2023-9999"' })
    await scope.publish(
      observed({
        asset: newAsset(),
        scanner: 'osv',
        scanId: 'o',
        vulnerability: { id: 'CVE-2023-9999', aliases: ['GHSA-cccc-cccc-cccc'] },
      }),
    )
    const after = await list(asset)
    expect(after).toMatchObject([
      {
        vulnerability: 'CVE-2023-9999',
        aliases: ['CVE-2023-9999', 'GHSA-cccc-cccc-cccc'],
        attributions: [{ scanner: 'grype' }, { scanner: 'trivy' }],
        coveredBy: [exception],
      },
    ])
    expect(await list(other)).toMatchObject([{ vulnerability: 'CVE-2023-9999', coveredBy: [exception] }])
    for (const { id } of before) {
      expect((await scope.api(`GET /instances/${id}`, scope.admin)).body).toMatchObject({ id: after[0].id })
    }
    // A later complete scan that still reports it closes nothing of it.
    await scope.publish(
      observed({ asset, scanId: 'later', vulnerability: { id: 'GHSA-cccc-cccc-cccc' }, observedAt: at(40) }),
      scanCompleted(1, { asset, scanId: 'later', completedAt: at(40) }),
    )
    expect(await list(asset, 'open')).toHaveLength(1)
  })

  it('of an asset changes what every instance there is matched by', async () => {
    const asset = newAsset({ environment: 'production' })
    await scope.publish(observed({ asset }), observed({ asset, vulnerability: { id: 'CVE-2024-7777' } }))
    const exception = await scope.tell({
      expression: `asset.environment == "retired" && asset.name == "${asset.name}"`,
    })
    expect((await list(asset)).map(({ coveredBy }: { coveredBy: string[] }) => coveredBy)).toEqual([[], []])
    await scope.publish(observed({ asset: { ...asset, environment: 'retired' }, scanId: 'scan-2', observedAt: at(20) }))
    expect((await list(asset)).map(({ coveredBy }: { coveredBy: string[] }) => coveredBy)).toEqual([
      [exception],
      [exception],
    ])
  })
})

describe('A completed scan', () => {
  const scan = (
    asset: object,
    scanId: string,
    minute: number,
    vulnerabilities: string[],
    announced = vulnerabilities.length,
  ) => [
    ...vulnerabilities.map((id) => observed({ asset, scanId, vulnerability: { id }, observedAt: at(minute) })),
    scanCompleted(announced, { asset, scanId, completedAt: at(minute) }),
  ]
  const open = async (asset: { name: string }) =>
    (await list(asset, 'open')).map(({ vulnerability }: { vulnerability: string }) => vulnerability).sort()

  it('that arrived whole closes what its scanner does not report there any more, and nothing of other scanners and assets', async () => {
    const asset = newAsset()
    const other = newAsset()
    await scope.publish(
      ...scan(asset, 'c-1', 1, ['CVE-2024-0001', 'CVE-2024-0002']),
      ...scan(other, 'c-1', 1, ['CVE-2024-0001', 'CVE-2024-0002']),
      observed({ asset, scanner: 'grype', scanId: 'g', vulnerability: { id: 'CVE-2024-0003' }, observedAt: at(1) }),
    )
    await scope.publish(...scan(asset, 'c-2', 2, ['CVE-2024-0002']))
    expect(await open(asset)).toEqual(['CVE-2024-0002', 'CVE-2024-0003'])
    expect(await open(other)).toEqual(['CVE-2024-0001', 'CVE-2024-0002'])
    expect(await scanOf('c-2')).toMatchObject({ outcome: 'whole', announced: 1, arrived: 1, rejected: 0, closed: 1 })
  })

  it('of which a record is missing closes nothing, and says so, until the record arrives', async () => {
    const asset = newAsset()
    await scope.publish(...scan(asset, 'm-1', 1, ['CVE-2024-0001', 'CVE-2024-0002', 'CVE-2024-0003']))
    await scope.publish(...scan(asset, 'm-2', 2, ['CVE-2024-0001'], 2))
    expect(await open(asset)).toHaveLength(3)
    expect(await scanOf('m-2')).toMatchObject({ outcome: 'incomplete', announced: 2, arrived: 1, closed: 0 })
    await scope.publish(observed({ asset, scanId: 'm-2', vulnerability: { id: 'CVE-2024-0002' }, observedAt: at(2) }))
    expect(await open(asset)).toEqual(['CVE-2024-0001', 'CVE-2024-0002'])
    expect(await scanOf('m-2')).toMatchObject({ outcome: 'whole', arrived: 2, closed: 1 })
  })

  it('of which a record was rejected closes nothing, ever', async () => {
    const asset = newAsset()
    await scope.publish(...scan(asset, 'r-1', 1, ['CVE-2024-0001', 'CVE-2024-0002']))
    const bad = observed({ asset, scanId: 'r-2', vulnerability: { id: 'CVE-2024-0002' }, cvss: 11, observedAt: at(2) })
    const good = observed({ asset, scanId: 'r-2', vulnerability: { id: 'CVE-2024-0001' }, observedAt: at(2) })
    await raw(good, asset)
    await raw(bad, asset)
    await raw(scanCompleted(2, { asset, scanId: 'r-2', completedAt: at(2) }), asset)
    await raw(scanCompleted(1, { asset, scanId: 'r-2', completedAt: at(2) }), asset)
    expect(await open(asset)).toEqual(['CVE-2024-0001', 'CVE-2024-0002'])
    expect(await scanOf('r-2')).toMatchObject({ outcome: 'incomplete', rejected: 1, arrived: 1, closed: 0 })
    expect(scope.deadLetters.at(-1)?.headers).toMatchObject({
      'dlq-reason': expect.stringContaining('cvss must be from 0 to 10'),
    })
  })

  it('counts a record that came twice once', async () => {
    const asset = newAsset()
    await scope.publish(...scan(asset, 'd-1', 1, ['CVE-2024-0001', 'CVE-2024-0002']))
    const twice = observed({ asset, scanId: 'd-2', vulnerability: { id: 'CVE-2024-0001' }, observedAt: at(2) })
    await scope.publish(twice, twice, scanCompleted(2, { asset, scanId: 'd-2', completedAt: at(2) }))
    expect(await open(asset)).toHaveLength(2)
    expect(await scanOf('d-2')).toMatchObject({ outcome: 'incomplete', arrived: 1 })
  })

  it('without findings closes all of its scanner', async () => {
    const asset = newAsset()
    await scope.publish(...scan(asset, 'e-1', 1, ['CVE-2024-0001']))
    await scope.publish(...scan(asset, 'e-2', 2, []))
    expect(await open(asset)).toEqual([])
  })

  it('that tells of an earlier state than a later whole one closes nothing', async () => {
    const asset = newAsset()
    await scope.publish(...scan(asset, 'l-2', 20, ['CVE-2024-0001', 'CVE-2024-0002']))
    await scope.publish(...scan(asset, 'l-1', 10, ['CVE-2024-0001']))
    expect(await open(asset)).toHaveLength(2)
    expect(await scanOf('l-1')).toMatchObject({ outcome: 'superseded', closed: 0 })
  })

  it('leaves at most what the last scan saw to remember', async () => {
    const asset = newAsset()
    for (let minute = 1; minute <= 5; minute++)
      await scope.publish(...scan(asset, `p-${minute}`, minute, ['CVE-2024-0001']))
    const { rows } = await scope.database.pool.query(
      'SELECT count(*) AS count FROM scan_part JOIN asset ON asset.key = asset_key WHERE asset.name = $1',
      [asset.name],
    )
    expect(rows).toEqual([{ count: 1 }])
    expect(await list(asset)).toMatchObject([
      { firstSeen: at(1).replace('Z', '.000Z'), lastSeen: at(5).replace('Z', '.000Z') },
    ])
  })
})

describe('A record that cannot be taken goes to the dead letters with its cause, and the others go on:', () => {
  const good = () => observed({ asset: newAsset() })
  it.each([
    ['no protobuf', Buffer.from([0xff, 0xff, 0xff]), {}, /no InstanceEvent/],
    ['no JSON', Buffer.from('{"observed":'), { 'content-type': 'application/json' }, /not JSON/],
    [
      'JSON that is no event',
      Buffer.from('{"observed":{"scanner":5}}'),
      { 'content-type': 'application/json' },
      /no InstanceEvent/,
    ],
    ['an empty event', toBinary(scanner.InstanceEventSchema, create(scanner.InstanceEventSchema)), {}, /none of/],
    [
      'an observation of the future',
      json(observed({ asset: { name: 'f' }, observedAt: '2026-03-01T12:05:01Z' })),
      { 'content-type': 'application/json' },
      /in the future/,
    ],
    [
      'no scanner',
      json(observed({ asset: { name: 'f' }, scanner: '' })),
      { 'content-type': 'application/json' },
      /scanner is missing/,
    ],
    [
      'an endless name',
      json(observed({ asset: { name: 'n'.repeat(5_000) } })),
      { 'content-type': 'application/json' },
      /asset\.name is longer/,
    ],
    ['a NUL', json(observed({ asset: { name: 'a\0b' } })), { 'content-type': 'application/json' }, /NUL/],
    [
      'half a character',
      Buffer.from(JSON.stringify(observed({ asset: { name: 'X' } })).replace('X', '\\ud800')),
      { 'content-type': 'application/json' },
      /invalid UTF8/,
    ],
    [
      'a wrong score',
      json(observed({ asset: { name: 'f' }, epss: 1.5 })),
      { 'content-type': 'application/json' },
      /epss/,
    ],
    [
      'too many aliases',
      json(
        observed({
          asset: { name: 'f' },
          vulnerability: { id: 'X', aliases: Array.from({ length: 101 }, (_, n) => `A-${n}`) },
        }),
      ),
      { 'content-type': 'application/json' },
      /aliases/,
    ],
  ])('%s', async (_what, value, headers: Record<string, string>, reason) => {
    const before = scope.deadLetters.length
    const sound = good()
    await scope.carrier.publish([
      { topic: 'scanner.instances.v1', key: 'same', value, headers },
      {
        topic: 'scanner.instances.v1',
        key: 'same',
        value: json(sound),
        headers: { 'content-type': 'application/json' },
      },
    ])
    await scope.rest()
    expect(scope.deadLetters).toHaveLength(before + 1)
    expect(scope.deadLetters.at(-1)?.headers['dlq-reason']).toMatch(reason)
    expect(await list(sound.observed['asset'] as { name: string })).toHaveLength(1)
  })
})

it('Protobuf and proto-JSON say the same', async () => {
  const asset = newAsset()
  const event = create(scanner.InstanceEventSchema, {
    event: {
      case: 'observed',
      value: {
        scanner: 'trivy',
        scanId: 'scan-1',
        asset: { name: asset.name, type: scanner.AssetType.HOST },
        vulnerability: { id: 'CVE-2024-1111' },
        component: { name: 'openssl', version: '3.0.1', purl: 'pkg:deb/debian/openssl@3.0.1' },
        severity: 'high',
        cvss: 7.5,
        observedAt: timestampFromDate(new Date(at(0))),
      },
    },
  })
  await scope.carrier.publish([
    { topic: 'scanner.instances.v1', key: 'x', value: toBinary(scanner.InstanceEventSchema, event) },
  ])
  await scope.rest()
  const before = await rowOf(asset)
  await raw(observed({ asset, scanId: 'scan-2', observedAt: at(1) }), asset)
  expect(await rowOf(asset)).toEqual(before)
})

describe('Lines of events', () => {
  it('are told by their number where one is wrong, and the others are published', async () => {
    const asset = newAsset()
    const lines = [
      JSON.stringify(observed({ asset })),
      '',
      '{',
      JSON.stringify({ observed: { asset: 5 } }),
      JSON.stringify({ __proto__x: 1 }),
      '\u0000',
      JSON.stringify(observed({ asset, vulnerability: { id: 'CVE-2024-5555' } })),
    ]
    const reply = await scope.api('POST /instances/batch', scope.admin, lines.join('\n'), {
      'content-type': 'application/x-ndjson',
    })
    expect(reply).toMatchObject({ status: 202, body: { accepted: 2, rejected: 4 } })
    expect(reply.body.errors.map(({ line }: { line: number }) => line)).toEqual([3, 4, 5, 6])
    await scope.rest()
    expect(await list(asset)).toHaveLength(2)
  })

  it('need the permission to publish', async () => {
    const auditor = await scope.person('An auditor', 'auditor')
    const reply = await scope.api('POST /instances/batch', auditor, '{}', { 'content-type': 'application/x-ndjson' })
    expect(reply).toMatchObject({ status: 403, body: { code: 'NOT_PERMITTED' } })
  })
})

const versions = (items: { component: { version: string } }[]) => items.map(({ component }) => component.version).sort()
const ids = (items: { id: string }[]) => items.map(({ id }) => id).sort()
function json(event: object): Buffer {
  return Buffer.from(JSON.stringify(event))
}

/** Publishes past the edge, as a scanner does on the topic itself. */
async function raw(event: object, asset: { name: string }): Promise<void> {
  await scope.carrier.publish([
    {
      topic: 'scanner.instances.v1',
      key: asset.name,
      value: json(event),
      headers: { 'content-type': 'application/json' },
    },
  ])
  await scope.rest()
}

async function rowOf(asset: { name: string }) {
  const { rows } = await scope.database.pool.query(
    `SELECT i.*, i.xmin, t.facts, t.xmin AS attribution_xmin FROM instance i JOIN asset a ON a.key = i.asset_key
     JOIN attribution t ON t.asset_key = i.asset_key AND t.instance_key = i.key WHERE a.name = $1`,
    [asset.name],
  )
  return rows
}
