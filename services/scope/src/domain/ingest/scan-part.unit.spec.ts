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

const scan = (findings: number): Sighting[] =>
  Array.from({ length: findings }, (_, n) => ({ instance: 5_000_000 + n, at: 1_772_000_000_000, arrival: n }))

it('A scan of findings that first came together takes some bytes, however many they are', () => {
  expect(encodeSightings(scan(100_000)).length).toBeLessThan(40)
})

it('Where others came between them or are gone, each such place takes some more', () => {
  const left = scan(1_000).filter((_, n) => n % 20 !== 7)
  const bytes = encodeSightings(left)
  expect(bytes.length).toBeLessThan(50 * 10 + 40)
  expect(decodeSightings(bytes)).toEqual(left)
})

it('Those in no order take at most a dozen bytes each', () => {
  const mixed = scan(1_000).map((sighting, n) => ({ ...sighting, arrival: (n * 7_919) % 1_000 }))
  expect(encodeSightings(mixed).length).toBeLessThan(12_000)
})

it('Bytes that end too early or are of another version are refused', () => {
  const bytes = encodeSightings([{ instance: 1, at: 2, arrival: 3 }])
  expect(() => decodeSightings(bytes.subarray(0, bytes.length - 1))).toThrow(RangeError)
  expect(() => decodeSightings(Buffer.from([9, 0]))).toThrow(/version 9/)
})
