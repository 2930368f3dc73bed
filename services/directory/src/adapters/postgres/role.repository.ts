import type { Selectable } from 'kysely'
import type { RoleStore } from '../../application/role-store.port.js'
import type { Reader } from '../../application/user-store.port.js'
import { inOrder, type Role } from '../../domain/role.js'
import type { Role as RoleTable } from './tables.gen.js'
import type { Tx } from './tables.js'

export const toRole = (row: Selectable<RoleTable>): Role => ({
  name: row.name,
  permissions: inOrder(row.permissions),
  builtIn: row.built_in,
  version: row.version,
  createdAt: row.created_at,
})

const toRow = (role: Role) => ({
  name: role.name,
  permissions: [...role.permissions],
  built_in: role.builtIn,
  version: role.version,
  created_at: role.createdAt,
})

export class RoleRepository implements RoleStore {
  async find(reader: Reader, name: string): Promise<Role | null> {
    const row = await reader.selectFrom('role').selectAll().where('name', '=', name).executeTakeFirst()
    return row === undefined ? null : toRole(row)
  }

  async findForChange(tx: Tx, name: string): Promise<Role | null> {
    // Not FOR UPDATE: users with this role can still be added meanwhile, their foreign key only needs the name to stay.
    const row = await tx.selectFrom('role').selectAll().where('name', '=', name).forNoKeyUpdate().executeTakeFirst()
    return row === undefined ? null : toRole(row)
  }

  async insert(tx: Tx, role: Role): Promise<void> {
    await tx.insertInto('role').values(toRow(role)).execute()
  }

  async update(tx: Tx, role: Role): Promise<void> {
    const { permissions, version } = toRow(role)
    await tx.updateTable('role').set({ permissions, version }).where('name', '=', role.name).execute()
  }
}
