import type { Clock } from '@reprieve/clock'
import { sql } from 'kysely'
import type { LiveQueries } from './live-queries.js'
import type { ScopeDatabase, Tx } from './tables.js'

// Any number, the same for every process that writes membership in this database.
const ADVISORY_LOCK = 7_302_010

/**
 * How writers of membership and changes of what is matched keep out of each other's way.
 *
 * Whoever writes membership first enters: it holds the lock, shared, until it commits, and from then on knows every query of the epoch
 * it finds. Whoever changes what many instances share (a query joins or leaves, ids become one vulnerability) commits that change first
 * and then drains: it takes the lock once, exclusively. After that, every writer still open has seen the change, and what earlier ones
 * wrote is committed and can be gone over.
 */
export class MembershipGate {
  constructor(
    private readonly database: ScopeDatabase,
    private readonly queries: LiveQueries,
    private readonly clock: Clock,
  ) {}

  /** @returns the time to evaluate at: never before one up to which time-relative queries have been brought up to date */
  async enter(tx: Tx): Promise<Date> {
    await sql`SELECT pg_advisory_xact_lock_shared(${ADVISORY_LOCK})`.execute(tx)
    const { epoch, as_of } = await tx.selectFrom('query_set').select(['epoch', 'as_of']).executeTakeFirstOrThrow()
    await this.queries.refresh(tx, epoch)
    return new Date(Math.max(this.clock.now().getTime(), as_of.getTime()))
  }

  /** Returns once every writer that may not know of what was committed before the call has ended. Never within a transaction. */
  async drain(): Promise<void> {
    await this.database.transaction(async (tx) => {
      await sql`SELECT pg_advisory_xact_lock(${ADVISORY_LOCK})`.execute(tx)
    })
  }
}

/**
 * The next epoch of the query set, for a change in this transaction. Changes of epochs follow one another.
 * @param now whoever knows the epoch evaluates as of no earlier time, however far behind its clock is
 */
export async function nextEpoch(tx: Tx, now: Date): Promise<number> {
  const { rows } = await sql<{ epoch: number }>`
    UPDATE query_set SET epoch = epoch + 1, as_of = greatest(as_of, ${now}) RETURNING epoch`.execute(tx)
  return rows[0]?.epoch ?? 0
}
