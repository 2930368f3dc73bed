import { describe, expect, it } from 'vitest'
import { LogTail } from './log-tail.js'

const records = (first: number, count: number, bytes = 1) =>
  Array.from({ length: count }, (_, n) => ({
    topic: 'a',
    partition: 0,
    offset: BigInt(first + n),
    key: 'k',
    value: Buffer.alloc(bytes),
    headers: {},
    publishedAt: new Date(0),
  }))
const MANY = Number.MAX_SAFE_INTEGER
const offsets = (found: { offset: bigint }[] | null) => found?.map(({ offset }) => Number(offset)) ?? null

describe('the tail of the log', () => {
  const partition = {}

  it('gives what was written from any offset that it holds, over several writes', () => {
    const tail = new LogTail()
    tail.append(partition, records(5, 3))
    tail.append(partition, records(8, 2))
    expect(offsets(tail.read(partition, 6n, MANY, MANY))).toEqual([6, 7, 8, 9])
    expect(offsets(tail.read(partition, 9n, MANY, MANY))).toEqual([9])
  })

  it('holds nothing of what it did not see written', () => {
    const tail = new LogTail()
    tail.append(partition, records(5, 3))
    expect(tail.read(partition, 4n, MANY, MANY)).toBe(null)
    expect(tail.read(partition, 8n, MANY, MANY)).toBe(null)
    expect(tail.read({}, 5n, MANY, MANY)).toBe(null)
  })

  it('never has a gap: after one it begins anew', () => {
    const tail = new LogTail()
    tail.append(partition, records(5, 3))
    tail.append(partition, records(9, 2))
    expect(tail.read(partition, 5n, MANY, MANY)).toBe(null)
    expect(offsets(tail.read(partition, 9n, MANY, MANY))).toEqual([9, 10])
  })

  it('gives no more than asked for, and always one', () => {
    const tail = new LogTail()
    tail.append(partition, records(0, 10, 100))
    expect(offsets(tail.read(partition, 2n, 3, MANY))).toEqual([2, 3, 4])
    expect(offsets(tail.read(partition, 2n, MANY, 250))).toEqual([2, 3, 4])
    expect(offsets(tail.read(partition, 2n, MANY, 1))).toEqual([2])
  })

  it('forgets the oldest of all partitions once it holds 32 MiB', () => {
    const tail = new LogTail()
    const other = {}
    const MIB = 1024 * 1024
    tail.append(other, records(0, 1, MIB))
    for (let n = 0; n < 40; n++) tail.append(partition, records(n, 1, MIB))
    expect(tail.read(other, 0n, MANY, MANY)).toBe(null)
    expect(tail.read(partition, 7n, MANY, MANY)).toBe(null)
    expect(tail.read(partition, 8n, MANY, MANY)?.length).toBe(32)
  })
})
