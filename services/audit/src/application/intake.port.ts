import type { Tx } from '../adapters/postgres/tables.js'
import type { Told } from '../domain/told.js'

/** Where consumers leave what they were told, for the journal's writer. */
export interface Intake {
  /** Resolves once it is safely kept. What was left before is passed over. */
  add(told: readonly Told[], on?: Tx): Promise<void>
}
