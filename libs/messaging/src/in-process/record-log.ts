import type { Clock } from '@reprieve/clock'
import { binaryArray } from '@reprieve/database'
import type pg from 'pg'
import type { Delivery, Extent, TopicDeclaration } from '../carrier.port.js'
import { DEAD_LETTER_RETENTION_MS, DEAD_LETTER_SUFFIX } from '../delivery/dead-letter.js'
import type { PreparedMessage } from '../delivery/outgoing.js'
import { SurroundingsFault, TopicMismatchError, UnknownTopicError } from '../faults.js'
import type { LogSession } from './log-session.js'
import { LogTail } from './log-tail.js'

/** One partition, and how far it is written as this process knows: it is the only writer. */
export interface LogPartition {
  readonly id: number
  readonly topic: string
  readonly partition: number
  readonly compacted: boolean
  nextOffset: bigint
  /** Called, and forgotten, once `nextOffset` has moved. */
  readonly waiting: Set<() => void>
}

// A reader holds this much of one partition at most, beside the one record that may be larger.
const FETCH_BYTES = 2 * 1024 * 1024

interface PartitionRow {
  id: number
  topic: string
  partition: number
  next_offset: string
  compacted: boolean
}

interface RecordRow {
  record_offset: string
  key: Buffer
  value: Buffer
  headers: string
  published_at: Date
}

/** The log's tables: topics, their partitions, records. */
export class RecordLog {
  readonly #session: () => LogSession
  readonly #readers: pg.Pool
  readonly #clock: Clock
  readonly #topics = new Map<string, LogPartition[]>()
  readonly #tail = new LogTail()

  constructor(session: () => LogSession, readers: pg.Pool, clock: Clock) {
    this.#session = session
    this.#readers = readers
    this.#clock = clock
  }

  partitionCount(topic: string): number | undefined {
    return this.#topics.get(topic)?.length
  }

  /** @throws UnknownTopicError */
  partitions(topic: string): readonly LogPartition[] {
    const partitions = this.#topics.get(topic)
    if (partitions === undefined) throw new UnknownTopicError(topic)
    return partitions
  }

  /** What each partition of a topic holds now. @throws UnknownTopicError */
  async extents(topic: string): Promise<ReadonlyMap<number, Extent>> {
    const partitions = this.partitions(topic)
    const { rows } = await this.#session().query<{ id: number; first: string | null }>({
      text: `SELECT id, (SELECT min(record_offset) FROM log_record WHERE partition_id = id) AS first
             FROM unnest($1::int[]) AS id`,
      values: [partitions.map(({ id }) => id)],
    })
    const firsts = new Map(rows.map(({ id, first }) => [id, first]))
    return new Map(
      partitions.map(({ id, partition, nextOffset }) => {
        const first = firsts.get(id) ?? null
        return [partition, { first: first === null ? nextOffset : BigInt(first), end: nextOffset }]
      }),
    )
  }

  all(): LogPartition[] {
    return [...this.#topics.values()].flat()
  }

  /** Creates what is missing. @throws TopicMismatchError where a topic has another number of partitions */
  async declare(declarations: readonly TopicDeclaration[]): Promise<void> {
    const wanted = declarations.flatMap((topic): TopicDeclaration[] => [
      topic,
      { name: `${topic.name}${DEAD_LETTER_SUFFIX}`, partitions: 1, retentionMs: DEAD_LETTER_RETENTION_MS },
    ])
    const { rows } = await this.#session().query<{ name: string; partitions: number; declared: number }>({
      text: `
        WITH declared AS (
          SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[]) AS t(name, partitions, retention_ms)
        ), kept AS (
          INSERT INTO topic SELECT * FROM declared
          ON CONFLICT (name) DO UPDATE SET retention_ms = excluded.retention_ms
          RETURNING name, partitions
        ), made AS (
          INSERT INTO topic_partition (topic, partition)
          SELECT name, n FROM kept, generate_series(0, partitions - 1) AS n
          ON CONFLICT DO NOTHING
        )
        SELECT name, kept.partitions, declared.partitions AS declared FROM kept JOIN declared USING (name)`,
      values: [
        wanted.map((topic) => topic.name),
        wanted.map((topic) => topic.partitions),
        wanted.map((topic) => (topic.retentionMs === 'compacted' ? null : topic.retentionMs)),
      ],
    })
    for (const { name, partitions, declared } of rows) {
      if (partitions !== declared) {
        throw new TopicMismatchError(
          `topic ${name} has ${partitions} partitions and is declared with ${declared}: keys would change their partition`,
        )
      }
    }
    await this.refresh()
  }

  /** Reads how far each partition is written: at start, and after the connection was away, when a publish's outcome may be unknown. */
  async refresh(): Promise<void> {
    const { rows } = await this.#session().query<PartitionRow>({
      text: `SELECT p.id, p.topic, p.partition, p.next_offset, t.retention_ms IS NULL AS compacted
             FROM topic_partition p JOIN topic t ON t.name = p.topic ORDER BY p.topic, p.partition`,
    })
    for (const row of rows) {
      const partitions = this.#topics.get(row.topic) ?? []
      this.#topics.set(row.topic, partitions)
      const known = partitions[row.partition]
      if (known === undefined) {
        partitions[row.partition] = { ...row, nextOffset: BigInt(row.next_offset), waiting: new Set() }
      } else advance(known, BigInt(row.next_offset))
    }
  }

  /** Appends in one statement, and so in one transaction. */
  async append(messages: readonly PreparedMessage[]): Promise<void> {
    const blob: Uint8Array[] = []
    const ids: number[] = []
    const places: number[] = []
    const starts: number[] = []
    const keyBytes: number[] = []
    const valueBytes: number[] = []
    const headerBytes: number[] = []
    const written = new Map<LogPartition, PreparedMessage[]>()
    const publishedAt = this.#clock.now()
    let at = 1
    for (const message of messages) {
      const partition = this.partitions(message.topic)[message.partition]
      if (partition === undefined) throw new UnknownTopicError(message.topic)
      const here = written.get(partition) ?? []
      written.set(partition, here)
      const place = here.length
      here.push(message)
      const headers = Buffer.from(JSON.stringify(message.headers))
      ids.push(partition.id)
      places.push(place)
      starts.push(at)
      keyBytes.push(message.key.length)
      valueBytes.push(message.value.length)
      headerBytes.push(headers.length)
      blob.push(message.key, message.value, headers)
      at += message.key.length + message.value.length + headers.length
    }
    const touched = [...written.keys()]
    // One binary parameter, cut apart there: an array of bytea goes as text in hex, which took twice as long.
    const { rows } = await this.#session().query<{ id: number; next_offset: string }>({
      name: 'append',
      text: `
        WITH counted AS (
          UPDATE topic_partition p SET next_offset = p.next_offset + c.records
          FROM unnest($1::int[], $2::int[], $3::boolean[]) AS c(id, records, compacted)
          WHERE p.id = c.id
          RETURNING p.id, p.next_offset, p.next_offset - c.records AS first_offset, c.compacted
        ), written AS (
          INSERT INTO log_record (partition_id, record_offset, key, value, headers, published_at, compacted)
          SELECT c.id, c.first_offset + r.place,
                 substring($10::bytea FROM r.start FOR r.key_bytes),
                 substring($10::bytea FROM r.start + r.key_bytes FOR r.value_bytes),
                 convert_from(substring($10::bytea FROM r.start + r.key_bytes + r.value_bytes FOR r.header_bytes), 'UTF8'),
                 $11, c.compacted
          FROM unnest($4::int[], $5::int[], $6::int[], $7::int[], $8::int[], $9::int[])
               AS r(partition_id, place, start, key_bytes, value_bytes, header_bytes)
          JOIN counted c ON c.id = r.partition_id
        )
        SELECT id, next_offset FROM counted`,
      values: [
        touched.map((partition) => partition.id),
        touched.map((partition) => written.get(partition)?.length),
        touched.map((partition) => partition.compacted),
        binaryArray('int4', ids),
        binaryArray('int4', places),
        binaryArray('int4', starts),
        binaryArray('int4', keyBytes),
        binaryArray('int4', valueBytes),
        binaryArray('int4', headerBytes),
        Buffer.concat(blob),
        publishedAt,
      ],
    })
    const offsets = new Map(rows.map((row) => [row.id, BigInt(row.next_offset)]))
    for (const partition of touched) {
      const next = offsets.get(partition.id) ?? 0n
      this.#tail.append(partition, deliveriesOf(written.get(partition) ?? [], partition, next, publishedAt))
      advance(partition, next)
    }
  }

  /** To be called when records were deleted: what is gone must not be read from memory either. */
  forgetTail(): void {
    this.#tail.clear()
  }

  /** Records from `position` on, bounded in number and bytes; empty where there are none. */
  async read(partition: LogPartition, position: bigint, most: number): Promise<Delivery[]> {
    // Without the lock another process may be the log's by now.
    const { trouble } = this.#session()
    if (trouble !== null) throw new SurroundingsFault(`the log cannot be read: ${trouble}`)
    const recent = this.#tail.read(partition, position, most, FETCH_BYTES)
    if (recent !== null) return recent
    const { rows } = await this.#readers.query<RecordRow>({
      name: 'read',
      text: `
        SELECT record_offset, key, value, headers, published_at FROM (
          SELECT *, sum(octet_length(value)) OVER (ORDER BY record_offset) - octet_length(value) AS before
          FROM (
            SELECT * FROM log_record WHERE partition_id = $1 AND record_offset >= $2 ORDER BY record_offset LIMIT $3
          ) AS first
        ) AS sized
        WHERE before < $4 ORDER BY record_offset`,
      values: [partition.id, position, most, FETCH_BYTES],
    })
    return rows.map((row) => ({
      topic: partition.topic,
      partition: partition.partition,
      offset: BigInt(row.record_offset),
      key: row.key.toString(),
      value: row.value,
      headers: JSON.parse(row.headers) as Record<string, string>,
      publishedAt: row.published_at,
    }))
  }
}

const deliveriesOf = (
  messages: readonly PreparedMessage[],
  { topic, partition }: LogPartition,
  next: bigint,
  publishedAt: Date,
): Delivery[] =>
  messages.map(({ key, value, headers }, index) => ({
    topic,
    partition,
    offset: next - BigInt(messages.length - index),
    key: key.toString(),
    value,
    headers,
    publishedAt,
  }))

function advance(partition: LogPartition, nextOffset: bigint): void {
  if (nextOffset <= partition.nextOffset) return
  partition.nextOffset = nextOffset
  const waiting = [...partition.waiting]
  partition.waiting.clear()
  for (const wake of waiting) wake()
}
