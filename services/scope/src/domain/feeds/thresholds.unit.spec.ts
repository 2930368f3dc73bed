import { compileQuery, evaluate, instanceFields, type Query, type Row } from '@reprieve/query'
import { expect, it } from 'vitest'
import { type FeedScores, ThresholdsInUse } from './thresholds.js'

const queryOf = (expression: string): Query => {
  const compiled = compileQuery(expression)
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.faults))
  return compiled.query
}
const nothing = Object.fromEntries(Object.keys(instanceFields).map((name) => [name, null]))
const scores = (given: Partial<FeedScores>): FeedScores => ({ cvss: null, epss: null, kev: null, ...given })
const crosses = (expressions: readonly string[], before: Partial<FeedScores>, after: Partial<FeedScores>) =>
  new ThresholdsInUse(expressions.map(queryOf)).crosses(scores(before), scores(after))

it('A number that moves without meeting a value that a query compares it with crosses nothing', () => {
  expect(crosses(['cvss >= 7.0', 'epss < 0.1'], { cvss: 7.1, epss: 0.01 }, { cvss: 9.9, epss: 0.09 })).toBe(false)
})

it.each([
  ['cvss >= 7.0', 6.9, 7, true],
  ['cvss > 7.0', 6.9, 7, true],
  ['cvss > 7.0', 7, 7.1, true],
  ['cvss < 7.0', 7, 6.9, true],
  ['cvss == 7.0', 7, 7.1, true],
  ['cvss in [1.0, 7.0]', 6.9, 7, true],
  ['!(cvss <= 7.0)', 7, 7.1, true],
  ['cvss >= 7.0', 7, 7, false],
  ['cvss >= 7.0', 1, 6.9, false],
])('%s at %d and at %d: crossed is %s', (expression, before, after, expected) => {
  expect(crosses([expression], { cvss: before }, { cvss: after })).toBe(expected)
})

it('What no query asks for crosses nothing, however it changes', () => {
  expect(crosses(['severity == "high"'], {}, { cvss: 9, epss: 0.9, kev: true })).toBe(false)
  expect(crosses(['cvss > 1.0'], { epss: 0.1, kev: false }, { epss: 0.9, kev: true })).toBe(false)
})

it('A feed that begins or ceases to say something always counts, since what scanners say stood instead', () => {
  expect(crosses(['cvss >= 7.0'], {}, { cvss: 1 })).toBe(true)
  expect(crosses(['has(epss)'], { epss: 0.5 }, {})).toBe(true)
  expect(crosses(['!kev'], {}, { kev: false })).toBe(true)
  expect(crosses(['kev'], { kev: false }, { kev: true })).toBe(true)
})

it('Whatever changes what a query selects has crossed one of its values', () => {
  let state = 7
  const next = (most: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return (state >>> 8) % most
  }
  const leaf = () =>
    [
      `cvss ${['<', '<=', '>', '>=', '==', '!='][next(6)]} ${next(8)}.0`,
      `epss ${['<', '<=', '>', '>=', '==', '!='][next(6)]} 0.${next(8)}`,
      `cvss in [${next(8)}.0, ${next(8)}.0]`,
      'kev',
      'has(cvss)',
    ][next(5)]
  const some = () => scores({ cvss: next(16) / 2, epss: next(16) / 20, kev: next(2) === 0 })
  const row = (of: FeedScores): Row => ({ ...nothing, ...of })
  let differed = 0
  for (let round = 0; round < 20_000; round++) {
    const query = queryOf([`${leaf()} && ${leaf()}`, `!(${leaf()} || ${leaf()})`, `${leaf()}`][next(3)] as string)
    const [before, after] = [some(), some()]
    if (evaluate(query, row(before), new Date(0)) === evaluate(query, row(after), new Date(0))) continue
    differed += 1
    if (!new ThresholdsInUse([query]).crosses(before, after))
      expect({ query: query.key, before, after }).toBe('crossed')
  }
  expect(differed).toBeGreaterThan(2_000)
})
