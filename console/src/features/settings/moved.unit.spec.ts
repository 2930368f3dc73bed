import { describe, expect, it } from 'vitest'
import { moved } from './moved.js'

describe('an ordered list', () => {
  it('keeps every item when one is moved', () => {
    expect(moved(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b'])
    expect(moved(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c'])
  })
})
