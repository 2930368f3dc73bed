import type { Query } from '@reprieve/query'

export const INSTANCE_SORTS = ['severity', 'cvss', 'epss', 'firstSeen', 'asset.name', 'vulnerability'] as const
export type InstanceSort = (typeof INSTANCE_SORTS)[number]

export const COVERAGES = ['all', 'covered', 'uncovered', 'deferred'] as const
export type Coverage = (typeof COVERAGES)[number]

export const STATUS_FILTERS = ['open', 'closed', 'all'] as const
export type StatusFilter = (typeof STATUS_FILTERS)[number]

export interface InstanceFilter {
  /** What was covered and open then; all else is told as it is now. */
  readonly asOf?: Date | undefined
  readonly query: Query | null
  readonly coverage: Coverage
  readonly status: StatusFilter
  /** Members of one exception at a time, or now. */
  readonly memberOf?: { readonly exception: number; readonly at: Date | null }
}
