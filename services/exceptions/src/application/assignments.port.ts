import type { Load } from '@reprieve/assignment'
import type { Tx } from '../adapters/postgres/tables.js'

/** What people have to do, by which one of several is assigned. */
export interface Assignments {
  /** Lets nobody else choose among the same until the transaction ends. @param reviewerIds the users and groups that are chosen among */
  lock(tx: Tx, reviewerIds: readonly string[]): Promise<void>
  /** Undecided steps of pending requests, and when each was last assigned one; who is left out has neither. */
  loads(personIds: readonly string[], tx?: Tx): Promise<Map<string, Omit<Load, 'id'>>>
}
