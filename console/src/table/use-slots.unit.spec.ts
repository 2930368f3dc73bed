import { describe, expect, it } from 'vitest'
import { nextSlots } from './use-slots.js'

const after = (...views: string[][]) => {
  let slots: ReadonlyMap<string, number> = new Map()
  for (const ids of views) slots = nextSlots(slots, ids)
  return Object.fromEntries(slots)
}

describe('slots of rows', () => {
  it('gives each row a number of its own', () => {
    expect(after(['a', 'b', 'c'])).toEqual({ a: 0, b: 1, c: 2 })
  })

  it('leaves a row its number as long as it is on screen, and gives those that have gone to those that come', () => {
    expect(after(['a', 'b', 'c'], ['b', 'c', 'd'])).toEqual({ b: 1, c: 2, d: 0 })
    expect(after(['a', 'b', 'c'], ['new', 'a', 'b'])).toEqual({ new: 2, a: 0, b: 1 })
    expect(after(['a', 'b', 'c'], ['x', 'y', 'z'])).toEqual({ x: 0, y: 1, z: 2 })
  })

  it('never needs more numbers than there were rows at once', () => {
    const views = Array.from({ length: 50 }, (_, start) => Array.from({ length: 9 }, (__, n) => `row ${start * 4 + n}`))
    expect(Math.max(...Object.values(after(...views)))).toBe(8)
  })

  it('does not change what stays when it is asked again', () => {
    const once = nextSlots(new Map(), ['a', 'b'])
    expect(nextSlots(once, ['a', 'b'])).toEqual(once)
  })
})
