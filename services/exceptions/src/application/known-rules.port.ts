import type { AssignmentRules } from '@reprieve/assignment'

/** Who decides a step: one of the candidates (users and groups) whom the requester chooses, or whom conditions assign. */
export type KnownStep = { candidates: readonly string[] } | { assigned: AssignmentRules }

/** A rule as its owner last told of it. */
export interface KnownRule {
  id: string
  version: number
  /** Null: Auto Pilot. */
  steps: readonly KnownStep[] | null
}

export interface KnownRules {
  /** The rule for a user role; null where none has been heard of. */
  ofRole(role: string): Promise<KnownRule | null>
}
