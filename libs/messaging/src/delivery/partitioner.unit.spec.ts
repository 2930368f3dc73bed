import { describe, expect, it } from 'vitest'
import { keysOfPartitions, partitionOf } from './partitioner.js'

describe("a key's partition", () => {
  // Values of Kafka's own Utils.murmur2, as its unit tests have them, made positive.
  it.each([
    ['21', -973_932_308],
    ['foobar', -790_332_482],
    ['a-little-bit-long-string', -985_981_536],
    ['a-little-bit-longer-string', -1_486_304_829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58_897_971],
    ['abc', 479_470_107],
  ])('is that of Kafka’s own clients for %s', (key, hash) => {
    expect(partitionOf(Buffer.from(key), 0x7fffffff)).toBe((hash & 0x7fffffff) % 0x7fffffff)
  })

  it('is one of those there are, and an empty key has one, too', () => {
    for (let n = 0; n < 1_000; n++) {
      const partition = partitionOf(Buffer.from(`key ${n}`), 7)
      expect(partition).toBeGreaterThanOrEqual(0)
      expect(partition).toBeLessThan(7)
    }
    expect(partitionOf(Buffer.alloc(0), 4)).toBeGreaterThanOrEqual(0)
  })

  it('can be had for each partition of a topic, always the same one', () => {
    const keys = keysOfPartitions('beat', 8)
    expect(keys.map((key) => partitionOf(Buffer.from(key), 8))).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect(keysOfPartitions('beat', 8)).toEqual(keys)
  })
})
