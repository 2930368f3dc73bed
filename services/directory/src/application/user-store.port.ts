import type { Kysely } from 'kysely'
import type { DirectoryTables, Tx } from '../adapters/postgres/tables.js'
import type { User } from '../domain/user.js'

export type Reader = Kysely<DirectoryTables>

export interface UserStore {
  find(reader: Reader, id: string): Promise<User | null>
  /** Locked until the transaction ends. */
  findForChange(tx: Tx, id: string): Promise<User | null>
  /** Whoever may sign in under this address, whatever its case; `passwordHash` is null where there is no password. */
  findByEmail(reader: Reader, email: string): Promise<{ user: User; passwordHash: string | null } | null>
  passwordHash(reader: Reader, id: string): Promise<string | null>
  /** @throws a violation of `app_user_email_unique` */
  insert(tx: Tx, user: User, passwordHash: string | null): Promise<void>
  /** @throws a violation of `app_user_email_unique` */
  update(tx: Tx, user: User): Promise<void>
  setPasswordHash(tx: Tx, id: string, passwordHash: string): Promise<void>
  /** The ids that are no users. */
  unknown(reader: Reader, ids: readonly string[]): Promise<Set<string>>
  isEmpty(reader: Reader): Promise<boolean>
  /** People who are active and have the role. */
  countActivePeople(tx: Tx, role: string): Promise<number>
}
