import type { Database } from '@reprieve/database'
import { type List, type PageRequest, readPage } from '@reprieve/http-kit'
import { type Expression, type SqlBool, sql } from 'kysely'
import { type Fault, follow, type Link, type Placed } from '../../domain/chain.js'
import type { Change } from '../../domain/change.js'
import type { SubjectKind } from '../../domain/told.js'
import type { AuditTables, Tx } from './tables.js'

export interface JournalFilters {
  /** Ids; null for the system itself. */
  actors?: ReadonlyArray<string | null> | undefined
  subjects?: readonly string[] | undefined
  types?: readonly string[] | undefined
  from?: Date | undefined
  /** Exclusive. */
  to?: Date | undefined
}

export type Written = Placed & { hash: Uint8Array }

export interface Verification {
  /** How many entries were followed. */
  checked: number
  /** The last that holds. */
  last: Link
  /** The first entry that does not hold. */
  fault: { position: number; what: Fault } | null
  /** There are more entries after `last`. */
  more: boolean
  /** Of the newest entry there is, as the journal's head remembers it. */
  head: Link
  /** Entries up to here were taken away by retention. */
  startsAfter: number
}

const COLUMNS = [
  'position',
  'event_id',
  'at',
  'recorded_at',
  'actor_id',
  'actor_name',
  'type',
  'subject_kind',
  'subject_id',
  'subject_name',
  'changes',
  'trace_id',
  'hash',
] as const

const VERIFIED_AT_ONCE = 2_000

export class JournalReader {
  readonly #database: Database<AuditTables>

  constructor(database: Database<AuditTables>) {
    this.#database = database
  }

  async list(filters: JournalFilters, page: PageRequest<'at'>): Promise<List<Written>> {
    const query = this.#database.db
      .selectFrom('journal')
      .select(COLUMNS)
      .where(({ and }) => and(conditions(filters)))
    const list = await readPage(this.#database.db, query, page, {
      columns: { at: { by: 'journal.at', type: 'timestamptz' } },
      id: 'journal.event_id',
    })
    return { ...list, items: list.items.map(toWritten) }
  }

  /** Follows the chain over at most so many entries after a position; from the first that is kept if it is 0. */
  async verify(after: number, most: number): Promise<Verification> {
    // In one view of the data: what retention takes away meanwhile is not missing.
    return await this.#database.db
      .transaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute((tx) => verify(tx, after, most))
  }
}

async function verify(tx: Tx, after: number, most: number): Promise<Verification> {
  const remembered = await tx.selectFrom('journal_head').selectAll().executeTakeFirstOrThrow()
  const head = { position: remembered.position, hash: remembered.hash }
  const startsAfter = remembered.start_position
  let last: Link | undefined =
    after <= startsAfter ? { position: startsAfter, hash: remembered.start_hash } : await linkAt(tx, after)
  if (last === undefined) {
    const fault = { position: after, what: 'missing' as const }
    return { checked: 0, last: { position: after, hash: new Uint8Array() }, fault, more: false, head, startsAfter }
  }
  for (let checked = 0; ; ) {
    const wanted = Math.min(VERIFIED_AT_ONCE, most - checked, head.position - last.position)
    const more = last.position < head.position
    if (wanted <= 0) {
      // The head is written with the newest entry: another hash there is somebody else's.
      const foreign = !more && !Buffer.from(last.hash).equals(head.hash)
      const fault = foreign ? { position: last.position, what: 'changed' as const } : null
      return { checked, last, fault, more, head, startsAfter }
    }
    const entries = await entriesAfter(tx, last.position, wanted)
    const followed = follow(last, entries)
    checked += followed.last.position - last.position
    last = followed.last
    const what = followed.fault ?? (entries.length < wanted ? 'missing' : null)
    if (what !== null) {
      return { checked, last, fault: { position: last.position + 1, what }, more, head, startsAfter }
    }
  }
}

async function linkAt(tx: Tx, position: number): Promise<Link | undefined> {
  return await tx.selectFrom('journal').select(['position', 'hash']).where('position', '=', position).executeTakeFirst()
}

async function entriesAfter(tx: Tx, position: number, most: number): Promise<Written[]> {
  const rows = await tx
    .selectFrom('journal')
    .select(COLUMNS)
    .where('position', '>', position)
    .orderBy('position')
    .limit(most)
    .execute()
  return rows.map(toWritten)
}

function conditions({ actors, subjects, types, from, to }: JournalFilters): Expression<SqlBool>[] {
  const named = actors?.filter((actor) => actor !== null) ?? []
  const system = actors?.includes(null) ?? false
  return [
    ...(actors === undefined
      ? []
      : [sql<SqlBool>`(actor_id = ANY(${named}::text[]) OR (${system}::boolean AND actor_id IS NULL))`]),
    ...(subjects === undefined ? [] : [sql<SqlBool>`subject_id = ANY(${subjects}::text[])`]),
    ...(types === undefined ? [] : [sql<SqlBool>`type = ANY(${types}::text[])`]),
    ...(from === undefined ? [] : [sql<SqlBool>`at >= ${from}`]),
    ...(to === undefined ? [] : [sql<SqlBool>`at < ${to}`]),
  ]
}

interface Row {
  position: number
  event_id: string
  at: Date
  recorded_at: Date
  actor_id: string | null
  actor_name: string | null
  type: string
  subject_kind: string
  subject_id: string
  subject_name: string | null
  changes: unknown
  trace_id: string | null
  hash: Uint8Array
}

const toWritten = (row: Row): Written => ({
  position: row.position,
  eventId: row.event_id,
  at: row.at,
  recordedAt: row.recorded_at,
  actor: row.actor_id === null ? null : { id: row.actor_id, name: row.actor_name ?? '' },
  type: row.type,
  subject: { kind: row.subject_kind as SubjectKind, id: row.subject_id, name: row.subject_name },
  changes: row.changes as Change[],
  traceId: row.trace_id,
  hash: row.hash,
})
