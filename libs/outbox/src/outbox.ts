import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { context, propagation } from '@opentelemetry/api'
import { TOPICS, type TopicName } from '@reprieve/contracts'
import { binaryArray, type ElementType } from '@reprieve/database'
import { sql, type Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { OutboxTables } from './tables.js'

/** What one event says, beside the envelope that the outbox makes. `meta` is never given. */
export type EventBody<T extends TopicName> = Omit<
  Exclude<MessageInitShape<(typeof TOPICS)[T]['message']>, { $typeName: string }>,
  'meta' | '$typeName' | '$unknown'
>

export interface NewEvent<T extends TopicName = TopicName> {
  topic: T
  /** The aggregate's id: the record's key, unless `key` says otherwise. */
  subjectId: string
  /** The aggregate's version after this change, counted from 1. */
  version: number
  /** Null where the system acted by itself. */
  actor: { id: string; name: string } | null
  at: Date
  body: EventBody<T>
  key?: string
  /** Set by republishing: consumers rebuild what they keep and tell nobody. */
  replay?: boolean
}

type Tx = Transaction<OutboxTables>

/** Carriers take 1 MiB with key and headers; what we add to an event is far less than the difference. */
export const MOST_EVENT_BYTES = 1_000_000

/** No carrier would take it: nothing after it could ever be published. */
export class EventTooLargeError extends Error {
  override readonly name = 'EventTooLargeError'

  constructor(
    readonly topic: string,
    readonly subjectId: string,
    readonly bytes: number,
  ) {
    super(`an event of ${subjectId} for ${topic} has ${bytes} bytes; at most ${MOST_EVENT_BYTES} can be published`)
  }
}

// Rows in one INSERT: beyond this PostgreSQL gains nothing and the statement's memory grows.
const ROWS_PER_INSERT = 1_000

/** Appends events to the outbox. Nothing is published until the transaction has committed. */
export class Outbox {
  #incarnation: number | null = null
  #wake: () => void = () => {}

  /** Set by the relay, so that it need not wait for its next look. */
  onAppend(wake: () => void): void {
    this.#wake = wake
  }

  /**
   * @returns the ids of the events, in the order given
   * @throws EventTooLargeError so that the change itself does not happen
   */
  async append<T extends TopicName>(tx: Tx, ...events: ReadonlyArray<NewEvent<T>>): Promise<string[]> {
    if (events.length === 0) return []
    const incarnation = await this.#readIncarnation(tx)
    const headers = JSON.stringify(traceHeaders())
    const rows = events.map((event) => row(event, incarnation))
    for (let start = 0; start < rows.length; start += ROWS_PER_INSERT) {
      const part = rows.slice(start, start + ROWS_PER_INSERT)
      const column = (type: ElementType, value: (row: Row) => unknown) => binaryArray(type, part.map(value))
      await sql`
        INSERT INTO outbox (topic, key, event_id, value, headers)
        SELECT t.topic, t.key, t.event_id, t.value, ${headers}::jsonb
        FROM unnest(${column('text', (r) => r.topic)}::text[], ${column('text', (r) => r.key)}::text[],
                    ${column('uuid', (r) => r.eventId)}::uuid[], ${column('bytea', (r) => r.value)}::bytea[])
             WITH ORDINALITY AS t(topic, key, event_id, value, n)
        ORDER BY t.n`.execute(tx)
    }
    this.#wake()
    return rows.map((r) => r.eventId)
  }

  async #readIncarnation(tx: Tx): Promise<number> {
    this.#incarnation ??= (
      await tx.selectFrom('incarnation').select('started_at_ms').executeTakeFirstOrThrow()
    ).started_at_ms
    return this.#incarnation
  }
}

type Row = ReturnType<typeof row>

function row(event: NewEvent, incarnation: number) {
  const eventId = uuidv7()
  const schema = TOPICS[event.topic].message
  const message = create(schema, {
    ...event.body,
    meta: {
      eventId,
      occurredAt: timestampFromDate(event.at),
      subjectId: event.subjectId,
      version: { incarnation: BigInt(incarnation), n: BigInt(event.version) },
      replay: event.replay ?? false,
      ...(event.actor === null ? {} : { actor: { userId: event.actor.id, name: event.actor.name } }),
    },
  } as MessageInitShape<typeof schema>)
  const key = event.key ?? event.subjectId
  const encoded = toBinary(schema, message)
  const value = Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength)
  const bytes = value.length + Buffer.byteLength(key)
  if (bytes > MOST_EVENT_BYTES) throw new EventTooLargeError(event.topic, event.subjectId, bytes)
  return { topic: event.topic, key, eventId, value }
}

function traceHeaders(): Record<string, string> {
  const headers: Record<string, string> = {}
  propagation.inject(context.active(), headers)
  return headers
}
