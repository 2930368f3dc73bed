import { PositionConflictError, type PositionStore } from '@reprieve/messaging'
import { sql } from 'kysely'
import type { Db, ScopeDatabase } from './tables.js'

/** How far ingest has come, beside what it has made of it. */
export class PostgresPositionStore implements PositionStore {
  constructor(private readonly database: ScopeDatabase) {}

  async load(topic: string, partitions: readonly number[]): Promise<ReadonlyMap<number, bigint>> {
    const rows = await this.database.db
      .selectFrom('consumed')
      .select(['partition', 'next_offset'])
      .where('topic', '=', topic)
      .where('partition', '=', sql<number>`ANY(${[...partitions]}::int4[])`)
      .execute()
    return new Map(rows.map((row) => [row.partition, BigInt(row.next_offset)]))
  }

  async save(topic: string, partition: number, move: { from: bigint; next: bigint }): Promise<void> {
    await movePosition(this.database.db, { topic, partition, ...move })
  }
}

/** Moves a position on, in the caller's transaction where there is one. @throws PositionConflictError where it is not `from` any more */
export async function movePosition(
  db: Db,
  { topic, partition, from, next }: { topic: string; partition: number; from: bigint; next: bigint },
): Promise<void> {
  const { numAffectedRows } = await sql`
    INSERT INTO consumed AS stored (topic, partition, next_offset)
    SELECT ${topic}, ${partition}, ${next} WHERE ${from}::int8 = 0
      OR EXISTS (SELECT FROM consumed WHERE topic = ${topic} AND partition = ${partition})
    ON CONFLICT (topic, partition) DO UPDATE SET next_offset = excluded.next_offset
      WHERE stored.next_offset = ${from}`.execute(db)
  if (numAffectedRows !== 1n) throw new PositionConflictError(topic, partition, from)
}
