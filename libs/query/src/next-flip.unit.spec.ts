import { describe, expect, it } from 'vitest'
import { NOW, rowOf } from '../test/support/index.js'
import { compileQuery } from './compile.js'
import { evaluate } from './evaluate.js'
import type { InstanceRow } from './fields.js'
import { isTimeRelative, nextFlip } from './next-flip.js'

const compiled = (text: string) => {
  const result = compileQuery(text)
  if (!result.ok) throw new Error(`${text}: ${result.faults[0]?.message}`)
  return result.query
}

const flip = (text: string, row: Partial<InstanceRow>, now = NOW) =>
  nextFlip(compiled(text), rowOf(row), now)?.getTime() ?? null

const T = NOW.getTime()
const HOUR = 3_600_000

describe('the next flip', () => {
  const row = { firstSeen: NOW }

  it.each([
    ['now - firstSeen > duration("720h")', T + 720 * HOUR + 1],
    ['now - firstSeen >= duration("720h")', T + 720 * HOUR],
    ['now - firstSeen < duration("720h")', T + 720 * HOUR],
    ['now - firstSeen <= duration("720h")', T + 720 * HOUR + 1],
    ['!(now - firstSeen <= duration("720h"))', T + 720 * HOUR + 1],
    ['now - firstSeen == duration("720h")', T + 720 * HOUR],
    ['now - firstSeen != duration("0s")', T + 1],
    ['firstSeen < now - duration("1h") || now - firstSeen > duration("720h")', T + HOUR + 1],
    ['now >= timestamp("2026-03-02T00:00:00Z")', Date.parse('2026-03-02T00:00:00Z')],
    ['kev && now > timestamp("2026-03-02T00:00:00Z") || now - firstSeen >= duration("2h")', T + 2 * HOUR],
  ])('of %s is the very millisecond of the change', (text, at) => {
    expect(flip(text, row)).toBe(at)
    if (text.includes('kev')) return
    const query = compiled(text)
    const before = evaluate(query, rowOf(row), new Date(at - 1))
    expect(evaluate(query, rowOf(row), new Date(at))).not.toBe(before)
  })

  it('is null where nothing changes with time', () => {
    expect(flip('severity == "high" && firstSeen < timestamp("2030-01-01T00:00:00Z")', row)).toBeNull()
    expect(isTimeRelative(compiled('firstSeen < timestamp("2030-01-01T00:00:00Z")'))).toBe(false)
    expect(isTimeRelative(compiled('kev && firstSeen < now'))).toBe(true)
  })

  it('is null once it has happened, and where the time of the row is unknown', () => {
    expect(flip('now - firstSeen > duration("1h")', { firstSeen: new Date(T - 2 * HOUR) })).toBeNull()
    expect(flip('now - firstSeen > duration("1h")', {})).toBeNull()
    expect(flip('now > timestamp("2020-01-01T00:00:00Z")', row)).toBeNull()
  })

  it('is later than now, so that asking again at a flip comes forward', () => {
    const text = 'now - firstSeen == duration("1h")'
    const first = flip(text, row)
    expect(first).toBe(T + HOUR)
    expect(flip(text, row, new Date(T + HOUR))).toBe(T + HOUR + 1)
    expect(flip(text, row, new Date(T + HOUR + 1))).toBeNull()
  })

  it('is null beyond the last instant a date can hold', () => {
    expect(flip('now - firstSeen > duration("80000000h")', { firstSeen: new Date(8.64e15) })).toBeNull()
  })
})
