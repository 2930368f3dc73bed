export type ExceptionStatus = 'pendingApproval' | 'active' | 'denied' | 'expired' | 'deactivated' | 'withdrawn'

/** An exception as its owner tells of it, as far as scope is concerned. */
export interface KnownException {
  readonly id: string
  readonly incarnation: number
  readonly version: number
  readonly name: string
  readonly status: ExceptionStatus
  readonly effect: 'suppress' | 'defer'
  readonly requesterId: string
  readonly approverIds: readonly string[]
  readonly query: { readonly id: string; readonly name: string; readonly folder: string; readonly expression: string }
  readonly requestedBy: { readonly id: string; readonly name: string }
  readonly requestedAt: Date
  /** From when it was in force; null if it never was. */
  readonly appliedSince: Date | null
  readonly expiresAt: Date | null
  readonly endedAt: Date | null
}

/** When it is in force: from, and until (exclusive, null for ever). Null if it never was. */
export interface Force {
  readonly from: Date
  readonly until: Date | null
}

/** Pending and active ones are matched: a request joins the index when it is submitted, and approval only flips it. */
export const isLive = ({ status }: Pick<KnownException, 'status'>): boolean =>
  status === 'pendingApproval' || status === 'active'

/** Its end is known before it comes, so that coverage ends at that instant whether or not anybody tells. */
export function forceOf(exception: KnownException): Force | null {
  const { appliedSince, expiresAt, endedAt } = exception
  if (appliedSince === null) return null
  const ends = [expiresAt, endedAt].filter((end) => end !== null).map((end) => end.getTime())
  return { from: appliedSince, until: ends.length === 0 ? null : new Date(Math.min(...ends)) }
}

/** What is stored of it before a change; null the first time. */
export interface StoredState {
  readonly status: ExceptionStatus
  readonly activeFrom: Date | null
  readonly activeUntil: Date | null
}

export interface Consequences {
  /** Something that writers of membership go by has changed. */
  readonly newEpoch: boolean
  /** It is matched from now on, and stored instances have to be gone over. */
  readonly joins: boolean
  readonly beginsForce: boolean
  /** It is not matched any more. */
  readonly leaves: boolean
}

/** What follows from what is told now, by what was stored before. */
export function consequencesOf(before: StoredState | null, now: KnownException): Consequences {
  const force = forceOf(now)
  const wasLive = before !== null && isLive(before)
  const sameForce =
    before !== null &&
    before.activeFrom?.getTime() === force?.from.getTime() &&
    before.activeUntil?.getTime() === (force?.until ?? undefined)?.getTime()
  return {
    newEpoch: before === null ? isLive(now) : before.status !== now.status || !sameForce,
    joins: before === null && isLive(now),
    beginsForce: now.status === 'active' && before?.status !== 'active',
    leaves: wasLive && !isLive(now),
  }
}
