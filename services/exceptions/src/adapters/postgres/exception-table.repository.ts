import type { Database } from '@reprieve/database'
import { type List, type PageRequest, readPage, type SortColumn } from '@reprieve/http-kit'
import { type SelectQueryBuilder, sql } from 'kysely'
import type { Kind, Status } from '../../domain/exception.js'
import type { ExceptionsTables } from './tables.js'

export const SORTS = [
  'name',
  'status',
  'expiresAt',
  'appliedSince',
  'requestedAt',
  'requestedBy',
  'instanceCount',
  'waitingFor',
] as const
export type Sort = (typeof SORTS)[number]

/** Several values of one filter mean any of them; several filters mean all of them. */
export interface Filters {
  status?: readonly Status[] | undefined
  kind?: readonly Kind[] | undefined
  /** Ids of people. */
  requestedBy?: readonly string[] | undefined
  waitingFor?: readonly string[] | undefined
  approver?: readonly string[] | undefined
  ticketId?: readonly string[] | undefined
  /** A part of the name, the requester's name or the justification, in any case. */
  text?: readonly string[] | undefined
  /** From this instant on, and until before it. */
  requestedAfter?: Date | undefined
  requestedBefore?: Date | undefined
  expiresAfter?: Date | undefined
  expiresBefore?: Date | undefined
  minInstances?: number | undefined
}

// Each has an index of the same expression.
const COLUMNS: Readonly<Record<Sort, SortColumn>> = {
  name: { by: sql`lower(exception.name)`, type: 'text' },
  status: { by: 'exception.status', type: 'text' },
  expiresAt: { by: 'exception.expires_at', type: 'timestamptz', nullable: true },
  appliedSince: { by: 'exception.applied_since', type: 'timestamptz', nullable: true },
  requestedAt: { by: 'exception.requested_at', type: 'timestamptz' },
  requestedBy: { by: sql`lower(exception.requester_name)`, type: 'text' },
  instanceCount: { by: 'exception.instance_count', type: 'int8' },
  waitingFor: { by: sql`lower(exception.waiting_for_name)`, type: 'text', nullable: true },
}

/** The Exception Table: which exceptions are on a page. */
export class ExceptionTableRepository {
  readonly #database: Database<ExceptionsTables>

  constructor(database: Database<ExceptionsTables>) {
    this.#database = database
  }

  /** @returns their ids */
  async page(filters: Filters, request: PageRequest<Sort>): Promise<List<string>> {
    const { db } = this.#database
    const query = filtered(db.selectFrom('exception').select('exception.id'), filters)
    const { items, ...rest } = await readPage(db, query, request, { columns: COLUMNS, id: 'exception.id' })
    return { items: items.map(({ id }) => id), ...rest }
  }
}

type Query = SelectQueryBuilder<ExceptionsTables, 'exception', { id: string }>

function filtered(all: Query, filters: Filters): Query {
  const { status, kind, requestedBy, waitingFor, approver, ticketId, text, minInstances } = filters
  let query = all
  if (status) query = query.where('exception.status', 'in', status)
  if (kind) query = query.where('exception.kind', 'in', kind)
  if (requestedBy) query = query.where('exception.requester_id', 'in', requestedBy)
  if (waitingFor) query = query.where('exception.waiting_for_id', 'in', waitingFor)
  if (ticketId) query = query.where('exception.ticket_id', 'in', ticketId)
  if (approver) {
    query = query.where(({ exists, selectFrom }) =>
      exists(
        selectFrom('exception_step')
          .select('exception_step.exception_id')
          .whereRef('exception_step.exception_id', '=', 'exception.id')
          .where('exception_step.approver_id', 'in', approver),
      ),
    )
  }
  if (text) query = query.where(({ or }) => or(text.map(holdsText)))
  if (filters.requestedAfter) query = query.where('exception.requested_at', '>=', filters.requestedAfter)
  if (filters.requestedBefore) query = query.where('exception.requested_at', '<', filters.requestedBefore)
  if (filters.expiresAfter) query = query.where('exception.expires_at', '>=', filters.expiresAfter)
  if (filters.expiresBefore) query = query.where('exception.expires_at', '<', filters.expiresBefore)
  if (minInstances !== undefined) query = query.where('exception.instance_count', '>=', minInstances)
  return query
}

/** By the expression of the index `exception_text`. */
const holdsText = (part: string) =>
  sql<boolean>`lower(exception.name || ' ' || exception.requester_name || ' ' || exception.justification)
    LIKE ${`%${part.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`}`
