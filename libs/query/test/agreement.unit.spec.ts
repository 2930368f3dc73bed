import {
  compileQuery,
  evaluate,
  explain,
  format,
  hashQuery,
  holds,
  InterpretingMatcher,
  nextFlip,
  type Query,
  sameQuery,
  toNormal,
} from '@reprieve/query'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generatedQuery, instanceRow, NOW, witness } from './support/index.js'

const compiled = (text: string): Query => {
  const result = compileQuery(text)
  if (!result.ok) throw new Error(`${text}\n${JSON.stringify(result.faults)}`)
  return result.query
}

const rows = fc.array(instanceRow, { minLength: 20, maxLength: 20 })
const query = generatedQuery.map(({ text }) => compiled(text))
// Small enough that three of them together stay within the limits.
const smallQuery = generatedQuery.filter(({ leaves }) => leaves <= 20).map(({ text }) => compiled(text))

// Seconds each on a quiet machine; a busy one must not fail them.
describe('on random queries and rows', { timeout: 60_000 }, () => {
  it('the interpreter agrees with another CEL implementation, whose errors are unknown', () => {
    const seen = new Map<unknown, number>()
    fc.assert(
      fc.property(generatedQuery, rows, ({ text, witness: expression }, batch) => {
        const ours = compiled(text)
        const other = witness(expression)
        for (const row of batch) {
          const value = other(row, NOW)
          seen.set(value, (seen.get(value) ?? 0) + 1)
          expect(evaluate(ours, row, NOW)).toBe(value)
        }
      }),
      { numRuns: 300 },
    )
    // Each of the three values has to come often, or the test would say little.
    const total = [...seen.values()].reduce((sum, count) => sum + count)
    for (const value of [true, false, 'unknown']) expect((seen.get(value) ?? 0) / total).toBeGreaterThan(0.1)
  })

  it('a query in normal form holds exactly where the query is true, and its negation exactly where it is false', () => {
    fc.assert(
      fc.property(query, rows, (ours, batch) => {
        const negation = toNormal({ kind: 'not', node: ours.root })
        for (const row of batch) {
          const value = evaluate(ours, row, NOW)
          expect(holds(ours.normal, row, NOW)).toBe(value === true)
          expect(holds(negation, row, NOW)).toBe(value === false)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('a matcher of many queries finds the pairs the interpreter finds, while queries come, change and go', () => {
    const change = fc.record({
      id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      query: fc.option(query, { freq: 4 }),
    })
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 12 }), rows, (changes, batch) => {
        const matcher = new InterpretingMatcher()
        const queries = new Map<string, Query>()
        for (const { id, query: next } of changes) {
          if (next === null) {
            queries.delete(id)
            matcher.remove(id)
          } else {
            queries.set(id, next)
            matcher.set(id, next)
          }
          const found = matcher.match(batch, NOW)
          const pairs = [...found.rows].map((row, index) => `${row} ${found.idOf(found.slots[index] ?? -1)}`)
          const expected = batch.flatMap((row, index) =>
            [...queries].flatMap(([name, each]) => (evaluate(each, row, NOW) === true ? [`${index} ${name}`] : [])),
          )
          expect(pairs.sort()).toEqual(expected.sort())
        }
      }),
      { numRuns: 100 },
    )
  })

  it('the formatted query compiles to the same tree and formats to the same text', () => {
    fc.assert(
      fc.property(query, (ours) => {
        const again = compiled(format(ours))
        expect(again.root).toEqual(ours.root)
        expect(again.normal).toEqual(ours.normal)
        expect(format(again)).toBe(format(ours))
      }),
      { numRuns: 600 },
    )
  })

  it('queries whose keys are equal are equal on every row, and equal queries in another order have equal keys', () => {
    fc.assert(
      fc.property(smallQuery, smallQuery, rows, (a, b, batch) => {
        const one = compiled(`(${format(a)}) && (${format(b)})`)
        const other = compiled(`!(!(${format(b)}) || !(${format(a)})) && (${format(b)})`)
        expect(sameQuery(one, other)).toBe(true)
        expect(hashQuery(one)).toBe(hashQuery(other))
        if (sameQuery(a, b)) for (const row of batch) expect(evaluate(a, row, NOW)).toBe(evaluate(b, row, NOW))
      }),
      { numRuns: 300 },
    )
  })

  it('the explanation is empty where a query does not match, and the reasons alone make it match where it does', () => {
    fc.assert(
      fc.property(query, rows, (ours, batch) => {
        for (const row of batch) {
          const reasons = explain(ours, row, NOW)
          expect(reasons.length > 0).toBe(evaluate(ours, row, NOW) === true)
          for (const reason of reasons) expect(evaluate(compiled(reason), row, NOW)).toBe(true)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('a query stays what it is until its next flip', () => {
    const later = fc.integer({ min: 1, max: 3_000 })
    fc.assert(
      fc.property(query, rows, later, (ours, batch, step) => {
        for (const row of batch) {
          const flip = nextFlip(ours, row, NOW)
          if (flip !== null) expect(flip.getTime()).toBeGreaterThan(NOW.getTime())
          const limit = flip?.getTime() ?? Number.POSITIVE_INFINITY
          for (const ahead of [1, 2, step, step * 3_600_000, limit - NOW.getTime() - 1]) {
            if (ahead < 0 || ahead === Number.POSITIVE_INFINITY || NOW.getTime() + ahead >= limit) continue
            expect(evaluate(ours, row, new Date(NOW.getTime() + ahead))).toBe(evaluate(ours, row, NOW))
          }
        }
      }),
      { numRuns: 300 },
    )
  })
})
