import type { Selectable } from 'kysely'
import type { LockedRequest, LockedTicket } from '../../application/tickets.port.js'
import type { GroupKey } from '../../domain/grouping.js'
import { instancesIn, type Severity, severityOf, type Tally } from '../../domain/tally.js'
import type {
  DueDate,
  DueDateCause,
  DueDateMove,
  ExceptionStatus,
  Person,
  Request,
  Ticket,
  TicketStatus,
  Update,
  UseCase,
} from '../../domain/ticket.js'
import type { DB } from './tables.gen.js'

/** Days are read as text: what a driver makes of a day depends on its time zone. */
type WithDays<Row, Days extends keyof Row> = Omit<Row, Days> & { [day in Days]: string | Extract<Row[day], null> }

export type TicketRow = WithDays<Selectable<DB['ticket']>, 'due_date' | 'original_due_date'>
export type MoveRow = WithDays<Selectable<DB['due_date_move']>, 'from_date' | 'to_date'>
export type RequestRow = WithDays<Selectable<DB['ticket_request']>, 'proposed_due_date'>
export type UpdateRow = Selectable<DB['ticket_update']>

interface StoredBucket {
  severity: Severity
  criticality: string | null
  kev: boolean
  instances: number
  firstSeen: string
}

export function lockedOf(row: TicketRow): LockedTicket {
  return {
    ticket: ticketOf(row),
    counts: { tally: tallyOf(row.tally), closed: row.closed_count, asOf: row.counts_as_of },
    counted: { incarnation: row.counts_incarnation, version: row.counts_version },
    sourceSaid: row.source_said as LockedTicket['sourceSaid'],
  }
}

export const tallyOf = (stored: unknown): Tally =>
  (stored as StoredBucket[]).map((bucket) => ({ ...bucket, firstSeen: new Date(bucket.firstSeen) }))

function ticketOf(row: TicketRow): Ticket {
  return {
    id: row.id,
    version: row.version,
    title: row.title,
    owner: { id: row.owner_id, name: row.owner_name },
    expression: row.expression,
    queryVersion: row.query_version,
    status: row.status as TicketStatus,
    doneAt: row.done_at,
    createdAt: row.created_at,
    due: dueOf(row),
    byPolicy: row.by_policy,
    policyVersion: row.policy_version,
    waitingRequest: row.waiting_request,
    deferredBy: row.deferred_by,
    group: row.group_rule_id === null ? null : { ruleId: row.group_rule_id, key: row.group_key as GroupKey },
    external:
      row.source === null || row.source_key === null
        ? null
        : { source: row.source, key: row.source_key, url: row.source_url },
  }
}

function dueOf({ due_move, due_date, due_cause, original_due_date }: TicketRow): DueDate | null {
  if (due_move === null || due_date === null || due_cause === null || original_due_date === null) return null
  return { n: due_move, day: due_date, cause: due_cause as DueDateCause, original: original_due_date }
}

/** What can change of a ticket, as its row has it. */
export const movingColumns = (ticket: Ticket) => ({
  version: ticket.version,
  title: ticket.title,
  owner_id: ticket.owner.id,
  owner_name: ticket.owner.name,
  expression: ticket.expression,
  query_version: ticket.queryVersion,
  status: ticket.status,
  done_at: ticket.doneAt,
  due_move: ticket.due?.n ?? null,
  due_date: ticket.due?.day ?? null,
  due_cause: ticket.due?.cause ?? null,
  original_due_date: ticket.due?.original ?? null,
  by_policy: ticket.byPolicy,
  policy_version: ticket.policyVersion,
  waiting_request: ticket.waitingRequest,
  deferred_by: ticket.deferredBy,
  source_url: ticket.external?.url ?? null,
})

/** What was counted, as a row has it. */
export const countColumns = (tally: Tally) => ({
  tally: JSON.stringify(tally),
  instance_count: instancesIn(tally),
  severity: severityOf(tally),
})

export const moveOf = (row: MoveRow): DueDateMove => ({
  n: row.n,
  from: row.from_date,
  to: row.to_date,
  at: row.at,
  cause: row.cause as DueDateCause,
  actor: personOf(row.actor_id, row.actor_name),
  reason: row.reason,
  exceptionId: row.exception_id,
  policyVersion: row.policy_version,
})

export const requestOf = (row: RequestRow): Request => ({
  exceptionId: row.exception_id,
  ticketId: row.ticket_id,
  ordinal: row.ordinal,
  requestedBy: { id: row.requester_id, name: row.requester_name },
  requestedAt: row.requested_at,
  name: row.name,
  justification: row.justification,
  useCase: row.use_case as UseCase,
  evidenceLink: row.evidence_link,
  evidenceIds: row.evidence_ids,
  proposedDueDate: row.proposed_due_date,
  query: { id: row.query_id, expression: row.query_expression },
  assignedId: row.assigned_id,
  assignedBy: row.assigned_by,
  candidateIds: row.candidate_ids,
  ticketDoneAt: row.ticket_done_at,
  status: row.status as ExceptionStatus,
  reviewer: { id: row.reviewer_id, name: row.reviewer_name },
  decidedAt: row.decided_at,
  appliedSince: row.applied_since,
  endedAt: row.ended_at,
})

export const lockedRequestOf = (row: RequestRow): LockedRequest => ({
  request: requestOf(row),
  told: { incarnation: row.incarnation, version: row.version },
})

export const updateOf = (row: UpdateRow): Update => ({
  type: row.type,
  at: row.at,
  actor: personOf(row.actor_id, row.actor_name),
  text: row.text,
  exceptionId: row.exception_id,
})

const personOf = (id: string | null, name: string | null): Person | null =>
  id === null || name === null ? null : { id, name }
