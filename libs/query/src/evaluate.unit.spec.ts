import { describe, expect, it } from 'vitest'
import { NOW, rowOf } from '../test/support/index.js'
import { compileQuery } from './compile.js'
import { evaluate } from './evaluate.js'
import type { InstanceRow } from './fields.js'
import type { Truth } from './query.js'

const on = (text: string, row: Partial<InstanceRow>): Truth => {
  const result = compileQuery(text)
  if (!result.ok) throw new Error(`${text}: ${result.faults[0]?.message}`)
  return evaluate(result.query, rowOf(row), NOW)
}

describe('a missing value', () => {
  it.each([
    'severity == "high"',
    'severity != "high"',
    '!(severity == "high")',
    'severity in ["high"]',
    '!(severity in [])',
    'asset.name.startsWith("")',
    '!asset.name.contains("a")',
    'cvss > 7',
    '!(cvss > 7)',
    'cvss in [7]',
    'port != 22',
    'kev',
    '!kev',
    '"a" in asset.tags',
    '!("a" in asset.tags)',
    'asset.tags.exists(x, x != "a")',
    '!asset.tags.exists(x, x != "a")',
    'firstSeen < now',
    'firstSeen >= now',
    'vulnerability != "CVE-1"',
  ])('makes %s unknown', (text) => {
    expect(on(text, {})).toBe('unknown')
  })

  it('is asked for by has, which is never unknown', () => {
    expect(on('has(kev)', {})).toBe(false)
    expect(on('!has(kev)', {})).toBe(true)
    expect(on('has(kev)', { kev: false })).toBe(true)
    expect(on('has(title)', { title: '' })).toBe(true)
    expect(on('has(asset.tags)', { 'asset.tags': [] })).toBe(true)
    expect(on('has(cvss)', { cvss: 0 })).toBe(true)
  })

  it('does not hide what the other side of && and || decides', () => {
    expect(on('kev && cvss > 7', { cvss: 5 })).toBe(false)
    expect(on('kev && cvss > 7', { cvss: 8 })).toBe('unknown')
    expect(on('kev || cvss > 7', { cvss: 8 })).toBe(true)
    expect(on('kev || cvss > 7', { cvss: 5 })).toBe('unknown')
    expect(on('!(kev && cvss > 7)', { cvss: 5 })).toBe(true)
    expect(on('has(kev) && kev', {})).toBe(false)
    expect(on('!has(kev) || !kev', {})).toBe(true)
  })

  it('is also a value of another type than its field has', () => {
    const wrong = { severity: 7, cvss: '9.8', kev: 'true', 'asset.tags': 'a', firstSeen: '2026-01-01T00:00:00Z' }
    const row = wrong as unknown as Partial<InstanceRow>
    for (const text of ['severity != "high"', 'cvss > 7', 'kev', '!("b" in asset.tags)', 'firstSeen < now']) {
      expect(on(text, row)).toBe('unknown')
      expect(on(`!(${text})`, row)).toBe('unknown')
    }
    for (const field of ['severity', 'cvss', 'kev', 'asset.tags', 'firstSeen'])
      expect(on(`has(${field})`, row)).toBe(false)
  })

  it('is also a field that the row does not have at all', () => {
    const result = compileQuery('!kev || cvss < 7')
    expect(result.ok && evaluate(result.query, {}, NOW)).toBe('unknown')
  })

  it('is also a date that is none', () => {
    expect(on('firstSeen < now || firstSeen >= now', { firstSeen: new Date(Number.NaN) })).toBe('unknown')
    expect(on('has(firstSeen)', { firstSeen: new Date(Number.NaN) })).toBe(false)
  })
})

describe('numbers', () => {
  it('NaN is no known value', () => {
    for (const text of ['cvss > 7', 'cvss <= 7', 'cvss == 7', 'cvss != 7', 'cvss in [7, 8]']) {
      expect(on(text, { cvss: Number.NaN })).toBe('unknown')
    }
    expect(on('has(cvss)', { cvss: Number.NaN })).toBe(false)
  })

  it('-0 is 0, in the row and in the query', () => {
    expect(on('cvss == 0', { cvss: -0 })).toBe(true)
    expect(on('cvss == -0.0', { cvss: 0 })).toBe(true)
    expect(on('cvss in [1, -0.0]', { cvss: 0 })).toBe(true)
    expect(on('cvss < 0', { cvss: -0 })).toBe(false)
  })

  it('are compared exactly, at thresholds too', () => {
    expect(on('cvss >= 7.0', { cvss: 6.999999999999999 })).toBe(false)
    expect(on('cvss >= 7.0', { cvss: 7 })).toBe(true)
    expect(on('epss == 0.3', { epss: 0.1 + 0.2 })).toBe(false)
    expect(on('cvss < 1e300', { cvss: Number.POSITIVE_INFINITY })).toBe(false)
  })
})

describe('text', () => {
  it('is compared code point by code point, without folding case or normalising', () => {
    expect(on('title == "é"', { title: 'e\u0301' })).toBe(false)
    expect(on('title == "E"', { title: 'e' })).toBe(false)
    expect(on('title == "𝒳"', { title: '𝒳' })).toBe(true)
    expect(on('title in ["日本", "🔥", "a", "é"]', { title: '🔥' })).toBe(true)
    expect(on('title.startsWith("")', { title: '' })).toBe(true)
  })

  it('has no patterns hidden in it', () => {
    expect(on('title.contains("a.c")', { title: 'abc' })).toBe(false)
    expect(on('title.startsWith("%")', { title: 'abc' })).toBe(false)
  })
})

describe('lists', () => {
  it('an empty list is known to have nothing', () => {
    expect(on('"a" in asset.tags', { 'asset.tags': [] })).toBe(false)
    expect(on('!("a" in asset.tags)', { 'asset.tags': [] })).toBe(true)
    expect(on('asset.tags.exists(x, x != "a")', { 'asset.tags': [] })).toBe(false)
  })

  it('duplicates change nothing', () => {
    expect(on('"a" in asset.tags', { 'asset.tags': ['b', 'a', 'a'] })).toBe(true)
  })

  it('exists asks whether one value passes all of its body', () => {
    const both = 'asset.tags.exists(x, x.startsWith("team:") && x.endsWith(":prod"))'
    expect(on(both, { 'asset.tags': ['team:a:prod'] })).toBe(true)
    expect(on(both, { 'asset.tags': ['team:a', 'x:prod'] })).toBe(false)
    expect(on('asset.tags.exists(x, !(x in ["a", "b"]))', { 'asset.tags': ['a', 'c'] })).toBe(true)
    expect(on('!asset.tags.exists(x, !(x in ["a", "b"]))', { 'asset.tags': ['a', 'b', 'a'] })).toBe(true)
  })
})

describe('the ids of a vulnerability', () => {
  const row = { vulnerability: 'CVE-2024-1', aliases: ['CVE-2024-1', 'GHSA-aaaa'] }

  it('any of them makes a test hold', () => {
    expect(on('vulnerability == "CVE-2024-1"', row)).toBe(true)
    expect(on('vulnerability == "GHSA-aaaa"', row)).toBe(true)
    expect(on('vulnerability in ["x", "GHSA-aaaa"]', row)).toBe(true)
    expect(on('vulnerability.startsWith("GHSA-")', row)).toBe(true)
    expect(on('vulnerability.endsWith("aaaa")', row)).toBe(true)
    expect(on('vulnerability.contains("CVE")', row)).toBe(true)
    expect(on('vulnerability == "CVE-2024-2"', row)).toBe(false)
  })

  it('a negated test holds only if none of them passes', () => {
    expect(on('vulnerability != "GHSA-aaaa"', row)).toBe(false)
    expect(on('vulnerability != "CVE-2024-1"', row)).toBe(false)
    expect(on('vulnerability != "CVE-2024-2"', row)).toBe(true)
    expect(on('!(vulnerability in ["GHSA-aaaa"])', row)).toBe(false)
    expect(on('!vulnerability.startsWith("GHSA-")', row)).toBe(false)
    expect(on('!vulnerability.startsWith("RHSA-")', row)).toBe(true)
  })

  it('while some of them are unknown, a test can hold and its negation cannot', () => {
    const known = { vulnerability: 'CVE-2024-1' }
    expect(on('vulnerability == "CVE-2024-1"', known)).toBe(true)
    expect(on('vulnerability == "GHSA-aaaa"', known)).toBe('unknown')
    expect(on('vulnerability != "GHSA-aaaa"', known)).toBe('unknown')
    expect(on('vulnerability == "GHSA-aaaa"', { aliases: ['GHSA-aaaa'] })).toBe(true)
    expect(on('vulnerability != "GHSA-bbbb"', { aliases: ['GHSA-aaaa'] })).toBe('unknown')
    expect(on('vulnerability != "GHSA-bbbb"', { ...known, aliases: [] })).toBe(true)
  })

  it('aliases asks the list alone', () => {
    expect(on('"CVE-2024-1" in aliases', { vulnerability: 'CVE-2024-1', aliases: [] })).toBe(false)
  })
})

describe('times', () => {
  const seen = (milliseconds: number) => ({ firstSeen: new Date(NOW.getTime() - milliseconds) })
  const HOUR = 3_600_000

  it('are compared to the millisecond', () => {
    const text = 'now - firstSeen > duration("720h")'
    expect(on(text, seen(720 * HOUR))).toBe(false)
    expect(on(text, seen(720 * HOUR + 1))).toBe(true)
    expect(on('now - firstSeen == duration("720h")', seen(720 * HOUR))).toBe(true)
    expect(on('now - firstSeen != duration("720h")', seen(720 * HOUR))).toBe(false)
    expect(on('firstSeen <= timestamp("2026-03-01T12:00:00Z")', seen(0))).toBe(true)
    expect(on('firstSeen < timestamp("2026-03-01T12:00:00Z")', seen(0))).toBe(false)
  })

  it('now is the time of evaluation', () => {
    expect(on('now >= timestamp("2026-03-01T12:00:00Z")', {})).toBe(true)
    expect(on('now > timestamp("2026-03-01T12:00:00Z")', {})).toBe(false)
  })
})
