import { describe, expect, it } from 'vitest'
import { NOW } from '../test/support/index.js'
import { compileQuery } from './compile.js'
import { holds } from './evaluate.js'
import { and, not, or } from './kleene.js'
import { hashQuery, leavesOf, literalsOf, sameQuery, toNormal } from './normal-form.js'
import type { Node, Truth } from './query.js'

const compiled = (text: string) => {
  const result = compileQuery(text)
  if (!result.ok) throw new Error(`${text}: ${result.faults[0]?.message}`)
  return result.query
}

const TRUTHS: readonly Truth[] = [true, false, 'unknown']

describe("Kleene's logic", () => {
  it('has his tables', () => {
    expect(TRUTHS.map(not)).toEqual([false, true, 'unknown'])
    expect(TRUTHS.map((a) => TRUTHS.map((b) => and([a, b])))).toEqual([
      [true, false, 'unknown'],
      [false, false, false],
      ['unknown', false, 'unknown'],
    ])
    expect(TRUTHS.map((a) => TRUTHS.map((b) => or([a, b])))).toEqual([
      [true, true, true],
      [true, false, 'unknown'],
      [true, 'unknown', 'unknown'],
    ])
  })
})

describe('the normal form', () => {
  // Every tree of at most three levels over two leaves, each true, false and unknown: all there is to De Morgan's laws.
  const leaf = (field: string): Node => ({ kind: 'leaf', leaf: { kind: 'bool', field } })
  const grow = (nodes: readonly Node[]): Node[] => [
    ...nodes,
    ...nodes.map((node): Node => ({ kind: 'not', node })),
    ...nodes.flatMap((a) =>
      nodes.flatMap((b) => (['and', 'or'] as const).map((kind): Node => ({ kind, nodes: [a, b] }))),
    ),
  ]
  const trees = grow(grow([leaf('kev'), leaf('fixAvailable')]))
  const rows = TRUTHS.flatMap((kev) =>
    TRUTHS.map((fixAvailable) => ({
      kev: kev === 'unknown' ? null : kev,
      fixAvailable: fixAvailable === 'unknown' ? null : fixAvailable,
    })),
  )
  const value = (node: Node, row: Record<string, boolean | null>): Truth => {
    switch (node.kind) {
      case 'leaf':
        return row[node.leaf.field] ?? 'unknown'
      case 'not':
        return not(value(node.node, row))
      case 'and':
        return and(node.nodes.map((part) => value(part, row)))
      case 'or':
        return or(node.nodes.map((part) => value(part, row)))
    }
  }

  it('of every small tree holds exactly where the tree is true, and of its negation exactly where it is false', () => {
    expect(trees.length).toBeGreaterThan(300)
    for (const tree of trees) {
      for (const row of rows) {
        expect(holds(toNormal(tree), row, NOW)).toBe(value(tree, row) === true)
        expect(holds(toNormal(tree, true), row, NOW)).toBe(value(tree, row) === false)
      }
    }
  })

  it('has negation at leaves only, and none where an order can be turned round', () => {
    const text = '!(kev && (cvss < 7 || !(port >= 1 && now - firstSeen > duration("1h"))) && severity != "low")'
    expect(literalsOf(compiled(text)).map(({ leaf: { field, kind }, negated }) => [field, kind, negated])).toEqual([
      ['kev', 'bool', true],
      ['cvss', 'number', false],
      ['port', 'number', false],
      ['firstSeen', 'age', false],
      ['severity', 'text', false],
    ])
  })

  it('counts each leaf once, however often and in whatever sign it stands', () => {
    expect(leavesOf(compiled('kev && cvss > 7 || !kev && !(cvss <= 7.0) || "high" == severity'))).toHaveLength(3)
  })
})

describe('the key of a query', () => {
  it.each([
    ['kev && cvss > 7', 'cvss > 7.0 && kev'],
    ['kev && (cvss > 7 && fixAvailable)', '(fixAvailable && kev) && 7 < cvss'],
    ['kev && kev', 'kev'],
    ['(kev || fixAvailable) && (fixAvailable || kev)', 'kev || fixAvailable'],
    ['!(kev || cvss < 7)', '!kev && cvss >= 7'],
    ['severity in ["high", "low", "high"]', 'severity in ["low", "high"]'],
    ['!(severity == "low")', '"low" != severity'],
    ['"a" in asset.tags', 'asset.tags.exists(y, y == "a")'],
    ['asset.tags.exists(a, a != "x" && a != "y")', 'asset.tags.exists(b, b != "y" && b != "x")'],
    ['firstSeen < now - duration("24h")', 'now - firstSeen > duration("1440m")'],
    ['kev // comment', 'kev'],
  ])('is the same for %s and %s', (a, b) => {
    expect(sameQuery(compiled(a), compiled(b))).toBe(true)
    expect(hashQuery(compiled(a))).toBe(hashQuery(compiled(b)))
  })

  it.each([
    ['kev', '!kev'],
    ['kev', 'has(kev)'],
    ['kev && fixAvailable', 'kev || fixAvailable'],
    ['cvss > 7', 'cvss >= 7'],
    ['cvss > 7', 'epss > 7'],
    ['port == 7', 'cvss == 7'],
    ['severity == "low"', 'severity != "low"'],
    ['title == "a"', 'title.startsWith("a")'],
    ['title in ["a", "b"]', 'title == "a\\",\\"b"'],
    ['title == "a"', 'title == "A"'],
    ['"a" in asset.tags', '"a" in scanners'],
    ['asset.tags.exists(x, x != "a")', '!("a" in asset.tags)'],
    ['vulnerability == "a"', '"a" in aliases'],
    ['(kev && fixAvailable) || cvss > 7', 'kev && (fixAvailable || cvss > 7)'],
    ['firstSeen > timestamp("2026-01-01T00:00:00Z")', 'now > timestamp("2026-01-01T00:00:00Z")'],
    // One has to be missing for them to differ, and then they do.
    ['kev || !kev', 'has(kev)'],
  ])('differs between %s and %s', (a, b) => {
    expect(sameQuery(compiled(a), compiled(b))).toBe(false)
    expect(hashQuery(compiled(a))).not.toBe(hashQuery(compiled(b)))
  })

  it('stays small when the query is deep and its texts need escaping', () => {
    const deep = Array.from({ length: 7 }).reduce<string>(
      (inner) => `(kev || (fixAvailable && ${inner}))`,
      'title == "\\"\\\\"',
    )
    expect(compiled(deep).key.length).toBeLessThan(500)
  })

  it('is this text, of which hashes are kept: another spelling would make every stored query look changed', () => {
    const query = compiled('vulnerability == "CVE-2024-1" && !(cvss < 7 || "a" in asset.tags)')
    expect(query.key).toBe('and(!asset.tags oneOf["a"],cvss >= 7,vulnerability oneOf["CVE-2024-1"])')
    expect(hashQuery(query)).toBe('f9db4959c3c0a38e219c4993e6d30164dd6cae967a7f7ee605284842ac1a0628')
  })
})
