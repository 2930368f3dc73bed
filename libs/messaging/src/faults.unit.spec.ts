import { describe, expect, it } from 'vitest'
import { isSurroundingsFault, PoisonError, SurroundingsFault } from './faults.js'

const named = (name: string, fields: object = {}) => Object.assign(new Error('x'), { name }, fields)

describe('a fault of the surroundings', () => {
  it.each([
    ['one that says so', new SurroundingsFault('away')],
    ['a database that is away', Object.assign(new Error('x'), { code: 'ECONNREFUSED' })],
    ['Kafka that is away', named('KafkaJSConnectionError')],
    ['what Kafka would try again', named('KafkaJSProtocolError', { retriable: true })],
    ['the cause of what was thrown', new Error('could not save', { cause: new SurroundingsFault('away') })],
    [
      'the cause of KafkaJS’ giving up',
      named('KafkaJSNumberOfRetriesExceeded', { retriable: false, cause: named('KafkaJSConnectionError') }),
    ],
  ])('is %s', (_what, fault) => expect(isSurroundingsFault(fault)).toBe(true))

  it.each([
    ['an ordinary error', new Error('no')],
    ['a record that Kafka refuses', named('KafkaJSProtocolError', { retriable: false })],
    ['poison, whatever caused it', new PoisonError('bad', { cause: new SurroundingsFault('away') })],
    ['something that is no error', 'away'],
    ['nothing', undefined],
  ])('is not %s', (_what, fault) => expect(isSurroundingsFault(fault)).toBe(false))

  it('is looked for no further than a few causes, even in a circle', () => {
    const circle = new Error('a')
    circle.cause = circle
    expect(isSurroundingsFault(circle)).toBe(false)
  })
})
