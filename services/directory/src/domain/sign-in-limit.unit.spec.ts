import { describe, expect, it } from 'vitest'
import { refusedForSeconds } from './sign-in-limit.js'

const now = new Date('2026-03-01T12:00:00Z')
const secondsAgo = (...seconds: number[]) => seconds.map((ago) => new Date(now.getTime() - ago * 1_000))

describe('failed sign-ins of one account', () => {
  it('refuse nobody while they are fewer than the most', () => {
    expect(refusedForSeconds([], 3, now)).toBeNull()
    expect(refusedForSeconds(secondsAgo(50, 40), 3, now)).toBeNull()
  })

  it('refuse until the one that reached the most no longer counts', () => {
    expect(refusedForSeconds(secondsAgo(50, 40, 30), 3, now)).toBe(10)
    expect(refusedForSeconds(secondsAgo(50, 40, 30, 20), 3, now)).toBe(20)
  })

  it('refuse for a whole second at least, so that the caller’s next try is not too early', () => {
    expect(refusedForSeconds(secondsAgo(59.9), 1, now)).toBe(1)
  })
})
