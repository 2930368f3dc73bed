import { scanner as events } from '@reprieve/contracts'
import { describe, expect, it } from 'vitest'
import { componentIdentity, instanceKey, severityOf } from '../../src/domain/identity/index.js'
import { type Outcome, read } from './reading.js'
import { sampleBytes, samples, samplesAreThere } from './report-samples.js'

// What each report must give was counted without our readers, by hand and with a few lines of Python over the JSON:
// elements of the lists of findings, their ids, severities, packages. The tests hold exactly that.

async function sample(file: string): Promise<Outcome> {
  const found = samples.find((one) => one.file === file)
  if (found === undefined) throw new Error(`No sample ${file}`)
  return read(sampleBytes(found), { asset: found.asset })
}

/** As the inventory will see them: how many different instances. */
function instances({ observed }: Outcome): number {
  return new Set(
    observed.map((event) =>
      instanceKey({
        asset: event.asset?.id ?? '',
        vulnerability: event.vulnerability?.id ?? '',
        component: componentIdentity(event.component),
        location: event.location,
      }),
    ),
  ).size
}

describe.skipIf(!samplesAreThere)('the real report', () => {
  it('of Trivy in CycloneDX has two vulnerabilities on one image', async () => {
    const outcome = await sample('cyclonedx-trivy.json')
    expect(outcome.counts).toEqual({ observed: 2, ignored: 0, rejected: 0, completed: 1 })
    expect(instances(outcome)).toBe(2)
    expect(outcome.completed[0]).toMatchObject({
      findings: 2n,
      asset: {
        id: 'image:docker.io/example/example-frontend:dev',
        name: 'example/example-frontend:dev',
        type: events.AssetType.IMAGE,
      },
    })
    expect(
      outcome.observed.map((event) => [
        event.vulnerability?.id,
        event.component?.name,
        event.component?.version,
        event.severity,
        event.cvss,
      ]),
    ).toEqual([
      ['CVE-2023-29469', 'libxml2', '2.10.3-r1', 'medium', 5.9],
      // Rated 5.9 by CVSS 3.1 and 8.8 by CVSS 4.0: the newer counts.
      ['CVE-2023-28484', 'icu-libs', '72.1-r1', 'high', 8.8],
    ])
    // Of "GHSA-35m5-8cvj-8783" and "alias 2", one is an id of a vulnerability.
    expect(outcome.observed[0]?.vulnerability?.aliases).toEqual(['GHSA-35m5-8cvj-8783'])
    expect(outcome.observed.map((event) => event.fixedVersions)).toEqual([['2.10.4-r0'], ['72.2.0']])
  })

  it('of Semgrep in SARIF has four results of one rule, at four places', async () => {
    const outcome = await sample('sarif-semgrep.sarif')
    expect(outcome.counts).toEqual({ observed: 4, ignored: 0, rejected: 0, completed: 1 })
    expect(instances(outcome)).toBe(4)
    expect(new Set(outcome.observed.map((event) => event.vulnerability?.id))).toEqual(
      new Set(['typescript.react.portability.i18next.jsx-not-internationalized.jsx-not-internationalized']),
    )
    expect(outcome.observed.map((event) => event.locationText)).toEqual([
      'frontend/src/access_control/AADSignInButton.tsx:27',
      'frontend/src/commons/about/About.tsx:78',
      'frontend/src/commons/about/About.tsx:81',
      'frontend/src/commons/about/About.tsx:83',
    ])
    expect(new Set(outcome.observed.map((event) => severityOf(event.severity, event.cvss)))).toEqual(
      new Set(['medium']),
    )
    expect(outcome.completed[0]).toMatchObject({ findings: 4n, asset: { id: 'repository:shop' } })
  })

  it('of Semgrep names no asset', async () => {
    const bytes = sampleBytes({ file: 'sarif-semgrep.sarif', format: 'sarif' })
    expect((await read(bytes)).fault?.code).toBe('ASSET_UNKNOWN')
  })

  it('of Prowler in OCSF has one check that passed, two that failed and one to make by hand, on two clusters', async () => {
    const outcome = await sample('ocsf-prowler.json')
    expect(outcome.counts).toEqual({ observed: 3, ignored: 1, rejected: 0, completed: 2 })
    expect(instances(outcome)).toBe(3)
    expect(outcome.ignored[0]?.pointer).toBe('/0')
    expect(outcome.observed.map((event) => [event.vulnerability?.id, event.asset?.name, event.severity])).toEqual([
      ['aks_clusters_created_with_private_nodes', 'aks-dev', 'High'],
      ['aks_clusters_public_access_disabled', 'aks-dev', 'High'],
      ['aks_clusters_public_access_disabled', 'aks-prod', 'High'],
    ])
    expect(outcome.completed.map(({ asset, findings }) => [asset?.name, asset?.type, findings])).toEqual([
      ['aks-dev', events.AssetType.CLOUD_RESOURCE, 2n],
      ['aks-prod', events.AssetType.CLOUD_RESOURCE, 1n],
    ])
  })

  it('of Grype has one vulnerability in six packages of one image', async () => {
    const outcome = await sample('grype-keycloak.json')
    expect(outcome.counts).toEqual({ observed: 6, ignored: 0, rejected: 0, completed: 1 })
    expect(instances(outcome)).toBe(6)
    expect(new Set(outcome.observed.map((event) => event.vulnerability?.id))).toEqual(new Set(['CVE-2020-12413']))
    expect(outcome.observed.map((event) => componentIdentity(event.component))).toEqual(
      ['nspr', 'nss', 'nss-softokn', 'nss-softokn-freebl', 'nss-sysinit', 'nss-util'].map(
        (name) => `pkg:rpm/redhat/${name}`,
      ),
    )
    expect(outcome.observed[0]).toMatchObject({ severity: 'Low', cvss: 5.9, fixAvailable: false })
    expect(outcome.completed[0]).toMatchObject({
      findings: 6n,
      asset: {
        id: 'image:docker.io/keycloak/keycloak:21.0.2',
        name: 'docker.io/keycloak/keycloak:21.0.2',
        os: 'redhat 9.1',
      },
    })
  })

  it('of Trivy has two vulnerabilities and four secrets, and not a letter of the secrets', async () => {
    const outcome = await sample('trivy-image.json')
    expect(outcome.counts).toEqual({ observed: 6, ignored: 0, rejected: 0, completed: 1 })
    expect(instances(outcome)).toBe(6)
    expect(outcome.observed.map((event) => [event.vulnerability?.id, event.severity, event.locationText])).toEqual([
      ['CVE-2019-1549', 'MEDIUM', 'alpine:3.10.2 (alpine 3.10.2)'],
      ['CVE-2019-1547', 'LOW', 'alpine:3.10.2 (alpine 3.10.2)'],
      ['stripe-publishable-token', 'HIGH', '/app/config/secret.yaml:3'],
      ['stripe-access-token', 'CRITICAL', '/app/config/secret.yaml:4'],
      ['aws-access-key-id', 'CRITICAL', '/etc/apt/s3auth.conf:1'],
      ['aws-secret-access-key', 'CRITICAL', '/etc/apt/s3auth.conf:2'],
    ])
    expect(outcome.observed[0]).toMatchObject({
      component: { purl: 'pkg:apk/alpine/openssl@1.1.1c-r0' },
      fixedVersions: ['1.1.1d-r0'],
    })
    expect(outcome.completed[0]).toMatchObject({ findings: 6n, asset: { id: 'image:docker.io/library/alpine:3.10.2' } })
    const all = JSON.stringify(outcome.items, (_key, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    )
    expect(all).not.toMatch(/\*{5}|AccessKeyId =|secret_key:|publishable_key:/)
  })

  it('of OSV-Scanner has four records that are two vulnerabilities', async () => {
    const outcome = await sample('osv-scanner-results.json')
    expect(outcome.counts).toEqual({ observed: 4, ignored: 0, rejected: 0, completed: 1 })
    // The database of the language and GitHub's tell of the same: two of the four are merged.
    expect(instances(outcome)).toBe(2)
    expect(
      outcome.observed.map((event) => [event.vulnerability?.id, event.component?.purl, event.fixedVersions]),
    ).toEqual([
      ['CVE-2021-3121', 'pkg:golang/github.com/gogo/protobuf@1.3.1', ['1.3.2']],
      ['CVE-2021-3121', 'pkg:golang/github.com/gogo/protobuf@1.3.1', ['1.3.2']],
      ['CVE-2022-24713', 'pkg:cargo/regex@1.5.1', ['1.5.5']],
      ['CVE-2022-24713', 'pkg:cargo/regex@1.5.1', ['1.5.5']],
    ])
    expect(outcome.observed[0]?.vulnerability?.aliases).toEqual(['GHSA-c3h9-896r-86jm', 'GO-2021-0053'])
    expect(outcome.observed.map((event) => severityOf(event.severity, event.cvss))).toEqual([
      'high',
      'unknown',
      'high',
      'high',
    ])
  })

  it('of OSV-Scanner names no asset', async () => {
    const bytes = sampleBytes({ file: 'osv-scanner-results.json', format: 'osv-scanner' })
    expect((await read(bytes)).fault?.code).toBe('ASSET_UNKNOWN')
  })
})
