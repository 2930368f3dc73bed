import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodeSightings, encodeSightings, type Sighting } from './scan-part.js'

const MOST_HASH = 2 ** 52 - 1

const sighting: fc.Arbitrary<Sighting> = fc.record({
  instance: fc.integer({ min: 0, max: 2 ** 40 }),
  at: fc.integer({ min: 0, max: 253_402_300_799_999 }),
  arrival: fc.oneof(fc.integer({ min: 0, max: 1_000_000_000_000 }), fc.integer({ min: 0, max: MOST_HASH })),
})
const sorted = (sightings: readonly Sighting[]) =>
  sightings.toSorted((a, b) => a.instance - b.instance || a.arrival - b.arrival || a.at - b.at)

it('Sightings come back as they were, whatever they hold', () => {
  fc.assert(
    fc.property(fc.array(sighting, { maxLength: 200 }), (sightings) => {
      expect(sorted(decodeSightings(encodeSightings(sightings)))).toEqual(sorted(sightings))
    }),
  )
})

it('What came in one scan takes at most four bytes each', () => {
  const scan = Array.from({ length: 1_000 }, (_, n) => ({ instance: 5_000_000 + n, at: 1_772_000_000_000, arrival: n }))
  expect(encodeSightings(scan).length).toBeLessThan(4_000)
})

it('Bytes that end too early or are of another version are refused', () => {
  const bytes = encodeSightings([{ instance: 1, at: 2, arrival: 3 }])
  expect(() => decodeSightings(bytes.subarray(0, bytes.length - 1))).toThrow(RangeError)
  expect(() => decodeSightings(Buffer.from([9, 0]))).toThrow(/version 9/)
})
