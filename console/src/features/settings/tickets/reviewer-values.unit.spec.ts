import { describe, expect, it } from 'vitest'
import type { TicketExceptionSettings } from '../../../api/schemas.js'
import { newReviewerRule } from '../reviewers/reviewer-rule-values.js'
import { reviewerBody, reviewerFaults, reviewerValues } from './reviewer-values.js'

const SETTINGS: TicketExceptionSettings = {
  requesterRoles: ['developer'],
  reviewerRules: [
    { name: 'Critical', when: 'ticket.severity == "critical"', reviewerId: 'sofia', choice: 'roundRobin' },
  ],
  fallbackReviewerId: null,
  fallbackChoice: 'leastLoaded',
  maxDeferralDays: 90,
  maxDeferralsInARow: null,
  version: 3,
}

describe('the settings of tickets’ exceptions as a form', () => {
  it('say the same when they are saved unchanged', () => {
    const { version: _, ...said } = SETTINGS
    expect(reviewerBody(reviewerValues(SETTINGS))).toEqual(said)
  })

  it('mean no limit by an empty number', () => {
    expect(reviewerBody({ ...reviewerValues(SETTINGS), maxDeferralDays: '' }).maxDeferralDays).toBeNull()
  })

  it('tell of each rule what is missing', () => {
    const values = { ...reviewerValues(SETTINGS), rules: [...reviewerValues(SETTINGS).rules, newReviewerRule()] }
    expect(Object.keys(reviewerFaults(values))).toEqual(['rules.1.name', 'rules.1.when', 'rules.1.reviewerId'])
  })
})
