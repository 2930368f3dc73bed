import { compileQuery, evaluate, type InstanceRow, type Matcher, type Query } from '@reprieve/query'
import { generatedQuery, instanceRow, NOW, rowOf, witness } from '@reprieve/query/test-support'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BatchEngine } from '../src/index.js'

const NIGHTLY = process.env['REPRIEVE_TEST_SIZE'] === 'nightly'

const compiled = (text: string): Query => {
  const result = compileQuery(text)
  if (!result.ok) throw new Error(`${text}\n${JSON.stringify(result.faults)}`)
  return result.query
}

const query = generatedQuery.map(({ text }) => compiled(text))

function matched(matcher: Matcher, rows: readonly InstanceRow[], now = NOW): string[] {
  const { rows: found, slots, idOf } = matcher.match(rows, now)
  return [...found].map((row, pair) => `${row} ${idOf(slots[pair] ?? -1)}`).sort()
}

const expected = (queries: ReadonlyMap<string, Query>, rows: readonly InstanceRow[], now = NOW): string[] =>
  rows
    .flatMap((row, index) =>
      [...queries].flatMap(([id, each]) => (evaluate(each, row, now) === true ? [`${index} ${id}`] : [])),
    )
    .sort()

describe('the batch engine', { timeout: NIGHTLY ? 30 * 60_000 : 60_000 }, () => {
  it('finds the pairs that the interpreter finds, while queries come, change and go', () => {
    let compared = 0
    const change = fc.record({ id: fc.nat(30).map(String), query: fc.option(query, { freq: 5 }) })
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 1, maxLength: 60, size: 'max' }),
        fc.array(instanceRow, { minLength: 1, maxLength: 70, size: 'max' }),
        (changes, rows) => {
          const engine = new BatchEngine()
          const queries = new Map<string, Query>()
          changes.forEach(({ id, query: next }, index) => {
            if (next === null) {
              queries.delete(id)
              engine.remove(id)
            } else {
              queries.set(id, next)
              engine.set(id, next)
            }
            if (index % 7 !== 0 && index < changes.length - 1) return
            expect(matched(engine, rows)).toEqual(expected(queries, rows))
            compared += rows.length * queries.size
          })
          for (const id of queries.keys()) engine.remove(id)
          expect(matched(engine, rows)).toEqual([])
        },
      ),
      { numRuns: NIGHTLY ? 4_000 : 120 },
    )
    expect(compared).toBeGreaterThan(NIGHTLY ? 1_000_000 : 50_000)
  })

  it('agrees with another CEL implementation, whose errors match nothing', () => {
    fc.assert(
      fc.property(
        generatedQuery,
        fc.array(instanceRow, { minLength: 40, maxLength: 40 }),
        ({ text, witness: expression }, rows) => {
          const engine = new BatchEngine()
          engine.set('q', compiled(text))
          const other = witness(expression)
          expect([...engine.match(rows, NOW).rows].sort((a, b) => a - b)).toEqual(
            rows.flatMap((row, index) => (other(row, NOW) === true ? [index] : [])),
          )
        },
      ),
      { numRuns: NIGHTLY ? 20_000 : 300 },
    )
  })

  it.each([1, 31, 32, 33, 4_095, 4_096, 4_097, 9_000])('takes a batch of %i rows', (size) => {
    const sample = fc.sample(instanceRow, { numRuns: Math.min(size, 500), seed: size })
    const rows = Array.from({ length: size }, (_, index) => sample[index % sample.length] ?? rowOf())
    const queries = new Map(fc.sample(query, { numRuns: 12, seed: size }).map((each, index) => [`q${index}`, each]))
    const engine = new BatchEngine()
    for (const [id, each] of queries) engine.set(id, each)
    expect(matched(engine, rows)).toEqual(expected(queries, rows))
    // What was found out about one batch says nothing of the next.
    expect(matched(engine, rows.toReversed())).toEqual(expected(queries, rows.toReversed()))
  })

  it('compares with hundreds of thresholds as with one', () => {
    const numbers = Array.from({ length: 160 }, (_, index) => index / 16)
    const operators = ['<', '<=', '>', '>=', '==', '!=']
    const queries = new Map<string, Query>(
      numbers.flatMap((number) =>
        operators.map((op) => [`${op} ${number}`, compiled(`cvss ${op} ${number.toFixed(4)}`)] as const),
      ),
    )
    const rows = [...numbers, -1, 10.5, Number.NaN, Number.POSITIVE_INFINITY, -0]
      .flatMap((cvss) => [rowOf({ cvss }), rowOf({ cvss: cvss + 1e-9 })])
      .concat(rowOf())
    const engine = new BatchEngine()
    for (const [id, each] of queries) engine.set(id, each)
    expect(matched(engine, rows)).toEqual(expected(queries, rows))
    // One less between two batches: what was laid out for the first does not serve the second.
    for (const id of ['> 3.125', '>= 3.125', '< 3.125', '<= 3.125']) {
      queries.delete(id)
      engine.remove(id)
    }
    expect(matched(engine, rows)).toEqual(expected(queries, rows))
  })

  it('evaluates the same rows anew at another time', () => {
    const engine = new BatchEngine()
    const queries = new Map([
      ['old', compiled('now - firstSeen > duration("720h")')],
      ['spring', compiled('now < timestamp("2026-04-01T00:00:00Z")')],
    ])
    for (const [id, each] of queries) engine.set(id, each)
    const rows = [rowOf({ firstSeen: NOW }), rowOf()]
    for (const days of [0, 29, 30, 31, 60]) {
      const now = new Date(NOW.getTime() + days * 86_400_000 + 1)
      expect(matched(engine, rows, now)).toEqual(expected(queries, rows, now))
    }
  })

  it('tells each of several ids of one query, and forgets only the one that is removed', () => {
    const engine = new BatchEngine()
    engine.set('a', compiled('kev && severity == "high"'))
    engine.set('b', compiled('severity == "high" && kev == true'))
    const rows = [rowOf({ kev: true, severity: 'high' })]
    expect(matched(engine, rows)).toEqual(['0 a', '0 b'])
    engine.remove('a')
    expect(matched(engine, rows)).toEqual(['0 b'])
    expect(engine.size).toBe(1)
  })
})
