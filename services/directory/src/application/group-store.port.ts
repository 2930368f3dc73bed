import type { Tx } from '../adapters/postgres/tables.js'
import type { Group } from '../domain/group.js'

export interface GroupStore {
  /** Locked until the transaction ends. */
  findForChange(tx: Tx, id: string): Promise<Group | null>
  /** @throws a violation of `user_group_name_unique` */
  insert(tx: Tx, group: Group): Promise<void>
  /** @throws a violation of `user_group_name_unique` */
  update(tx: Tx, group: Group): Promise<void>
}
