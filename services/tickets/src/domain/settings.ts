import type { AssignmentRules } from '@reprieve/assignment'
import type { DeferralLimits } from './request-faults.js'

/** What the exceptions manager says of requests from tickets. */
export interface ExceptionSettings extends AssignmentRules, DeferralLimits {
  /** Roles that may ask. */
  requesterRoles: readonly string[]
}

/** What the product comes with: nobody can ask until somebody says who, and who reviews. */
export const FIRST_SETTINGS: ExceptionSettings = {
  requesterRoles: [],
  reviewerRules: [],
  fallbackReviewerId: null,
  fallbackChoice: 'leastLoaded',
  maxDeferralDays: 90,
  maxDeferralsInARow: null,
}

export const SETTINGS_LIMITS = { roles: 100, deferralDays: 3_650, deferralsInARow: 100 } as const
