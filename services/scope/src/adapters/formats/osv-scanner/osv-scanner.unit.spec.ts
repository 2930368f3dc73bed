import { describe, expect, it } from 'vitest'
import { readJson } from '../../../../test/formats/reading.js'

const asset = 'shop'
const result = (vulnerabilities: unknown, more: Record<string, unknown> = {}) => ({
  source: { path: '/work/shop/go.mod', type: 'lockfile' },
  packages: [{ package: { name: 'a.example/b', version: '1.0', ecosystem: 'Go' }, vulnerabilities, ...more }],
})
const vulnerability = (more: Record<string, unknown> = {}) => ({ id: 'GO-2024-0001', summary: 'title', ...more })

describe('OSV-Scanner', () => {
  it('gives one instance for each vulnerability of a package, joined by the groups', async () => {
    const groups = [{ ids: ['GO-2024-0001', 'GHSA-c3h9-896r-86jm'], aliases: ['CVE-2024-1111'], max_severity: '7.5' }]
    const { observed, completed } = await readJson(
      { results: [result([vulnerability(), vulnerability({ id: 'GHSA-c3h9-896r-86jm' })], { groups })] },
      { asset },
    )
    expect(observed.map(({ vulnerability: one }) => [one?.id, one?.aliases])).toEqual([
      ['CVE-2024-1111', ['GHSA-c3h9-896r-86jm', 'GO-2024-0001']],
      ['CVE-2024-1111', ['GHSA-c3h9-896r-86jm', 'GO-2024-0001']],
    ])
    expect(observed[0]).toMatchObject({
      component: { name: 'a.example/b', version: '1.0', purl: 'pkg:golang/a.example/b@1.0' },
      location: 'work/shop/go.mod',
      cvss: 7.5,
    })
    expect(completed).toMatchObject([{ findings: 2n, asset: { id: 'repository:shop' } }])
  })

  it('works the score out of the newest vector', async () => {
    const severity = [
      { type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' },
      { type: 'CVSS_V4', score: 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:L/VA:N/SC:N/SI:N/SA:N' },
    ]
    const { observed } = await readJson(
      {
        results: [
          result([
            vulnerability({ severity, database_specific: { severity: 'MODERATE' } }),
            vulnerability({ severity: severity.slice(0, 1) }),
            vulnerability(),
          ]),
        ],
      },
      { asset },
    )
    expect(observed.map((one) => [one.cvss, one.severity])).toEqual([
      [6.9, 'MODERATE'],
      [9.8, undefined],
      [undefined, undefined],
    ])
  })

  it('takes the fixed versions of this package, and no commits', async () => {
    const range = (fixed: string, type = 'SEMVER') => ({ type, events: [{ introduced: '0' }, { fixed }] })
    const affected = [
      { package: { name: 'a.example/b' }, ranges: [range('1.1'), range('2.0'), range('abcdef', 'GIT')] },
      { package: { name: 'other' }, ranges: [range('9')] },
    ]
    const { observed } = await readJson({ results: [result([vulnerability({ affected })])] }, { asset })
    expect(observed[0]).toMatchObject({ fixAvailable: true, fixedVersions: ['1.1', '2.0'] })
  })

  it('ignores what its database withdrew', async () => {
    const { counts } = await readJson(
      { results: [result([vulnerability({ withdrawn: '2024-01-01T00:00:00Z' })])] },
      { asset },
    )
    expect(counts).toMatchObject({ observed: 0, ignored: 1 })
  })

  it('gives packages of a system no place', async () => {
    const found = result([vulnerability()])
    const packages = [
      {
        package: { name: 'curl', version: '7', ecosystem: 'Debian:12' },
        vulnerabilities: [vulnerability({ id: 'DEBIAN-CVE-2024-1111' })],
      },
    ]
    const { observed } = await readJson({ results: [{ ...found, packages }] }, { asset })
    expect(observed[0]).toMatchObject({
      vulnerability: { id: 'CVE-2024-1111' },
      component: { purl: 'pkg:deb/debian/curl@7' },
    })
    expect(observed[0]?.location).toBeUndefined()
  })

  it('names no asset, except the image it scanned', async () => {
    expect((await readJson({ results: [result([vulnerability()])] })).fault?.code).toBe('ASSET_UNKNOWN')
    expect((await readJson({ results: [] })).fault?.code).toBe('ASSET_UNKNOWN')
    const image = { ...result([vulnerability()]), source: { path: 'acme/app:1', type: 'docker' } }
    expect((await readJson({ results: [image] })).completed[0]?.asset?.id).toBe('image:docker.io/acme/app:1')
  })

  it.each([[[]], [null]])('takes results %j for a scan that found nothing', async (results) => {
    const { completed } = await readJson({ results }, { asset })
    expect(completed).toMatchObject([{ findings: 0n, asset: { id: 'repository:shop' } }])
  })

  it('has the same asset for a given name whatever it finds', async () => {
    const image = { ...result([vulnerability()]), source: { path: 'acme/app:1', type: 'docker' } }
    const found = await readJson({ results: [image] }, { asset })
    const nothing = await readJson({ results: [] }, { asset })
    expect(found.completed[0]?.asset?.id).toBe(nothing.completed[0]?.asset?.id)
  })

  it('is not taken for another tool whose results are of another kind', async () => {
    const semgrep = { results: [{ check_id: 'x', path: 'a.py' }], errors: [], paths: {} }
    expect((await readJson(semgrep, { asset })).fault?.code).toBe('UNKNOWN_FORMAT')
  })

  it('rejects what has no id, and packages that are none', async () => {
    const packages = [
      7,
      { package: null, vulnerabilities: [{}, vulnerability()] },
      { package: {}, vulnerabilities: 'x' },
    ]
    const { counts } = await readJson({ results: [{ ...result([]), packages }] }, { asset })
    expect(counts).toMatchObject({ observed: 1, rejected: 3 })
  })
})
