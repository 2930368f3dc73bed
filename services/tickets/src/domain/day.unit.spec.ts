import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { addDays, dayOf, daysBetween, endOf, isOver } from './day.js'

const ZONE = process.env['TZ']
afterEach(() => {
  if (ZONE === undefined) delete process.env['TZ']
  else process.env['TZ'] = ZONE
})

const days = fc
  .integer({ min: 0, max: 200 * 365 })
  .map((n) => new Date(Date.UTC(1970, 0, 1) + n * 86_400_000).toISOString().slice(0, 10))

describe('a day', () => {
  it.each([
    ['2028-02-28', 1, '2028-02-29'],
    ['2028-02-28', 2, '2028-03-01'],
    ['2027-02-28', 1, '2027-03-01'],
    ['2028-02-29', 365, '2029-02-28'],
    ['2028-02-29', 366, '2029-03-01'],
    ['2100-02-28', 1, '2100-03-01'],
    ['2000-02-28', 1, '2000-02-29'],
    ['2026-12-31', 1, '2027-01-01'],
    ['2026-03-20', -20, '2026-02-28'],
  ])('%s and %i more are %s', (from, n, to) => {
    expect(addDays(from, n)).toBe(to)
    expect(daysBetween(from, to)).toBe(n)
  })

  it('and as many days more are so many days apart, over any leap day', () => {
    fc.assert(
      fc.property(days, fc.integer({ min: -40_000, max: 40_000 }), (from, n) => {
        fc.pre(daysBetween('1970-01-01', from) + n >= 0)
        expect(daysBetween(from, addDays(from, n))).toBe(n)
        expect(addDays(addDays(from, n), -n)).toBe(from)
      }),
    )
  })

  it('is over at midnight in UTC, to the millisecond', () => {
    expect(endOf('2028-02-29')).toEqual(new Date('2028-03-01T00:00:00Z'))
    expect(isOver('2028-02-29', new Date('2028-02-29T23:59:59.999Z'))).toBe(false)
    expect(isOver('2028-02-29', new Date('2028-03-01T00:00:00Z'))).toBe(true)
  })

  // Clocks go forward and back in all of them but Kiritimati, which is 14 hours ahead, and Kathmandu, with its quarter of an hour.
  it.each(['UTC', 'America/New_York', 'Europe/Berlin', 'Australia/Lord_Howe', 'Pacific/Kiritimati', 'Asia/Kathmandu'])(
    'is the same on a machine in %s, on every day and night of a leap year',
    (zone) => {
      process.env['TZ'] = zone
      for (let hour = 0; hour < 366 * 24; hour += 5) {
        const at = new Date(Date.UTC(2028, 0, 1, hour, 30))
        const day = new Date(Date.UTC(2028, 0, 1 + Math.floor(hour / 24))).toISOString().slice(0, 10)
        expect(dayOf(at)).toBe(day)
        expect(isOver(day, at)).toBe(false)
        expect(isOver(addDays(day, -1), at)).toBe(true)
        expect(daysBetween(dayOf(at), addDays(dayOf(at), 30))).toBe(30)
      }
    },
  )

  it('that is none is a fault', () => {
    expect(() => addDays('2026-13-01', 1)).toThrow(RangeError)
  })
})
