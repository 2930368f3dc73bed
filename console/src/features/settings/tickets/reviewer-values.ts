import type { TicketExceptionSettings } from '../../../api/schemas.js'

type ReviewerRule = TicketExceptionSettings['reviewerRules'][number]

/** One rule as the form holds it. */
export interface ReviewerRuleValues {
  /** Stays with the rule while it is moved. */
  key: number
  name: string
  when: string
  reviewerId: string | null
  choice: ReviewerRule['choice']
}

export interface ReviewerValues {
  requesterRoles: string[]
  rules: ReviewerRuleValues[]
  fallbackReviewerId: string | null
  fallbackChoice: TicketExceptionSettings['fallbackChoice']
  maxDeferralDays: number | string
  maxDeferralsInARow: number | string
}

let nextKey = 0

export const newReviewerRule = (): ReviewerRuleValues => ({
  key: nextKey++,
  name: '',
  when: '',
  reviewerId: null,
  choice: 'leastLoaded',
})

/** The settings as a form. */
export const reviewerValues = (settings: TicketExceptionSettings): ReviewerValues => ({
  requesterRoles: [...settings.requesterRoles],
  rules: settings.reviewerRules.map((rule) => ({ ...rule, key: nextKey++ })),
  fallbackReviewerId: settings.fallbackReviewerId,
  fallbackChoice: settings.fallbackChoice,
  maxDeferralDays: settings.maxDeferralDays ?? '',
  maxDeferralsInARow: settings.maxDeferralsInARow ?? '',
})

const limit = (value: number | string): number | null => (typeof value === 'number' ? value : null)

/** The form as the API takes it. */
export const reviewerBody = (values: ReviewerValues): Omit<TicketExceptionSettings, 'version'> => ({
  requesterRoles: values.requesterRoles,
  reviewerRules: values.rules.map(({ name, when, reviewerId, choice }) => ({
    name: name.trim(),
    when,
    reviewerId: reviewerId ?? '',
    choice,
  })),
  fallbackReviewerId: values.fallbackReviewerId,
  fallbackChoice: values.fallbackChoice,
  maxDeferralDays: limit(values.maxDeferralDays),
  maxDeferralsInARow: limit(values.maxDeferralsInARow),
})

/** What keeps it from being saved, by field. */
export function reviewerFaults(values: ReviewerValues): Record<string, string> {
  const faults: Record<string, string> = {}
  values.rules.forEach(({ name, when, reviewerId }, index) => {
    if (name.trim() === '') faults[`rules.${index}.name`] = 'Give it a name: it is told with each request.'
    if (when.trim() === '') faults[`rules.${index}.when`] = 'Say when it holds.'
    if (reviewerId === null) faults[`rules.${index}.reviewerId`] = 'Choose who reviews.'
  })
  return faults
}
