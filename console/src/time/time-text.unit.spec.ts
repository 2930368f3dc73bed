import { describe, expect, it } from 'vitest'
import { agoText, axisText, localDayText, localText, utcText } from './time-text.js'

const AT = new Date('2026-03-01T23:30:00Z')
const ago = (ms: number) => agoText(new Date(AT.getTime() + ms), AT)
const HOUR = 3_600_000

describe('a time', () => {
  it('is told from now, in the largest unit that fits, in both directions', () => {
    expect([ago(-10_000), ago(10_000)]).toEqual(['just now', 'in a moment'])
    expect([ago(-5 * 60_000), ago(-3 * HOUR), ago(24 * HOUR)]).toEqual(['5 minutes ago', '3 hours ago', 'tomorrow'])
    expect([ago(-60 * 24 * HOUR), ago(800 * 24 * HOUR)]).toEqual(['last month', 'in 2 years'])
  })

  it('is shown in the reader’s zone, where it may be another day', () => {
    expect(localDayText(AT, 'Europe/Zurich')).toBe('2 Mar 2026')
    expect(localText(AT, 'America/New_York')).toBe('1 Mar 2026, 18:30')
  })

  it('is short along an axis', () => {
    expect(axisText(AT, 'day', 'Europe/Zurich')).toBe('2 Mar')
    expect(axisText(AT, 'hour', 'Europe/Zurich')).toBe('2 Mar, 00:30')
  })

  it('is in UTC on hover', () => {
    expect(utcText(AT)).toBe('2026-03-01 23:30 UTC')
  })
})
