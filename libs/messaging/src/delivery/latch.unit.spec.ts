import { describe, expect, it } from 'vitest'
import { Latch } from './latch.js'

describe('a latch', () => {
  it('lets through at once while it is open', async () => {
    const latch = new Latch(true)
    await latch.wait(null)
    latch.shut()
    expect(latch.isOpen).toBe(false)
  })

  it('lets everyone who waits through when it opens', async () => {
    const latch = new Latch(false)
    const waiting = Promise.all([latch.wait(null), latch.wait(new AbortController().signal)])
    latch.open()
    latch.open()
    await waiting
  })

  it('is not waited for any longer than a signal or a time allows', async () => {
    const latch = new Latch(false)
    const controller = new AbortController()
    const waiting = latch.wait(controller.signal)
    controller.abort()
    await waiting
    await latch.wait(controller.signal)
    await latch.wait(null, 1)
    expect(latch.isOpen).toBe(false)
  })
})
