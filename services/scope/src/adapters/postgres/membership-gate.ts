import type { Clock } from '@reprieve/clock'
import { sql } from 'kysely'
import type { LiveQueries } from './live-queries.js'
import type { ScopeDatabase, Tx } from './tables.js'

// Any number, the same for every process that writes membership in this database.
const ADVISORY_LOCK = 7_302_010

/** What a writer of membership goes by: the set of queries of an epoch, and the time to evaluate them at. They belong together. */
export interface Standing {
  readonly epoch: number
  /** Never before one up to which time-relative queries have been brought up to date, or at which one of the set has joined. */
  readonly now: Date
}

/**
 * How writers of membership and changes of what is matched keep out of each other's way.
 *
 * Whoever writes membership first enters: it holds the lock, shared, until it commits. Once it also holds the locks of the assets it
 * writes for, it catches up, and so knows every query that anybody before it has written members of there. Whoever changes what many instances share (a query joins or leaves, ids become one vulnerability) commits that change first
 * and then drains: it takes the lock once, exclusively. After that, every writer still open has seen the change, and what earlier ones
 * wrote is committed and can be gone over. docs/adr/0013 tells the whole of it; test/model explores every order of its steps.
 */
export class MembershipGate {
  constructor(
    private readonly database: ScopeDatabase,
    private readonly queries: LiveQueries,
    private readonly clock: Clock,
  ) {}

  /**
   * Takes the lock, shared, until the transaction ends. From here on rows are found by their indexes, too: the statements of a writer name
   * some thousands by their keys, and PostgreSQL would rather go over a table that is small yet, or of which it has no statistics since it
   * grew. With ten thousand exceptions an event is covered 0.7 s after it was published instead of 2.7 (99th percentile).
   */
  async enter(tx: Tx): Promise<void> {
    await sql`SELECT pg_advisory_xact_lock_shared(${ADVISORY_LOCK}), set_config('enable_seqscan', 'off', true),
      set_config('enable_bitmapscan', 'off', true), set_config('enable_hashjoin', 'off', true)`.execute(tx)
  }

  /** For whoever has entered and holds the locks of what it is about to write for. Before that it would be too early. */
  async catchUp(tx: Tx): Promise<Standing> {
    for (let looks = 1; ; looks++) {
      const { epoch, as_of } = await tx.selectFrom('query_set').select(['epoch', 'as_of']).executeTakeFirstOrThrow()
      if (epoch === this.queries.epoch) {
        return { epoch, now: new Date(Math.max(this.clock.now().getTime(), as_of.getTime())) }
      }
      // Where another transaction of this process has read a newer set meanwhile, the time that goes with it is read again. One that
      // stays behind is another database than it was: restored from a backup.
      if (epoch < this.queries.epoch && looks > 3) this.queries.clear()
      await this.queries.refresh(tx, epoch)
    }
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
