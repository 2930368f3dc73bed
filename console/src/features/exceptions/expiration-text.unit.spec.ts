import { describe, expect, it } from 'vitest'
import { endOf, endSentence, expirationText } from './expiration-text.js'

const NOW = new Date('2026-03-01T12:00:00Z')

describe('an expiration', () => {
  it('after days counts from activation', () => {
    expect(endOf({ type: 'days', days: 30 }, NOW)).toEqual(new Date('2026-03-31T12:00:00Z'))
    expect(expirationText({ type: 'days', days: 1 })).toBe('1 day after activation')
  })

  it('on a date runs to the end of that day in UTC', () => {
    expect(endOf({ type: 'date', date: '2026-12-31' }, NOW)).toEqual(new Date('2027-01-01T00:00:00Z'))
  })

  it('tells that days count from the last approval, unless there is none to wait for', () => {
    expect(endSentence({ type: 'days', days: 2 }, NOW, false)).toContain('from the last approval')
    expect(endSentence({ type: 'days', days: 2 }, NOW, true)).toContain('2026-03-03 12:00 UTC')
    expect(endSentence({ type: 'never' }, NOW, true)).toContain('no end')
  })
})
