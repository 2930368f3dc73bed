import type { Clock } from '@reprieve/clock'
import type { LogSession } from './log-session.js'

interface Position {
  group: string
  partitionId: number
  next: bigint
}

/**
 * Groups' positions. They are kept behind the handlers, all that moved in one statement, one statement at a time: a fast group costs no
 * more writes than the database takes.
 */
export class GroupPositions {
  readonly #session: () => LogSession
  readonly #clock: Clock
  #moved = new Map<string, Position>()
  #running: Promise<void> | null = null

  constructor(session: () => LogSession, clock: Clock) {
    this.#session = session
    this.#clock = clock
  }

  /** The group's position in each of the partitions; a new group has 0, and holds records back from now on. */
  async open(group: string, partitionIds: readonly number[]): Promise<Map<number, bigint>> {
    const { rows } = await this.#session().query<{ partition_id: number; next_offset: string }>({
      text: `
        INSERT INTO group_position AS g (group_name, partition_id, next_offset, seen_at)
        SELECT $1, id, 0, $3 FROM unnest($2::int[]) AS id
        ON CONFLICT (group_name, partition_id) DO UPDATE SET seen_at = excluded.seen_at
        RETURNING g.partition_id, g.next_offset`,
      values: [group, partitionIds, this.#clock.now()],
    })
    return new Map(rows.map((row) => [row.partition_id, BigInt(row.next_offset)]))
  }

  keep(group: string, partitionId: number, next: bigint): void {
    this.#moved.set(`${partitionId} ${group}`, { group, partitionId, next })
    this.#running ??= this.#write()
  }

  /** Resolves once everything kept so far is written. @throws where it cannot be, for now */
  async settle(): Promise<void> {
    while (this.#moved.size > 0 || this.#running !== null) {
      this.#running ??= this.#write()
      await this.#running
      if (this.#moved.size > 0 && this.#session().trouble !== null) {
        throw new Error(`positions could not be kept: ${this.#session().trouble}`)
      }
    }
  }

  async #write(): Promise<void> {
    // What moves in the same turn of the event loop goes together.
    await Promise.resolve()
    while (this.#moved.size > 0 && this.#session().trouble === null) {
      const moved = this.#moved
      this.#moved = new Map()
      const positions = [...moved.values()]
      try {
        await this.#session().query({
          name: 'keep',
          text: `
            INSERT INTO group_position (group_name, partition_id, next_offset, seen_at)
            SELECT g, p, n, $4 FROM unnest($1::text[], $2::int[], $3::bigint[]) AS t(g, p, n)
            ON CONFLICT (group_name, partition_id)
            DO UPDATE SET next_offset = excluded.next_offset, seen_at = excluded.seen_at`,
          values: [
            positions.map((position) => position.group),
            positions.map((position) => position.partitionId),
            positions.map((position) => position.next),
            this.#clock.now(),
          ],
        })
      } catch {
        // The connection is away: written again, with what moved since, once it is back.
        this.#moved = new Map([...moved, ...this.#moved])
        break
      }
    }
    this.#running = null
  }
}
