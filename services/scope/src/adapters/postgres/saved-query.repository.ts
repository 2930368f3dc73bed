import { type List, type PageRequest, readPage, type SortColumn } from '@reprieve/http-kit'
import type { Selectable } from 'kysely'
import type { SavedQuery } from '../../domain/queries/saved-query.js'
import type { SavedQuery as SavedQueryTable } from './tables.gen.js'
import type { ScopeDatabase, Tx } from './tables.js'

export const QUERY_SORTS = ['name', 'folder', 'changedAt'] as const
export type QuerySort = (typeof QUERY_SORTS)[number]

export interface QueryFilter {
  readonly folder?: readonly string[] | undefined
  readonly managed?: boolean | undefined
  readonly text?: readonly string[] | undefined
}

const SORT_COLUMNS: Readonly<Record<QuerySort, SortColumn>> = {
  name: { by: 'name', type: 'text' },
  folder: { by: 'folder', type: 'text' },
  changedAt: { by: 'changed_at', type: 'timestamptz' },
}

export type SavedQueryRow = Selectable<SavedQueryTable>

/** Saved queries that are not deleted. */
export class SavedQueryRepository {
  constructor(private readonly database: ScopeDatabase) {}

  async page(filter: QueryFilter, request: PageRequest<QuerySort>): Promise<List<SavedQuery>> {
    const { db } = this.database
    let query = db.selectFrom('saved_query').selectAll().where('deleted_at', 'is', null)
    const { folder, managed, text } = filter
    if (folder !== undefined) query = query.where('folder', 'in', [...folder])
    if (managed !== undefined) query = query.where('managed', '=', managed)
    if (text !== undefined) {
      query = query.where((eb) => eb.or(text.map((part) => eb('name', 'ilike', `%${escaped(part)}%`))))
    }
    const page = await readPage(db, query, request, { columns: SORT_COLUMNS, id: 'id' })
    return { ...page, items: page.items.map(toSavedQuery) }
  }

  async find(id: string): Promise<SavedQuery | null> {
    const row = await this.database.db
      .selectFrom('saved_query')
      .selectAll()
      .where('id', '=', id)
      .where('deleted_at', 'is', null)
      .executeTakeFirst()
    return row === undefined ? null : toSavedQuery(row)
  }

  /** Locked until the transaction ends. */
  async lock(tx: Tx, id: string): Promise<SavedQuery | null> {
    const row = await tx
      .selectFrom('saved_query')
      .selectAll()
      .where('id', '=', id)
      .where('deleted_at', 'is', null)
      .forUpdate()
      .executeTakeFirst()
    return row === undefined ? null : toSavedQuery(row)
  }

  async insert(tx: Tx, query: SavedQuery, now: Date): Promise<SavedQueryRow> {
    return await tx
      .insertInto('saved_query')
      .values({
        id: query.id,
        name: query.name,
        folder: query.folder,
        expression: query.expression,
        owner_id: query.owner.id,
        owner_name: query.owner.name,
        managed: false,
        version: query.version,
        created_at: now,
        changed_at: now,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
  }

  async update(tx: Tx, query: SavedQuery, now: Date): Promise<SavedQueryRow> {
    const { name, folder, expression, version } = query
    return await tx
      .updateTable('saved_query')
      .set({ name, folder, expression, version, changed_at: now })
      .where('id', '=', query.id)
      .returningAll()
      .executeTakeFirstOrThrow()
  }

  /** The row stays and says that it is deleted: read models elsewhere are rebuilt from it. */
  async delete(tx: Tx, query: SavedQuery, now: Date): Promise<SavedQueryRow> {
    return await tx
      .updateTable('saved_query')
      .set({ version: query.version + 1, changed_at: now, deleted_at: now })
      .where('id', '=', query.id)
      .returningAll()
      .executeTakeFirstOrThrow()
  }
}

const escaped = (part: string): string => part.replace(/[\\%_]/g, '\\$&')

export const toSavedQuery = (row: SavedQueryRow): SavedQuery => ({
  id: row.id,
  name: row.name,
  folder: row.folder,
  expression: row.expression,
  owner: { id: row.owner_id, name: row.owner_name },
  managed: row.managed,
  exceptionId: row.exception_id,
  version: row.version,
})
