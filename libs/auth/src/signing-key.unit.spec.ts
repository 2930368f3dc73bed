import { describe, expect, it } from 'vitest'
import { type KnownKey, planRotation } from './signing-key.js'

const DAY = 86_400_000
const policy = { signsForMs: 30 * DAY, announcedForMs: DAY, longestTokenMs: 90 * DAY }
const at = (days: number): Date => new Date(Date.UTC(2026, 0, 1) + days * DAY)
const key = (kid: string, days: number, retiredAt: Date | null = null): KnownKey => ({
  kid,
  createdAt: at(days),
  retiredAt,
})

describe('planRotation', () => {
  it('asks for a first key, which signs at once', () => {
    expect(planRotation([], at(0), policy)).toEqual({ signWith: null, makeKey: true, retire: [] })
    expect(planRotation([key('a', 0)], at(0), policy)).toEqual({ signWith: 'a', makeKey: false, retire: [] })
  })

  it('announces the next key a day before it is needed', () => {
    expect(planRotation([key('a', 0)], at(28.9), policy).makeKey).toBe(false)
    expect(planRotation([key('a', 0)], at(29), policy)).toEqual({ signWith: 'a', makeKey: true, retire: [] })
  })

  it('does not sign with a key that nobody may have heard of, and asks for no further one meanwhile', () => {
    expect(planRotation([key('a', 0), key('b', 29)], at(29.9), policy)).toEqual({
      signWith: 'a',
      makeKey: false,
      retire: [],
    })
  })

  it('changes over once it is announced, and ends the old key when the last token it signed has ended', () => {
    expect(planRotation([key('a', 0), key('b', 29)], at(30), policy)).toEqual({
      signWith: 'b',
      makeKey: false,
      retire: [{ kid: 'a', at: at(120) }],
    })
    expect(planRotation([key('a', 0, at(120)), key('b', 29)], at(31), policy).retire).toEqual([])
  })

  it('never signs with a key whose end is known', () => {
    expect(planRotation([key('a', 0, at(120))], at(31), policy)).toEqual({ signWith: null, makeKey: true, retire: [] })
  })

  it('leads, over three years of looking at odd times, to one key a month, each ended once', () => {
    const keys: KnownKey[] = []
    for (let day = 0; day < 3 * 365; day += 0.7) {
      const now = at(day)
      const plan = planRotation(keys, now, policy)
      for (const { kid, at: end } of plan.retire) {
        const index = keys.findIndex((known) => known.kid === kid)
        const old = keys[index]
        expect(old?.retiredAt).toBeNull()
        if (old !== undefined) keys[index] = { ...old, retiredAt: end }
      }
      if (plan.makeKey) keys.push(key(`key ${keys.length}`, day))
      if (plan.signWith !== null) {
        const signer = keys.find(({ kid }) => kid === plan.signWith)
        expect(now.getTime() - (signer?.createdAt.getTime() ?? 0)).toBeLessThan(policy.signsForMs + 2 * DAY)
      }
    }
    expect(keys.length).toBeGreaterThanOrEqual(36)
    expect(keys.length).toBeLessThanOrEqual(38)
    expect(keys.filter(({ retiredAt }) => retiredAt === null).length).toBeLessThanOrEqual(2)
  })
})
