import type { Severity, Ticket } from '../../api/schemas.js'
import { SEVERITIES } from '../../severity/severity.js'

export const TICKET_TABS = ['open', 'overdue', 'deferred', 'waiting', 'done', 'all'] as const
export type TicketTab = (typeof TICKET_TABS)[number]

export const TICKET_PARTS = ['details', 'exceptions', 'updates'] as const
export type TicketPart = (typeof TICKET_PARTS)[number]

/** What is looked at in Tickets, as the address holds it. */
export interface TicketsSearch {
  /** Absent: open. */
  show?: TicketTab
  mine?: true
  text?: string
  severity?: Severity
  sort?: string
  /** Which part of a ticket's details is shown. */
  part?: TicketPart
  /** The form that is open in a ticket's details. */
  form?: 'request' | 'edit'
  /** What `/tickets/new` begins with. */
  expression?: string
}

/** Takes what it knows out of an address that anybody may have written; the rest is dropped. */
export function readTicketsSearch(search: Record<string, unknown>): TicketsSearch {
  const read: TicketsSearch = {}
  for (const name of ['text', 'sort', 'expression'] as const) {
    const value = search[name]
    if (['string', 'number', 'boolean'].includes(typeof value) && value !== '') read[name] = String(value)
  }
  const { show, mine, severity, part, form } = search
  if (TICKET_TABS.includes(show as TicketTab) && show !== 'open') read.show = show as TicketTab
  if (mine === true || mine === 'true') read.mine = true
  if (SEVERITIES.includes(severity as Severity)) read.severity = severity as Severity
  if (TICKET_PARTS.includes(part as TicketPart)) read.part = part as TicketPart
  if (form === 'request' || form === 'edit') read.form = form
  return read
}

/** What the API is asked for; absent: all. */
export interface TicketFilter {
  status?: Ticket['status'][]
  overdue?: boolean
  deferred?: boolean
  waiting?: boolean
  ownerId?: string[]
  severity?: Severity[]
  text?: string[]
  sort?: string
}

const TABS: Readonly<Record<TicketTab, TicketFilter>> = {
  open: { status: ['open'] },
  overdue: { overdue: true },
  deferred: { deferred: true },
  waiting: { waiting: true },
  done: { status: ['done'] },
  all: {},
}

/** As the API is asked. @param show instead of the address's own tab */
export const ticketFilterOf = (search: TicketsSearch, show: TicketTab = search.show ?? 'open'): TicketFilter => ({
  ...TABS[show],
  ...(search.mine === true ? { ownerId: ['me'] } : {}),
  ...(search.severity === undefined ? {} : { severity: [search.severity] }),
  ...(search.text === undefined ? {} : { text: [search.text] }),
  ...(search.sort === undefined ? {} : { sort: search.sort }),
})

/** The list's part of the address: what is open over it is not for the list. */
export const listPart = ({ part: _, form: __, expression: ___, ...rest }: TicketsSearch): TicketsSearch => rest
