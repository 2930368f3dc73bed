import type { ColumnType, Generated } from 'kysely'

/** The tables of `migrations/`, for services to add to their own. */
export interface OutboxTables {
  outbox: {
    seq: Generated<number>
    topic: string
    key: string
    event_id: string
    value: Uint8Array
    headers: ColumnType<Record<string, string>, string, string>
    written_at: Generated<Date>
  }
  inbox: { consumer: string; event_id: string; handled_at: Generated<Date> }
  incarnation: { only_row: Generated<boolean>; started_at_ms: number; recollects: Generated<boolean> }
}
