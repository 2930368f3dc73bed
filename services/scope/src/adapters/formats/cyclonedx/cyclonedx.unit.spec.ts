import { scanner as events } from '@reprieve/contracts'
import { describe, expect, it } from 'vitest'
import { readJson } from '../../../../test/formats/reading.js'

const bom = (more: Record<string, unknown> = {}) => ({
  bomFormat: 'CycloneDX',
  specVersion: '1.5',
  metadata: { component: { type: 'application', name: 'shop', 'bom-ref': 'root' } },
  components: [
    { 'bom-ref': 'a', type: 'library', group: '@acme', name: 'a', version: '1.0', purl: 'pkg:npm/%40acme/a@1.0' },
  ],
  ...more,
})
const vulnerable = (...vulnerabilities: unknown[]) => bom({ vulnerabilities })

describe('CycloneDX', () => {
  it('gives one instance for each thing a vulnerability affects', async () => {
    const { observed, completed } = await readJson(
      vulnerable({ id: 'CVE-2024-1111', affects: [{ ref: 'a' }, { ref: 'pkg:npm/b@2.0' }, { ref: 'unlisted' }] }),
    )
    expect(observed.map(({ component }) => [component?.name, component?.version, component?.purl])).toEqual([
      ['@acme/a', '1.0', 'pkg:npm/%40acme/a@1.0'],
      [undefined, '2.0', 'pkg:npm/b@2.0'],
      ['unlisted', undefined, undefined],
    ])
    expect(completed).toMatchObject([{ findings: 3n, asset: { id: 'application:shop' } }])
  })

  it.each([{}, { affects: null }, { affects: [] }])(
    'takes a vulnerability that says not what it affects (%j) for one of the asset',
    async (more) => {
      const { observed } = await readJson(vulnerable({ id: 'CVE-2024-1111', ...more }))
      expect(observed).toHaveLength(1)
      expect(observed[0]?.component).toBeUndefined()
    },
  )

  it('finds components inside components, and those of the asset itself', async () => {
    const nested = (depth: number): unknown => ({
      'bom-ref': `n${depth}`,
      name: `n${depth}`,
      components: depth === 0 ? null : [nested(depth - 1)],
    })
    const report = bom({
      components: [nested(10)],
      metadata: {
        component: { type: 'container', name: 'img:1', 'bom-ref': 'root', components: [{ 'bom-ref': 'm', name: 'm' }] },
      },
      vulnerabilities: [
        { id: 'CVE-2024-1111', affects: [{ ref: 'n0' }, { ref: 'n10' }, { ref: 'm' }, { ref: 'root' }] },
      ],
    })
    const { observed } = await readJson(report)
    expect(observed.map(({ component }) => component?.name)).toEqual(['n0', 'n10', 'm', 'img:1'])
  })

  it('follows a link into another BOM as far as the name', async () => {
    const link = 'urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#'
    const { observed } = await readJson(
      vulnerable({ id: 'CVE-2024-1111', affects: [{ ref: `${link}a` }, { ref: `${link}pkg%3Anpm%2Fz%401` }] }),
    )
    expect(observed.map(({ component }) => component?.purl)).toEqual(['pkg:npm/%40acme/a@1.0', 'pkg:npm/z@1'])
  })

  it('goes by the newest CVSS, and by the severity of the source the vulnerability is from', async () => {
    const ratings = [
      { source: { name: 'nvd' }, method: 'CVSSv2', score: 10, severity: 'high' },
      {
        source: { name: 'nvd' },
        method: 'CVSSv31',
        score: 7.5,
        severity: 'high',
        vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H',
      },
      { source: { name: 'debian' }, severity: 'low' },
      { source: { name: 'EPSS' }, method: 'other', score: 0.25 },
      { source: { name: 'acme' }, method: 'OWASP', score: 9, severity: 'critical' },
    ]
    const { observed } = await readJson(
      vulnerable(
        { id: 'CVE-2024-1111', source: { name: 'debian' }, ratings },
        { id: 'CVE-2024-2222', ratings: ratings.slice(1) },
      ),
    )
    expect(observed[0]).toMatchObject({ cvss: 7.5, severity: 'low', epss: 0.25 })
    // Of no particular source: the word that goes with the score.
    expect(observed[1]).toMatchObject({ cvss: 7.5, severity: 'high' })
  })

  it('works the score out of a vector that stands alone, also without its prefix', async () => {
    const ratings = [{ method: 'CVSSv3', vector: 'AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }]
    const { observed } = await readJson(vulnerable({ id: 'CVE-2024-1111', ratings }))
    expect(observed[0]?.cvss).toBe(9.8)
  })

  it.each([
    ['not_affected', true],
    ['false_positive', true],
    ['resolved', true],
    ['exploitable', undefined],
    ['in_triage', undefined],
  ])('marks what is analysed as %s: suppressed %s', async (state, suppressed) => {
    const { observed } = await readJson(vulnerable({ id: 'CVE-2024-1111', analysis: { state } }))
    expect(observed[0]?.suppressed).toBe(suppressed)
  })

  it('ignores what is affected in no version', async () => {
    const affects = [
      { ref: 'a', versions: [{ version: '1.0', status: 'unaffected' }] },
      { ref: 'a', versions: [{ status: 'affected' }] },
    ]
    const { counts } = await readJson(vulnerable({ id: 'CVE-2024-1111', affects }))
    expect(counts).toMatchObject({ observed: 1, ignored: 1 })
  })

  it('knows a fix by the advice, or by the response', async () => {
    const { observed } = await readJson(
      vulnerable(
        { id: 'CVE-2024-1111', recommendation: 'Upgrade a to version 1.1, 2.0' },
        { id: 'CVE-2024-2222', analysis: { response: ['will_not_fix', 'update'] } },
        { id: 'CVE-2024-3333', recommendation: 'Be careful' },
      ),
    )
    expect(observed.map((one) => [one.fixAvailable, one.fixedVersions])).toEqual([
      [true, ['1.1', '2.0']],
      [true, []],
      [undefined, []],
    ])
  })

  it('takes the place from what scanners write about a component, but not for packages of the system', async () => {
    const components = [
      {
        'bom-ref': 's',
        name: 's',
        purl: 'pkg:npm/s@1',
        properties: [{ name: 'syft:location:0:path', value: '/app/s/package.json' }],
      },
      {
        'bom-ref': 't',
        name: 't',
        purl: 'pkg:npm/t@1',
        properties: [{ name: 'aquasecurity:trivy:FilePath', value: 'app/t' }],
      },
      { 'bom-ref': 'e', name: 'e', evidence: { occurrences: [{ location: './lib/e.jar' }] } },
      {
        'bom-ref': 'd',
        name: 'd',
        purl: 'pkg:deb/debian/d@1',
        properties: [{ name: 'syft:location:0:path', value: '/var/lib/dpkg/status' }],
      },
    ]
    const affects = ['s', 't', 'e', 'd'].map((ref) => ({ ref }))
    const { observed } = await readJson(bom({ components, vulnerabilities: [{ id: 'CVE-2024-1111', affects }] }))
    expect(observed.map((one) => one.location)).toEqual(['app/s/package.json', 'app/t', 'lib/e.jar', undefined])
    expect(observed[3]?.locationText).toBe('/var/lib/dpkg/status')
  })

  it.each([
    [{ type: 'container', name: 'acme/app:1.0' }, 'image:docker.io/acme/app:1.0', events.AssetType.IMAGE],
    [{ type: 'container', name: 'acme/app', version: '1.0' }, 'image:docker.io/acme/app:1.0', events.AssetType.IMAGE],
    [
      { type: 'container', name: 'acme/app', version: 'sha256:1234' },
      'image:docker.io/acme/app:latest',
      events.AssetType.IMAGE,
    ],
    [
      { type: 'application', group: 'com.acme', name: 'shop', version: '3' },
      'application:com.acme/shop',
      events.AssetType.APPLICATION,
    ],
    [{ type: 'operating-system', name: 'Web-1' }, 'host:web-1', events.AssetType.HOST],
    [{ type: 'file', name: '/home/jo/shop' }, 'repository:/home/jo/shop', events.AssetType.REPOSITORY],
  ])('names the asset of %j', async (component, id, type) => {
    const { completed } = await readJson(bom({ metadata: { component }, vulnerabilities: null }))
    expect(completed).toMatchObject([{ findings: 0n, asset: { id, type } }])
  })

  it.each([{ metadata: null }, { metadata: {} }, { metadata: { component: { type: 'file', name: '.' } } }])(
    'with %j names none',
    async (more) => {
      expect((await readJson(bom(more))).fault?.code).toBe('ASSET_UNKNOWN')
      expect((await readJson(bom(more), { asset: 'shop' })).completed).toHaveLength(1)
    },
  )

  it('rejects a vulnerability without an id and goes on; an id among the references will do', async () => {
    const { counts, observed, rejected, completed } = await readJson(
      vulnerable({ description: 'x' }, 7, { references: [{ id: 'see also' }, { id: 'CVE-2024-1111' }] }),
    )
    expect(counts).toMatchObject({ observed: 1, rejected: 2 })
    expect(observed[0]?.vulnerability?.id).toBe('CVE-2024-1111')
    expect(rejected.map((one) => one.pointer)).toEqual(['/vulnerabilities/0', '/vulnerabilities/1'])
    // Three announced and one sent: the scan is incomplete and closes nothing.
    expect(completed[0]?.findings).toBe(3n)
  })

  it('is not read without its name, nor in a version that is not 1.x', async () => {
    expect((await readJson({ ...bom(), bomFormat: 'Other' })).fault?.code).toBe('UNKNOWN_FORMAT')
    expect((await readJson({ components: [], vulnerabilities: [] })).fault?.code).toBe('UNKNOWN_FORMAT')
    expect((await readJson({ ...bom(), specVersion: '2.0' })).fault?.code).toBe('UNSUPPORTED_VERSION')
  })
})
