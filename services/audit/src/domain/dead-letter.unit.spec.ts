import { describe, expect, it } from 'vitest'
import { causeOf, serviceOf } from './dead-letter.js'

describe('the cause of a dead letter', () => {
  it.each([
    [
      'PoisonError: the record cannot be decoded: premature EOF',
      'RECORD_UNREADABLE',
      'The record cannot be decoded: premature EOF',
    ],
    ['PoisonError: an event of tickets has a version', 'RECORD_REFUSED', 'An event of tickets has a version'],
    ['severity: "grave" is none of the six', 'RECORD_REFUSED', 'Severity: "grave" is none of the six'],
    ['TypeError: x is undefined', 'CONSUMER_FAILED', 'The consumer failed with TypeError: x is undefined'],
    ['error: null value\nin x', 'CONSUMER_FAILED', 'The consumer failed with a database error: null value\nin x'],
    ['', 'RECORD_REFUSED', 'No cause was given.'],
  ])('of %j is %s', (reason, code, message) => {
    expect(causeOf(reason)).toEqual({ code, message })
  })

  it('belongs to the service that its consumer is named after', () => {
    expect([serviceOf('scope.exceptions.v1'), serviceOf('scope-ingest'), serviceOf('audit.redrives')]).toEqual([
      'scope',
      'scope',
      'audit',
    ])
  })
})
