import { describe, expect, it } from 'vitest'
import { NOW, rowOf } from '../test/support/index.js'
import { compileQuery } from './compile.js'
import { explain, explainHeld, heldLiterals, isConjunction } from './explain.js'
import type { InstanceRow } from './fields.js'

const because = (text: string, row: Partial<InstanceRow>) => {
  const result = compileQuery(text)
  if (!result.ok) throw new Error(`${text}: ${result.faults[0]?.message}`)
  return explain(result.query, rowOf(row), NOW)
}

describe('the explanation of a match', () => {
  const row = { severity: 'high', cvss: 8.1, kev: false, vulnerability: 'CVE-2024-7', aliases: ['GHSA-x'] }

  it('names the leaves that held, with the negated ones, in the order of the query', () => {
    expect(because('severity in ["critical", "high"] && !(kev || cvss < 7)', row)).toEqual([
      'severity in ["critical", "high"]',
      '!kev',
      'cvss >= 7.0',
    ])
  })

  it('leaves out the branches that did not hold', () => {
    expect(because('(kev && cvss > 1) || (severity == "high" && has(cvss)) || cvss > 9', row)).toEqual([
      'severity == "high"',
      'has(cvss)',
    ])
  })

  it('is empty where the query is false or unknown', () => {
    expect(because('kev', row)).toEqual([])
    expect(because('!kev', { ...row, kev: null })).toEqual([])
  })

  it('shows of a long list the values that matched, an alias among them', () => {
    const ids = Array.from({ length: 500 }, (_, index) => `"CVE-2024-${index}"`)
    expect(because(`vulnerability in [${ids}]`, row)).toEqual(['vulnerability == "CVE-2024-7"'])
    expect(because(`vulnerability in ["GHSA-x", ${ids}]`, row)).toEqual(['vulnerability in ["CVE-2024-7", "GHSA-x"]'])
    expect(because(`cvss in [8.1, ${Array.from({ length: 50 }, (_, index) => index + 20)}]`, row)).toEqual([
      'cvss == 8.1',
    ])
  })

  it('shows of a long list that did not have the value how long it was', () => {
    const ids = Array.from({ length: 500 }, (_, index) => `"CVE-2023-${1000 + index}"`)
    expect(because(`!(vulnerability in [${ids}])`, row)).toEqual([
      '!(vulnerability in ["CVE-2023-1000", "CVE-2023-1001", "CVE-2023-1002", … 497 more])',
    ])
  })

  it('names a leaf once', () => {
    expect(because('cvss > 7 && (cvss > 7 || kev)', row)).toEqual(['cvss > 7.0'])
  })
})

describe('What is kept of why a query matched', () => {
  const row = { severity: 'high', cvss: 8.1, kev: false }
  const query = (expression: string) => {
    const compiled = compileQuery(expression)
    if (!compiled.ok) throw new Error(expression)
    return compiled.query
  }
  const told = (expression: string) => {
    const of = query(expression)
    return explainHeld(of, isConjunction(of) ? null : heldLiterals(of, rowOf(row), NOW))
  }

  it.each([
    'severity == "high" && cvss > 7.0',
    'kev || cvss > 7.0',
    '(kev && cvss > 9.0) || (severity == "high" && cvss > 7.0) || cvss > 8.0',
    '!(severity == "low" && kev)',
    'cvss > 7.0 && (cvss > 7.0 || kev)',
  ])('tells the same afterwards: %s', (expression) => {
    expect(told(expression)).toEqual(because(expression, row))
  })

  it('needs nothing where all parts have to hold', () => {
    expect(isConjunction(query('cvss > 7.0 && !(kev || severity == "low")'))).toBe(true)
    expect(isConjunction(query('cvss > 7.0 && !(kev && severity == "low")'))).toBe(false)
    expect(isConjunction(query('kev'))).toBe(true)
  })
})
