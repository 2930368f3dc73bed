import { sql } from 'kysely'
import {
  type Head,
  type JournalStore,
  type SubjectKey,
  subjectKey,
  type TakenUp,
} from '../../application/journal-store.port.js'
import type { Placed } from '../../domain/chain.js'
import type { LiveEvent } from '../../domain/live-event.js'
import type { JsonObject, Known } from '../../domain/told.js'
import type { Tx } from './tables.js'
import { toldOf } from './told-row.js'

export class JournalRepository implements JournalStore {
  async lockHead(tx: Tx): Promise<Head> {
    const row = await tx
      .selectFrom('journal_head')
      .select(['position', 'hash', 'live_position'])
      .forUpdate()
      .executeTakeFirstOrThrow()
    return { position: row.position, hash: row.hash, livePosition: row.live_position }
  }

  async take(tx: Tx, most: number): Promise<TakenUp> {
    // Whoever writes holds the head, so all that was written before is seen here: an event that came again is never written twice.
    const { rows } = await sql<{ seq: number; told: unknown; written: boolean }>`
      SELECT waiting.seq, waiting.told,
             EXISTS (SELECT FROM journal WHERE journal.event_id = waiting.event_id) AS written
      FROM (SELECT seq, event_id, told FROM intake ORDER BY seq LIMIT ${most}) AS waiting
      ORDER BY waiting.seq`.execute(tx)
    return {
      upTo: rows.map(({ seq }) => seq),
      told: rows.filter(({ written }) => !written).map(({ told }) => toldOf(told)),
    }
  }

  async known(tx: Tx, subjects: readonly SubjectKey[]): Promise<Map<string, Known>> {
    if (subjects.length === 0) return new Map()
    const { rows } = await sql<
      SubjectKey & { incarnation: number; version: number; name: string | null; state: JsonObject }
    >`
      SELECT kind, id, incarnation, version, name, state FROM subject
      WHERE (kind, id) IN (SELECT * FROM unnest(${subjects.map(({ kind }) => kind)}::text[],
                                                ${subjects.map(({ id }) => id)}::text[]))`.execute(tx)
    return new Map(
      rows.map(({ incarnation, version, name, state, ...key }) => [
        subjectKey(key),
        { version: { incarnation, n: version }, name, state },
      ]),
    )
  }

  async write(
    tx: Tx,
    head: Head,
    written: {
      entries: ReadonlyArray<Placed & { hash: Uint8Array }>
      events: ReadonlyArray<LiveEvent & { recordedAt: Date }>
      subjects: ReadonlyArray<SubjectKey & Known>
      upTo: readonly number[]
    },
  ): Promise<void> {
    await insertEntries(tx, written.entries)
    await insertEvents(tx, written.events)
    await keepSubjects(tx, written.subjects)
    await sql`DELETE FROM intake WHERE seq = ANY(${written.upTo}::bigint[])`.execute(tx)
    await tx
      .updateTable('journal_head')
      .set({ position: head.position, hash: head.hash, live_position: head.livePosition })
      .execute()
  }
}

async function insertEntries(tx: Tx, entries: ReadonlyArray<Placed & { hash: Uint8Array }>): Promise<void> {
  if (entries.length === 0) return
  await tx
    .insertInto('journal')
    .values(
      entries.map((entry) => ({
        position: entry.position,
        event_id: entry.eventId,
        at: entry.at,
        recorded_at: entry.recordedAt,
        actor_id: entry.actor?.id ?? null,
        actor_name: entry.actor?.name ?? null,
        type: entry.type,
        subject_kind: entry.subject.kind,
        subject_id: entry.subject.id,
        subject_name: entry.subject.name,
        changes: JSON.stringify(entry.changes),
        trace_id: entry.traceId,
        hash: entry.hash,
      })),
    )
    .execute()
}

async function insertEvents(tx: Tx, events: ReadonlyArray<LiveEvent & { recordedAt: Date }>): Promise<void> {
  if (events.length === 0) return
  await tx
    .insertInto('live_event')
    .values(
      events.map((event) => ({
        position: event.position,
        at: event.at,
        recorded_at: event.recordedAt,
        type: event.type,
        subject_kind: event.subject.kind,
        subject_id: event.subject.id,
        owner_id: event.ownerId,
      })),
    )
    .execute()
}

async function keepSubjects(tx: Tx, subjects: ReadonlyArray<SubjectKey & Known>): Promise<void> {
  if (subjects.length === 0) return
  await sql`
    INSERT INTO subject (kind, id, incarnation, version, name, state)
    SELECT * FROM unnest(
      ${subjects.map(({ kind }) => kind)}::text[], ${subjects.map(({ id }) => id)}::text[],
      ${subjects.map(({ version }) => version.incarnation)}::bigint[], ${subjects.map(({ version }) => version.n)}::bigint[],
      ${subjects.map(({ name }) => name)}::text[], ${subjects.map(({ state }) => JSON.stringify(state))}::jsonb[])
    ON CONFLICT (kind, id) DO UPDATE
    SET incarnation = excluded.incarnation, version = excluded.version, name = excluded.name, state = excluded.state`.execute(
    tx,
  )
}
