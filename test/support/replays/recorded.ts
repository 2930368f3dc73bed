import type { TestDatabase } from '@reprieve/testing'
import { sql } from 'kysely'
import type { Recorded } from './replay-carrier.js'

interface Row {
  topic: string
  partition: number
  key: Buffer
  value: Buffer
  headers: string
  published_at: Date
}

/**
 * Every record of the in-process carrier's log as it was published, dead letters aside.
 * @throws where a part was compacted away: then it does not tell what happened
 */
export async function recorded(messages: TestDatabase): Promise<Recorded[]> {
  const { db } = messages.open()
  const { rows: partitions } = await sql<{ topic: string; missing: string }>`
    SELECT topic, next_offset - (SELECT count(*) FROM log_record WHERE partition_id = id) AS missing
    FROM topic_partition`.execute(db)
  const lost = partitions.find(({ missing }) => Number(missing) > 0)
  if (lost !== undefined) throw new Error(`${lost.missing} records of ${lost.topic} are not in the log any more`)
  const { rows } = await sql<Row>`
    SELECT topic, partition, key, value, headers, published_at
    FROM log_record JOIN topic_partition ON id = partition_id
    WHERE topic NOT LIKE '%.dlq'
    ORDER BY published_at, partition_id, record_offset`.execute(db)
  return rows.map(({ key, headers, published_at: publishedAt, ...record }) => ({
    ...record,
    key: key.toString(),
    headers: JSON.parse(headers) as Record<string, string>,
    publishedAt,
  }))
}

export const eachTwice = (records: readonly Recorded[]): Recorded[] => records.flatMap((one) => [one, one])

/** Records of one key of a topic stay in order, all else is mixed: the same for the same seed. */
export function mixedAcrossKeys(records: readonly Recorded[], seed: number): Recorded[] {
  const byKey = Map.groupBy(records, ({ topic, key }) => `${topic} ${key}`)
  const waiting = [...byKey.values()].map((of) => ({ of, at: 0 }))
  const mixed: Recorded[] = []
  for (let state = seed; waiting.length > 0; ) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    const index = Math.floor((state / 2_147_483_648) * waiting.length)
    const key = waiting[index]
    const record = key?.of[key.at++]
    if (record === undefined) waiting.splice(index, 1)
    else mixed.push(record)
  }
  return mixed
}
