/** A rule as its owner last told of it. */
export interface KnownRule {
  id: string
  version: number
  /** Candidates (users and groups) of each step; null: Auto Pilot. */
  steps: ReadonlyArray<readonly string[]> | null
}

export interface KnownRules {
  /** The rule for a user role; null where none has been heard of. */
  ofRole(role: string): Promise<KnownRule | null>
}
