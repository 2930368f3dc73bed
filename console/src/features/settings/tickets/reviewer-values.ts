import type { TicketExceptionSettings } from '../../../api/schemas.js'
import {
  type ReviewerRuleValues,
  reviewerRuleBodies,
  reviewerRuleFaults,
  reviewerRuleValues,
} from '../reviewers/reviewer-rule-values.js'

export interface ReviewerValues {
  requesterRoles: string[]
  rules: ReviewerRuleValues[]
  fallbackReviewerId: string | null
  fallbackChoice: TicketExceptionSettings['fallbackChoice']
  maxDeferralDays: number | string
  maxDeferralsInARow: number | string
}

/** The settings as a form. */
export const reviewerValues = (settings: TicketExceptionSettings): ReviewerValues => ({
  requesterRoles: [...settings.requesterRoles],
  rules: reviewerRuleValues(settings.reviewerRules),
  fallbackReviewerId: settings.fallbackReviewerId,
  fallbackChoice: settings.fallbackChoice,
  maxDeferralDays: settings.maxDeferralDays ?? '',
  maxDeferralsInARow: settings.maxDeferralsInARow ?? '',
})

const limit = (value: number | string): number | null => (typeof value === 'number' ? value : null)

/** The form as the API takes it. */
export const reviewerBody = (values: ReviewerValues): Omit<TicketExceptionSettings, 'version'> => ({
  requesterRoles: values.requesterRoles,
  reviewerRules: reviewerRuleBodies(values.rules),
  fallbackReviewerId: values.fallbackReviewerId,
  fallbackChoice: values.fallbackChoice,
  maxDeferralDays: limit(values.maxDeferralDays),
  maxDeferralsInARow: limit(values.maxDeferralsInARow),
})

/** What keeps it from being saved, by field. */
export const reviewerFaults = (values: ReviewerValues): Record<string, string> =>
  reviewerRuleFaults(values.rules, 'rules')
