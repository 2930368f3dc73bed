import { describe, expect, it } from 'vitest'
import { askedPause, isLost, nextAttempt, outcomeOf, RETRY_PAUSES_MS } from './webhook-retry.js'

const now = new Date('2026-11-22T10:00:00Z')
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const pause = (attempts: number, asked: number | null = null, random = 0) => {
  const at = nextAttempt(attempts, now, asked, random)
  return at === null ? null : at.getTime() - now.getTime()
}

describe('the next attempt', () => {
  it('comes ever later, and after the tenth no more', () => {
    expect(Array.from({ length: 10 }, (_, index) => pause(index + 1))).toEqual([...RETRY_PAUSES_MS, null])
    expect(RETRY_PAUSES_MS.reduce((sum, one) => sum + one, 0)).toBeGreaterThan(3 * DAY_MS)
  })

  it('does not come with all the others', () => {
    expect(pause(1, null, 1)).toBe(5_500)
  })

  it('waits as long as the receiver asks, up to a day', () => {
    expect(pause(1, 60_000)).toBe(60_000)
    expect(pause(2, 60_000)).toBe(300_000)
    expect(pause(1, 30 * DAY_MS)).toBe(DAY_MS)
  })

  it.each([
    ['120', 120_000],
    ['Sun, 22 Nov 2026 10:01:00 GMT', 60_000],
    ['Sun, 22 Nov 2026 09:00:00 GMT', 0],
    ['soon', null],
    ['-5', null],
    ['99999999999999', null],
    [undefined, null],
  ])('reads Retry-After %s as %s', (header, asked) => {
    // A date in the far past asks for nothing, as nothing does.
    expect(askedPause(header, now) ?? 0).toBe(asked ?? 0)
  })
})

describe('an answer', () => {
  it.each([
    [200, 'delivered'],
    [204, 'delivered'],
    [301, 'failed'],
    [302, 'failed'],
    [400, 'failed'],
    [410, 'gone'],
    [429, 'failed'],
    [500, 'failed'],
  ])('%i is %s', (status, outcome) => {
    expect(outcomeOf(status)).toBe(outcome)
  })
})

describe('a webhook', () => {
  const days = (count: number) => new Date(now.getTime() - count * DAY_MS)

  it.each([
    [days(5), 10, true],
    [days(9), 50, true],
    [days(4.9), 500, false],
    [days(5), 9, false],
    [null, 0, false],
  ])('failing since %s, %i times, is lost: %s', (failingSince, failures, lost) => {
    expect(isLost({ failingSince, failures }, now, 5 * DAY_MS)).toBe(lost)
  })
})
