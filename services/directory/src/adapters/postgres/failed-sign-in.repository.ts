import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { FailedSignIns } from '../../application/failed-sign-ins.port.js'
import type { Tx } from './tables.js'

const PRUNED_AT_ONCE = 100
// Any number: keeps these locks apart from all others in this database.
const ADVISORY_LOCK_CLASS = 7_302_010

export class FailedSignInRepository implements FailedSignIns {
  async since(tx: Tx, account: string, since: Date, most: number): Promise<Date[]> {
    const rows = await tx
      .selectFrom('failed_sign_in')
      .select('at')
      .where('account', '=', account)
      .where('at', '>', since)
      .orderBy('at', 'desc')
      .limit(most)
      .execute()
    return rows.map((row) => row.at).reverse()
  }

  async add(tx: Tx, account: string, at: Date): Promise<void> {
    await tx.insertInto('failed_sign_in').values({ id: uuidv7(), account, at }).execute()
  }

  async prune(tx: Tx, before: Date): Promise<void> {
    await tx
      .deleteFrom('failed_sign_in')
      .where('id', 'in', (query) =>
        query
          .selectFrom('failed_sign_in')
          .select('id')
          .where('at', '<', before)
          .limit(PRUNED_AT_ONCE)
          .forUpdate()
          .skipLocked(),
      )
      .execute()
  }

  async lock(tx: Tx, account: string): Promise<void> {
    // Two accounts of one hash would only wait for each other.
    await sql`SELECT pg_advisory_xact_lock(${ADVISORY_LOCK_CLASS}::int, hashtext(${account}))`.execute(tx)
  }
}
