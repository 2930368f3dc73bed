/** A ticket as its owner tells of it, as far as scope is concerned. */
export interface KnownTicket {
  readonly id: string
  readonly incarnation: number
  readonly version: number
  readonly title: string
  readonly ownerId: string
  readonly open: boolean
  /** YYYY-MM-DD; null while it has none. */
  readonly dueOn: string | null
  readonly expression: string
  /** Counts the edits of its expression. */
  readonly queryVersion: number
  /** Of a grouping rule's ticket. */
  readonly group: { readonly ruleId: string; readonly key: GroupKey } | null
}

/** What the instances of a group have in common. */
export type GroupKey =
  | { readonly owner: string; readonly component: string }
  | { readonly asset: string }
  | { readonly vulnerability: string }

export const GROUPINGS = ['ownerAndComponent', 'asset', 'vulnerability'] as const
export type Grouping = (typeof GROUPINGS)[number]

/** A rule that makes one ticket of each group. */
export interface KnownGroupingRule {
  readonly id: string
  readonly incarnation: number
  readonly version: number
  readonly by: Grouping
  /** A query; empty for all instances. */
  readonly filter: string
  /** Counts the edits of what it selects. */
  readonly ruleVersion: number
  readonly enabled: boolean
}

/** Open instances that are alike in all that a due date follows from. */
export interface Bucket {
  readonly severity: string
  /** Empty where it is unknown. */
  readonly criticality: string
  readonly kev: boolean
  readonly instances: number
  /** When the first of them was seen first. */
  readonly firstSeen: Date
}

export interface Tally {
  readonly open: readonly Bucket[]
  readonly closed: number
}

export const EMPTY_TALLY: Tally = { open: [], closed: 0 }

/** A tally of its key. */
export function tallyOfKey(key: string): Tally {
  const [closed, open] = JSON.parse(key) as [number, [string, string, boolean, number, number][]]
  return {
    closed,
    open: open.map(([severity, criticality, kev, instances, firstSeen]) => ({
      severity,
      criticality,
      kev,
      instances,
      firstSeen: new Date(firstSeen),
    })),
  }
}

/** Equal for tallies that say the same. */
export const tallyKey = ({ open, closed }: Tally): string =>
  JSON.stringify([
    closed,
    open
      .map(({ severity, criticality, kev, instances, firstSeen }) => [
        severity,
        criticality,
        kev,
        instances,
        firstSeen.getTime(),
      ])
      .sort((a, b) => (String(a) < String(b) ? -1 : 1)),
  ])
