import type { Tx } from '../adapters/postgres/tables.js'

export type ExceptionStatus = 'pendingApproval' | 'active' | 'denied' | 'expired' | 'deactivated' | 'withdrawn'

/** An exception as its owner last told of it. */
export interface KnownException {
  id: string
  requesterId: string
  status: ExceptionStatus
  /** Its files, in the order they came. */
  evidenceIds: readonly string[]
}

/** Of an event: which life of its owner's database, and the how-manieth change of its subject. */
export interface Version {
  incarnation: number
  version: number
}

export interface KnownExceptions {
  find(id: string, db?: Tx): Promise<KnownException | null>
  /** @returns false for news that are older than what is known, or the same: nothing was written */
  keep(tx: Tx, exception: KnownException, version: Version): Promise<boolean>
}
