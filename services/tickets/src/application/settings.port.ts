import type { Reader, Tx } from '../adapters/postgres/tables.js'
import type { Person } from '../domain/ticket.js'

export type SettingsName = 'dueDates' | 'exceptions'

/** What holds, and the how-manieth version it is; 0: what the product comes with. */
export interface Versioned<S> {
  version: number
  settings: S
}

/** Every version of the settings; the newest holds. */
export interface SettingsStore {
  newest<S>(name: SettingsName, first: S, db?: Reader): Promise<Versioned<S>>
  /** Whoever writes holds it until the transaction ends, so that two never make the same version. */
  lock(tx: Tx, name: SettingsName): Promise<void>
  add<S>(tx: Tx, name: SettingsName, next: Versioned<S>, actor: Person, at: Date): Promise<void>
}
