import { describe, expect, it } from 'vitest'
import { ConsumerOptionsError, readConsumerOptions } from './consumer-options.js'

describe('options of a consumer', () => {
  it('are taken as they are where they can be kept', () => {
    const options = { consumer: 'people', batch: 500, retries: 0 }
    expect(readConsumerOptions('rules.v1', options)).toEqual(options)
    expect(readConsumerOptions('rules.v1', {})).toEqual({})
  })

  it.each([
    [{ batch: 0 }, /batches of 0/],
    [{ batch: 1.5 }, /batches of 1.5/],
    [{ batch: 100_000 }, /1 to 10000/],
    [{ retries: -1 }, /-1 retries/],
    [{ retries: 1_000 }, /0 to 100/],
    [{ consumer: '' }, /named ""/],
    [{ consumer: 'With Space' }, /named "With Space"/],
  ])('%j is refused, with what is possible', (options, message) => {
    expect(() => readConsumerOptions('rules.v1', options)).toThrow(ConsumerOptionsError)
    expect(() => readConsumerOptions('rules.v1', options)).toThrow(message)
  })
})
