import { describe, expect, it } from 'vitest'
import { read, readJson } from '../../../../test/formats/reading.js'

const arn = (name: string) => `arn:aws:s3:::${name}`
const event = (more: Record<string, unknown> = {}) => ({
  class_uid: 2004,
  metadata: { event_code: 's3_public' },
  finding_info: { uid: 'finding-1', title: 'Bucket is public' },
  severity: 'High',
  status_code: 'FAIL',
  resources: [{ uid: arn('logs'), name: 'logs' }],
  ...more,
})

describe('OCSF', () => {
  it('is read as a list, as one event, and as one event a line', async () => {
    const two = [event(), event({ resources: [{ uid: arn('data') }] })]
    const asList = await readJson(two)
    const asLines = await read(two.map((one) => JSON.stringify(one)).join('\n'))
    expect(asList.counts).toEqual({ observed: 2, ignored: 0, rejected: 0, completed: 2 })
    expect(asLines.items).toEqual(asList.items)
    expect((await readJson(event())).counts).toMatchObject({ observed: 1, completed: 1 })
  })

  it('names a finding by its check, not by the id it has on one resource', async () => {
    const events = [
      event(),
      event({ metadata: {}, compliance: { control: 'CIS-1.2', status: 'Fail' } }),
      event({ metadata: {}, finding_info: { analytic: { uid: 'rule-7' }, uid: 'x' } }),
      event({ metadata: {}, finding_info: { title: 'A title', uid: 'x' } }),
      event({ metadata: {}, finding_info: { uid: 'x' } }),
    ]
    const { observed } = await readJson(events)
    expect(observed.map((one) => one.vulnerability?.id)).toEqual(['s3_public', 'CIS-1.2', 'rule-7', 'A title', 'x'])
  })

  it('gives one instance for each resource', async () => {
    const { observed, completed } = await readJson([
      event({ resources: [{ uid: arn('a') }, { uid: arn('b') }, { uid: arn('a') }] }),
    ])
    expect(observed.map((one) => one.asset?.id)).toEqual([arn('a'), arn('b'), arn('a')])
    expect(completed.map((one) => one.findings)).toEqual([2n, 1n])
  })

  it.each([
    [{ status_code: 'PASS' }, 'passed'],
    [{ status_code: 'pass' }, 'passed'],
    [{ class_uid: 2003, status_code: null, compliance: { status_id: 1 } }, 'passed'],
    [{ class_uid: 2003, status_code: null, compliance: { status: 'Pass' } }, 'passed'],
    [{ activity_id: 3 }, 'closed'],
    [{ status_id: 4 }, 'resolved'],
    [{ class_uid: 3002 }, 'class'],
  ])('ignores %j', async (more, reason) => {
    const { counts, ignored } = await readJson([event(), event(more)])
    expect(counts).toMatchObject({ observed: 1, ignored: 1 })
    expect(ignored[0]?.reason).toContain(reason)
  })

  it('counts a resource whose checks all passed as scanned', async () => {
    const { completed } = await readJson([event({ status_code: 'PASS' })])
    expect(completed).toMatchObject([{ findings: 0n, asset: { id: arn('logs') } }])
  })

  it('keeps a check that a person has still to make', async () => {
    expect((await readJson([event({ status_code: 'MANUAL' })])).counts.observed).toBe(1)
  })

  it('marks what the report has muted', async () => {
    const { observed } = await readJson([event({ status_id: 3 }), event({ status: 'Suppressed' }), event()])
    expect(observed.map((one) => one.suppressed)).toEqual([true, true, undefined])
  })

  it('reads vulnerabilities with their packages', async () => {
    const vulnerabilities = [
      {
        severity: 'Critical',
        cve: {
          uid: 'CVE-2024-1111',
          cvss: [
            { version: '3.1', base_score: 7.5 },
            { version: '4.0', base_score: 6.9 },
          ],
          epss: { score: '0.4' },
        },
        affected_packages: [
          { name: 'a', version: '1', purl: 'pkg:npm/a@1', path: '/app/a', fixed_in_version: '2' },
          { name: 'curl', version: '7', purl: 'pkg:deb/debian/curl@7', path: '/var/lib/dpkg/status' },
        ],
      },
      { cve: { uid: 'CVE-2024-2222' }, is_fix_available: false, affected_code: [{ file: { path: 'src/x.c' } }] },
      { advisory: { uid: 'GHSA-c3h9-896r-86jm' } },
    ]
    const { observed } = await readJson([event({ class_uid: 2002, vulnerabilities })])
    expect(
      observed.map((one) => [one.vulnerability?.id, one.component?.name, one.location, one.fixAvailable, one.severity]),
    ).toEqual([
      ['CVE-2024-1111', 'a', 'app/a', true, 'Critical'],
      ['CVE-2024-1111', 'curl', undefined, undefined, 'Critical'],
      ['CVE-2024-2222', undefined, 'src/x.c', false, 'High'],
      ['GHSA-c3h9-896r-86jm', undefined, undefined, undefined, 'High'],
    ])
    expect(observed[0]).toMatchObject({ cvss: 6.9, epss: 0.4, fixedVersions: ['2'] })
  })

  it('takes the severity by its number where the word is missing', async () => {
    const { observed } = await readJson([
      event({ severity: null, severity_id: 5 }),
      event({ severity: undefined, severity_id: 99 }),
    ])
    expect(observed.map((one) => one.severity)).toEqual(['Critical', undefined])
  })

  it('tells apart what is called the same in two accounts', async () => {
    const inAccount = (uid: string) =>
      event({ cloud: { account: { uid } }, resources: [{ name: 'logs', type: 'Bucket' }] })
    const { observed } = await readJson([inAccount('1'), inAccount('2')])
    expect(new Set(observed.map((one) => one.asset?.id)).size).toBe(2)
  })

  it('names a device or an account where there is no resource', async () => {
    const { observed } = await readJson([
      event({ resources: [], device: { hostname: 'WEB-1', os: { name: 'Debian' } } }),
      event({ resources: null, cloud: { provider: 'AWS', account: { uid: '123' } } }),
    ])
    expect(observed.map((one) => one.asset?.id)).toEqual(['host:web-1', 'cloudResource:AWS account 123'])
  })

  it('keeps owner and tags', async () => {
    const resource = {
      uid: arn('a'),
      owner: { name: 'team' },
      labels: ['prod'],
      tags: [{ name: 'env', value: 'prod' }, { name: 'x' }],
    }
    const { observed } = await readJson([event({ resources: [resource] })])
    expect(observed[0]?.asset).toMatchObject({ owner: 'team', tags: { values: ['prod', 'env:prod', 'x'] } })
  })

  it('keeps resources apart by place where one asset is given for all', async () => {
    const { observed, completed } = await readJson([event(), event({ resources: [{ uid: arn('data') }] })], {
      asset: 'account',
    })
    expect(observed.map((one) => one.location)).toEqual([arn('logs'), arn('data')])
    expect(completed).toMatchObject([{ findings: 2n, asset: { id: 'cloudResource:account' } }])
  })

  it('names no asset if its first finding names none; one among others is rejected', async () => {
    const nowhere = event({ resources: [] })
    expect((await readJson([nowhere])).fault?.code).toBe('ASSET_UNKNOWN')
    const { counts, completed } = await readJson([event(), nowhere])
    expect(counts).toMatchObject({ observed: 1, rejected: 1 })
    // On which asset it was cannot be told, so no scan counts as complete.
    expect(completed[0]?.findings).toBe(2n)
    expect((await readJson([nowhere, nowhere], { asset: 'account' })).counts.observed).toBe(2)
  })

  it('rejects what is no event', async () => {
    const { counts } = await readJson([
      event(),
      7,
      null,
      { severity: 'High' },
      event({ metadata: null, finding_info: {} }),
    ])
    expect(counts).toMatchObject({ observed: 1, rejected: 4 })
  })
})
