import type { ReportFormatName } from '../../src/adapters/formats/report-format.port.js'

/** A small report of one format that has every part its reader looks at. */
export interface Specimen {
  readonly format: ReportFormatName
  /** Has `marker: 1` in one finding, in the place of which tests put what they like. */
  readonly value: unknown
  /** Given with it where the format names none. */
  readonly asset?: string
  readonly counts: { observed: number; ignored: number; rejected: number; completed: number }
}

const V31 = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'
const V40 = 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N'

const cyclonedx = {
  $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  metadata: {
    timestamp: '2026-01-01T00:00:00Z',
    component: {
      'bom-ref': 'root',
      type: 'container',
      name: 'acme/shop',
      version: '2.1',
      components: [{ 'bom-ref': 'base', name: 'base' }],
    },
  },
  components: [
    {
      'bom-ref': 'pkg:npm/%40acme/a@1.0',
      type: 'library',
      group: '@acme',
      name: 'a',
      version: '1.0',
      purl: 'pkg:npm/%40acme/a@1.0',
      properties: [{ name: 'syft:location:0:path', value: '/app/node_modules/a/package.json' }],
      components: [
        { 'bom-ref': 'inner', name: 'ïnner', version: '0', evidence: { occurrences: [{ location: 'lib/inner.jar' }] } },
      ],
    },
    { 'bom-ref': 'os', name: 'openssl', version: '3.0', purl: 'pkg:deb/debian/openssl@3.0?arch=amd64' },
  ],
  dependencies: [{ ref: 'root', dependsOn: ['os'] }],
  vulnerabilities: [
    {
      'bom-ref': 'v1',
      id: 'GHSA-c3h9-896r-86jm',
      source: { name: 'ghsa', url: 'https://github.com/advisories/GHSA-c3h9-896r-86jm' },
      references: [{ id: 'CVE-2021-3121', source: { name: 'nvd' } }],
      ratings: [
        { source: { name: 'ghsa' }, method: 'CVSSv31', severity: 'high', vector: V31 },
        { source: { name: 'nvd' }, method: 'CVSSv4', score: 8.7, severity: 'high', vector: V40 },
        { source: { name: 'EPSS' }, method: 'other', score: 0.02 },
      ],
      description: 'Crash "by design" – ✓\n\tsee \\ there',
      recommendation: 'Upgrade a to version 1.1, 2.0',
      affects: [
        { ref: 'pkg:npm/%40acme/a@1.0' },
        { ref: 'urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#inner' },
        { ref: 'os', versions: [{ version: '3.0', status: 'unaffected' }] },
      ],
    },
    {
      id: 'CVE-2024-1111',
      analysis: { state: 'not_affected', response: ['update'] },
      affects: [{ ref: 'os' }, { ref: 'base' }, { ref: 'root' }],
    },
    { id: 'CVE-2024-2222', affects: null, marker: 1 },
    { description: 'without an id' },
  ],
}

const sarif = {
  $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
  version: '2.1.0',
  runs: [
    {
      tool: {
        driver: {
          name: 'Tool',
          rules: [
            {
              id: 'R1',
              shortDescription: { text: 'Ä first rule' },
              fullDescription: { text: 'long' },
              helpUri: 'https://rules.example/R1',
              defaultConfiguration: { level: 'error' },
              properties: { 'security-severity': '8.1', tags: ['security', 'CWE-79'] },
            },
            { id: 'CVE-2024-1111', deprecatedIds: ['GHSA-c3h9-896r-86jm'], properties: { 'security-severity': '5.0' } },
          ],
        },
        extensions: [{ name: 'pack', guid: 'pack-guid', rules: [{ id: 'X1', guid: 'x1-guid', name: 'extension' }] }],
      },
      invocations: [
        {
          executionSuccessful: true,
          ruleConfigurationOverrides: [{ descriptor: { id: 'R3' }, configuration: { level: 'note' } }],
        },
      ],
      originalUriBaseIds: { ROOT: { uri: 'file:///home/jo/shop/' } },
      versionControlProvenance: [{ repositoryUri: 'https://git.example/acme/shop.git', revisionId: 'abc' }],
      artifacts: [{ location: { uri: 'src/a.ts', uriBaseId: 'ROOT' } }],
      results: [
        {
          ruleId: 'R1',
          ruleIndex: 0,
          message: { text: 'Do not {0}', arguments: ['eval'] },
          locations: [
            {
              physicalLocation: { artifactLocation: { uri: 'src/b.ts', uriBaseId: 'ROOT' }, region: { startLine: 7 } },
            },
          ],
          fingerprints: { 'id/v1': '0123456789abcdef' },
        },
        {
          rule: { index: 0, toolComponent: { index: 0 } },
          locations: [
            {
              physicalLocation: { artifactLocation: { index: 0 } },
              logicalLocations: [{ fullyQualifiedName: 'ns::f' }],
            },
          ],
          partialFingerprints: { primaryLocationLineHash: '39fa2ee980eb94b0:1' },
          suppressions: [{ kind: 'external', status: 'accepted' }],
        },
        { ruleId: 'CVE-2024-1111', message: { text: 'Package: curl\nInstalled Version: 7.88\nFixed Version: 7.89' } },
        { ruleId: 'R3', kind: 'pass', marker: 1 },
        { ruleId: 'R3', kind: 'fail', baselineState: 'unchanged', properties: { 'security-severity': 2 } },
        { taxa: [{ id: '79', toolComponent: { name: 'CWE' } }] },
        { message: { text: 'no rule' } },
      ],
    },
    { tool: { driver: { name: 'Second' } }, properties: { imageName: 'acme/shop:2.1' }, results: [] },
  ],
}

const ocsf = [
  {
    class_uid: 2004,
    type_uid: 200401,
    activity_id: 1,
    metadata: { event_code: 's3_public', product: { name: 'Prowler' } },
    finding_info: {
      uid: 'f-1',
      title: 'Bücket is public',
      desc: 'd',
      src_url: 'https://x.example',
      analytic: { uid: 'a' },
      types: ['t'],
    },
    message: 'm',
    severity: 'High',
    severity_id: 4,
    status: 'New',
    status_id: 1,
    status_code: 'FAIL',
    status_detail: 'detail',
    resources: [
      {
        uid: 'arn:aws:s3:::logs',
        name: 'logs',
        type: 'Bucket',
        region: 'eu',
        labels: ['prod'],
        tags: [{ name: 'env', value: 'prod' }],
        owner: { name: 'team' },
      },
      { name: 'local', type: 'Bucket', region: 'eu' },
    ],
    cloud: { provider: 'aws', account: { uid: '123' } },
    remediation: { references: ['https://fix.example'] },
  },
  {
    class_uid: 2003,
    compliance: { control: 'CIS-1', status: 'Pass', status_id: 1 },
    resources: [{ uid: 'arn:aws:s3:::data' }],
  },
  {
    class_uid: 2002,
    severity_id: 5,
    status_id: 3,
    device: { hostname: 'web-1', os: { name: 'Debian' }, uid: 'x' },
    vulnerabilities: [
      {
        cve: {
          uid: 'CVE-2024-1111',
          title: 't',
          desc: 'd',
          cvss: [{ version: '3.1', base_score: 9.8, vector_string: V31 }],
          epss: { score: '0.5' },
        },
        severity: 'Critical',
        is_fix_available: true,
        affected_packages: [{ name: 'a', version: '1', purl: 'pkg:npm/a@1', path: '/a', fixed_in_version: '2' }],
        references: ['https://r.example'],
      },
      { advisory: { uid: 'GHSA-c3h9-896r-86jm' }, affected_code: [{ file: { path: 'src/a.c' } }] },
    ],
  },
  { class_uid: 4001, message: 'network', marker: 1 },
  { class_uid: 2004, resources: [{ uid: 'arn:aws:s3:::logs' }] },
]

const grypeMatch = {
  vulnerability: {
    id: 'GHSA-c3h9-896r-86jm',
    dataSource: 'https://github.com/advisories/GHSA-c3h9-896r-86jm',
    severity: 'Critical',
    urls: ['https://x.example'],
    description: 'Beschädigt',
    cvss: [{ source: 'nvd', type: 'Primary', version: '3.1', vector: V31, metrics: { baseScore: 9.8 } }],
    epss: [{ cve: 'CVE-2021-3121', epss: 0.4, percentile: 0.9 }],
    knownExploited: [{ cve: 'CVE-2021-3121' }],
    fix: { versions: ['1.3.2'], state: 'fixed' },
  },
  relatedVulnerabilities: [
    { id: 'CVE-2021-3121', severity: 'High', cvss: [{ version: '4.0', vector: V40, metrics: { baseScore: 8.7 } }] },
  ],
  artifact: {
    name: 'a',
    version: '1',
    type: 'npm',
    purl: 'pkg:npm/a@1',
    locations: [{ path: '/app/package-lock.json', accessPath: '/x', realPath: '/y' }],
    metadata: { virtualPath: '/app/a' },
  },
}
const grype = {
  matches: [
    grypeMatch,
    {
      ...grypeMatch,
      marker: 1,
      vulnerability: {
        id: 'CVE-2024-2222',
        severity: 'Negligible',
        fix: { versions: null, state: 'wont-fix' },
        cvss: null,
      },
    },
    { vulnerability: {}, artifact: null },
  ],
  ignoredMatches: [{ ...grypeMatch, appliedIgnoreRules: [{ vulnerability: 'x' }] }],
  source: {
    type: 'image',
    target: { userInput: 'acme/shop:2.1', imageID: 'sha256:1', tags: ['acme/shop:2.1'], repoDigests: [] },
  },
  distro: { name: 'debian', version: '12', idLike: [] },
  descriptor: { name: 'grype', version: '0.90.0', timestamp: '2026-01-01T00:00:00Z' },
}

const trivy = {
  SchemaVersion: 2,
  CreatedAt: '2026-01-01T00:00:00Z',
  ArtifactName: 'acme/shop:2.1',
  ArtifactType: 'container_image',
  Metadata: {
    OS: { Family: 'debian', Name: '12' },
    RepoTags: ['acme/shop:2.1'],
    RepoDigests: [],
    ImageID: 'sha256:1',
    ImageConfig: { history: [{ a: 1 }] },
  },
  Results: [
    {
      Target: 'acme/shop:2.1 (debian 12)',
      Class: 'os-pkgs',
      Type: 'debian',
      Packages: [{ Name: 'curl' }],
      Vulnerabilities: [
        {
          VulnerabilityID: 'CVE-2024-1111',
          VendorIDs: ['DSA-1-1', 'GHSA-c3h9-896r-86jm'],
          PkgName: 'curl',
          InstalledVersion: '7.88',
          FixedVersion: '7.89, 8.0',
          Status: 'fixed',
          Severity: 'HIGH',
          SeveritySource: 'nvd',
          VendorSeverity: { nvd: 3, debian: 1 },
          CVSS: { nvd: { V3Score: 9.8, V3Vector: V31, V2Score: 5 }, ghsa: { V40Score: 8.7, V40Vector: V40 } },
          PkgIdentifier: { PURL: 'pkg:deb/debian/curl@7.88?arch=amd64' },
          Title: 'Überlauf',
          Description: 'd',
          PrimaryURL: 'https://avd.example/cve-2024-1111',
        },
        {
          VulnerabilityID: 'CVE-2024-2222',
          marker: 1,
          PkgName: 'x',
          InstalledVersion: '1',
          VendorSeverity: { nvd: 2 },
          Status: 'not_affected',
        },
        { PkgName: 'without an id' },
      ],
      ExperimentalModifiedFindings: [
        { Type: 'vulnerability', Status: 'ignored', Finding: { VulnerabilityID: 'CVE-2024-3333' } },
      ],
    },
    {
      Target: 'Java',
      Class: 'lang-pkgs',
      Type: 'jar',
      Vulnerabilities: [
        {
          VulnerabilityID: 'CVE-2024-4444',
          PkgName: 'org.a:b',
          InstalledVersion: '1',
          PkgPath: 'app/b.jar',
          Severity: 'LOW',
        },
      ],
    },
    {
      Target: 'main.tf',
      Class: 'config',
      Type: 'terraform',
      MisconfSummary: { Successes: 1, Failures: 1 },
      Misconfigurations: [
        {
          ID: 'AVD-AWS-0089',
          AVDID: 'AVD-AWS-0089',
          Status: 'FAIL',
          Severity: 'MEDIUM',
          Title: 't',
          Message: 'm',
          CauseMetadata: { Resource: 'aws_s3_bucket.a', StartLine: 3 },
        },
        { ID: 'AVD-AWS-0090', Status: 'PASS' },
      ],
    },
    {
      Target: '/app/.env',
      Class: 'secret',
      Secrets: [
        {
          RuleID: 'aws-access-key-id',
          Category: 'AWS',
          Severity: 'CRITICAL',
          Title: 'AWS',
          StartLine: 1,
          Match: '****',
        },
      ],
    },
    { Target: 'x', Class: 'license', Licenses: [{ Name: 'GPL-3.0', Severity: 'HIGH' }] },
  ],
}

const osvScanner = {
  results: [
    {
      source: { path: '/work/shop/go.mod', type: 'lockfile' },
      packages: [
        {
          package: { name: 'github.com/gogo/protobuf', version: '1.3.1', ecosystem: 'Go' },
          vulnerabilities: [
            {
              id: 'GHSA-c3h9-896r-86jm',
              aliases: ['CVE-2021-3121'],
              summary: 'Prüfung fehlt',
              details: 'd',
              severity: [
                { type: 'CVSS_V3', score: V31 },
                { type: 'CVSS_V4', score: V40 },
              ],
              database_specific: { severity: 'HIGH' },
              affected: [
                {
                  package: { name: 'github.com/gogo/protobuf' },
                  ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '1.3.2' }] }],
                },
              ],
            },
            { id: 'GO-2021-0053', aliases: null, marker: 1 },
            { id: 'GO-2021-0054', withdrawn: '2024-01-01T00:00:00Z' },
            { summary: 'without an id' },
          ],
          groups: [{ ids: ['GHSA-c3h9-896r-86jm', 'GO-2021-0053'], aliases: ['CVE-2021-3121'], max_severity: '8.7' }],
        },
        { package: { name: 'empty', version: '1', ecosystem: 'npm' }, vulnerabilities: null, groups: null },
      ],
    },
    {
      source: { path: '/var/lib/dpkg/status', type: 'os' },
      packages: [
        {
          package: { name: 'curl', version: '7', ecosystem: 'Debian:12' },
          vulnerabilities: [{ id: 'DEBIAN-CVE-2024-1111' }],
        },
      ],
    },
  ],
  experimental_config: { licenses: { summary: false } },
}

export const specimens: readonly Specimen[] = [
  { format: 'cyclonedx', value: cyclonedx, counts: { observed: 6, ignored: 1, rejected: 1, completed: 1 } },
  { format: 'sarif', value: sarif, counts: { observed: 5, ignored: 1, rejected: 1, completed: 2 } },
  { format: 'ocsf', value: ocsf, counts: { observed: 4, ignored: 2, rejected: 1, completed: 4 } },
  { format: 'grype', value: grype, counts: { observed: 2, ignored: 1, rejected: 1, completed: 1 } },
  { format: 'trivy', value: trivy, counts: { observed: 5, ignored: 3, rejected: 1, completed: 1 } },
  {
    format: 'osv-scanner',
    value: osvScanner,
    asset: 'shop',
    counts: { observed: 3, ignored: 1, rejected: 1, completed: 1 },
  },
]
