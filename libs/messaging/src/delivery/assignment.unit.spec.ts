import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assign } from './assignment.js'

const member = (name: string, ...topics: string[]) => ({ name, subscription: { topics } })
const partitionsOf = (topic: string, count: number) =>
  Array.from({ length: count }, (_, partition) => ({ topic, partition }))

describe('the assignment of partitions', () => {
  it('gives each member its even share', () => {
    const members = [member('a', 't'), member('b', 't'), member('c', 't')]
    const assigned = assign(members, partitionsOf('t', 4), new Map())
    const counts = members.map((one) => [...assigned.values()].filter((owner) => owner === one).length)
    expect(counts.toSorted()).toEqual([1, 1, 2])
  })

  it('gives a partition only to members that read its topic, and none where nobody does', () => {
    const [a, b] = [member('a', 'x'), member('b', 'y')]
    const assigned = assign(
      [a, b],
      [...partitionsOf('x', 2), ...partitionsOf('y', 1), ...partitionsOf('z', 1)],
      new Map(),
    )
    expect([...assigned].map(([{ topic }, { name }]) => `${topic}${name}`)).toEqual(['xa', 'xa', 'yb'])
  })

  it('is even, complete, and moves no partition that it need not, whoever joins and leaves', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 7 })), { maxLength: 12 }),
        (count, changes) => {
          const partitions = partitionsOf('t', count)
          let members = [member('first', 't')]
          let owners = assign(members, partitions, new Map())
          for (const [joins, index] of changes) {
            if (joins) members = [...members, member(`m${members.length}`, 't')]
            else if (members.length > 1) members = members.filter((_, at) => at !== index % members.length)
            const before = owners
            owners = assign(members, partitions, before)
            expect(owners.size).toBe(count)
            const share = (one: (typeof members)[number], of: typeof owners) =>
              [...of.values()].filter((owner) => owner === one).length
            const shares = members.map((one) => share(one, owners))
            expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1)
            // A member gains only what it lacked for its share: nothing goes round.
            for (const one of members) {
              const kept = partitions.filter(
                (partition) => before.get(partition) === one && owners.get(partition) === one,
              )
              expect(kept.length).toBeGreaterThanOrEqual(
                Math.min(share(one, before), Math.floor(count / members.length)),
              )
            }
          }
        },
      ),
    )
  })
})
