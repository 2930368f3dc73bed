import { describe, expect, it } from 'vitest'
import { readJson } from '../../../../test/formats/reading.js'

const asset = 'shop'
const rules = [
  {
    id: 'R1',
    shortDescription: { text: 'first' },
    defaultConfiguration: { level: 'error' },
    helpUri: 'https://rules.example/R1',
  },
  { id: 'R2', name: 'second', properties: { 'security-severity': '9.1' } },
]
const run = (results: unknown, more: Record<string, unknown> = {}) => ({
  tool: { driver: { name: 'Tool', rules } },
  results,
  ...more,
})
const sarif = (...runs: unknown[]) => ({ version: '2.1.0', runs })
const at = (uri: string, startLine?: number) => [
  { physicalLocation: { artifactLocation: { uri }, region: { startLine } } },
]

describe('SARIF', () => {
  it('finds the rule by id, by index, by reference into an extension, and by the rule above it', async () => {
    const tool = {
      driver: { name: 'Tool', rules },
      extensions: [
        { name: 'pack', guid: 'g', rules: [{ id: 'X1', guid: 'gx', shortDescription: { text: 'extended' } }] },
      ],
    }
    const results = [
      { ruleId: 'R1' },
      { ruleIndex: 1 },
      { rule: { index: 0, toolComponent: { index: 0 } } },
      { rule: { id: 'X1', toolComponent: { name: 'pack' } } },
      { rule: { guid: 'gx' } },
      { ruleId: 'R1/special' },
      { ruleId: 'R9', ruleIndex: 0 },
    ]
    const { observed } = await readJson(sarif(run(results, { tool })), { asset })
    expect(observed.map(({ vulnerability }) => [vulnerability?.id, vulnerability?.title])).toEqual([
      ['R1', 'first'],
      ['R2', 'second'],
      ['X1', 'extended'],
      ['X1', 'extended'],
      ['X1', 'extended'],
      ['R1/special', 'first'],
      ['R9', undefined],
    ])
  })

  it('takes severity from the score, else the level: of the result, the user, the rule, or the default', async () => {
    const invocations = [
      { ruleConfigurationOverrides: [{ descriptor: { id: 'R3' }, configuration: { level: 'note' } }] },
    ]
    const results = [
      { ruleId: 'R2', level: 'note' },
      { ruleId: 'R1', level: 'warning' },
      { ruleId: 'R1' },
      { ruleId: 'R3' },
      { ruleId: 'R4' },
      { ruleId: 'R4', kind: 'review' },
      { ruleId: 'R4', properties: { 'security-severity': '5.0' } },
    ]
    const { observed } = await readJson(sarif(run(results, { invocations })), { asset })
    expect(observed.map((one) => one.severity)).toEqual([
      'critical',
      'warning',
      'error',
      'note',
      'warning',
      'none',
      'medium',
    ])
    // A rank of the tool's own is no CVSS.
    expect(observed[0]?.cvss).toBeUndefined()
  })

  it('ignores results that are no problem', async () => {
    const results = [
      { ruleId: 'R1', kind: 'pass' },
      { ruleId: 'R1', kind: 'notApplicable' },
      { ruleId: 'R1', kind: 'informational' },
      { ruleId: 'R1', baselineState: 'absent' },
      { ruleId: 'R1', kind: 'fail', baselineState: 'new' },
    ]
    const { counts } = await readJson(sarif(run(results)), { asset })
    expect(counts).toMatchObject({ observed: 1, ignored: 4 })
  })

  it.each([
    [[{ kind: 'external' }], true],
    [[{ kind: 'inSource', status: 'accepted' }], true],
    [[{ kind: 'external', status: 'rejected' }], undefined],
    [[{ kind: 'external', status: 'underReview' }], undefined],
    [[], undefined],
    [null, undefined],
  ])('with suppressions %j: suppressed %s', async (suppressions, suppressed) => {
    const { observed } = await readJson(sarif(run([{ ruleId: 'R1', suppressions }])), { asset })
    expect(observed[0]?.suppressed).toBe(suppressed)
  })

  it('places a result by its fingerprint, else by file and partial fingerprint, else by file: never by its line', async () => {
    const results = [
      { ruleId: 'R1', locations: at('a.ts', 1), fingerprints: { 'id/v2': 'ffffffffffff', 'id/v1': 'eeeeeeeeeeee' } },
      {
        ruleId: 'R1',
        locations: at('b.ts', 2),
        partialFingerprints: { primaryLocationLineHash: '39fa2ee980eb94b0:1' },
      },
      { ruleId: 'R1', locations: at('c.ts', 3) },
      { ruleId: 'R1', locations: [{ logicalLocations: [{ fullyQualifiedName: 'ns::f' }] }] },
      { ruleId: 'R1' },
      { ruleId: 'R1', fingerprints: { sha: { value: 'abcdef0123456789' } } },
    ]
    const { observed } = await readJson(sarif(run(results)), { asset })
    expect(observed.map((one) => [one.location, one.locationText])).toEqual([
      ['id/v1:eeeeeeeeeeee', 'a.ts:1'],
      ['b.ts#primaryLocationLineHash:39fa2ee980eb94b0:1', 'b.ts:2'],
      ['c.ts', 'c.ts:3'],
      ['ns::f', 'ns::f'],
      [undefined, undefined],
      ['sha:abcdef0123456789', undefined],
    ])
  })

  it('does not take for a fingerprint what is none', async () => {
    const results = [
      { ruleId: 'R1', locations: at('a.ts'), fingerprints: { 'matchBasedId/v1': 'requires login' } },
      {
        ruleId: 'R1',
        locations: at('b.ts'),
        partialFingerprints: { author: 'somebody-else', commitSha: 'abcdef0123456789', email: 'a@b.example' },
      },
    ]
    const { observed } = await readJson(sarif(run(results)), { asset })
    expect(observed.map((one) => one.location)).toEqual(['a.ts', 'b.ts'])
  })

  it('finds a file by its index, and tells it without the folder that was scanned', async () => {
    const artifacts = [{ location: { uri: 'x.ts' } }, { location: { uri: 'file:///home/jo/shop/src/y%20z.ts' } }]
    const originalUriBaseIds = { ROOT: { uri: 'file:///home/jo/shop/' } }
    const results = [0, 1].map((index) => ({
      ruleId: 'R1',
      locations: [{ physicalLocation: { artifactLocation: { index } } }],
    }))
    const { observed } = await readJson(sarif(run(results, { artifacts, originalUriBaseIds })))
    expect(observed.map((one) => one.location)).toEqual(['x.ts', 'src/y z.ts'])
    expect(observed[0]?.asset?.id).toBe('repository:/home/jo/shop')
  })

  it.each([
    [
      { versionControlProvenance: [{ repositoryUri: 'https://git.example/acme/shop.git' }] },
      'repository:git.example/acme/shop',
    ],
    [{ properties: { imageName: 'acme/app:1' } }, 'image:docker.io/acme/app:1'],
    [{ properties: { repoTags: ['acme/app:2'] } }, 'image:docker.io/acme/app:2'],
    [
      { originalUriBaseIds: { A: { uri: 'file:///' }, B: { uri: 'https://git.example/acme/shop/' } } },
      'repository:git.example/acme/shop',
    ],
  ])('names the asset by %j', async (more, id) => {
    const { completed } = await readJson(sarif(run([], more)))
    expect(completed).toMatchObject([{ findings: 0n, asset: { id } }])
  })

  it.each([
    {},
    { originalUriBaseIds: { SRC: { uri: 'file:///github/workspace/' } } },
    { originalUriBaseIds: { SRC: { uriBaseId: 'X' } } },
  ])('with %j names none', async (more) => {
    expect((await readJson(sarif(run([{ ruleId: 'R1' }], more)))).fault?.code).toBe('ASSET_UNKNOWN')
  })

  it('takes a rule that is a vulnerability for that vulnerability, with its package and score', async () => {
    const known = [
      {
        id: 'CVE-2024-1111',
        properties: { 'security-severity': '7.5' },
        deprecatedIds: ['CVE-2024-1111', 'GHSA-c3h9-896r-86jm'],
      },
    ]
    const say = (ruleId: string, text: string, more = {}) => ({ ruleId, message: { text }, ...more })
    const results = [
      say(
        'CVE-2024-1111',
        'Package: curl\nInstalled Version: 7.88\nVulnerability CVE-2024-1111\nSeverity: HIGH\nFixed Version: 7.89\nLink: x',
      ),
      say(
        'CVE-2024-1111',
        "Package 'a.example/b@1.0' is vulnerable to 'CVE-2024-1111' (also known as 'GHSA-c3h9-896r-86jm').",
      ),
      say(
        'GHSA-c3h9-896r-86jm-lodash',
        'A high vulnerability in npm package: lodash, version 4.17.20 was found at: /package-lock.json',
      ),
      say('CVE-2024-2222', 'x', { locations: [{ logicalLocations: [{ fullyQualifiedName: 'pkg:maven/a/b@6.5.0' }] }] }),
      say('BDSA-2020-1001 (CVE-2020-11022)', 'x', { properties: { component: 'jquery', componentVersion: '3' } }),
    ]
    const { observed } = await readJson(sarif(run(results, { tool: { driver: { name: 'T', rules: known } } })), {
      asset,
    })
    expect(
      observed.map((one) => [
        one.vulnerability?.id,
        one.component?.name ?? one.component?.purl,
        one.component?.version,
      ]),
    ).toEqual([
      ['CVE-2024-1111', 'curl', '7.88'],
      ['CVE-2024-1111', 'a.example/b', '1.0'],
      ['GHSA-c3h9-896r-86jm', 'lodash', undefined],
      ['CVE-2024-2222', 'pkg:maven/a/b@6.5.0', '6.5.0'],
      ['CVE-2020-11022', 'jquery', '3'],
    ])
    expect(observed[0]).toMatchObject({ cvss: 7.5, severity: 'high', fixAvailable: true, fixedVersions: ['7.89'] })
    expect(observed[0]?.vulnerability?.aliases).toEqual(['GHSA-c3h9-896r-86jm'])
    expect(observed[4]?.vulnerability?.aliases).toEqual(['BDSA-2020-1001'])
  })

  it('puts the arguments into a message', async () => {
    const message = { text: 'Do not use {0} with {1}, {7}', arguments: ['eval', 3] }
    const { observed } = await readJson(sarif(run([{ ruleId: 'R1', message }])), { asset })
    expect(observed[0]?.vulnerability?.description).toBe('Do not use eval with 3, {7}')
  })

  it('names a result without a rule by its class in a taxonomy, and rejects one without either', async () => {
    const results = [
      { taxa: [{ id: '79', toolComponent: { name: 'CWE' } }] },
      { taxa: [{ id: 'CWE-79', toolComponent: { name: 'CWE' } }] },
      { message: { text: 'x' } },
      null,
    ]
    const { counts, observed } = await readJson(sarif(run(results, { tool: null })), { asset })
    expect(observed.map((one) => one.vulnerability?.id)).toEqual(['CWE-79', 'CWE-79'])
    expect(counts.rejected).toBe(2)
  })

  it('reads several runs, each with its own rules, into one scan of one asset', async () => {
    const other = { driver: { name: 'Other', rules: [{ id: 'O1', shortDescription: { text: 'other' } }] } }
    const { observed, completed } = await readJson(
      sarif(run([{ ruleIndex: 0 }]), run([{ ruleIndex: 0 }], { tool: other })),
      { asset },
    )
    expect(observed.map((one) => one.vulnerability?.id)).toEqual(['R1', 'O1'])
    expect(completed).toMatchObject([{ findings: 2n }])
  })

  it('takes no runs, or no results, for a scan that found nothing', async () => {
    for (const report of [sarif(), sarif(run(null)), { ...sarif(), runs: null }])
      expect((await readJson(report, { asset })).completed).toMatchObject([{ findings: 0n }])
  })

  it('is read in version 2 only', async () => {
    expect((await readJson({ ...sarif(run([])), version: '1.0.0' }, { asset })).fault?.code).toBe('UNSUPPORTED_VERSION')
  })
})
