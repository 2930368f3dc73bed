import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Attempt, FailedSignIns } from '../../application/failed-sign-ins.port.js'
import type { Tx } from './tables.js'

const PRUNED_AT_ONCE = 100
// Any number: keeps these locks apart from all others in this database.
const ADVISORY_LOCK_CLASS = 7_302_010

export class FailedSignInRepository implements FailedSignIns {
  async since(tx: Tx, { account, network }: Partial<Attempt>, since: Date, most: number): Promise<Date[]> {
    const rows = await tx
      .selectFrom('failed_sign_in')
      .select('at')
      .$if(account !== undefined, (query) => query.where('account', '=', account ?? ''))
      .$if(network !== undefined, (query) => query.where('network', '=', network ?? ''))
      .where('at', '>', since)
      .orderBy('at', 'desc')
      .limit(most)
      .execute()
    return rows.map((row) => row.at).reverse()
  }

  async add(tx: Tx, attempt: Attempt, at: Date): Promise<void> {
    await tx
      .insertInto('failed_sign_in')
      .values({ id: uuidv7(), ...attempt, at })
      .execute()
  }

  async hasSucceeded(tx: Tx, { account, network }: Attempt, since: Date): Promise<boolean> {
    const row = await tx
      .selectFrom('signed_in_from')
      .select('at')
      .where('account', '=', account)
      .where('network', '=', network)
      .where('at', '>', since)
      .executeTakeFirst()
    return row !== undefined
  }

  async succeed(tx: Tx, attempt: Attempt, at: Date): Promise<void> {
    await tx
      .insertInto('signed_in_from')
      .values({ ...attempt, at })
      .onConflict((conflict) => conflict.columns(['account', 'network']).doUpdateSet({ at }))
      .execute()
  }

  async lockOut(tx: Tx, { account = '', network = '' }: Partial<Attempt>, until: Date, goesOnSince: Date) {
    const { rows } = await sql<{ begins: boolean }>`
      WITH before AS (
        SELECT until FROM sign_in_lock_out WHERE account = ${account} AND network = ${network}
      )
      INSERT INTO sign_in_lock_out (account, network, until) VALUES (${account}, ${network}, ${until})
      ON CONFLICT (account, network) DO UPDATE SET until = excluded.until
      RETURNING NOT EXISTS (SELECT FROM before WHERE before.until > ${goesOnSince}) AS begins`.execute(tx)
    return rows[0]?.begins ?? false
  }

  async prune(tx: Tx, failuresBefore: Date, successesBefore: Date): Promise<void> {
    await tx
      .deleteFrom('failed_sign_in')
      .where('id', 'in', (query) =>
        query
          .selectFrom('failed_sign_in')
          .select('id')
          .where('at', '<', failuresBefore)
          .limit(PRUNED_AT_ONCE)
          .forUpdate()
          .skipLocked(),
      )
      .execute()
    await sql`
      DELETE FROM sign_in_lock_out WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM sign_in_lock_out WHERE until < ${failuresBefore} LIMIT ${PRUNED_AT_ONCE} FOR UPDATE SKIP LOCKED))`.execute(
      tx,
    )
    await sql`
      DELETE FROM signed_in_from WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM signed_in_from WHERE at < ${successesBefore} LIMIT ${PRUNED_AT_ONCE} FOR UPDATE SKIP LOCKED))`.execute(
      tx,
    )
  }

  async lock(tx: Tx, what: string): Promise<void> {
    // Two of one hash would only wait for each other.
    await sql`SELECT pg_advisory_xact_lock(${ADVISORY_LOCK_CLASS}::int, hashtext(${what}))`.execute(tx)
  }
}
