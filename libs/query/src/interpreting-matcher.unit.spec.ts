import { describe, expect, it } from 'vitest'
import { NOW, rowOf } from '../test/support/index.js'
import { compileQuery } from './compile.js'
import type { InstanceRow } from './fields.js'
import { InterpretingMatcher } from './interpreting-matcher.js'

const compiled = (text: string) => {
  const result = compileQuery(text)
  if (!result.ok) throw new Error(`${text}: ${result.faults[0]?.message}`)
  return result.query
}

const matcherOf = (queries: Record<string, string>) => {
  const matcher = new InterpretingMatcher()
  for (const [id, text] of Object.entries(queries)) matcher.set(id, compiled(text))
  return matcher
}

const pairs = (matcher: InterpretingMatcher, rows: readonly InstanceRow[]) => {
  const found = matcher.match(rows, NOW)
  return [...found.rows].map((row, index) => `${row}:${found.idOf(found.slots[index] ?? -1)}`).sort()
}

const matchedIds = (matcher: InterpretingMatcher, row: InstanceRow, now: Date) => {
  const { slots, idOf } = matcher.match([row], now)
  return [...slots].map(idOf)
}

/** A row that counts how often each of its fields is read. */
const counting = (values: Partial<InstanceRow>) => {
  const reads: Record<string, number> = {}
  const row = new Proxy(rowOf(values), {
    get(target, name) {
      reads[String(name)] = (reads[String(name)] ?? 0) + 1
      return Reflect.get(target, name)
    },
  })
  return { row, reads }
}

describe('the interpreting matcher', () => {
  it('gives the pairs of a batch, each once', () => {
    const matcher = matcherOf({
      pinned: 'vulnerability in ["CVE-1", "GHSA-1", "CVE-1"] && cvss > 5',
      either: 'vulnerability == "CVE-1" || asset.name == "web"',
      broad: 'cvss > 7',
    })
    const row = rowOf({ vulnerability: 'CVE-1', aliases: ['CVE-1', 'GHSA-1'], 'asset.name': 'web', cvss: 6 })
    expect(pairs(matcher, [row, rowOf({ cvss: 8 }), rowOf()])).toEqual(['0:either', '0:pinned', '1:broad'])
  })

  it('takes a batch of nothing and a set of nothing', () => {
    expect(pairs(new InterpretingMatcher(), [rowOf()])).toEqual([])
    expect(pairs(matcherOf({ a: 'kev' }), [])).toEqual([])
  })

  it('replaces a query of the same id and forgets a removed one, while others that share its leaves stay', () => {
    const matcher = matcherOf({ a: 'kev && cvss > 7', b: 'kev && cvss > 7' })
    const row = rowOf({ kev: true, cvss: 8, severity: 'low' })
    matcher.set('a', compiled('severity == "low"'))
    matcher.remove('nobody')
    expect(pairs(matcher, [row])).toEqual(['0:a', '0:b'])
    matcher.remove('b')
    expect(pairs(matcher, [row])).toEqual(['0:a'])
    matcher.set('b', compiled('cvss > 7 && kev'))
    expect(pairs(matcher, [row])).toEqual(['0:a', '0:b'])
    matcher.remove('a')
    matcher.remove('b')
    expect(pairs(matcher, [row])).toEqual([])
  })

  it('evaluates a leaf that many queries share once a row', () => {
    const matcher = matcherOf(
      Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`q${index}`, `cvss > 7 && port > ${index}`])),
    )
    const { row, reads } = counting({ cvss: 8, port: 1000 })
    expect(pairs(matcher, [row])).toHaveLength(100)
    expect(reads['cvss']).toBe(1)
  })

  it('does not look at queries whose pinned value the row does not have', () => {
    const matcher = matcherOf(
      Object.fromEntries(
        Array.from({ length: 100 }, (_, index) => [`q${index}`, `asset.name == "host-${index}" && port > ${index}`]),
      ),
    )
    const { row, reads } = counting({ 'asset.name': 'host-7', port: 1000 })
    expect(pairs(matcher, [row])).toEqual(['0:q7'])
    expect(reads['port']).toBe(1)
  })

  it('pins a query by its most selective value', () => {
    const matcher = matcherOf({ a: 'severity in ["high", "critical"] && asset.name == "web"' })
    const { row, reads } = counting({ severity: 'high', 'asset.name': 'db' })
    expect(pairs(matcher, [row])).toEqual([])
    expect(reads['severity']).toBeUndefined()
  })

  it('never matches a query that no value can satisfy', () => {
    expect(pairs(matcherOf({ a: 'title in []' }), [rowOf({ title: 'a' }), rowOf()])).toEqual([])
  })

  it('evaluates a batch again at another time', () => {
    const matcher = matcherOf({ a: 'now - firstSeen > duration("1h")' })
    const row = rowOf({ firstSeen: NOW })
    expect(matchedIds(matcher, row, NOW)).toEqual([])
    expect(matchedIds(matcher, row, new Date(NOW.getTime() + 3_600_001))).toEqual(['a'])
  })
})
