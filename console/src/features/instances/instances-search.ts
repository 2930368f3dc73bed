export const COVERAGES = ['uncovered', 'covered', 'deferred'] as const
export type Coverage = (typeof COVERAGES)[number]

export const INSTANCE_STATUSES = ['open', 'closed', 'all'] as const
export type InstanceStatus = (typeof INSTANCE_STATUSES)[number]

/** What is looked at in Vulnerability Instances, as the address holds it. */
export interface InstancesSearch {
  /** In the query language. */
  filter?: string
  /** Absent: all. */
  coverage?: Coverage
  /** Absent: open. */
  status?: InstanceStatus
  sort?: string
}

/** Takes what it knows out of an address that anybody may have written; the rest is dropped. */
export function readInstancesSearch(search: Record<string, unknown>): InstancesSearch {
  const read: InstancesSearch = {}
  for (const name of ['filter', 'sort'] as const) {
    const value = search[name]
    // The router reads what looks like a number or a truth value as one.
    if (['string', 'number', 'boolean'].includes(typeof value) && value !== '') read[name] = String(value)
  }
  const { coverage, status } = search
  if (COVERAGES.includes(coverage as Coverage)) read.coverage = coverage as Coverage
  if (INSTANCE_STATUSES.includes(status as InstanceStatus) && status !== 'open') read.status = status as InstanceStatus
  return read
}

/** As the API is asked. */
export const instanceFilterOf = ({ filter, coverage, status, sort }: InstancesSearch): InstanceFilter => ({
  ...(filter === undefined ? {} : { filter }),
  ...(coverage === undefined ? {} : { coverage }),
  ...(status === undefined ? {} : { status }),
  ...(sort === undefined ? {} : { sort }),
})

/** What can be asked of the inventory; absent: all that is open. */
export interface InstanceFilter {
  filter?: string
  coverage?: Coverage
  status?: InstanceStatus
  sort?: string
}
