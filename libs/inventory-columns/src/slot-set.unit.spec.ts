import fc from 'fast-check'
import { expect, it } from 'vitest'
import { hasBit, newBits } from './bits.js'
import { SlotSet } from './slot-set.js'

// Dense ones become bits, spread ones stay a table.
const step = (most: number) => fc.tuple(fc.boolean(), fc.integer({ min: 1, max: most }))
const history = fc.constantFrom(40, 400, 100_000).chain((most) => fc.array(step(most), { maxLength: 800, size: 'max' }))

it('a set of rows has what was added and not removed, however many they are', () => {
  fc.assert(
    fc.property(history, (steps) => {
      const set = new SlotSet()
      const expected = new Set<number>()
      for (const [adds, slot] of steps) {
        if (adds) {
          expect(set.add(slot)).toBe(!expected.has(slot))
          expected.add(slot)
        } else {
          expect(set.delete(slot)).toBe(expected.delete(slot))
        }
      }
      const found: number[] = []
      set.forEach((slot) => {
        found.push(slot)
      })
      expect(found.sort((a, b) => a - b)).toEqual([...expected].sort((a, b) => a - b))
      expect(set.size).toBe(expected.size)
      const bits = newBits(100_001)
      set.mark(bits)
      expect([...expected].every((slot) => hasBit(bits, slot) && set.has(slot))).toBe(true)
      expect(set.countIn(bits)).toBe(expected.size)
      expect(set.countIn(newBits(100_001))).toBe(0)
    }),
    { numRuns: 200 },
  )
})

it('a hundred thousand of a hundred thousand rows take a bit each', () => {
  const set = new SlotSet()
  for (let slot = 1; slot <= 100_000; slot++) set.add(slot)
  expect(set.bytes).toBeLessThan(20_000)
  const few = new SlotSet()
  for (let slot = 1; slot <= 50; slot++) few.add(slot * 200_000)
  expect(few.bytes).toBeLessThan(1_000)
})
