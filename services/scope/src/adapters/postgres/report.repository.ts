import { type List, type PageRequest, readPage, type SortColumn } from '@reprieve/http-kit'
import type { Outbox } from '@reprieve/outbox'
import { type Selectable, sql } from 'kysely'
import { reportEvent } from '../messaging/scope-events.js'
import { MOST_FAULTS } from './report-tally.rows.js'
import type { Report as ReportTable } from './tables.gen.js'
import type { Db, ScopeDatabase, Tx } from './tables.js'

export const REPORT_SORTS = ['receivedAt'] as const
export type ReportSort = (typeof REPORT_SORTS)[number]

const SORT_COLUMNS: Readonly<Record<ReportSort, SortColumn>> = {
  receivedAt: { by: 'r.received_at', type: 'timestamptz' },
}

export interface NewReport {
  readonly id: string
  readonly scanner: string
  readonly asset: string | null
  readonly partial: boolean
  readonly uploadedBy: { readonly id: string; readonly name: string }
  readonly receivedAt: Date
  readonly storedBytes: number
  readonly bytes: number
  readonly gzip: boolean
  readonly sha256: Uint8Array
  readonly format: string
}

export interface ReportDetails extends Selectable<ReportTable> {
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  readonly merged: number
  readonly refused: number
  readonly closed: number
  readonly faults: ReadonlyArray<{ code: string; pointer: string | null; detail: string }>
}

/** How far a publication has come, counted from the report's beginning. */
export interface Progress {
  readonly through: number
  readonly sent: number
  readonly ignored: number
  readonly rejected: number
  readonly completions: number
}

export interface ReportFaultRow {
  readonly code: string
  readonly pointer: string | null
  readonly detail: string
}

export interface ReportFilter {
  readonly uploadedBy?: string | undefined
  readonly status?: readonly string[] | undefined
  readonly scanner?: readonly string[] | undefined
}

// All of it has been taken in once every observation that was sent has met its fate, and every scan its end.
const TAKEN_IN = sql<boolean>`
  report.published_at IS NOT NULL
  AND (report.sent, report.completions) = (
    SELECT coalesce(sum(created + updated + unchanged + merged + rejected), 0), coalesce(sum(completions), 0)
    FROM report_tally WHERE report_tally.report_id = report.id)`

/** Reports, from the moment all their bytes are kept. When they come and how they end is told in the same transaction. */
export class ReportRepository {
  constructor(
    private readonly database: ScopeDatabase,
    private readonly outbox: Outbox,
  ) {}

  async insert(tx: Tx, report: NewReport): Promise<void> {
    const { id, name } = report.uploadedBy
    const row = await tx
      .insertInto('report')
      .values({
        id: report.id,
        scanner: report.scanner,
        asset: report.asset,
        partial: report.partial,
        uploaded_by: id,
        received_at: report.receivedAt,
        stored_bytes: report.storedBytes,
        bytes: report.bytes,
        gzip: report.gzip,
        sha256: Buffer.from(report.sha256),
        format: report.format,
        status: 'processing',
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    await this.outbox.append(tx, reportEvent({ ...row, ended: null }, { id, name }))
  }

  async find(id: string): Promise<ReportDetails | null> {
    const rows = await this.#details().where('r.id', '=', id).execute()
    return (await this.#withFaults(rows))[0] ?? null
  }

  async page(filter: ReportFilter, request: PageRequest<ReportSort>): Promise<List<ReportDetails>> {
    let query = this.#details()
    const { uploadedBy, status, scanner } = filter
    if (uploadedBy !== undefined) query = query.where('r.uploaded_by', '=', uploadedBy)
    if (status !== undefined) query = query.where('r.status', 'in', [...status])
    if (scanner !== undefined) query = query.where('r.scanner', 'in', [...scanner])
    const page = await readPage(this.database.db, query, request, { columns: SORT_COLUMNS, id: 'r.id' })
    return { ...page, items: await this.#withFaults(page.items) }
  }

  /** Those that wait for publication, oldest first. */
  async unpublished(limit: number): Promise<Selectable<ReportTable>[]> {
    return await this.database.db
      .selectFrom('report')
      .selectAll()
      .where('status', '=', 'processing')
      .where('published_at', 'is', null)
      .orderBy('received_at')
      .limit(limit)
      .execute()
  }

  async noteProgress(id: string, { through, ...counts }: Progress): Promise<void> {
    await this.database.db
      .updateTable('report')
      .set({ published: through, received: through, ...counts })
      .where('id', '=', id)
      .where('published', '<=', through)
      .execute()
  }

  async notePublished(
    id: string,
    { through, ...counts }: Progress,
    faults: readonly ReportFaultRow[],
    at: Date,
  ): Promise<void> {
    await this.database.transaction(async (tx) => {
      const { numUpdatedRows } = await tx
        .updateTable('report')
        .set({ published: through, received: through, published_at: at, ...counts })
        .where('id', '=', id)
        .where('published_at', 'is', null)
        .executeTakeFirst()
      if (numUpdatedRows === 0n || faults.length === 0) return
      await tx
        .insertInto('report_fault')
        .values(faults.slice(0, MOST_FAULTS).map((fault) => ({ report_id: id, ...fault })))
        .execute()
    })
  }

  async noteFailure(id: string, failure: string, at: Date): Promise<void> {
    await this.database.transaction(async (tx) => {
      const { numUpdatedRows } = await tx
        .updateTable('report')
        .set({ status: 'failed', failure, finished_at: at })
        .where('id', '=', id)
        .where('status', '=', 'processing')
        .executeTakeFirst()
      if (numUpdatedRows > 0n) await this.#tellEnded(tx, [id], at)
    })
  }

  /** @returns how often it has failed by now for no reason that the report gives */
  async noteAttempt(id: string): Promise<number> {
    const { attempts } = await this.database.db
      .updateTable('report')
      .set((eb) => ({ attempts: eb('attempts', '+', 1) }))
      .where('id', '=', id)
      .returning('attempts')
      .executeTakeFirstOrThrow()
    return attempts
  }

  /** Ends those of which everything has been taken in. */
  async settle(at: Date, ids?: readonly string[]): Promise<void> {
    await this.database.transaction(async (tx) => {
      const { rows } = await sql<{ id: string }>`
        UPDATE report SET status = 'done', finished_at = ${at}
        WHERE status = 'processing' AND ${ids === undefined ? sql`true` : sql`id = ANY(${ids}::uuid[])`} AND ${TAKEN_IN}
        RETURNING id`.execute(tx)
      await this.#tellEnded(
        tx,
        rows.map(({ id }) => id),
        at,
      )
    })
  }

  async #tellEnded(tx: Tx, ids: readonly string[], at: Date): Promise<void> {
    if (ids.length === 0) return
    const reports = await this.#details(tx)
      .where('r.id', 'in', [...ids])
      .execute()
    const events = reports.map((report) => {
      const { failure, received, ignored } = report
      const { created, updated, unchanged, merged, refused, closed } = counted(report)
      const counts = { received, created, updated, unchanged, merged, ignored, closed }
      return reportEvent(
        { ...report, ended: { failure, at, counts: { ...counts, rejected: report.rejected + refused } } },
        null,
      )
    })
    await this.outbox.append(tx, ...events)
  }

  #details(db: Db = this.database.db) {
    return db
      .selectFrom('report as r')
      .leftJoinLateral(
        (eb) =>
          eb
            .selectFrom('report_tally as t')
            .select([
              sum('t.created').as('created'),
              sum('t.updated').as('updated'),
              sum('t.unchanged').as('unchanged'),
              sum('t.merged').as('merged'),
              sum('t.rejected').as('refused'),
              sum('t.closed').as('closed'),
            ])
            .whereRef('t.report_id', '=', 'r.id')
            .as('tally'),
        (join) => join.onTrue(),
      )
      .selectAll('r')
      .select(['tally.created', 'tally.updated', 'tally.unchanged', 'tally.merged', 'tally.refused', 'tally.closed'])
  }

  async #withFaults(rows: readonly (Selectable<ReportTable> & Counted<number | null>)[]): Promise<ReportDetails[]> {
    if (rows.length === 0) return []
    const { rows: faults } = await sql<{ report_id: string; code: string; pointer: string | null; detail: string }>`
      SELECT given.report_id, fault.code, fault.pointer, fault.detail
      FROM unnest(${rows.map(({ id }) => id)}::uuid[]) AS given(report_id)
      CROSS JOIN LATERAL (SELECT * FROM report_fault f WHERE f.report_id = given.report_id ORDER BY f.key LIMIT ${MOST_FAULTS}) AS fault`.execute(
      this.database.db,
    )
    return rows.map((row) => ({
      ...row,
      ...counted(row),
      faults: faults
        .filter(({ report_id }) => report_id === row.id)
        .map(({ code, pointer, detail }) => ({ code, pointer, detail })),
    }))
  }
}

type Counted<N> = Record<'created' | 'updated' | 'unchanged' | 'merged' | 'refused' | 'closed', N>

/** A report of which nothing was taken in yet has no counts. */
const counted = ({
  created,
  updated,
  unchanged,
  merged,
  refused,
  closed,
}: Counted<number | null>): Counted<number> => ({
  created: created ?? 0,
  updated: updated ?? 0,
  unchanged: unchanged ?? 0,
  merged: merged ?? 0,
  refused: refused ?? 0,
  closed: closed ?? 0,
})

// A sum of bigints is numeric in PostgreSQL; these stay far below.
const sum = (column: string) => sql<number>`coalesce(sum(${sql.ref(column)}), 0)::int8`
