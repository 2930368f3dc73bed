import type { ExceptionResource } from '@reprieve/auth'
import type { Database } from '@reprieve/database'
import { sql } from 'kysely'
import type { LivePosition, LiveStore } from '../../application/live-store.port.js'
import type { LiveEvent } from '../../domain/live-event.js'
import type { SubjectKind } from '../../domain/told.js'
import type { AuditTables } from './tables.js'

export class LiveRepository implements LiveStore {
  readonly #database: Database<AuditTables>

  constructor(database: Database<AuditTables>) {
    this.#database = database
  }

  async position(): Promise<LivePosition> {
    const row = await this.#database.db
      .selectFrom('journal_head')
      .innerJoin('incarnation', (join) => join.onTrue())
      .select(['live_position as newest', 'live_forgotten as forgotten', 'started_at_ms as incarnation'])
      .executeTakeFirstOrThrow()
    return row
  }

  async after(position: number, most: number): Promise<LiveEvent[]> {
    const rows = await this.#database.db
      .selectFrom('live_event')
      .select(['position', 'at', 'type', 'subject_kind', 'subject_id', 'owner_id'])
      .where('position', '>', position)
      .orderBy('position')
      .limit(most)
      .execute()
    return rows.map((row) => ({
      position: row.position,
      at: row.at,
      type: row.type,
      subject: { kind: row.subject_kind as SubjectKind, id: row.subject_id },
      ownerId: row.owner_id,
    }))
  }

  async exceptions(ids: readonly string[]): Promise<Map<string, ExceptionResource>> {
    if (ids.length === 0) return new Map()
    const { rows } = await sql<{ id: string; requester: string | null; approvers: Array<string | null> }>`
      SELECT id, state #>> '{requestedBy,id}' AS requester,
             ARRAY(SELECT step #>> '{approver,id}' FROM jsonb_array_elements(state -> 'steps') AS step) AS approvers
      FROM subject WHERE kind = 'exception' AND id = ANY(${ids}::text[])`.execute(this.#database.db)
    return new Map(
      rows.map(({ id, requester, approvers }) => [
        id,
        {
          requesterId: requester ?? '',
          approverIds: approvers.filter((approver) => approver !== null),
          decidingId: null,
        },
      ]),
    )
  }
}
