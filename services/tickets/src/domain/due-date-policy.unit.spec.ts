import { describe, expect, it } from 'vitest'
import { type DueDatePolicy, dueDateBy } from './due-date-policy.js'
import type { Bucket } from './tally.js'

const policy: DueDatePolicy = {
  severity: { critical: 15, high: 30, medium: 90, low: null, none: null, unknown: 90 },
  criticality: { critical: 10, high: null, medium: null, low: null },
  kev: 3,
}

const bucket = (changes: Partial<Bucket>): Bucket => ({
  severity: 'high',
  criticality: null,
  kev: false,
  instances: 1,
  firstSeen: new Date('2026-03-01T23:59:00Z'),
  ...changes,
})

describe('the policy', () => {
  it.each<[string, Partial<Bucket>, string | null]>([
    ['severity', {}, '2026-03-31'],
    ['a lower severity', { severity: 'medium' }, '2026-05-30'],
    ['criticality, where that is shorter', { criticality: 'critical' }, '2026-03-11'],
    ['severity, where the criticality asks for nothing', { criticality: 'high' }, '2026-03-31'],
    ['severity, where the criticality is a word of nobody’s', { criticality: 'toString' }, '2026-03-31'],
    ['KEV, where that is shortest', { kev: true, criticality: 'critical' }, '2026-03-04'],
    ['nothing, where nothing asks for a date', { severity: 'low' }, null],
    ['KEV alone, where nothing else asks for a date', { severity: 'low', kev: true }, '2026-03-04'],
  ])('counts from the first sighting by %s', (_, changes, due) => {
    expect(dueDateBy(policy, [bucket(changes)])).toBe(due)
  })

  it('is as early as the first of the instances is due, which need not be the worst', () => {
    const old = bucket({ severity: 'medium', firstSeen: new Date('2025-12-01T00:00:00Z') })
    expect(dueDateBy(policy, [bucket({ severity: 'critical' }), old, bucket({ severity: 'low' })])).toBe('2026-03-01')
    expect(dueDateBy(policy, [])).toBeNull()
  })

  it('counts leap days as days', () => {
    expect(dueDateBy(policy, [bucket({ firstSeen: new Date('2028-02-15T12:00:00Z') })])).toBe('2028-03-16')
    expect(dueDateBy(policy, [bucket({ firstSeen: new Date('2027-02-15T12:00:00Z') })])).toBe('2027-03-17')
  })
})
