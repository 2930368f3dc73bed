import { describe, expect, it } from 'vitest'
import { FeedFault, type FeedName } from '../../domain/feeds/feed.js'
import { readingOf } from './feed-reading.js'

/** Reads a document in pieces of this size. */
function read(feed: FeedName, content: string | Buffer, size = 7) {
  const reading = readingOf(feed, 'a-file')
  const bytes = Buffer.from(content)
  const entries = []
  for (let at = 0; at < bytes.length; at += size) {
    reading.push(bytes.subarray(at, at + size))
    entries.push(...reading.take())
  }
  const about = reading.end()
  return { entries: [...entries, ...reading.take()], about }
}
const faultOf = (feed: FeedName, content: string | Buffer) => {
  try {
    read(feed, content)
  } catch (error) {
    if (error instanceof FeedFault) return `${error.code}: ${error.message}`
    throw error
  }
  return null
}

const kev = (entries: unknown, more: object = {}) =>
  JSON.stringify({
    title: 'CISA Catalog of Known Exploited Vulnerabilities',
    catalogVersion: '2026.02.27',
    dateReleased: '2026-02-27T17:00:12.1234Z',
    vulnerabilities: entries,
    ...more,
  })

describe('KEV', () => {
  it('is the CVEs of the catalogue, and its date', () => {
    const content = kev([
      { cveID: 'CVE-2024-3094', vendorProject: 'Tukaani', notes: 'cveID: "no"', cwes: [{ cveID: 'x' }] },
      { cveID: 'cve-2021-44228' },
    ])
    expect(read('kev', content)).toEqual({
      entries: [
        { id: 'CVE-2024-3094', score: 1, changedAt: null },
        { id: 'CVE-2021-44228', score: 1, changedAt: null },
      ],
      about: { dated: new Date('2026-02-27T17:00:12.123Z'), entries: 2, next: null },
    })
  })

  it.each([
    [
      'an entry without a CVE',
      kev([{ cveID: 'CVE-2024-3094' }, { cveID: 'GHSA-1' }]),
      'FEED_MALFORMED: a-file, at /vulnerabilities/1: its cveID is no CVE.',
    ],
    [
      'an entry that is no object',
      kev(['CVE-2024-3094']),
      'FEED_MALFORMED: a-file, at /vulnerabilities/0: the entry is no object.',
    ],
    ['no list', kev({}), 'FEED_MALFORMED: a-file, at /vulnerabilities: here is no one list of vulnerabilities.'],
    ['nothing of it', '{}', 'FEED_MALFORMED: a-file, at /vulnerabilities: the list of vulnerabilities is not there.'],
    ['a page of a proxy', '<html>', 'FEED_MALFORMED: a-file, after 0 entries: Not JSON at byte 0'],
    [
      'no date',
      kev([{ cveID: 'CVE-2024-3094' }], { dateReleased: 'soon' }),
      'FEED_MALFORMED: a-file, at /dateReleased: there is no time here.',
    ],
    ['no entries', kev([]), 'FEED_EMPTY: a-file has no entries.'],
    [
      'fewer than it announces',
      kev([{ cveID: 'CVE-2024-3094' }], { count: 2 }),
      'FEED_MALFORMED: a-file, at /count: 2 entries are announced, and 1 are there.',
    ],
    [
      'its end',
      kev([{ cveID: 'CVE-2024-3094' }]).slice(0, -1),
      'FEED_TRUNCATED: a-file, after 1 entries: The document ends in the middle',
    ],
  ])('with %s is refused', (_what, content, expected) => {
    expect(faultOf('kev', content)).toContain(expected)
  })
})

const epss = (...lines: string[]) =>
  ['#model_version:v2025.03.14,score_date:2026-02-28T12:55:00Z', 'cve,epss,percentile', ...lines].join('\n')

describe('EPSS', () => {
  it('is a probability for each CVE, and its date', () => {
    expect(read('epss', `${epss('CVE-2024-3094,0.93,0.99', 'CVE-2021-44228,1e-05,0.01\r')}\n`)).toEqual({
      entries: [
        { id: 'CVE-2024-3094', score: 0.93, changedAt: null },
        { id: 'CVE-2021-44228', score: 0.00001, changedAt: null },
      ],
      about: { dated: new Date('2026-02-28T12:55:00Z'), entries: 2, next: null },
    })
  })

  it.each([
    ['another id', epss('CVE-2024-1,0.1', 'x'), 'line 3: "CVE-2024-1" is no CVE.'],
    [
      'a probability above 1',
      epss('CVE-2024-3094,0.1,0.1', 'CVE-2024-3095,1.1,0.1'),
      'line 4: the probability of CVE-2024-3095 is "1.1", not a number from 0 to 1.',
    ],
    [
      'no probability',
      epss('CVE-2024-3094,,0.1'),
      'line 3: the probability of CVE-2024-3094 is "", not a number from 0 to 1.',
    ],
    ['a line cut off', epss('CVE-2024-3094'), 'line 3: 1 columns stand here, and 3 in the header.'],
    ['no header', 'CVE-2024-3094,0.1', 'line 1: there is no header with the columns cve and epss.'],
    ['no date', 'cve,epss\nCVE-2024-3094,0.1', 'line 1: there is no comment with the score_date.'],
    ['no entries', epss(), 'FEED_EMPTY'],
    [
      'other characters',
      Buffer.concat([Buffer.from(epss()), Buffer.from([0x0a, 0xff, 0xfe, 0x0a])]),
      'this is not UTF-8.',
    ],
    ['a line without end', epss('x'.repeat(20_000)), 'line 3: the line has no end.'],
  ])('with %s is refused', (_what, content, expected) => {
    expect(faultOf('epss', content)).toContain(expected)
  })
})

const metric = (baseScore: unknown, type = 'Primary', extra: object = {}) => ({
  type,
  cvssData: { baseScore, ...extra },
})
const nvd = (cves: object[], more: object = {}) =>
  JSON.stringify({
    resultsPerPage: cves.length,
    startIndex: 0,
    totalResults: cves.length,
    format: 'NVD_CVE',
    version: '2.0',
    timestamp: '2026-02-28T00:00:00.000',
    vulnerabilities: cves.map((cve) => ({
      cve: { lastModified: '2026-02-01T10:00:00.123', vulnStatus: 'Analyzed', ...cve },
    })),
    ...more,
  })
const scoreOf = (metrics: object, more: object = {}) =>
  read('nvd', nvd([{ id: 'CVE-2024-3094', metrics, ...more }])).entries[0]?.score

describe('NVD', () => {
  it('is the base score of each record, with the time of its last change', () => {
    expect(read('nvd', nvd([{ id: 'CVE-2024-3094', metrics: { cvssMetricV31: [metric(10)] } }]))).toEqual({
      entries: [{ id: 'CVE-2024-3094', score: 10, changedAt: new Date('2026-02-01T10:00:00.123Z') }],
      about: { dated: new Date('2026-02-28T00:00:00Z'), entries: 1, next: null },
    })
  })

  it('Of several scores that of the newest version counts, of one version NVD’s own, else the highest', () => {
    expect(
      scoreOf({
        cvssMetricV2: [metric(9)],
        cvssMetricV30: [metric(8)],
        cvssMetricV31: [metric(7)],
        cvssMetricV40: [metric(6, 'Secondary')],
      }),
    ).toBe(6)
    expect(scoreOf({ cvssMetricV2: [metric(9)], cvssMetricV30: [metric(8)] })).toBe(8)
    expect(scoreOf({ cvssMetricV31: [metric(9.8, 'Secondary'), metric(7.5)] })).toBe(7.5)
    expect(scoreOf({ cvssMetricV31: [metric(5, 'Secondary'), metric(7.5, 'Secondary')] })).toBe(7.5)
  })

  it('A record without a score, or one that was rejected, says nothing any more', () => {
    expect(scoreOf({})).toBeNull()
    expect(scoreOf({ cvssMetricV31: [metric(7.5)] }, { vulnStatus: 'Rejected' })).toBeNull()
  })

  it('An answer in pages tells where the next one begins', () => {
    const page = nvd([{ id: 'CVE-2024-3094' }], { startIndex: 2_000, totalResults: 2_002 })
    expect(read('nvd', page).about.next).toBe(2_001)
    expect(
      read('nvd', nvd([{ id: 'CVE-2024-3094' }], { startIndex: 2_001, totalResults: 2_002 })).about.next,
    ).toBeNull()
  })

  it.each([
    [
      'a score out of range',
      nvd([{ id: 'CVE-2024-3094', metrics: { cvssMetricV31: [metric(11)] } }]),
      'at /vulnerabilities/0: a baseScore of CVE-2024-3094 is not a number from 0 to 10.',
    ],
    [
      'a score in letters',
      nvd([{ id: 'CVE-2024-3094', metrics: { cvssMetricV31: [metric('7')] } }]),
      'at /vulnerabilities/0: a baseScore of CVE-2024-3094 is not a number',
    ],
    ['an entry without its record', nvd([], { vulnerabilities: [{}] }), 'at /vulnerabilities/0: its id is no CVE.'],
    [
      'no time of change',
      nvd([{ id: 'CVE-2024-3094', lastModified: 'x' }]),
      'at /vulnerabilities/0: the lastModified of CVE-2024-3094 is no time.',
    ],
    ['another version', nvd([{ id: 'CVE-2024-3094' }], { version: '1.1' }), 'at /version: only version 2.0 is read.'],
  ])('with %s is refused', (_what, content, expected) => {
    expect(faultOf('nvd', content)).toContain(expected)
  })
})

it.each(['kev', 'epss', 'nvd'] as const)('However a document of %s is cut into pieces, it reads the same', (feed) => {
  const content = {
    kev: kev([{ cveID: 'CVE-2024-3094' }]),
    epss: epss('CVE-2024-3094,0.5,é'),
    nvd: nvd([{ id: 'CVE-2024-3094', metrics: {} }]),
  }[feed]
  const whole = read(feed, content, 1_000_000)
  for (let size = 1; size < 40; size++) expect(read(feed, content, size)).toEqual(whole)
})
