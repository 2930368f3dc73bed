import type { Tx } from '../adapters/postgres/tables.js'
import type { Preferences } from '../domain/preferences.js'

export interface KeptPreferences {
  preferences: Preferences
  /** 0 where nothing was ever stored. */
  version: number
}

export interface PreferenceStore {
  /** Of those who have said what they want; the others want everything at once. */
  of(tx: Tx, personIds: readonly string[]): Promise<Map<string, Preferences>>
}
