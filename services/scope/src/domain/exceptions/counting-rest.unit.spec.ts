import { describe, expect, it } from 'vitest'
import { restAfterCounting } from './counting-rest.js'

describe('the rest after counting', () => {
  it('is ten times as long as the count, half a second at least', () => {
    expect(restAfterCounting(1)).toBe(500)
    expect(restAfterCounting(200)).toBe(2_000)
  })

  it('is ten seconds at most: a count that stood still while PostgreSQL did must not be believed', () => {
    expect(restAfterCounting(60_000)).toBe(10_000)
  })
})
