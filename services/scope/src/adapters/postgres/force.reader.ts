import type { Clock } from '@reprieve/clock'
import { TOPICS } from '@reprieve/contracts'
import { type RawBuilder, sql } from 'kysely'
import type { ScopeDatabase } from './tables.js'

/** The exceptions in force at one time, by effect, and up to when their owner has been heard of. */
export interface InForce {
  readonly at: Date
  /** All changes of exceptions up to this time are known; null where their owner was never heard of. */
  readonly asOf: Date | null
  readonly stale: boolean
  readonly suppress: readonly number[]
  readonly defer: readonly number[]
}

export interface StalenessPolicy {
  /** Silent for longer than this, the owner of exceptions counts as away. */
  readonly staleAfterMs: number
  /** Whether coverage then lapses, rather than staying as it was last known. */
  readonly lapses: boolean
}

// A partition that was never heard of may hold anything.
const heardUpTo = sql<{
  at: Date | null
}>`SELECT CASE WHEN count(*) = ${TOPICS['exceptions.v1'].partitions} THEN min(at) END AS at
  FROM exceptions_heard`

/** What is in force now: the exceptions' own times against the clock, each time anew. */
export class ForceReader {
  constructor(
    private readonly database: ScopeDatabase,
    private readonly clock: Clock,
    private readonly policy: StalenessPolicy,
  ) {}

  async now(): Promise<InForce> {
    return await this.#inForce(this.clock.now(), sql`status = 'active'`)
  }

  /** What was in force at an earlier time. */
  async at(at: Date): Promise<InForce> {
    return await this.#inForce(at, sql`active_from IS NOT NULL`)
  }

  async #inForce(at: Date, wasActive: RawBuilder<unknown>): Promise<InForce> {
    const { rows } = await sql<{ as_of: Date | null; suppress: number[]; defer: number[] }>`
      SELECT (${heardUpTo}) AS as_of,
        coalesce(array_agg(key) FILTER (WHERE effect = 'suppress'), '{}') AS suppress,
        coalesce(array_agg(key) FILTER (WHERE effect = 'defer'), '{}') AS defer
      FROM exception
      WHERE ${wasActive} AND active_from <= ${at} AND (active_until IS NULL OR active_until > ${at})`.execute(
      this.database.db,
    )
    const row = rows[0] ?? { as_of: null, suppress: [], defer: [] }
    const stale = this.#isStale(row.as_of, this.clock.now())
    const none = stale && this.policy.lapses
    return {
      at,
      asOf: row.as_of,
      stale,
      suppress: none ? [] : row.suppress,
      defer: none ? [] : row.defer,
    }
  }

  /** Seconds since the owner of exceptions was heard of; null if it never was. */
  async ageSeconds(): Promise<number | null> {
    const asOf = await this.#asOf()
    return asOf === null ? null : (this.clock.now().getTime() - asOf.getTime()) / 1_000
  }

  /** Why coverage cannot be trusted to be up to date, null where it can. */
  async trouble(): Promise<string | null> {
    const asOf = await this.#asOf()
    if (asOf === null || !this.#isStale(asOf, this.clock.now())) return null
    return `exceptions have not been heard of since ${asOf.toISOString()}: coverage may be out of date`
  }

  async #asOf(): Promise<Date | null> {
    const { rows } = await heardUpTo.execute(this.database.db)
    return rows[0]?.at ?? null
  }

  #isStale(asOf: Date | null, at: Date): boolean {
    return asOf === null || at.getTime() - asOf.getTime() > this.policy.staleAfterMs
  }
}
