import type { Database } from '@reprieve/database'
import {
  boundedCount,
  COUNT_BOUND,
  type List,
  MANY,
  ofFew,
  type PageRequest,
  readPage,
  readPageOfFew,
  type SortColumn,
} from '@reprieve/http-kit'
import { type SelectQueryBuilder, sql } from 'kysely'
import { SEVERITIES, type Severity } from '../../domain/tally.js'
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
  // As their order is that of lowered titles.
  title: { by: 'ticket.searched', type: 'text' },
  owner: { by: sql`lower(ticket.owner_name)`, type: 'text' },
  status: { by: 'ticket.status', type: 'text' },
  severity: { by: 'ticket.severity_rank', type: 'int4' },
  instanceCount: { by: 'ticket.instance_count', type: 'int8' },
  createdAt: { by: 'ticket.created_at', type: 'timestamptz' },
}

/** All that they are made of. */
const SORTED_BY = [
  'ticket.due_date',
  'ticket.searched',
  'ticket.owner_name',
  'ticket.status',
  'ticket.severity_rank',
  'ticket.instance_count',
  'ticket.created_at',
] as const

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
    const isFiltered = Object.values(filters).some((filter) => filter !== undefined)
    const few = isFiltered ? await this.#pageOfFew(filtered(every.select(SORTED_BY), filters, today), request) : null
    if (few !== null) return few
    // Of many the order's index meets a page soon.
    const all = filtered(every, filters, today)
    const count = isFiltered ? MANY : await boundedCount(db, all)
    const { items, ...rest } = await readPage(db, all, request, { columns: COLUMNS, id: 'ticket.id', count })
    return { items: items.map(({ id }) => id), ...rest }
  }

  /** Few are found by their filters once, counted and then sorted. @returns null where there are more */
  async #pageOfFew(all: Query, request: PageRequest<Sort>): Promise<List<string> | null> {
    const { db } = this.#database
    const { found, isOfFew } = ofFew('ticket', 'id')
    const rows = db
      // In its own body the name is still the table's.
      .with(
        (cte) => cte('ticket').materialized(),
        () => all.limit(COUNT_BOUND + 1),
      )
      .selectFrom('ticket')
      .select(['ticket.id', found])
      .where(isOfFew)
    const page = await readPageOfFew(db, rows, all, request, { columns: COLUMNS, id: 'ticket.id' })
    return page && { ...page, items: page.items.map(({ id }) => id) }
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
  // By their rank, which is also their order.
  if (severity) query = query.where('ticket.severity_rank', 'in', severity.map(rankOf))
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

const rankOf = (severity: Severity): number => SEVERITIES.length - 1 - SEVERITIES.indexOf(severity)

/** One or two letters are in nearly every title: they find the words that begin so, which have trigrams, too. */
function holdsText(part: string) {
  const wanted = part.toLowerCase().replace(/[\\%_]/g, '\\$&')
  const pattern = [...part].length < 3 ? `% ${wanted}%` : `%${wanted}%`
  return sql<boolean>`ticket.searched LIKE ${pattern}`
}
