import { describe, expect, it } from 'vitest'
import { DEFAULT_LIMITS, Limits } from './limits.js'
import { TokenBuckets } from './token-buckets.js'

const clockAt = (start = 0) => {
  let now = start
  const advance = (ms: number): void => {
    now += ms
  }
  return { now: () => now, advance }
}

const admitted = (times: number, attempt: () => void): number => {
  let count = 0
  for (let n = 0; n < times; n++) {
    try {
      attempt()
      count += 1
    } catch {}
  }
  return count
}

describe('TokenBuckets', () => {
  it('lets a burst through, then as many a second as it is refilled by', () => {
    const clock = clockAt()
    const buckets = new TokenBuckets({ perSecond: 50, burst: 200 }, clock.now)
    const take = () => buckets.take('a').ok
    expect(Array.from({ length: 300 }, take).filter(Boolean).length).toBe(200)
    clock.advance(1_000)
    expect(Array.from({ length: 300 }, take).filter(Boolean).length).toBe(50)
    clock.advance(3_600_000)
    expect(Array.from({ length: 300 }, take).filter(Boolean).length).toBe(200)
  })

  it('keeps one caller’s use from another', () => {
    const buckets = new TokenBuckets({ perSecond: 1, burst: 1 }, clockAt().now)
    expect([buckets.take('a').ok, buckets.take('a').ok, buckets.take('b').ok]).toEqual([true, false, true])
  })

  it('tells when the next one comes: then it does, and not before', () => {
    const clock = clockAt()
    const buckets = new TokenBuckets({ perSecond: 1 / 6, burst: 10 }, clock.now)
    for (let n = 0; n < 10; n++) buckets.take('a')
    expect(buckets.take('a')).toEqual({ ok: false, retryAfterSeconds: 6 })
    clock.advance(5_900)
    expect(buckets.take('a').ok).toBe(false)
    clock.advance(100)
    expect(buckets.take('a').ok).toBe(true)
  })

  it('has room for what is given back, and no more', () => {
    const buckets = new TokenBuckets({ perSecond: 1, burst: 2 }, clockAt().now)
    buckets.giveBack('a')
    expect([1, 2, 3].map(() => buckets.take('a').ok)).toEqual([true, true, false])
    buckets.giveBack('a')
    expect(buckets.take('a').ok).toBe(true)
  })

  it('forgets who has been quiet, and never holds more than a bound of them', () => {
    const clock = clockAt()
    const buckets = new TokenBuckets({ perSecond: 50, burst: 200 }, clock.now)
    for (let n = 0; n < 5_000; n++) buckets.take(`early ${n}`)
    clock.advance(10_000)
    for (let n = 0; n < 5_000; n++) buckets.take(`late ${n}`)
    expect(buckets.size).toBeLessThanOrEqual(5_001)
    for (let n = 0; n < 150_000; n++) buckets.take(`flood ${n}`)
    expect(buckets.size).toBeLessThanOrEqual(100_001)
  })
})

describe('Limits', () => {
  it('hold each caller to its own rate', () => {
    const limits = new Limits(DEFAULT_LIMITS, clockAt().now)
    expect(admitted(500, () => limits.request('user:a'))).toBe(200)
    expect(admitted(10, () => limits.request('user:b'))).toBe(10)
    expect(() => limits.request('user:a')).toThrow(
      expect.objectContaining({ code: 'TOO_MANY_REQUESTS', headers: { 'retry-after': '1' } }),
    )
  })

  it('let ten attempts to sign in fail in a minute, of one account from one address', () => {
    const clock = clockAt()
    const limits = new Limits(DEFAULT_LIMITS, clock.now)
    expect(admitted(30, () => limits.signIn('ann@reprieve.example', '1.1.1.1'))).toBe(10)
    expect(admitted(30, () => limits.signIn(' ANN@reprieve.example', '1.1.1.1'))).toBe(0)
    expect(admitted(30, () => limits.signIn('ben@reprieve.example', '1.1.1.1'))).toBe(10)
    expect(() => limits.signIn('ann@reprieve.example', '1.1.1.1')).toThrow(
      expect.objectContaining({ code: 'TOO_MANY_REQUESTS', headers: { 'retry-after': '6' } }),
    )
    clock.advance(60_000)
    expect(admitted(30, () => limits.signIn('ann@reprieve.example', '1.1.1.1'))).toBe(10)
  })

  it('do not let one address lock an account for others', () => {
    const limits = new Limits(DEFAULT_LIMITS, () => 0)
    admitted(30, () => limits.signIn('ann@reprieve.example', '1.1.1.1'))
    expect(admitted(30, () => limits.signIn('ann@reprieve.example', '2.2.2.2'))).toBe(10)
  })

  it('do not count an attempt that did not fail', () => {
    const limits = new Limits(DEFAULT_LIMITS, clockAt().now)
    expect(admitted(100, () => limits.signIn('ann@reprieve.example', '1.1.1.1')())).toBe(100)
  })
})
