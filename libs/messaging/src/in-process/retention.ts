import type { Clock } from '@reprieve/clock'
import type { LogSession } from './log-session.js'

// Rows deleted in one statement, so that publishing never waits long behind one.
const MOST_AT_ONCE = 2_000

interface PartitionState {
  id: number
  retention_ms: string | null
  next_offset: string
  compacted_to: string
  /** The least position of any group that reads the partition, null where none does. */
  held_at: string | null
}

export interface Pruned {
  expired: number
  compacted: number
  forgottenGroups: number
}

/** Deletes what is past its retention, in bounded statements, and never what a group has still to read. */
export class Retention {
  readonly #session: () => LogSession
  readonly #clock: Clock
  readonly #forgetGroupsAfterMs: number

  constructor(session: () => LogSession, clock: Clock, forgetGroupsAfterMs: number) {
    this.#session = session
    this.#clock = clock
    this.#forgetGroupsAfterMs = forgetGroupsAfterMs
  }

  /** @param reading groups that have members now: they are never forgotten */
  async prune(reading: readonly string[]): Promise<Pruned> {
    const forgottenGroups = await this.#forget(reading)
    const { rows } = await this.#session().query<PartitionState>({
      text: `
        SELECT p.id, t.retention_ms, p.next_offset, p.compacted_to,
               (SELECT min(g.next_offset) FROM group_position g WHERE g.partition_id = p.id) AS held_at
        FROM topic_partition p JOIN topic t ON t.name = p.topic WHERE p.next_offset > 0`,
    })
    const pruned: Pruned = { expired: 0, compacted: 0, forgottenGroups }
    for (const row of rows) {
      const end = BigInt(row.held_at ?? row.next_offset)
      if (row.retention_ms === null) pruned.compacted += await this.#compact(row.id, BigInt(row.compacted_to), end)
      else pruned.expired += await this.#expire(row.id, Number(row.retention_ms), end)
    }
    return pruned
  }

  async #forget(reading: readonly string[]): Promise<number> {
    const { rowCount } = await this.#session().query({
      text: 'DELETE FROM group_position WHERE seen_at < $1 AND group_name <> ALL ($2::text[])',
      values: [new Date(this.#clock.now().getTime() - this.#forgetGroupsAfterMs), reading],
    })
    return rowCount ?? 0
  }

  async #expire(partitionId: number, retentionMs: number, end: bigint): Promise<number> {
    const before = new Date(this.#clock.now().getTime() - retentionMs)
    for (let total = 0; ; ) {
      const { rowCount } = await this.#session().query({
        text: `
          DELETE FROM log_record USING (
            SELECT record_offset AS expired FROM log_record
            WHERE partition_id = $1 AND record_offset < $2 ORDER BY record_offset LIMIT $4
          ) AS first
          WHERE partition_id = $1 AND record_offset = expired AND published_at < $3`,
        values: [partitionId, end, before, MOST_AT_ONCE],
      })
      total += rowCount ?? 0
      if ((rowCount ?? 0) < MOST_AT_ONCE) return total
    }
  }

  /** Below `compacted_to` there is one record of each key already, so a step deletes at most twice its own records. */
  async #compact(partitionId: number, from: bigint, end: bigint): Promise<number> {
    let total = 0
    for (let at = from; at < end; ) {
      const next = at + BigInt(MOST_AT_ONCE) < end ? at + BigInt(MOST_AT_ONCE) : end
      const { rows } = await this.#session().query<{ deleted: string }>({
        text: `
          WITH newest AS (
            SELECT key, max(record_offset) AS record_offset FROM log_record
            WHERE partition_id = $1 AND record_offset >= $2 AND record_offset < $3 AND compacted GROUP BY key
          ), older AS (
            DELETE FROM log_record r USING newest n
            WHERE r.partition_id = $1 AND r.compacted AND r.key = n.key AND r.record_offset < n.record_offset
              AND hashtextextended(encode(r.key, 'hex'), 0) = hashtextextended(encode(n.key, 'hex'), 0)
            RETURNING 1
          ), moved AS (
            UPDATE topic_partition SET compacted_to = $3 WHERE id = $1
          )
          SELECT count(*) AS deleted FROM older`,
        values: [partitionId, at, next],
      })
      total += Number(rows[0]?.deleted ?? 0)
      at = next
    }
    return total
  }
}
