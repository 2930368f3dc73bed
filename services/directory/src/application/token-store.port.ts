import type { Tx } from '../adapters/postgres/tables.js'
import type { Token } from '../domain/token.js'
import type { Reader } from './user-store.port.js'

export interface TokenStore {
  find(reader: Reader, id: string): Promise<Token | null>
  insert(tx: Tx, token: Token): Promise<void>
  /** @returns the token as it is now, or null where it had been revoked before */
  revoke(tx: Tx, id: string, at: Date): Promise<Token | null>
  /**
   * Ends the user's sessions that still run.
   * @param except a session to keep: the one in which its owner changes the password
   * @returns those that were ended
   */
  revokeSessions(tx: Tx, userId: string, at: Date, except: string | null): Promise<Token[]>
  /** Moves a session's last use on, unless it has been idle since `idleSince`: then it stays as it is, and is ended. */
  noteUse(tx: Tx, id: string, at: Date, idleSince: Date): Promise<void>
  /** Ends some of the sessions that run and were last used before. @returns those that were ended */
  revokeIdle(tx: Tx, usedBefore: Date, at: Date): Promise<Token[]>
  /** Removes some of the sessions that ended before `before`; nobody asks for them any more. */
  pruneSessions(tx: Tx, before: Date): Promise<void>
}
