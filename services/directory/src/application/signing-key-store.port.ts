import type { Tx } from '../adapters/postgres/tables.js'
import type { SigningKeyRecord } from '../domain/signing-key.js'
import type { Reader } from './user-store.port.js'

/** The private half as it is kept. */
export interface KeptPrivateKey {
  text: string
  sealed: boolean
}

export interface SigningKeyStore {
  /** Until the transaction ends nobody else makes or retires keys. */
  lock(tx: Tx): Promise<void>
  /** Oldest first. */
  all(reader: Reader): Promise<SigningKeyRecord[]>
  privateKey(reader: Reader, kid: string): Promise<KeptPrivateKey | null>
  insert(tx: Tx, key: SigningKeyRecord, privateKey: KeptPrivateKey): Promise<void>
  update(tx: Tx, key: SigningKeyRecord): Promise<void>
  unsealed(tx: Tx): Promise<Array<{ kid: string; text: string }>>
  setPrivateKey(tx: Tx, kid: string, privateKey: KeptPrivateKey): Promise<void>
}
