import { sql } from 'kysely'
import type { GroupStore } from '../../application/group-store.port.js'
import type { Group } from '../../domain/group.js'
import type { Tx } from './tables.js'

/** A group's row with its members, for whoever reads groups. */
export const MEMBERS = sql<string[]>`ARRAY(
  SELECT user_id FROM user_group_member WHERE group_id = user_group.id ORDER BY user_id)`.as('members')

export interface GroupRow {
  id: string
  name: string
  members: string[]
  version: number
  created_at: Date
}

export const toGroup = (row: GroupRow): Group => ({
  id: row.id,
  name: row.name,
  members: row.members,
  version: row.version,
  createdAt: row.created_at,
})

export class GroupRepository implements GroupStore {
  async findForChange(tx: Tx, id: string): Promise<Group | null> {
    // First the lock, then the members: those that another transaction has just committed are seen.
    const locked = await tx.selectFrom('user_group').select('id').where('id', '=', id).forUpdate().executeTakeFirst()
    if (locked === undefined) return null
    const row = await tx
      .selectFrom('user_group')
      .selectAll()
      .select(MEMBERS)
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    return toGroup(row)
  }

  async insert(tx: Tx, group: Group): Promise<void> {
    await tx
      .insertInto('user_group')
      .values({ id: group.id, name: group.name, version: group.version, created_at: group.createdAt })
      .execute()
    await addMembers(tx, group)
  }

  async update(tx: Tx, group: Group): Promise<void> {
    await tx
      .updateTable('user_group')
      .set({ name: group.name, version: group.version })
      .where('id', '=', group.id)
      .execute()
    await tx.deleteFrom('user_group_member').where('group_id', '=', group.id).execute()
    await addMembers(tx, group)
  }
}

async function addMembers(tx: Tx, group: Group): Promise<void> {
  await sql`
    INSERT INTO user_group_member (group_id, user_id)
    SELECT ${group.id}::uuid, member FROM unnest(${[...group.members]}::uuid[]) AS member`.execute(tx)
}
