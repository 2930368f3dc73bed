import { describe, expect, it } from 'vitest'
import { deferralsInARow, proposalFaults } from './request-faults.js'
import type { DueDateCause, DueDateMove } from './ticket.js'

const NOW = new Date('2028-02-28T22:00:00Z')
const limits = { maxDeferralDays: 2, maxDeferralsInARow: null }

describe('a proposed date', () => {
  it.each([
    ['2028-02-27', '2028-01-01', false],
    ['2028-02-28', '2028-01-01', false],
    ['2028-02-29', '2028-01-01', true],
    ['2028-03-01', '2028-01-01', true],
    ['2028-03-02', '2028-01-01', false],
    ['2028-03-01', '2028-03-01', false],
    ['2028-03-01', '2028-02-29', true],
  ])('%s for a ticket due on %s: %s', (proposed, due, isRight) => {
    expect(proposalFaults(proposed, due, limits, NOW)).toHaveLength(isRight ? 0 : 1)
  })

  it('needs a due date to move', () => {
    expect(proposalFaults('2028-03-01', null, limits, NOW)[0]?.pointer).toBe('/proposedDueDate')
  })

  it('is bounded also where the settings bound nothing', () => {
    const free = { maxDeferralDays: null, maxDeferralsInARow: null }
    expect(proposalFaults('2128-02-04', '2028-01-01', free, NOW)).toEqual([])
    expect(proposalFaults('2128-02-05', '2028-01-01', free, NOW)).toHaveLength(1)
  })
})

describe('deferrals in a row', () => {
  const moves = (...causes: DueDateCause[]) => causes.map((cause) => ({ cause })) as DueDateMove[]

  it.each<[DueDateCause[], number]>([
    [['opened'], 0],
    [['opened', 'approved'], 1],
    [['opened', 'approved', 'approved'], 2],
    [['opened', 'approved', 'deactivated'], 0],
    [['opened', 'approved', 'approved', 'deactivated'], 1],
    [['opened', 'approved', 'manager'], 0],
    [['opened', 'approved', 'policy', 'approved'], 1],
    [['opened', 'manager', 'deactivated'], 0],
  ])('%j are %i', (causes, count) => {
    expect(deferralsInARow(moves(...causes))).toBe(count)
  })
})
