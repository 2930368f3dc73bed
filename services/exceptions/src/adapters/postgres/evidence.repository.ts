import type { Database } from '@reprieve/database'
import { type List, type PageRequest, readPage } from '@reprieve/http-kit'
import type { Outbox } from '@reprieve/outbox'
import { type Selectable, sql } from 'kysely'
import type { Claimable, Evidence, UploadedFile } from '../../application/evidence.port.js'
import type { EvidenceStoreName } from '../../application/evidence-store.port.js'
import type { EvidenceFile } from '../../domain/exception.js'
import { uploadEvent } from '../messaging/upload-event.js'
import type { DB } from './tables.gen.js'
import type { ExceptionsTables, Tx } from './tables.js'

export type EvidenceRow = Selectable<DB['evidence']>

const SWEPT_AT_ONCE = 100

export const EVIDENCE_SORTS = ['addedAt', 'name', 'size'] as const
export type EvidenceSort = (typeof EVIDENCE_SORTS)[number]

/** Evidence files in this service's own database, all but their bytes. */
export class EvidenceRepository implements Evidence {
  readonly #database: Database<ExceptionsTables>
  readonly #outbox: Outbox

  constructor(database: Database<ExceptionsTables>, outbox: Outbox) {
    this.#database = database
    this.#outbox = outbox
  }

  async begin(id: string, store: EvidenceStoreName, at: Date): Promise<void> {
    await this.#database.db.insertInto('evidence_blob').values({ id, store, begun_at: at }).execute()
  }

  async add(tx: Tx, file: UploadedFile): Promise<void> {
    await tx
      .insertInto('evidence')
      .values({
        id: file.id,
        name: file.name,
        size: file.size,
        type: file.type,
        sha256: file.sha256,
        uploaded_by_id: file.uploadedBy.id,
        uploaded_by_name: file.uploadedBy.name,
        uploaded_at: file.uploadedAt,
      })
      .execute()
    await this.#outbox.append(tx, uploadEvent(file, { type: 'free' }, file.uploadedAt))
  }

  async countUnused(uploaderId: string): Promise<number> {
    const { unused } = await this.#database.db
      .selectFrom('evidence')
      .select(({ fn }) => fn.countAll<number>().as('unused'))
      .where('uploaded_by_id', '=', uploaderId)
      .where('exception_id', 'is', null)
      .executeTakeFirstOrThrow()
    return unused
  }

  async findAll(ids: readonly string[]): Promise<Array<Claimable & UploadedFile>> {
    if (ids.length === 0) return []
    const rows = await this.#database.db
      .selectFrom('evidence')
      .selectAll()
      .where('id', '=', sql<string>`ANY(${[...ids]}::uuid[])`)
      .execute()
    const byId = new Map(rows.map((row) => [row.id, row]))
    return ids.flatMap((id) => {
      const row = byId.get(id)
      return row === undefined ? [] : [{ ...uploadOf(row), exceptionId: row.exception_id }]
    })
  }

  async find(exceptionId: string, id: string): Promise<{ file: EvidenceFile; store: EvidenceStoreName } | null> {
    const row = await this.#database.db
      .selectFrom('evidence')
      .innerJoin('evidence_blob', 'evidence_blob.id', 'evidence.id')
      .selectAll('evidence')
      .select('evidence_blob.store')
      .where('evidence.exception_id', '=', exceptionId)
      .where('evidence.id', '=', id)
      .executeTakeFirst()
    return row === undefined ? null : { file: evidenceFileOf(row), store: row.store as EvidenceStoreName }
  }

  async page(exceptionId: string, request: PageRequest<EvidenceSort>): Promise<List<EvidenceFile>> {
    const { db } = this.#database
    const query = db.selectFrom('evidence').selectAll().where('exception_id', '=', exceptionId)
    const { items, ...rest } = await readPage(db, query, request, {
      columns: {
        addedAt: { by: 'evidence.ordinal', type: 'int4' },
        name: { by: sql`lower(evidence.name)`, type: 'text' },
        size: { by: 'evidence.size', type: 'int8' },
      },
      id: 'evidence.id',
    })
    return { items: items.map(evidenceFileOf), ...rest }
  }

  async forgetUnused(uploadedBefore: Date, now: Date): Promise<number> {
    return this.#database.transaction(async (tx) => {
      // One that a request is just taking is locked, and left to it.
      const { rows } = await sql<EvidenceRow>`
        DELETE FROM evidence WHERE id = ANY (ARRAY(
          SELECT id FROM evidence WHERE exception_id IS NULL AND uploaded_at < ${uploadedBefore}
          ORDER BY uploaded_at LIMIT ${SWEPT_AT_ONCE} FOR UPDATE SKIP LOCKED))
        RETURNING *`.execute(tx)
      await this.#outbox.append(tx, ...rows.map((row) => uploadEvent(uploadOf(row), { type: 'removed' }, now)))
      return rows.length
    })
  }

  async following(id: string, most: number): Promise<Array<Claimable & UploadedFile>> {
    const rows = await this.#database.db
      .selectFrom('evidence')
      .selectAll()
      .where('id', '>', id)
      .orderBy('id')
      .limit(most)
      .execute()
    return rows.map((row) => ({ ...uploadOf(row), exceptionId: row.exception_id }))
  }

  async orphans(begunBefore: Date): Promise<Array<{ id: string; store: EvidenceStoreName }>> {
    const rows = await this.#database.db
      .selectFrom('evidence_blob')
      .leftJoin('evidence', 'evidence.id', 'evidence_blob.id')
      .select(['evidence_blob.id', 'evidence_blob.store'])
      .where('evidence.id', 'is', null)
      .where('evidence_blob.begun_at', '<', begunBefore)
      .orderBy('evidence_blob.begun_at')
      .limit(SWEPT_AT_ONCE)
      .execute()
    return rows.map(({ id, store }) => ({ id, store: store as EvidenceStoreName }))
  }

  async forgetBytes(id: string): Promise<void> {
    await this.#database.db.deleteFrom('evidence_blob').where('id', '=', id).execute()
  }
}

export const evidenceFileOf = (row: EvidenceRow): EvidenceFile => ({
  ...whatItIs(row),
  // Of an exception's file the table holds it.
  addedAt: row.added_at ?? row.uploaded_at,
})

export const uploadOf = (row: EvidenceRow): UploadedFile => ({ ...whatItIs(row), uploadedAt: row.uploaded_at })

const whatItIs = (row: EvidenceRow) => ({
  id: row.id,
  name: row.name,
  size: row.size,
  type: row.type,
  sha256: row.sha256,
  uploadedBy: { id: row.uploaded_by_id, name: row.uploaded_by_name },
})
