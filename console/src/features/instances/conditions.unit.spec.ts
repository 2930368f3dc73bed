import { describe, expect, it } from 'vitest'
import { type Condition, readConditions, writeConditions } from './conditions.js'

const FIELDS = [
  { name: 'severity', type: 'string', description: '' },
  { name: 'asset.name', type: 'string', description: '' },
  { name: 'scanners', type: 'list of string', description: '' },
  { name: 'cvss', type: 'double', description: '' },
  { name: 'port', type: 'int', description: '' },
  { name: 'kev', type: 'bool', description: '' },
  { name: 'firstSeen', type: 'timestamp', description: '' },
]

describe('the filter builder', () => {
  it.each<[Condition, string]>([
    [{ field: 'severity', test: 'is', values: ['high'] }, 'severity == "high"'],
    [{ field: 'severity', test: 'is', values: ['high', 'low'] }, 'severity in ["high", "low"]'],
    [{ field: 'severity', test: 'isNot', values: ['none'] }, 'severity != "none"'],
    [{ field: 'severity', test: 'isNot', values: ['none', 'low'] }, '!(severity in ["none", "low"])'],
    [{ field: 'asset.name', test: 'contains', values: ['a "b" && c'] }, 'asset.name.contains("a \\"b\\" && c")'],
    [{ field: 'scanners', test: 'includes', values: ['grype'] }, '"grype" in scanners'],
    [{ field: 'scanners', test: 'includesNot', values: ['grype'] }, '!("grype" in scanners)'],
    [{ field: 'cvss', test: 'atLeast', values: ['7'] }, 'cvss >= 7.0'],
    [{ field: 'cvss', test: 'atMost', values: ['7.5'] }, 'cvss <= 7.5'],
    [{ field: 'port', test: 'is', values: ['443'] }, 'port == 443'],
    [{ field: 'kev', test: 'holds', values: [] }, 'kev'],
    [{ field: 'kev', test: 'holdsNot', values: [] }, '!kev'],
    [{ field: 'kev', test: 'unknown', values: [] }, '!has(kev)'],
    [{ field: 'firstSeen', test: 'olderThan', values: ['30'] }, 'now - firstSeen > duration("720h")'],
  ])('writes %j as %s, and reads it again', (condition, expression) => {
    expect(writeConditions([condition], FIELDS)).toBe(expression)
    expect(readConditions(expression, FIELDS)).toEqual([condition])
  })

  it('reads conditions that all must hold, and none from an empty filter', () => {
    expect(readConditions('severity=="high"&&kev && cvss >= 7', FIELDS)?.map(({ test }) => test)).toEqual([
      'is',
      'holds',
      'atLeast',
    ])
    expect(readConditions('  ', FIELDS)).toEqual([])
  })

  it.each([
    'severity == "high" || kev',
    '!(severity == "high" && kev)',
    'severity == "high" && (kev || cvss >= 7.0)',
    'kev == true',
    'nothing == "x"',
    'asset.name == "unfinished',
    'scanners.exists(x, x.startsWith("g"))',
    'now - firstSeen > duration("5h")',
    'severity == "\\u0041"',
  ])('leaves %s to the editor', (expression) => {
    expect(readConditions(expression, FIELDS)).toBeNull()
  })
})
