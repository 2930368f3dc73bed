import { describe, expect, it } from 'vitest'
import { chooseCvss, cvssBaseScore, cvssVersionOf } from './cvss.js'

describe('the base score of a vector', () => {
  // The worked examples of the specifications' own documents (first.org/cvss: v2 guide section 3.3, v3.1 and v4.0 examples).
  it.each([
    ['CVE-2002-0392', 'AV:N/AC:L/Au:N/C:N/I:N/A:C', 7.8],
    ['CVE-2003-0818', 'AV:N/AC:L/Au:N/C:C/I:C/A:C', 10],
    ['CVE-2003-0062', 'AV:L/AC:H/Au:N/C:C/I:C/A:C', 6.2],
    ['CVE-2013-1937', 'CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N', 6.1],
    ['CVE-2013-0375', 'CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N', 6.4],
    ['CVE-2014-3566', 'CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N', 3.1],
    ['CVE-2012-1516', 'CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H', 9.9],
    ['CVE-2009-0783', 'CVSS:3.1/AV:L/AC:L/PR:H/UI:N/S:U/C:L/I:L/A:L', 4.2],
    ['CVE-2014-2005', 'CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', 6.8],
    ['CVE-2008-1447', 'CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:C/C:N/I:H/A:N', 6.8],
    ['CVE-2014-0160', 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N', 7.5],
    ['CVE-2014-6271', 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', 9.8],
    ['CVE-2014-0224', 'CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:N', 7.4],
    ['CVE-2013-1937 in 3.0', 'CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N', 6.1],
    ['CVE-2022-41741', 'CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', 7.3],
    ['CVE-2020-3549', 'CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', 7.7],
    ['CVE-2023-3089', 'CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:N/VC:H/VI:L/VA:L/SC:N/SI:N/SA:N', 8.3],
    ['CVE-2021-44714', 'CVSS:4.0/AV:L/AC:L/AT:N/PR:N/UI:A/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N', 4.6],
    ['CVE-2022-21830', 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:A/VC:N/VI:N/VA:N/SC:L/SI:L/SA:N', 5.1],
    ['CVE-2022-22186', 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:L/VA:N/SC:N/SI:N/SA:N', 6.9],
    ['CVE-2021-44228', 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H', 10],
    ['CVE-2014-0160 in 4.0', 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N', 8.7],
  ])('is what the specification says of %s', (_name, vector, score) => {
    expect(cvssBaseScore(vector)).toBe(score)
  })

  // Drawn at random; the scores are those of another implementation (Red Hat's "cvss" 3.6 for Python).
  it.each([
    ['AV:N/AC:M/Au:M/C:P/I:P/A:C', 6.9],
    ['AV:L/AC:L/Au:M/C:P/I:P/A:N', 2.9],
    ['AV:N/AC:M/Au:S/C:C/I:P/A:C', 8.2],
    ['AV:L/AC:L/Au:S/C:N/I:N/A:P', 1.7],
    ['CVSS:3.0/AV:P/AC:H/PR:L/UI:R/S:C/C:N/I:L/A:N', 1.9],
    ['CVSS:3.0/AV:N/AC:H/PR:L/UI:N/S:C/C:L/I:L/A:H', 7.7],
    ['CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:N/A:L', 9.3],
    ['CVSS:3.1/AV:L/AC:H/PR:H/UI:N/S:U/C:N/I:N/A:L', 1.9],
    ['CVSS:3.1/AV:A/AC:H/PR:L/UI:N/S:C/C:H/I:H/A:L', 7.9],
    ['CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:C/C:N/I:N/A:N', 0],
    ['CVSS:3.1/AV:P/AC:L/PR:H/UI:N/S:C/C:L/I:H/A:N', 5.7],
    ['CVSS:4.0/AV:P/AC:H/AT:N/PR:N/UI:P/VC:L/VI:H/VA:H/SC:N/SI:N/SA:N', 4.6],
    ['CVSS:4.0/AV:N/AC:H/AT:N/PR:H/UI:P/VC:L/VI:L/VA:H/SC:H/SI:L/SA:L', 7.1],
    ['CVSS:4.0/AV:A/AC:H/AT:N/PR:H/UI:A/VC:L/VI:L/VA:N/SC:L/SI:L/SA:L', 1],
    ['CVSS:4.0/AV:N/AC:H/AT:N/PR:N/UI:N/VC:N/VI:L/VA:N/SC:H/SI:H/SA:N', 7],
    ['CVSS:4.0/AV:A/AC:H/AT:P/PR:H/UI:A/VC:L/VI:L/VA:N/SC:N/SI:L/SA:H', 2],
  ])('agrees with another implementation on %s', (vector, score) => {
    expect(cvssBaseScore(vector)).toBe(score)
  })

  it('leaves temporal, threat and environmental metrics out', () => {
    expect(cvssBaseScore('CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U/RL:O/RC:U/MAV:P')).toBe(9.8)
    expect(cvssBaseScore('CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N/E:U')).toBe(8.7)
    expect(cvssBaseScore('(AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C)')).toBe(7.8)
  })

  it.each([
    '',
    'CVSS:3.1',
    'CVSS:3.1/AV:N',
    'CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
    'CVSS:5.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
    'AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
    'CVSS:3.1/AV:constructor/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
    `CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/${'X:Y/'.repeat(200)}`,
  ])('is not known of %j', (vector) => {
    expect(cvssBaseScore(vector)).toBeUndefined()
  })

  it('knows the version by the prefix, and version 2 by its Au', () => {
    expect(cvssVersionOf('CVSS:4.0/AV:N')).toBe('4.0')
    expect(cvssVersionOf('cvss:3.0/AV:N')).toBe('3.0')
    expect(cvssVersionOf('AV:N/AC:L/Au:N/C:N/I:N/A:C')).toBe('2.0')
    expect(cvssVersionOf('AV:N/AC:L/PR:N')).toBeUndefined()
  })
})

describe('among several ratings', () => {
  const v31 = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'

  it('the newest version counts, whatever its score', () => {
    const chosen = chooseCvss([
      { version: '3.1', score: 9.8 },
      { version: 'CVSSv4', score: 5 },
      { version: '2.0', score: 10 },
    ])
    expect(chosen).toEqual({ version: '4.0', score: 5, vector: undefined })
  })

  it('of one version the source that the scanner goes by counts, else the highest', () => {
    const ratings = [
      { version: '3.1', score: 9.8 },
      { version: '3.1', score: 4, preferred: true },
      { version: '3.1', score: 9.9 },
    ]
    expect(chooseCvss(ratings)?.score).toBe(4)
    expect(chooseCvss(ratings.filter((rating) => !rating.preferred))?.score).toBe(9.9)
  })

  it('a missing or impossible score is worked out from the vector', () => {
    expect(chooseCvss([{ vector: v31 }])).toEqual({ version: '3.1', score: 9.8, vector: v31 })
    expect(chooseCvss([{ vector: v31, score: 77 }])?.score).toBe(9.8)
    expect(chooseCvss([{ vector: v31, score: Number.NaN }])?.score).toBe(9.8)
  })

  it('a vector without its prefix is read in the version it is said to be of', () => {
    expect(chooseCvss([{ version: 'CVSSv3', vector: 'AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }])?.score).toBe(9.8)
  })

  it('a rating with neither score nor vector, or of no CVSS version, is left out', () => {
    expect(chooseCvss([{ version: '3.1' }, { score: 9 }, { version: 'OWASP', score: 9 }])).toBeUndefined()
  })
})
