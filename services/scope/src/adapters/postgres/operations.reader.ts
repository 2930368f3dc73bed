import { type List, type PageRequest, readPage, type SortColumn } from '@reprieve/http-kit'
import { type Selectable, sql } from 'kysely'
import type { Reconciliation } from './tables.gen.js'
import type { Db, ScopeDatabase } from './tables.js'

export const RECONCILIATION_SORTS = ['startedAt'] as const
export const SCAN_SORTS = ['startedAt'] as const

export interface ScanFilter {
  readonly scanner?: readonly string[] | undefined
  readonly assetId?: readonly string[] | undefined
  readonly scanId?: readonly string[] | undefined
  readonly outcome?: readonly string[] | undefined
}

const BY_START: Readonly<Record<'startedAt', SortColumn>> = { startedAt: { by: 'started_at', type: 'timestamptz' } }

/** What operators look at. */
export class OperationsReader {
  constructor(private readonly database: ScopeDatabase) {}

  async reconciliations(
    status: readonly string[] | null,
    request: PageRequest<'startedAt'>,
  ): Promise<List<Selectable<Reconciliation>>> {
    const { db } = this.database
    let query = db.selectFrom('reconciliation').selectAll()
    if (status !== null) query = query.where('status', 'in', [...status])
    return await readPage(db, query, request, { columns: BY_START, id: 'id' })
  }

  async scans(filter: ScanFilter, request: PageRequest<'startedAt'>) {
    const { db } = this.database
    let query = scans(db)
    if (filter.scanner !== undefined) query = query.where('s.name', 'in', [...filter.scanner])
    if (filter.assetId !== undefined) query = query.where('a.id', 'in', [...filter.assetId])
    if (filter.scanId !== undefined) query = query.where('scan.scan_id', 'in', [...filter.scanId])
    if (filter.outcome !== undefined) query = query.where('scan.outcome', 'in', [...filter.outcome])
    return await readPage(db, query, request, {
      columns: { startedAt: { by: 'scan.started_at', type: 'timestamptz' } },
      // Lists break ties by a UUID; a scan has a number.
      id: sql`lpad(to_hex(scan.key), 32, '0')::uuid`,
    })
  }
}

const scans = (db: Db) =>
  db
    .selectFrom('scan')
    .innerJoin('asset as a', 'a.key', 'scan.asset_key')
    .innerJoin('scanner as s', 's.key', 'scan.scanner_key')
    .select([
      's.name as scanner',
      'scan.scan_id',
      'a.id as asset_id',
      'a.name as asset_name',
      'scan.report_id',
      'scan.started_at',
      'scan.completed_at',
      'scan.announced',
      'scan.arrived',
      'scan.rejected',
      'scan.closed',
      'scan.outcome',
    ])
