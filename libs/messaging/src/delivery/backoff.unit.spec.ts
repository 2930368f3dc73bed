import { describe, expect, it } from 'vitest'
import { backoffMs, sleep } from './backoff.js'

describe('the wait between attempts', () => {
  const backoff = { firstMs: 100, mostMs: 1_000 }

  it('doubles from the first to the most', () => {
    expect([0, 1, 2, 3, 4, 50].map((failures) => backoffMs(backoff, failures, () => 1))).toEqual([
      100, 200, 400, 800, 1_000, 1_000,
    ])
  })

  it('is between a half and the whole of that by chance', () => {
    expect(backoffMs(backoff, 2, () => 0)).toBe(200)
    expect(backoffMs(backoff, 2, () => 0.5)).toBe(300)
  })
})

describe('a sleep', () => {
  it('ends at once when it is cut short, before or while it lasts', async () => {
    const from = performance.now()
    await sleep(60_000, AbortSignal.abort())
    const controller = new AbortController()
    const sleeping = sleep(60_000, controller.signal)
    controller.abort()
    await sleeping
    expect(performance.now() - from).toBeLessThan(5_000)
  })
})
