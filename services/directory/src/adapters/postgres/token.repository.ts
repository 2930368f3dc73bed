import type { Selectable } from 'kysely'
import type { TokenStore } from '../../application/token-store.port.js'
import type { Reader } from '../../application/user-store.port.js'
import { inOrder } from '../../domain/role.js'
import type { Token } from '../../domain/token.js'
import type { Token as TokenTable } from './tables.gen.js'
import type { Tx } from './tables.js'

const PRUNED_AT_ONCE = 100
const ENDED_AT_ONCE = 500

export const toToken = (row: Selectable<TokenTable>): Token => ({
  id: row.id,
  kind: row.kind as Token['kind'],
  userId: row.user_id,
  name: row.name,
  permissions: row.permissions === null ? null : inOrder(row.permissions),
  kid: row.kid,
  version: row.version,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  revokedAt: row.revoked_at,
})

export class TokenRepository implements TokenStore {
  async find(reader: Reader, id: string): Promise<Token | null> {
    const row = await reader.selectFrom('token').selectAll().where('id', '=', id).executeTakeFirst()
    return row === undefined ? null : toToken(row)
  }

  async insert(tx: Tx, token: Token): Promise<void> {
    await tx
      .insertInto('token')
      .values({
        id: token.id,
        kind: token.kind,
        user_id: token.userId,
        name: token.name,
        permissions: token.permissions === null ? null : [...token.permissions],
        kid: token.kid,
        version: token.version,
        created_at: token.createdAt,
        expires_at: token.expiresAt,
        revoked_at: token.revokedAt,
        last_used_at: token.createdAt,
      })
      .execute()
  }

  async revoke(tx: Tx, id: string, at: Date): Promise<Token | null> {
    const row = await tx
      .updateTable('token')
      .set((token) => ({ revoked_at: at, version: token('version', '+', 1) }))
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .returningAll()
      .executeTakeFirst()
    return row === undefined ? null : toToken(row)
  }

  async revokeSessions(tx: Tx, userId: string, at: Date, except: string | null): Promise<Token[]> {
    const rows = await tx
      .updateTable('token')
      .set((token) => ({ revoked_at: at, version: token('version', '+', 1) }))
      .where('user_id', '=', userId)
      .where('kind', '=', 'session')
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', at)
      .$if(except !== null, (query) => query.where('id', '!=', except))
      .returningAll()
      .execute()
    return rows.map(toToken)
  }

  async noteUse(tx: Tx, id: string, at: Date, idleSince: Date): Promise<void> {
    await tx
      .updateTable('token')
      .set({ last_used_at: at })
      .where('id', '=', id)
      .where('kind', '=', 'session')
      .where('revoked_at', 'is', null)
      .where('last_used_at', '>', idleSince)
      .where('last_used_at', '<', at)
      .execute()
  }

  async revokeIdle(tx: Tx, usedBefore: Date, at: Date): Promise<Token[]> {
    const rows = await tx
      .updateTable('token')
      .set((token) => ({ revoked_at: at, version: token('version', '+', 1) }))
      .where('id', 'in', (query) =>
        query
          .selectFrom('token')
          .select('id')
          .where('kind', '=', 'session')
          .where('revoked_at', 'is', null)
          .where('last_used_at', '<=', usedBefore)
          // Those that have expired count for nothing anyway.
          .where('expires_at', '>', at)
          .limit(ENDED_AT_ONCE)
          .forUpdate()
          .skipLocked(),
      )
      .returningAll()
      .execute()
    return rows.map(toToken)
  }

  async pruneSessions(tx: Tx, before: Date): Promise<void> {
    await tx
      .deleteFrom('token')
      .where('id', 'in', (query) =>
        query
          .selectFrom('token')
          .select('id')
          .where('kind', '=', 'session')
          .where('expires_at', '<', before)
          .limit(PRUNED_AT_ONCE)
          .forUpdate()
          .skipLocked(),
      )
      .execute()
  }
}
