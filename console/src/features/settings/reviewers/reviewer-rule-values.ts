import type { TicketExceptionSettings } from '../../../api/schemas.js'

/** The same for a rule's assigned step and for what is asked from tickets. */
export type ReviewerRule = TicketExceptionSettings['reviewerRules'][number]

/** One rule as a form holds it. */
export interface ReviewerRuleValues {
  /** Stays with the rule while it is moved. */
  key: number
  name: string
  when: string
  reviewerId: string | null
  choice: ReviewerRule['choice']
}

/** The names of its fields. */
export const REVIEWER_RULE_FIELDS = ['name', 'when', 'reviewerId'] as const

let nextKey = 0

export const newReviewerRule = (): ReviewerRuleValues => ({
  key: nextKey++,
  name: '',
  when: '',
  reviewerId: null,
  choice: 'leastLoaded',
})

/** The rules in a form. */
export const reviewerRuleValues = (rules: readonly ReviewerRule[]): ReviewerRuleValues[] =>
  rules.map(({ name, when, reviewerId, choice }) => ({ key: nextKey++, name, when, reviewerId, choice }))

/** As the API takes them. */
export const reviewerRuleBodies = (rules: readonly ReviewerRuleValues[]): ReviewerRule[] =>
  rules.map(({ name, when, reviewerId, choice }) => ({ name: name.trim(), when, reviewerId: reviewerId ?? '', choice }))

/** What keeps them from being saved, by field. @param path where the rules are in the form: `rules` */
export function reviewerRuleFaults(rules: readonly ReviewerRuleValues[], path: string): Record<string, string> {
  const faults: Record<string, string> = {}
  rules.forEach(({ name, when, reviewerId }, index) => {
    if (name.trim() === '') faults[`${path}.${index}.name`] = 'Give it a name: it is told with each request.'
    if (when.trim() === '') faults[`${path}.${index}.when`] = 'Say when it holds.'
    if (reviewerId === null) faults[`${path}.${index}.reviewerId`] = 'Choose who reviews.'
  })
  return faults
}
