/** The highest first. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'none', 'unknown'] as const
export type Severity = (typeof SEVERITIES)[number]

export const CRITICALITIES = ['critical', 'high', 'medium', 'low'] as const

/** Open instances of a ticket that are alike in all that a due date follows from. */
export interface Bucket {
  severity: Severity
  /** `asset.criticality`; null: unknown. */
  criticality: string | null
  kev: boolean
  instances: number
  /** When the first of them was seen first. */
  firstSeen: Date
}

export type Tally = readonly Bucket[]

export const instancesIn = (tally: Tally): number => tally.reduce((sum, { instances }) => sum + instances, 0)

/** The highest severity in a tally; null where it is empty. */
export const severityOf = (tally: Tally): Severity | null =>
  SEVERITIES.find((severity) => tally.some((bucket) => bucket.severity === severity)) ?? null

/** How many there are of each severity. */
export function bySeverity(tally: Tally): Record<Severity, number> {
  const counts = Object.fromEntries(SEVERITIES.map((severity) => [severity, 0])) as Record<Severity, number>
  for (const { severity, instances } of tally) counts[severity] += instances
  return counts
}
