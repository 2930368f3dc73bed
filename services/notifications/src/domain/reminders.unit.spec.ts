import { describe, expect, it } from 'vitest'
import { remindersOf, toTell } from './reminders.js'

const at = (iso: string) => new Date(iso)
const since = at('2026-11-01T10:00:00Z')

describe('reminders of an end', () => {
  // in force since, end → when each is due
  it.each<[string, string | null, string[]]>([
    ['30 days', '2026-12-01T10:00:00Z', ['2026-11-24T10:00:00Z', '2026-11-30T10:00:00Z']],
    ['over the end of February', '2028-03-01T00:00:00Z', ['2028-02-23T00:00:00Z', '2028-02-29T00:00:00Z']],
    ['7 days and 12 hours', '2026-11-08T22:00:00Z', ['2026-11-01T22:00:00Z', '2026-11-07T22:00:00Z']],
    ['7 days, of which a week before it ends is no news', '2026-11-08T10:00:00Z', ['2026-11-07T10:00:00Z']],
    ['3 days', '2026-11-04T10:00:00Z', ['2026-11-03T10:00:00Z']],
    ['1 day', '2026-11-02T10:00:00Z', []],
    ['an hour', '2026-11-01T11:00:00Z', []],
    ['for ever', null, []],
  ])('that lasts %s', (_, end, due) => {
    const reminders = remindersOf(since, end === null ? null : at(end))
    expect(reminders.map(({ dueAt }) => dueAt.toISOString().replace('.000', ''))).toEqual(due)
  })

  it('are all of them where it is not known since when it is in force', () => {
    expect(remindersOf(null, at('2026-11-02T10:00:00Z'))).toHaveLength(2)
  })
})

describe('after a stop', () => {
  const end = at('2026-11-10T00:00:00Z')
  const both = remindersOf(since, end)

  it('the one closest to the end is told alone', () => {
    expect(toTell(both, at('2026-11-09T12:00:00Z'))?.kind).toBe('expires_in_1_day')
    expect(toTell(both.slice(0, 1), at('2026-11-05T00:00:00Z'))?.kind).toBe('expires_in_7_days')
  })

  it('none is told once the end has come', () => {
    expect(toTell(both, end)).toBeNull()
    expect(toTell([], at('2026-11-05T00:00:00Z'))).toBeNull()
  })
})
