import { describe, expect, it } from 'vitest'
import { readJson } from '../../../../test/formats/reading.js'

const source = { type: 'image', target: { userInput: 'acme/app:1.0', imageID: 'sha256:1', tags: [] } }
const report = (matches: unknown, more: Record<string, unknown> = {}) => ({
  matches,
  source,
  distro: { name: 'debian', version: '12' },
  descriptor: { name: 'grype', version: '0.90.0' },
  ...more,
})
const match = (vulnerability: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
  vulnerability: { id: 'CVE-2024-1111', severity: 'High', ...vulnerability },
  artifact: { name: 'a', version: '1', purl: 'pkg:npm/a@1', locations: [{ path: '/app/package-lock.json' }] },
  ...more,
})

describe('Grype', () => {
  it('gives one instance for each match, on the image that was scanned', async () => {
    const { observed, completed } = await readJson(report([match({}), match({ id: 'CVE-2024-2222' })]))
    expect(observed).toHaveLength(2)
    expect(observed[0]).toMatchObject({
      asset: { id: 'image:docker.io/acme/app:1.0', os: 'debian 12' },
      component: { name: 'a', version: '1', purl: 'pkg:npm/a@1' },
      location: 'app/package-lock.json',
      severity: 'High',
    })
    expect(completed).toMatchObject([{ findings: 2n }])
  })

  it.each([[[]], [null], [undefined]])('takes matches %j for a scan that found nothing', async (matches) => {
    const { fault, completed } = await readJson(report(matches, { ignoredMatches: null }))
    expect(fault).toBeUndefined()
    expect(completed).toMatchObject([{ findings: 0n }])
  })

  it('joins what is surely the same vulnerability, and what is not, not', async () => {
    const { observed } = await readJson(
      report([
        match({ id: 'GHSA-c3h9-896r-86jm' }, { relatedVulnerabilities: [{ id: 'CVE-2021-3121' }] }),
        match({ id: 'ELSA-2023-1' }, { relatedVulnerabilities: [{ id: 'CVE-2023-1111' }, { id: 'CVE-2023-2222' }] }),
      ]),
    )
    expect(observed.map(({ vulnerability }) => [vulnerability?.id, vulnerability?.aliases])).toEqual([
      ['CVE-2021-3121', ['GHSA-c3h9-896r-86jm']],
      ['ELSA-2023-1', []],
    ])
  })

  it('takes score and text from the related record where its own has none', async () => {
    const related = {
      id: 'CVE-2024-1111',
      description: 'text',
      cvss: [{ version: '3.1', metrics: { baseScore: 6.1 } }],
    }
    const { observed } = await readJson(report([match({ cvss: [] }, { relatedVulnerabilities: [related] })]))
    expect(observed[0]).toMatchObject({ cvss: 6.1, vulnerability: { description: 'text' } })
  })

  it('knows EPSS and exploitation where the report tells of them', async () => {
    const { observed } = await readJson(
      report([
        match({
          epss: [
            { cve: 'CVE-2024-9999', epss: 0.9 },
            { cve: 'CVE-2024-1111', epss: '0.5' },
          ],
          knownExploited: [{ cve: 'CVE-2024-1111' }],
        }),
        match({ epss: null, knownExploited: [] }),
      ]),
    )
    expect(observed[0]).toMatchObject({ epss: 0.5, kev: true })
    expect(observed[1]?.epss).toBeUndefined()
    expect(observed[1]?.kev).toBeUndefined()
  })

  it.each([
    [{ versions: ['1.1', '2.0'], state: 'fixed' }, true, ['1.1', '2.0']],
    [{ versions: [], state: 'wont-fix' }, false, []],
    [{ versions: null, state: 'not-fixed' }, false, []],
    [{ versions: [], state: 'unknown' }, undefined, []],
    [undefined, undefined, []],
  ])('knows by %j whether there is a fix', async (fix, available, versions) => {
    const { observed } = await readJson(report([match({ fix })]))
    expect(observed[0]?.fixAvailable).toBe(available)
    expect(observed[0]?.fixedVersions).toEqual(versions)
  })

  it('ignores what its own rules left out of the matches', async () => {
    const { counts } = await readJson(report([match({})], { ignoredMatches: [match({}), match({})] }))
    expect(counts).toEqual({ observed: 1, ignored: 2, rejected: 0, completed: 1 })
  })

  it.each([
    [{ type: 'image', target: { userInput: './app.tar', tags: ['acme/app:2'] } }, 'image:docker.io/acme/app:2'],
    [{ type: 'image', target: { userInput: 'a1b2c3d4e5f6', tags: ['acme/app:2'] } }, 'image:docker.io/acme/app:2'],
    [{ type: 'directory', target: '/home/jo/shop' }, 'repository:/home/jo/shop'],
    [{ type: 'file', target: './shop.jar' }, 'repository:./shop.jar'],
  ])('names the asset of %j', async (from, id) => {
    const { completed } = await readJson(report([], { source: from }))
    expect(completed[0]?.asset?.id).toBe(id)
  })

  it.each([null, {}, { type: 'directory', target: '.' }, { type: 'unknown', target: 'unknown' }])(
    'with the source %j names none',
    async (from) => {
      expect((await readJson(report([match({})], { source: from }))).fault?.code).toBe('ASSET_UNKNOWN')
      const given = await readJson(report([match({})], { source: from }), { asset: 'shop' })
      expect(given.observed[0]?.asset?.name).toBe('shop')
    },
  )

  it('rejects a match without a vulnerability', async () => {
    const { counts, completed } = await readJson(report([match({ id: null }), null, 'x', match({})]))
    expect(counts).toMatchObject({ observed: 1, rejected: 3 })
    expect(completed[0]?.findings).toBe(4n)
  })
})
