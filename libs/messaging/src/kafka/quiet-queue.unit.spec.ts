import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { RequestQueue } from './quiet-queue.js'

interface Queue extends RequestQueue {
  checkPendingRequests(): void
  maybeThrottle(milliseconds: number): void
  push(request: object): void
}

const logger = { debug() {}, warn() {} }

describe('the queue of a connection to a broker', () => {
  let queue: Queue
  const sent: number[] = []
  const request = (correlationId: number) => ({
    entry: { correlationId, apiName: 'Fetch', apiKey: 1, apiVersion: 1, resolve() {}, reject() {} },
    expectResponse: true,
    sendRequest: () => sent.push(correlationId),
  })

  beforeEach(() => {
    sent.length = 0
    queue = new RequestQueue({ maxInFlightRequests: null, requestTimeout: 1_000, logger }) as Queue
  })
  afterEach(() => {
    vi.restoreAllMocks()
  })

  it('sets no timer while no request waits', () => {
    const timers = vi.spyOn(globalThis, 'setTimeout')
    queue.checkPendingRequests()
    expect(timers).not.toHaveBeenCalled()
  })

  it('sends what a throttled broker had wait, in order, once it may', async () => {
    queue.maybeThrottle(30)
    queue.push(request(1))
    queue.push(request(2))
    expect(sent).toEqual([])
    while (sent.length < 2) await sleep(5)
    expect(sent).toEqual([1, 2])
    const timers = vi.spyOn(globalThis, 'setTimeout')
    queue.checkPendingRequests()
    expect(timers).not.toHaveBeenCalled()
  })
})
