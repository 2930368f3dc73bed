import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chooseMember, type Load } from './choose.js'

const member = (id: string, waiting: number, turn: number | null): Load => ({
  id,
  waiting,
  lastAssignedAt: turn === null ? null : new Date(turn),
})

describe('who of several is assigned', () => {
  it('is who has the fewest waiting; of those, whose turn is longest ago', () => {
    const members = [member('ann', 2, null), member('ben', 1, 300), member('cem', 1, 200), member('dee', 3, 1)]
    expect(chooseMember('leastLoaded', members)?.id).toBe('cem')
  })

  it('is in turns whose turn is longest ago, whatever waits, and first who never had one', () => {
    const members = [member('ann', 0, 300), member('ben', 9, 200), member('cem', 0, 250)]
    expect(chooseMember('roundRobin', members)?.id).toBe('ben')
    expect(chooseMember('roundRobin', [...members, member('new', 9, null)])?.id).toBe('new')
  })

  it('is the same whatever order they are named in, and nobody of none', () => {
    expect(chooseMember('leastLoaded', [])).toBeUndefined()
    const load = fc.record({
      id: fc.string({ minLength: 1, maxLength: 3 }),
      waiting: fc.nat(3),
      lastAssignedAt: fc.option(fc.date({ noInvalidDate: true })),
    })
    const choice = fc.constantFrom('leastLoaded' as const, 'roundRobin' as const)
    fc.assert(
      fc.property(fc.uniqueArray(load, { selector: ({ id }) => id, minLength: 1 }), choice, (members, how) => {
        expect(chooseMember(how, members.toReversed())?.id).toBe(chooseMember(how, members)?.id)
      }),
    )
  })

  it('goes round everybody before anybody comes a second time', () => {
    const turns = new Map<string, Date>()
    const ids = ['dee', 'ann', 'cem', 'ben']
    const chosen = Array.from({ length: 12 }, (_, round) => {
      const members = ids.map((id) => ({ id, waiting: 0, lastAssignedAt: turns.get(id) ?? null }))
      const id = chooseMember('roundRobin', members)?.id ?? ''
      turns.set(id, new Date(round))
      return id
    })
    expect(chosen).toEqual([...ids.toSorted(), ...ids.toSorted(), ...ids.toSorted()])
  })

  it('shares out evenly by load while nothing is decided', () => {
    const waiting = new Map(['ann', 'ben', 'cem'].map((id) => [id, 0]))
    for (let round = 0; round < 30; round++) {
      const members = [...waiting].map(([id, count]) => ({ id, waiting: count, lastAssignedAt: null }))
      const { id = '' } = chooseMember('leastLoaded', members) ?? {}
      waiting.set(id, (waiting.get(id) ?? 0) + 1)
    }
    expect([...waiting.values()]).toEqual([10, 10, 10])
  })
})
