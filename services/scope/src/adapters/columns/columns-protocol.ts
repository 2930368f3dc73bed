import type { Filter, Places, Position, SortBy } from '@reprieve/inventory-columns'

/** What the thread needs to begin. */
export interface ColumnsSetup {
  readonly connectionString: string
  readonly memoryBytes: number
  /** From so many instances on, columns are kept; fewer are asked of PostgreSQL as quickly. */
  readonly fromInstances: number
  /** A question that does not say otherwise waits so long for what was committed before it; then it is answered without. */
  readonly patienceMs: number
}

/** A question, with what decides about coverage: the exceptions in force at that time. */
export interface ColumnsQuestion {
  readonly filter: Filter
  readonly suppress: Int32Array
  readonly defer: Int32Array
  readonly wanted: Wanted
  readonly patienceMs?: number
}

export type Wanted =
  | {
      readonly kind: 'page'
      readonly sort: readonly SortBy[]
      readonly after: Position | null
      readonly limit: number
    }
  /** Of a selection what it is made of, its worst rows, and how many members of each of these exceptions are in it. */
  | { readonly kind: 'tally'; readonly worst: number; readonly overlaps: Int32Array }
  /** Where those are that are no members of an exception yet, unless they are more than this share of all and more than `few`. */
  | { readonly kind: 'places'; readonly exception: number; readonly share: number; readonly few: number }

export interface PageAnswer {
  readonly kind: 'page'
  readonly count: number
  /** In order. */
  readonly rows: readonly { readonly asset: number; readonly instance: number }[]
}

export interface TallyAnswer {
  readonly kind: 'tally'
  readonly count: number
  /** By rank: 0 unknown … 5 critical. */
  readonly bySeverity: readonly number[]
  readonly coveredBySeverity: readonly number[]
  readonly deferredBySeverity: readonly number[]
  readonly kev: number
  readonly assets: number
  readonly owners: readonly { readonly owner: string; readonly count: number }[]
  /** Ids of the worst. */
  readonly worst: readonly string[]
  /** In the order they were asked for. */
  readonly overlaps: Int32Array
}

export interface PlacesAnswer {
  readonly kind: 'places'
  /** Null where they are too many. */
  readonly places: Places | null
}

export type ColumnsAnswer = PageAnswer | TallyAnswer | PlacesAnswer

/** Where the thread stands. */
export type ColumnsState =
  /** Few instances: there is nothing to keep. */
  | 'small'
  | 'loading'
  | 'ready'
  /** They need more memory than they may have. */
  | 'full'
  /** The database is away, or something is wrong. */
  | 'failed'

export interface ColumnsStatus {
  readonly state: ColumnsState
  readonly rows: number
  readonly bytes: number
  readonly detail: string | null
}

export type ToThread = { readonly kind: 'ask'; readonly id: number; readonly question: ColumnsQuestion }

export type FromThread =
  | { readonly kind: 'status'; readonly status: ColumnsStatus }
  /** @param staleMs what was committed longer ago than this is in the answer */
  | { readonly kind: 'answer'; readonly id: number; readonly answer: ColumnsAnswer; readonly staleMs: number }
  /** The columns are not there, or too far behind. */
  | { readonly kind: 'none'; readonly id: number }
  | { readonly kind: 'fault'; readonly id: number; readonly message: string }
