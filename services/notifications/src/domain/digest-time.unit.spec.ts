import { describe, expect, it } from 'vitest'
import { isTimeZone, nextDigest } from './digest-time.js'

const next = (timeZone: string, hour: number, now: string): string =>
  nextDigest({ timeZone, hour }, new Date(now)).toISOString()

describe('the next day’s mail', () => {
  it.each([
    ['later today', 'UTC', 8, '2026-11-22T07:59:59.999Z', '2026-11-22T08:00:00.000Z'],
    ['tomorrow, at the very hour', 'UTC', 8, '2026-11-22T08:00:00.000Z', '2026-11-23T08:00:00.000Z'],
    [
      'by the person’s day, not by UTC’s',
      'Pacific/Auckland',
      8,
      '2026-11-22T20:00:00.000Z',
      '2026-11-23T19:00:00.000Z',
    ],
    ['in a zone with a half hour', 'Asia/Kolkata', 8, '2026-11-22T00:00:00.000Z', '2026-11-22T02:30:00.000Z'],
    ['in winter', 'Europe/Zurich', 8, '2026-10-24T12:00:00.000Z', '2026-10-25T07:00:00.000Z'],
    ['in summer', 'Europe/Zurich', 8, '2026-03-28T12:00:00.000Z', '2026-03-29T06:00:00.000Z'],
    // Clocks jump from 2 to 3.
    ['at the jump, where its hour is none', 'Europe/Zurich', 2, '2026-03-28T12:00:00.000Z', '2026-03-29T01:00:00.000Z'],
    [
      'by UTC, where the zone is not known any more',
      'Mars/Olympus',
      8,
      '2026-11-22T00:00:00.000Z',
      '2026-11-22T08:00:00.000Z',
    ],
  ])('is %s', (_, zone, hour, now, due) => {
    expect(next(zone, hour, now)).toBe(due)
  })

  it.each(['Europe/Zurich', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Casablanca', 'America/St_Johns'])(
    'comes once each day of a year in %s, whatever its clocks do',
    (timeZone) => {
      for (const hour of [0, 1, 2, 3, 23]) {
        const days = new Set<string>()
        let now = new Date('2026-01-01T12:00:00Z')
        for (let count = 0; count < 365; count++) {
          const due = nextDigest({ timeZone, hour }, now)
          const pause = due.getTime() - now.getTime()
          if (count > 0) expect(Math.abs(pause / 3_600_000 - 24)).toBeLessThanOrEqual(1)
          days.add(new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(due))
          now = due
        }
        expect(days.size).toBe(365)
      }
    },
  )
})

describe('a time zone', () => {
  it.each([
    ['Europe/Zurich', true],
    ['UTC', true],
    ['Mars/Olympus', false],
    ['', false],
    ["'; DROP TABLE", false],
  ])('%s: %s', (name, known) => {
    expect(isTimeZone(name)).toBe(known)
  })
})
