import type { Database } from '@reprieve/database'
import { type List, type PageRequest, readPage } from '@reprieve/http-kit'
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { DeadLetterStore, Settlement } from '../../application/dead-letter-store.port.js'
import {
  type CauseCode,
  type DeadLetter,
  type DeadLetterState,
  type Failure,
  serviceOf,
  type WholeDeadLetter,
} from '../../domain/dead-letter.js'
import type { AuditTables, Tx } from './tables.js'

export interface DeadLetterFilters {
  topics?: readonly string[] | undefined
  services?: readonly string[] | undefined
  states?: readonly DeadLetterState[] | undefined
}

const MOST_HISTORY = 20
const MOST_FORGOTTEN = 1_000

const COLUMNS = [
  'id',
  'topic',
  'partition',
  'record_offset',
  'published_at',
  'consumer',
  'service',
  'key',
  'trace_id',
  'state',
  'cause_code',
  'cause',
  'failed_at',
  'first_failed_at',
  'failures',
  'attempts',
  'redrives',
  'settled_at',
  'settled_by_id',
  'settled_by_name',
  'discard_reason',
] as const

/** The dead letters of all services. */
export class DeadLetterRepository implements DeadLetterStore {
  readonly #database: Database<AuditTables>

  constructor(database: Database<AuditTables>) {
    this.#database = database
  }

  /**
   * Keeps failures: each once, however often it is delivered. What comes back from a redrive is the same dead letter; it is dead again
   * only if that was the newest redrive and nobody has settled it since.
   */
  async keep(failures: readonly Failure[]): Promise<void> {
    if (failures.length === 0) return
    await this.#database.transaction(async (tx) => {
      for (const failure of failures) await keepOne(tx, failure)
    })
  }

  async list(filters: DeadLetterFilters, page: PageRequest<'failedAt'>): Promise<List<DeadLetter>> {
    const { topics, services, states } = filters
    const query = this.#database.db
      .selectFrom('dead_letter')
      .select(COLUMNS)
      .select(sql<number>`octet_length(key) + octet_length(value)`.as('bytes'))
      .where(({ and }) =>
        and([
          ...(topics === undefined ? [] : [sql<boolean>`topic = ANY(${topics}::text[])`]),
          ...(services === undefined ? [] : [sql<boolean>`service = ANY(${services}::text[])`]),
          ...(states === undefined ? [] : [sql<boolean>`state = ANY(${states}::text[])`]),
        ]),
      )
    const list = await readPage(this.#database.db, query, page, {
      columns: { failedAt: { by: 'dead_letter.failed_at', type: 'timestamptz' } },
      id: 'dead_letter.id',
    })
    return { ...list, items: list.items.map(toDeadLetter) }
  }

  /** @param on a transaction, which then holds the row until it ends */
  async find(id: string, on?: Tx): Promise<WholeDeadLetter | null> {
    const query = (on ?? this.#database.db)
      .selectFrom('dead_letter')
      .select([...COLUMNS, 'value', 'headers', 'version'])
      .select(sql<number>`octet_length(key) + octet_length(value)`.as('bytes'))
      .where('id', '=', id)
    const row = await (on === undefined ? query : query.forUpdate()).executeTakeFirst()
    if (row === undefined) return null
    const history = await (on ?? this.#database.db)
      .selectFrom('dead_letter_failure')
      .select(['failed_at', 'redrive', 'cause_code', 'cause', 'attempts'])
      .where('dead_letter_id', '=', id)
      .orderBy('failed_at', 'desc')
      .limit(MOST_HISTORY)
      .execute()
    return {
      ...toDeadLetter(row),
      value: row.value,
      headers: JSON.parse(row.headers) as Record<string, string>,
      version: row.version,
      history: history.map((failure) => ({
        failedAt: failure.failed_at,
        redrive: failure.redrive,
        cause: { code: failure.cause_code as CauseCode, message: failure.cause },
        attempts: failure.attempts,
      })),
    }
  }

  /** What somebody decided of one that is dead. */
  async settle(tx: Tx, id: string, settled: Settlement): Promise<void> {
    await tx
      .updateTable('dead_letter')
      .set(({ eb }) => ({
        state: settled.state,
        settled_at: settled.at,
        settled_by_id: settled.by.id,
        settled_by_name: settled.by.name,
        discard_reason: settled.reason,
        version: eb('version', '+', 1),
        ...(settled.state === 'redriven' ? { redrives: eb('redrives', '+', 1) } : {}),
      }))
      .where('id', '=', id)
      .execute()
  }

  /** How many wait for somebody, by consumer. */
  async waiting(): Promise<ReadonlyArray<{ consumer: string; service: string; dead: number }>> {
    const { rows } = await sql<{ consumer: string; service: string; dead: number }>`
      SELECT consumer, service, count(*) FILTER (WHERE state = 'dead') AS dead
      FROM dead_letter GROUP BY consumer, service`.execute(this.#database.db)
    return rows.map((row) => ({ ...row, dead: Number(row.dead) }))
  }

  /** Takes away those that failed last before. @returns how many: a bounded number, so perhaps not all */
  async forget(before: Date): Promise<number> {
    const { numAffectedRows } = await sql`
      DELETE FROM dead_letter WHERE id = ANY (ARRAY(
        SELECT id FROM dead_letter WHERE failed_at < ${before} ORDER BY failed_at LIMIT ${MOST_FORGOTTEN}))`.execute(
      this.#database.db,
    )
    return Number(numAffectedRows ?? 0)
  }
}

async function keepOne(tx: Tx, failure: Failure): Promise<void> {
  const known = await knownOf(tx, failure)
  const id = known ?? (await insert(tx, failure))
  const { dlqTopic, dlqOffset, failedAt, cause, attempts, redriven } = failure
  const redrive = known !== null && redriven?.id === known ? redriven.redrive : 0
  const noted = await tx
    .insertInto('dead_letter_failure')
    .values({
      dead_letter_id: id,
      dlq_topic: dlqTopic,
      dlq_offset: Number(dlqOffset),
      failed_at: failedAt,
      redrive,
      cause_code: cause.code,
      cause: storable(cause.message),
      attempts,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('dead_letter_id')
    .executeTakeFirst()
  if (noted === undefined) return
  await sql`
    UPDATE dead_letter SET failures = failures + 1, attempts = attempts + ${attempts}::int,
      state = CASE WHEN state = 'redriven' AND redrives = ${redrive}::int THEN 'dead' ELSE state END,
      cause_code = CASE WHEN failed_at <= ${failedAt}::timestamptz THEN ${cause.code} ELSE cause_code END,
      cause = CASE WHEN failed_at <= ${failedAt}::timestamptz THEN ${storable(cause.message)} ELSE cause END,
      failed_at = greatest(failed_at, ${failedAt}::timestamptz)
    WHERE id = ${id}::uuid`.execute(tx)
}

/** Names in headers are anybody's word: only the very same record is what they say it is. */
async function knownOf(tx: Tx, { redriven, consumer, topic, key, value }: Failure): Promise<string | null> {
  if (redriven === null) return null
  const row = await tx
    .selectFrom('dead_letter')
    .select(['consumer', 'key', 'value'])
    .where('id', '=', redriven.id)
    .forUpdate()
    .executeTakeFirst()
  if (row === undefined) return null
  const ofRedriver = topic === 'redrives.v1'
  const same = row.consumer === consumer && Buffer.from(key).equals(row.key) && Buffer.from(value).equals(row.value)
  return ofRedriver || same ? redriven.id : null
}

async function insert(tx: Tx, failure: Failure): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    INSERT INTO dead_letter AS d (id, topic, partition, record_offset, published_at, consumer, service, key, value, headers,
      trace_id, state, cause_code, cause, failed_at, first_failed_at, failures, attempts)
    VALUES (${uuidv7()}, ${failure.topic}, ${failure.partition}, ${failure.offset}, ${failure.publishedAt},
      ${failure.consumer}, ${serviceOf(failure.consumer)}, ${Buffer.from(failure.key)}, ${Buffer.from(failure.value)},
      ${JSON.stringify(failure.headers)}, ${failure.traceId}, 'dead', ${failure.cause.code},
      ${storable(failure.cause.message)}, ${failure.failedAt}, ${failure.failedAt}, 0, 0)
    ON CONFLICT ON CONSTRAINT dead_letter_record_unique DO UPDATE SET failures = d.failures
    RETURNING id`.execute(tx)
  const [row] = rows
  if (row === undefined) throw new Error('an insert that updates where it finds one answers one row')
  return row.id
}

/** PostgreSQL's texts have no NUL. */
const storable = (text: string): string => text.replaceAll('\u0000', '\uFFFD')

interface Row {
  id: string
  topic: string
  partition: number
  record_offset: number
  published_at: Date
  consumer: string
  service: string
  key: Uint8Array
  bytes: number
  trace_id: string | null
  state: string
  cause_code: string
  cause: string
  failed_at: Date
  first_failed_at: Date
  failures: number
  attempts: number
  redrives: number
  settled_at: Date | null
  settled_by_id: string | null
  settled_by_name: string | null
  discard_reason: string | null
}

const toDeadLetter = (row: Row): DeadLetter => ({
  id: row.id,
  topic: row.topic,
  partition: row.partition,
  offset: row.record_offset,
  publishedAt: row.published_at,
  consumer: row.consumer,
  service: row.service,
  key: row.key,
  bytes: row.bytes,
  traceId: row.trace_id,
  state: row.state as DeadLetterState,
  cause: { code: row.cause_code as CauseCode, message: row.cause },
  failedAt: row.failed_at,
  firstFailedAt: row.first_failed_at,
  failures: row.failures,
  attempts: row.attempts,
  redrives: row.redrives,
  settled:
    row.settled_at === null || row.settled_by_id === null
      ? null
      : {
          at: row.settled_at,
          by: { id: row.settled_by_id, name: row.settled_by_name ?? '' },
          reason: row.discard_reason,
        },
})
