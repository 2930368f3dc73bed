import type { Database } from '@reprieve/database'
import { boundedCount, type List, type PageRequest, readPage, type SortColumn } from '@reprieve/http-kit'
import { type SelectQueryBuilder, sql } from 'kysely'
import type { Severity } from '../../domain/tally.js'
import type { TicketStatus, Update } from '../../domain/ticket.js'
import type { TicketsTables } from './tables.js'
import { updateOf } from './ticket.rows.js'

export const SORTS = ['dueDate', 'title', 'owner', 'status', 'severity', 'instanceCount', 'createdAt'] as const
export type Sort = (typeof SORTS)[number]

/** Several values of one filter mean any of them; several filters mean all of them. */
export interface Filters {
  status?: readonly TicketStatus[] | undefined
  ownerId?: readonly string[] | undefined
  severity?: readonly Severity[] | undefined
  overdue?: boolean | undefined
  deferred?: boolean | undefined
  waiting?: boolean | undefined
  source?: readonly string[] | undefined
  groupingRuleId?: readonly string[] | undefined
  /** A part of the title, in any case. */
  text?: readonly string[] | undefined
  /** From this day on, and until before it. */
  dueAfter?: string | undefined
  dueBefore?: string | undefined
}

// Each has an index of the same expression.
const COLUMNS: Readonly<Record<Sort, SortColumn>> = {
  dueDate: { by: 'ticket.due_date', type: 'date', nullable: true },
  title: { by: sql`lower(ticket.title)`, type: 'text' },
  owner: { by: sql`lower(ticket.owner_name)`, type: 'text' },
  status: { by: 'ticket.status', type: 'text' },
  severity: { by: 'ticket.severity_rank', type: 'int4' },
  instanceCount: { by: 'ticket.instance_count', type: 'int8' },
  createdAt: { by: 'ticket.created_at', type: 'timestamptz' },
}

type Query = SelectQueryBuilder<TicketsTables, 'ticket', { id: string }>

/** The list of tickets: which are on a page, and what happened to one of them. */
export class TicketTableRepository {
  readonly #database: Database<TicketsTables>

  constructor(database: Database<TicketsTables>) {
    this.#database = database
  }

  /** @param today what is due before it is overdue @returns their ids */
  async page(filters: Filters, today: string, request: PageRequest<Sort>): Promise<List<string>> {
    const { db } = this.#database
    const every = db.selectFrom('ticket').select('ticket.id')
    const all = filtered(every, filters, today)
    const count = await boundedCount(db, all)
    // Few are found by their filters and sorted then; many by the order's index, which meets a page of them soon.
    const query = count.exact ? every.where(sql<boolean>`ticket.id = ANY (ARRAY(${all}))`) : all
    const { items, ...rest } = await readPage(db, query, request, { columns: COLUMNS, id: 'ticket.id', count })
    return { items: items.map(({ id }) => id), ...rest }
  }

  /** What happened to a ticket, the newest first unless asked otherwise. */
  async updates(ticketId: string, request: PageRequest<'at'>): Promise<List<Update>> {
    const { db } = this.#database
    const query = db.selectFrom('ticket_update').selectAll().where('ticket_id', '=', ticketId)
    const { items, ...rest } = await readPage(db, query, request, {
      columns: { at: { by: 'ticket_update.at', type: 'timestamptz' } },
      id: 'ticket_update.id',
    })
    return { items: items.map(updateOf), ...rest }
  }
}

function filtered(every: Query, filters: Filters, today: string): Query {
  const { status, ownerId, severity, overdue, deferred, waiting, source, groupingRuleId, text, dueAfter, dueBefore } =
    filters
  let query = every
  if (status) query = query.where('ticket.status', 'in', status)
  if (ownerId) query = query.where('ticket.owner_id', 'in', ownerId)
  if (severity) query = query.where('ticket.severity', 'in', severity)
  if (source) query = query.where('ticket.source', 'in', source)
  if (groupingRuleId) query = query.where('ticket.group_rule_id', 'in', groupingRuleId)
  if (overdue === true)
    query = query.where('ticket.status', '=', 'open').where('ticket.due_date', '<', sql<Date>`${today}::date`)
  if (overdue === false) {
    query = query.where(
      sql<boolean>`(ticket.status = 'done' OR ticket.due_date IS NULL OR ticket.due_date >= ${today}::date)`,
    )
  }
  if (deferred !== undefined) query = query.where('ticket.deferred_by', deferred ? 'is not' : 'is', null)
  if (waiting !== undefined) query = query.where('ticket.waiting_request', waiting ? 'is not' : 'is', null)
  if (dueAfter) query = query.where('ticket.due_date', '>=', sql<Date>`${dueAfter}::date`)
  if (dueBefore) query = query.where('ticket.due_date', '<', sql<Date>`${dueBefore}::date`)
  if (text) query = query.where(({ or }) => or(text.map(holdsText)))
  return query
}

/** One or two letters are in nearly every title: they find the words that begin so, which have trigrams, too. */
function holdsText(part: string) {
  const wanted = part.toLowerCase().replace(/[\\%_]/g, '\\$&')
  const pattern = [...part].length < 3 ? `% ${wanted}%` : `%${wanted}%`
  return sql<boolean>`lower(' ' || ticket.title) LIKE ${pattern}`
}
