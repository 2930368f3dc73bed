import { describe, expect, it } from 'vitest'
import { readJson } from '../../../../test/formats/reading.js'

const report = (results: unknown, more: Record<string, unknown> = {}) => ({
  SchemaVersion: 2,
  ArtifactName: 'acme/app:1.0',
  ArtifactType: 'container_image',
  Metadata: { OS: { Family: 'debian', Name: '12' } },
  Results: results,
  ...more,
})
const system = (...vulnerabilities: unknown[]) => ({
  Target: 'acme/app:1.0 (debian 12)',
  Class: 'os-pkgs',
  Type: 'debian',
  Vulnerabilities: vulnerabilities,
})
const vulnerability = (more: Record<string, unknown> = {}) => ({
  VulnerabilityID: 'CVE-2024-1111',
  PkgName: 'curl',
  InstalledVersion: '7.88',
  Severity: 'HIGH',
  ...more,
})

describe('Trivy', () => {
  it.each([[[]], [null], [undefined]])('takes Results %j for a scan that found nothing', async (results) => {
    const { fault, completed } = await readJson(report(results))
    expect(fault).toBeUndefined()
    expect(completed).toMatchObject([{ findings: 0n, asset: { id: 'image:docker.io/acme/app:1.0', os: 'debian 12' } }])
  })

  it('takes a result without findings for one without findings', async () => {
    const { counts } = await readJson(report([{ Target: 'a', Vulnerabilities: null, Secrets: null }, {}, null]))
    expect(counts).toEqual({ observed: 0, ignored: 0, rejected: 0, completed: 1 })
  })

  it('names packages as other scanners do, where it gives no package URL', async () => {
    const java = { Target: 'Java', Class: 'lang-pkgs', Type: 'jar' }
    const { observed } = await readJson(
      report([
        system(vulnerability(), vulnerability({ PkgIdentifier: { PURL: 'pkg:deb/debian/curl@7.88?arch=amd64' } })),
        {
          ...java,
          Vulnerabilities: [
            vulnerability({ PkgName: 'org.a:b', PkgPath: 'app/b.jar' }),
            vulnerability({ PkgName: 'org.a:c' }),
          ],
        },
        {
          Target: 'package-lock.json',
          Class: 'lang-pkgs',
          Type: 'npm',
          Vulnerabilities: [vulnerability({ PkgName: '@a/b' })],
        },
      ]),
    )
    expect(observed.map((one) => [one.component?.purl, one.location])).toEqual([
      ['pkg:deb/debian/curl@7.88', undefined],
      ['pkg:deb/debian/curl@7.88?arch=amd64', undefined],
      ['pkg:maven/org.a/b@7.88', 'app/b.jar'],
      ['pkg:maven/org.a/c@7.88', undefined],
      ['pkg:npm/%40a/b@7.88', 'package-lock.json'],
    ])
  })

  it('goes by the newest CVSS, of its own source first', async () => {
    const CVSS = {
      nvd: { V2Score: 10, V3Score: 9.8, V3Vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' },
      redhat: { V3Score: 5.5, V3Vector: 'CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:N/I:N/A:H' },
      ghsa: { V40Score: 6.9, V40Vector: 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:L/VA:N/SC:N/SI:N/SA:N' },
    }
    const { nvd, redhat } = CVSS
    const { observed } = await readJson(
      report([
        system(
          vulnerability({ CVSS }),
          vulnerability({ CVSS: { nvd, redhat }, SeveritySource: 'redhat' }),
          vulnerability({ CVSS: { nvd, redhat } }),
          vulnerability({ CVSS: null }),
        ),
      ]),
    )
    expect(observed.map((one) => one.cvss)).toEqual([6.9, 5.5, 9.8, undefined])
  })

  it('takes a missing severity from its source, else from the worst vendor', async () => {
    const { observed } = await readJson(
      report([
        system(
          vulnerability({ Severity: undefined, SeveritySource: 'nvd', VendorSeverity: { nvd: 1, redhat: 4 } }),
          vulnerability({ Severity: undefined, VendorSeverity: { nvd: 1, redhat: 4 } }),
          vulnerability({ Severity: undefined, SeveritySource: 'constructor', VendorSeverity: {} }),
        ),
      ]),
    )
    expect(observed.map((one) => one.severity)).toEqual(['LOW', 'CRITICAL', undefined])
  })

  it.each([
    [{ FixedVersion: '7.89, 8.1' }, true, ['7.89', '8.1'], undefined],
    [{ Status: 'will_not_fix' }, false, [], undefined],
    [{ Status: 'affected' }, false, [], undefined],
    [{ Status: 'under_investigation' }, undefined, [], undefined],
    [{ Status: 'not_affected' }, undefined, [], true],
    [{}, undefined, [], undefined],
  ])('with %j: fix %s %j, suppressed %s', async (more, available, versions, suppressed) => {
    const { observed } = await readJson(report([system(vulnerability(more))]))
    expect(observed[0]?.fixAvailable).toBe(available)
    expect(observed[0]?.fixedVersions).toEqual(versions)
    expect(observed[0]?.suppressed).toBe(suppressed)
  })

  it("never takes a vendor's advisory as another name of the vulnerability", async () => {
    const { observed } = await readJson(
      report([system(vulnerability({ VendorIDs: ['RHSA-2024:1', 'DSA-5000-1', 'GHSA-c3h9-896r-86jm'] }))]),
    )
    expect(observed[0]?.vulnerability?.aliases).toEqual(['GHSA-c3h9-896r-86jm'])
  })

  it('ignores checks that passed and licences, and marks excepted checks', async () => {
    const check = { ID: 'DS002', AVDID: 'AVD-DS-0002', Title: 't', Message: 'm', Severity: 'HIGH' }
    const { counts, observed } = await readJson(
      report([
        {
          Target: 'Dockerfile',
          Class: 'config',
          Type: 'dockerfile',
          Misconfigurations: [
            { ...check, Status: 'PASS' },
            { ...check, Status: 'FAIL', CauseMetadata: { Resource: 'aws_s3_bucket.logs', StartLine: 7 } },
            { ...check, Status: 'EXCEPTION' },
          ],
          Licenses: [{ Severity: 'HIGH', Name: 'GPL-3.0' }],
        },
      ]),
    )
    expect(counts).toMatchObject({ observed: 2, ignored: 2 })
    expect(observed[0]).toMatchObject({
      vulnerability: { id: 'AVD-DS-0002', aliases: ['DS002'] },
      location: 'Dockerfile#aws_s3_bucket.logs',
      locationText: 'Dockerfile:7',
    })
    expect(observed[1]).toMatchObject({ suppressed: true, location: 'Dockerfile' })
  })

  it('never keeps a secret', async () => {
    const secret = {
      RuleID: 'aws-access-key-id',
      Category: 'AWS',
      Severity: 'CRITICAL',
      Title: 'AWS Access Key ID',
      StartLine: 3,
      Match: 'key = "AKIAIOSFODNN7EXAMPLE"',
      Code: { Lines: [{ Content: 'AKIAIOSFODNN7EXAMPLE' }] },
    }
    const { items, observed } = await readJson(report([{ Target: '/app/.env', Class: 'secret', Secrets: [secret] }]))
    expect(observed[0]).toMatchObject({
      vulnerability: { id: 'aws-access-key-id' },
      location: 'app/.env',
      locationText: '/app/.env:3',
    })
    expect(
      JSON.stringify(items, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
    ).not.toContain('AKIA')
  })

  it('ignores what it left out of its findings itself', async () => {
    const modified = { Type: 'vulnerability', Status: 'not_affected', Finding: vulnerability() }
    const { counts, ignored } = await readJson(report([{ ...system(), ExperimentalModifiedFindings: [modified] }]))
    expect(counts).toMatchObject({ observed: 0, ignored: 1 })
    expect(ignored[0]?.reason).toContain('not affected')
  })

  it.each([
    [{ ArtifactType: 'filesystem', ArtifactName: '/home/jo/shop', Metadata: null }, 'repository:/home/jo/shop'],
    [{ ArtifactType: 'filesystem', ArtifactName: '/mnt/web-1' }, 'host:/mnt/web-1'],
    [
      { ArtifactType: 'repository', ArtifactName: 'https://git.example/acme/shop.git' },
      'repository:git.example/acme/shop',
    ],
    [
      { ArtifactType: 'repository', ArtifactName: '.', Metadata: { RepoURL: 'git@git.example:acme/shop' } },
      'repository:git.example/acme/shop',
    ],
    [{ ArtifactType: 'vm', ArtifactName: 'ami:ami-123' }, 'host:ami:ami-123'],
    [{ ArtifactName: 'app.tar', Metadata: { RepoTags: ['acme/app:3'] } }, 'image:docker.io/acme/app:3'],
    [
      { ArtifactName: '', Metadata: { RepoTags: [''], ImageID: `sha256:${'a'.repeat(64)}` } },
      `image:sha256:${'a'.repeat(64)}`,
    ],
    [
      { ArtifactName: undefined, ArtifactType: undefined, Metadata: { RepoTags: ['acme/app:3'] } },
      'image:docker.io/acme/app:3',
    ],
  ])('names the asset of %j', async (more, id) => {
    const { completed } = await readJson(report([], more))
    expect(completed[0]?.asset?.id).toBe(id)
  })

  it.each([
    { ArtifactType: 'filesystem', ArtifactName: '.' },
    { ArtifactType: 'filesystem', ArtifactName: '/github/workspace' },
    { ArtifactName: undefined, ArtifactType: undefined, Metadata: null },
  ])('with %j names none', async (more) => {
    expect((await readJson(report([system(vulnerability())], more))).fault?.code).toBe('ASSET_UNKNOWN')
    expect((await readJson(report([system(vulnerability())], more), { asset: 'shop' })).counts.observed).toBe(1)
  })

  it('reads the list of results that older versions wrote', async () => {
    const { format, counts } = await readJson([system(vulnerability()), { Target: 'b', Vulnerabilities: null }], {
      asset: 'acme/app:1',
    })
    expect(format).toBe('trivy')
    expect(counts).toMatchObject({ observed: 1, completed: 1 })
  })

  describe('of a cluster', () => {
    const workload = (name: string, ...results: unknown[]) => ({
      Namespace: 'default',
      Kind: 'Deployment',
      Name: name,
      Results: results,
    })
    const cluster = {
      ClusterName: 'prod',
      Resources: [
        workload('web', system(vulnerability())),
        workload('db'),
        { Kind: 'ClusterRole', Name: 'r', Results: [] },
      ],
      Misconfigurations: [workload('web', { Target: 'x', Misconfigurations: [{ ID: 'KSV001', Status: 'FAIL' }] })],
    }

    it('takes each workload for an asset, also those without findings', async () => {
      const { completed } = await readJson(cluster)
      expect(completed.map(({ asset, findings }) => [asset?.id, findings]).sort()).toEqual([
        ['container:prod/ClusterRole/r', 0n],
        ['container:prod/default/Deployment/db', 0n],
        ['container:prod/default/Deployment/web', 2n],
      ])
    })

    it('keeps the workloads apart by place where one asset is given for all', async () => {
      const { observed, completed } = await readJson(cluster, { asset: 'prod' })
      expect(completed).toMatchObject([{ findings: 2n, asset: { name: 'prod' } }])
      expect(observed.map((one) => one.location)).toEqual(['default/Deployment/web', 'default/Deployment/web/x'])
    })
  })

  it('rejects findings without an id', async () => {
    const results = [
      system(vulnerability({ VulnerabilityID: '' }), 7),
      { Target: 't', Secrets: [{}], Misconfigurations: [{ Status: 'FAIL' }] },
    ]
    const { counts, completed } = await readJson(report(results))
    expect(counts).toMatchObject({ observed: 0, rejected: 4 })
    expect(completed[0]?.findings).toBe(4n)
  })
})
