import { describe, expect, it } from 'vitest'
import {
  daysAsked,
  type Expiration,
  endKnownAtRequest,
  endOnceActive,
  expirationFaults,
  LONGEST_DAYS,
} from './expiration.js'

const at = (text: string) => new Date(text)
const date = (day: string): Expiration => ({ type: 'date', date: day })

describe('the end of an exception', () => {
  it.each([
    ['2026-03-01', '2026-03-02T00:00:00Z'],
    ['2028-02-28', '2028-02-29T00:00:00Z'],
    ['2028-02-29', '2028-03-01T00:00:00Z'],
    ['2026-12-31', '2027-01-01T00:00:00Z'],
    // Clocks change in many places on these days; in UTC they do not.
    ['2026-03-29', '2026-03-30T00:00:00Z'],
    ['2026-10-25', '2026-10-26T00:00:00Z'],
  ])('on %s is the midnight after it, in UTC', (day, end) => {
    expect(endKnownAtRequest(date(day))).toEqual(at(end))
    expect(endOnceActive(date(day), at('2026-01-01T10:00:00Z'))).toEqual(at(end))
  })

  it('after days counts from activation, in days of 24 hours, over leap days and changes of clocks', () => {
    const days = (n: number): Expiration => ({ type: 'days', days: n })
    expect(endKnownAtRequest(days(3))).toBeNull()
    expect(endOnceActive(days(1), at('2028-02-28T13:14:15.678Z'))).toEqual(at('2028-02-29T13:14:15.678Z'))
    expect(endOnceActive(days(366), at('2028-01-01T00:00:00Z'))).toEqual(at('2029-01-01T00:00:00Z'))
    expect(endOnceActive(days(2), at('2026-03-28T23:30:00Z'))).toEqual(at('2026-03-30T23:30:00Z'))
  })

  it('at an instant is that instant, and never is none', () => {
    const end = at('2026-05-06T07:08:09.010Z')
    expect(endKnownAtRequest({ type: 'at', at: end })).toEqual(end)
    expect(endOnceActive({ type: 'at', at: end }, at('2026-01-01T00:00:00Z'))).toEqual(end)
    expect(endKnownAtRequest({ type: 'never' })).toBeNull()
    expect(endOnceActive({ type: 'never' }, at('2026-01-01T00:00:00Z'))).toBeNull()
  })
})

describe('what can be asked for as an end', () => {
  const now = at('2026-06-15T12:00:00Z')
  const later = (milliseconds: number) => new Date(now.getTime() + milliseconds)
  const faulty = (expiration: Expiration) => expirationFaults(expiration, now).map(({ pointer }) => pointer)

  it.each<[string, Expiration]>([
    ['never', { type: 'never' }],
    ['one day', { type: 'days', days: 1 }],
    ['the most days', { type: 'days', days: LONGEST_DAYS }],
    ['today, which runs until midnight', date('2026-06-15')],
    ['an instant just ahead', { type: 'at', at: later(1) }],
    ['a far date', date('2126-05-22')],
  ])('%s', (_, expiration) => {
    expect(faulty(expiration)).toEqual([])
  })

  it.each<[string, Expiration, string]>([
    ['no days', { type: 'days', days: 0 }, '/expiration/days'],
    ['negative days', { type: 'days', days: -1 }, '/expiration/days'],
    ['half a day', { type: 'days', days: 0.5 }, '/expiration/days'],
    ['too many days', { type: 'days', days: LONGEST_DAYS + 1 }, '/expiration/days'],
    ['more days than there are numbers', { type: 'days', days: 1e300 }, '/expiration/days'],
    ['yesterday', date('2026-06-14'), '/expiration/date'],
    ['this instant', { type: 'at', at: now }, '/expiration/at'],
    ['a year beyond the longest', date('2127-06-15'), '/expiration/date'],
    ['the end of time', { type: 'at', at: at('9999-12-31T23:59:59Z') }, '/expiration/at'],
  ])('is not %s', (_, expiration, pointer) => {
    expect(faulty(expiration)).toEqual([pointer])
  })
})

describe('the days that are asked for', () => {
  it.each<[string, Expiration, string, number | null]>([
    ['are unknown without an end', { type: 'never' }, '2026-03-10T09:00:00Z', null],
    ['are what they say', { type: 'days', days: 7 }, '2026-03-10T09:00:00Z', 7],
    ['are none today', { type: 'date', date: '2026-03-10' }, '2026-03-10T23:59:59Z', 0],
    ['count from the day in UTC on', { type: 'date', date: '2026-03-11' }, '2026-03-10T23:59:59Z', 1],
    ['count a leap day', { type: 'date', date: '2028-03-01' }, '2028-02-28T12:00:00Z', 2],
    ['count no leap day where there is none', { type: 'date', date: '2026-03-01' }, '2026-02-28T12:00:00Z', 1],
    ['go by the day of an instant', { type: 'at', at: new Date('2026-03-12T00:00:01Z') }, '2026-03-10T23:59:59Z', 2],
  ])('%s', (_, expiration, now, days) => {
    expect(daysAsked(expiration, new Date(now))).toBe(days)
  })
})
