import { describe, expect, it } from 'vitest'
import { PublishQueue } from './publish-queue.js'

const of = (...texts: string[]) => texts.map((text) => ({ text, bytes: 10 }))

describe('the publish queue', () => {
  it('sends calls in their order, one flush at a time, those that wait together up to the limits', async () => {
    const flushes: string[][] = []
    let open = 0
    const queue = new PublishQueue<{ text: string; bytes: number }>(
      async (messages) => {
        expect(++open).toBe(1)
        await new Promise((resolve) => setImmediate(resolve))
        flushes.push(messages.map(({ text }) => text))
        open--
      },
      { messages: 3, bytes: 1_000 },
    )
    await Promise.all([queue.publish(of('a', 'b')), queue.publish(of('c')), queue.publish(of('d')), queue.publish([])])
    await Promise.all([queue.publish(of('e', 'f', 'g', 'h', 'i')), queue.publish(of('j'))])
    expect(flushes).toEqual([['a', 'b', 'c'], ['d'], ['e', 'f', 'g', 'h', 'i'], ['j']])
  })

  it('keeps a flush within its bytes, but for a single call that is larger', async () => {
    const flushes: number[] = []
    const queue = new PublishQueue<{ bytes: number }>(
      async (messages) => {
        flushes.push(messages.length)
      },
      { messages: 100, bytes: 25 },
    )
    await Promise.all([
      queue.publish(of('a')),
      queue.publish(of('b')),
      queue.publish(of('c')),
      queue.publish(of(...'defg')),
    ])
    expect(flushes).toEqual([2, 1, 4])
  })

  it('tells each call of a failed flush, and goes on with the next', async () => {
    let fails = true
    const queue = new PublishQueue<{ bytes: number }>(
      async () => {
        if (fails) throw new Error('away')
      },
      { messages: 2, bytes: 1_000 },
    )
    const results = await Promise.allSettled([queue.publish(of('a')), queue.publish(of('b'))])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    fails = false
    await queue.publish(of('c'))
    await queue.idle()
  })
})
