import { type Selectable, sql } from 'kysely'
import type { Reader, UserStore } from '../../application/user-store.port.js'
import type { User, UserKind } from '../../domain/user.js'
import type { AppUser } from './tables.gen.js'
import type { Tx } from './tables.js'

export const USER_COLUMNS = ['id', 'email', 'name', 'role', 'active', 'kind', 'version', 'created_at'] as const

export const toUser = (row: Selectable<Pick<AppUser, (typeof USER_COLUMNS)[number]>>): User => ({
  id: row.id,
  email: row.email,
  name: row.name,
  role: row.role,
  active: row.active,
  kind: row.kind as UserKind,
  version: row.version,
  createdAt: row.created_at,
})

const toRow = (user: User) => ({
  id: user.id,
  email: user.email,
  name: user.name,
  role: user.role,
  active: user.active,
  kind: user.kind,
  version: user.version,
  created_at: user.createdAt,
})

export class UserRepository implements UserStore {
  async find(reader: Reader, id: string): Promise<User | null> {
    const row = await reader.selectFrom('app_user').select(USER_COLUMNS).where('id', '=', id).executeTakeFirst()
    return row === undefined ? null : toUser(row)
  }

  async findForChange(tx: Tx, id: string): Promise<User | null> {
    const row = await tx.selectFrom('app_user').select(USER_COLUMNS).where('id', '=', id).forUpdate().executeTakeFirst()
    return row === undefined ? null : toUser(row)
  }

  async findByEmail(reader: Reader, email: string): Promise<{ user: User; passwordHash: string | null } | null> {
    const row = await reader
      .selectFrom('app_user')
      .select([...USER_COLUMNS, 'password_hash'])
      .where(sql`lower(email)`, '=', sql`lower(${email})`)
      .executeTakeFirst()
    return row === undefined ? null : { user: toUser(row), passwordHash: row.password_hash }
  }

  async passwordHash(reader: Reader, id: string): Promise<string | null> {
    const row = await reader.selectFrom('app_user').select('password_hash').where('id', '=', id).executeTakeFirst()
    return row?.password_hash ?? null
  }

  async insert(tx: Tx, user: User, passwordHash: string | null): Promise<void> {
    await tx
      .insertInto('app_user')
      .values({ ...toRow(user), password_hash: passwordHash })
      .execute()
  }

  async update(tx: Tx, user: User): Promise<void> {
    await tx.updateTable('app_user').set(toRow(user)).where('id', '=', user.id).execute()
  }

  async setPasswordHash(tx: Tx, id: string, passwordHash: string): Promise<void> {
    await tx.updateTable('app_user').set({ password_hash: passwordHash }).where('id', '=', id).execute()
  }

  async unknown(reader: Reader, ids: readonly string[]): Promise<Set<string>> {
    const { rows } = await sql<{ id: string }>`
      SELECT given.id FROM unnest(${[...ids]}::uuid[]) AS given(id)
      WHERE NOT EXISTS (SELECT FROM app_user WHERE app_user.id = given.id)`.execute(reader)
    return new Set(rows.map((row) => row.id))
  }

  async isEmpty(reader: Reader): Promise<boolean> {
    return (await reader.selectFrom('app_user').select('id').limit(1).executeTakeFirst()) === undefined
  }

  async countActivePeople(tx: Tx, role: string): Promise<number> {
    const { count } = await tx
      .selectFrom('app_user')
      .select((query) => query.fn.countAll<number>().as('count'))
      .where('role', '=', role)
      .where('active', '=', true)
      .where('kind', '=', 'person')
      .executeTakeFirstOrThrow()
    return count
  }
}
