import type { InstanceRow } from './fields.js'
import type { Query } from './query.js'

/** Which queries match which rows of a batch: pair k is row `rows[k]` and query `idOf(slots[k])`. Each pair once, in no order. */
export interface MatchedPairs {
  /** Indices into the batch. */
  readonly rows: Uint32Array
  readonly slots: Uint32Array
  /** The id of a query, until the set of queries changes. */
  idOf(slot: number): string
}

/**
 * A changing set of queries, asked which of them match each row of a batch. Whoever implements it agrees with `evaluate`
 * on every pair: matched is true, and false and unknown are not.
 */
export interface Matcher<R = InstanceRow> {
  /** Adds a query, or replaces the one of that id. */
  set(id: string, query: Query): void
  /** Forgets a query. An id it does not know is no fault. */
  remove(id: string): void
  /** All rows of one batch are matched at one `now`. The rows are not kept. */
  match(rows: readonly R[], now: Date): MatchedPairs
}
