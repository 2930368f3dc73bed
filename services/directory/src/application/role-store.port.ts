import type { Tx } from '../adapters/postgres/tables.js'
import type { Role } from '../domain/role.js'
import type { Reader } from './user-store.port.js'

export interface RoleStore {
  find(reader: Reader, name: string): Promise<Role | null>
  /** Locked until the transaction ends: whoever else asks for it so waits. */
  findForChange(tx: Tx, name: string): Promise<Role | null>
  /** @throws a violation of `role_pkey` or `role_name_unique` */
  insert(tx: Tx, role: Role): Promise<void>
  update(tx: Tx, role: Role): Promise<void>
}
