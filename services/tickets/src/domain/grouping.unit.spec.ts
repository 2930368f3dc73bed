import { compileQuery } from '@reprieve/query'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expressionOf, type GroupKey, titleOf } from './grouping.js'

const word = fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' })
const keys = fc.oneof(
  fc.record({ owner: word, component: word }),
  fc.record({ asset: word }),
  fc.record({ vulnerability: word }),
)

describe('a group', () => {
  it.each<[GroupKey, string, string]>([
    [{ owner: 'a@b.example', component: 'log4j' }, '', 'asset.owner == "a@b.example" && component.name == "log4j"'],
    [{ asset: 'x"y' }, 'kev || cvss > 9.0', 'asset.id == "x\\"y" && (kev || cvss > 9.0)'],
    [{ vulnerability: 'CVE-2021-44228' }, '', 'vulnerability == "CVE-2021-44228"'],
  ])('is selected by a query', (key, filter, expression) => {
    expect(expressionOf(key, filter)).toBe(expression)
  })

  it('has a query that is right and a title that fits, whatever scanners call things', () => {
    fc.assert(
      fc.property(keys, word, (key, asset) => {
        expect(compileQuery(expressionOf(key, 'kev'))).toMatchObject({ ok: true })
        const title = titleOf(key, asset)
        expect([...title].length).toBeLessThanOrEqual(200)
      }),
    )
  })

  it('is called by what people call it', () => {
    expect(titleOf({ asset: '42' }, 'web-1')).toBe('Vulnerabilities on web-1')
    expect(titleOf({ asset: '42' }, '')).toBe('Vulnerabilities on 42')
    expect(titleOf({ owner: 'Payments', component: 'x'.repeat(300) }, '')).toHaveLength(200)
  })
})
