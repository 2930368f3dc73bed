import { type Database, violatedUnique } from '@reprieve/database'
import type { Outbox } from '@reprieve/outbox'
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import {
  type Counts,
  EvidenceUsedError,
  type LockedRequest,
  type LockedTicket,
  type NewTicket,
  RequestWaitsError,
  type TicketRecord,
  type Tickets,
  type Version,
} from '../../application/tickets.port.js'
import type { GroupKey } from '../../domain/grouping.js'
import type { Changed, DueDateMove, Request, Ticket, Update } from '../../domain/ticket.js'
import { ticketEvent } from '../messaging/ticket-event.js'
import type { Reader, TicketsTables, Tx } from './tables.js'
import {
  countColumns,
  lockedOf,
  lockedRequestOf,
  moveOf,
  movingColumns,
  requestOf,
  type TicketRow,
  updateOf,
} from './ticket.rows.js'

/** Tickets in this service's own database, with their events in its outbox. */
export class TicketsRepository implements Tickets {
  readonly #database: Database<TicketsTables>
  readonly #outbox: Outbox

  constructor(database: Database<TicketsTables>, outbox: Outbox) {
    this.#database = database
    this.#outbox = outbox
  }

  async find(id: string): Promise<TicketRecord | null> {
    return (await this.findAll([id]))[0] ?? null
  }

  async findAll(ids: readonly string[], db: Reader = this.#database.db): Promise<TicketRecord[]> {
    if (ids.length === 0) return []
    const rows = await ticketRows(db).where('id', '=', anyOf(ids)).execute()
    const found = new Map(rows.map((row) => [row.id, lockedOf(row)]))
    return ids.flatMap((id) => found.get(id) ?? [])
  }

  async requestsOf(ticketIds: readonly string[], db: Reader = this.#database.db): Promise<Map<string, Request[]>> {
    if (ticketIds.length === 0) return new Map()
    const rows = await requestRows(db).where('ticket_id', '=', anyOf(ticketIds)).execute()
    return Map.groupBy(rows.map(requestOf), ({ ticketId }) => ticketId)
  }

  async updatesOf(exceptionIds: readonly string[], db: Reader = this.#database.db): Promise<Map<string, Update[]>> {
    if (exceptionIds.length === 0) return new Map()
    const rows = await db
      .selectFrom('ticket_update')
      .selectAll()
      .where('exception_id', '=', anyOf(exceptionIds))
      .orderBy('at')
      .orderBy('id')
      .execute()
    return Map.groupBy(rows.map(updateOf), ({ exceptionId }) => exceptionId ?? '')
  }

  async lock(tx: Tx, id: string): Promise<LockedTicket | null> {
    return (await this.lockAll(tx, [id]))[0] ?? null
  }

  async lockAll(tx: Tx, ids: readonly string[]): Promise<LockedTicket[]> {
    if (ids.length === 0) return []
    const rows = await ticketRows(tx).where('id', '=', anyOf(ids)).orderBy('id').forUpdate().execute()
    return rows.map(lockedOf)
  }

  async lockRequest(tx: Tx, exceptionId: string): Promise<LockedRequest | null> {
    const row = await requestRows(tx).where('exception_id', '=', exceptionId).forUpdate().executeTakeFirst()
    return row === undefined ? null : lockedRequestOf(row)
  }

  async moves(tx: Tx, ticketId: string): Promise<DueDateMove[]> {
    const rows = await tx
      .selectFrom('due_date_move')
      .selectAll()
      .select([sql<string | null>`from_date::text`.as('from_date'), sql<string>`to_date::text`.as('to_date')])
      .where('ticket_id', '=', ticketId)
      .orderBy('n')
      .execute()
    return rows.map(moveOf)
  }

  async requests(tx: Tx, ticketId: string): Promise<Request[]> {
    return (await requestRows(tx).where('ticket_id', '=', ticketId).execute()).map(requestOf)
  }

  async add(tx: Tx, tickets: readonly NewTicket[]): Promise<void> {
    if (tickets.length === 0) return
    await tx
      .insertInto('ticket')
      .values(
        tickets.map(({ change: { ticket }, counts, sourceSaid }) => ({
          id: ticket.id,
          created_at: ticket.createdAt,
          ...movingColumns(ticket),
          group_rule_id: ticket.group?.ruleId ?? null,
          group_key: ticket.group === null ? null : JSON.stringify(ticket.group.key),
          source: ticket.external?.source ?? null,
          source_key: ticket.external?.key ?? null,
          source_said: sourceSaid === undefined ? null : JSON.stringify(sourceSaid),
          ...countColumns(counts?.tally ?? []),
          closed_count: counts?.closed ?? 0,
          counts_as_of: counts?.asOf ?? null,
          counts_incarnation: counts?.incarnation ?? 0,
          counts_version: counts?.version ?? 0,
        })),
      )
      .execute()
    await this.#tell(
      tx,
      tickets.map(({ change }) => change),
    )
  }

  async record(tx: Tx, changes: readonly Changed[]): Promise<void> {
    const last = new Map(changes.map(({ ticket }) => [ticket.id, ticket]))
    for (const ticket of last.values()) {
      await tx.updateTable('ticket').set(movingColumns(ticket)).where('id', '=', ticket.id).execute()
    }
    await this.#tell(tx, changes)
  }

  async addRequest(tx: Tx, request: Request): Promise<void> {
    try {
      await tx
        .insertInto('ticket_request')
        .values({
          exception_id: request.exceptionId,
          ticket_id: request.ticketId,
          ordinal: request.ordinal,
          requester_id: request.requestedBy.id,
          requester_name: request.requestedBy.name,
          requested_at: request.requestedAt,
          name: request.name,
          justification: request.justification,
          use_case: request.useCase,
          evidence_link: request.evidenceLink,
          evidence_ids: [...request.evidenceIds],
          proposed_due_date: request.proposedDueDate,
          query_id: request.query.id,
          query_expression: request.query.expression,
          assigned_id: request.assignedId,
          assigned_by: request.assignedBy,
          candidate_ids: [...request.candidateIds],
          ...heardOf(request),
        })
        .execute()
      if (request.evidenceIds.length > 0) {
        await tx
          .insertInto('request_evidence')
          .values(request.evidenceIds.map((id) => ({ evidence_id: id, exception_id: request.exceptionId })))
          .execute()
      }
    } catch (error) {
      const violated = violatedUnique(error)
      if (violated === 'one_request_waits') throw new RequestWaitsError('a request waits', { cause: error })
      if (violated === 'request_evidence_pkey') throw new EvidenceUsedError('a file is used', { cause: error })
      throw error
    }
  }

  async saveRequest(tx: Tx, request: Request, told: Version): Promise<void> {
    await tx
      .updateTable('ticket_request')
      .set({ ...heardOf(request), ...told })
      .where('exception_id', '=', request.exceptionId)
      .execute()
  }

  async markTicketDone(tx: Tx, ticketId: string, at: Date): Promise<void> {
    await tx
      .updateTable('ticket_request')
      .set({ ticket_done_at: at })
      .where('ticket_id', '=', ticketId)
      .where('status', 'in', ['pendingApproval', 'active'])
      .where('ticket_done_at', 'is', null)
      .execute()
  }

  async saveSourceSaid(tx: Tx, ticketId: string, said: Readonly<Record<string, string | null>>): Promise<void> {
    await tx
      .updateTable('ticket')
      .set({ source_said: JSON.stringify(said) })
      .where('id', '=', ticketId)
      .execute()
  }

  async saveCounts(tx: Tx, counts: ReadonlyArray<Counts & Version & { ticketId: string }>): Promise<void> {
    if (counts.length === 0) return
    const rows = counts.map(({ tally, ...rest }) => ({ ...rest, ...countColumns(tally) }))
    const column = <T>(of: (row: (typeof rows)[number]) => T) => rows.map(of)
    await sql`
      UPDATE ticket SET
        tally = t.tally, instance_count = t.instances, severity = t.severity, closed_count = t.closed, counts_as_of = t.as_of,
        counts_incarnation = t.incarnation, counts_version = t.version
      FROM unnest(
        ${column(({ ticketId }) => ticketId)}::uuid[], ${column(({ tally }) => tally)}::jsonb[],
        ${column(({ instance_count }) => instance_count)}::int8[], ${column(({ severity }) => severity)}::text[],
        ${column(({ closed }) => closed)}::int8[], ${column(({ asOf }) => asOf)}::timestamptz[],
        ${column(({ incarnation }) => incarnation)}::int8[], ${column(({ version }) => version)}::int8[]
      ) AS t(id, tally, instances, severity, closed, as_of, incarnation, version)
      WHERE ticket.id = t.id
        AND (ticket.counts_incarnation, ticket.counts_version) < (t.incarnation, t.version)`.execute(tx)
  }

  async findGroups(tx: Tx, groups: ReadonlyArray<{ ruleId: string; key: GroupKey }>): Promise<Array<string | null>> {
    if (groups.length === 0) return []
    const { rows } = await sql<{ n: number; id: string }>`
      SELECT t.n::int4 AS n, ticket.id
      FROM unnest(${groups.map(({ ruleId }) => ruleId)}::uuid[], ${groups.map(({ key }) => JSON.stringify(key))}::jsonb[])
           WITH ORDINALITY AS t(rule_id, key, n)
      JOIN ticket ON ticket.group_rule_id = t.rule_id AND ticket.group_key = t.key`.execute(tx)
    const found = new Map(rows.map(({ n, id }) => [n, id]))
    return groups.map((_, index) => found.get(index + 1) ?? null)
  }

  async lockSource(tx: Tx, source: string, key: string): Promise<LockedTicket | null> {
    // Before there is a row to lock: two that come at once take turns.
    await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`${source}/${key}`}, 0))`.execute(tx)
    const row = await ticketRows(tx)
      .where('source', '=', source)
      .where('source_key', '=', key)
      .forUpdate()
      .executeTakeFirst()
    return row === undefined ? null : lockedOf(row)
  }

  async lockBehindPolicy(tx: Tx, policyVersion: number, most: number): Promise<LockedTicket[]> {
    const rows = await ticketRows(tx)
      .where('by_policy', '=', true)
      .where('status', '=', 'open')
      .where('deferred_by', 'is', null)
      .where('policy_version', '<', policyVersion)
      .orderBy('policy_version')
      .orderBy('id')
      .limit(most)
      .forUpdate()
      .skipLocked()
      .execute()
    return rows.map(lockedOf)
  }

  async governedAfter(after: string, most: number): Promise<TicketRecord[]> {
    const rows = await ticketRows(this.#database.db)
      .where('by_policy', '=', true)
      .where('status', '=', 'open')
      .where('deferred_by', 'is', null)
      .where('id', '>', after)
      .orderBy('id')
      .limit(most)
      .execute()
    return rows.map(lockedOf)
  }

  async isTold(exceptionId: string): Promise<boolean> {
    const row = await this.#database.db
      .selectFrom('ticket_request')
      .select('exception_id')
      .where('exception_id', '=', exceptionId)
      .where('version', '>', 0)
      .executeTakeFirst()
    return row !== undefined
  }

  async loads(
    tx: Reader,
    ids: readonly string[],
  ): Promise<Map<string, { waiting: number; lastAssignedAt: Date | null }>> {
    const { rows } = await sql<{ id: string; waiting: number; last: Date | null }>`
      SELECT t.id,
        (SELECT count(*)::int4 FROM ticket_request WHERE reviewer_id = t.id AND status = 'pendingApproval') AS waiting,
        (SELECT max(requested_at) FROM ticket_request WHERE assigned_id = t.id) AS last
      FROM unnest(${[...ids]}::uuid[]) AS t(id)`.execute(tx)
    return new Map(rows.map(({ id, waiting, last }) => [id, { waiting, lastAssignedAt: last }]))
  }

  async takeTurn(tx: Tx): Promise<void> {
    await sql`SELECT pg_advisory_xact_lock(${ASSIGNMENT_LOCK})`.execute(tx)
  }

  async savePolicyVersion(tx: Tx, ticketIds: readonly string[], policyVersion: number): Promise<void> {
    if (ticketIds.length === 0) return
    await tx
      .updateTable('ticket')
      .set({ policy_version: policyVersion })
      .where('id', '=', anyOf(ticketIds))
      .where('policy_version', '<', policyVersion)
      .execute()
  }

  /** The moves, the updates and the events of changes. */
  async #tell(tx: Tx, changes: readonly Changed[]): Promise<void> {
    if (changes.length === 0) return
    const moves = changes.flatMap(({ ticket, move }) => (move === null ? [] : [{ ticket, move }]))
    if (moves.length > 0) await tx.insertInto('due_date_move').values(moves.map(moveColumns)).execute()
    await tx.insertInto('ticket_update').values(changes.map(updateColumns)).execute()
    const requests = await this.#toldRequests(tx, changes)
    await this.#outbox.append(
      tx,
      ...changes.map((change) => ticketEvent(change, requests.get(change.tellsOf ?? change.ticket.id) ?? null)),
    )
  }

  /** By the id of each ticket the newest of its requests, and by their own ids those that a change names. */
  async #toldRequests(tx: Tx, changes: readonly Changed[]): Promise<Map<string, Request>> {
    const ids = new Set(changes.filter(({ ticket }) => ticket.version > 1).map(({ ticket }) => ticket.id))
    if (ids.size === 0) return new Map()
    const rows = await requestRows(tx)
      .where('ticket_id', '=', anyOf([...ids]))
      .execute()
    return new Map(
      rows
        .map(requestOf)
        .flatMap((request) => [[request.ticketId, request] as const, [request.exceptionId, request] as const]),
    )
  }
}

// Whoever assigns a reviewer holds it, so that two choices at once do not see the same loads.
const ASSIGNMENT_LOCK = 7_301_554

const anyOf = (ids: readonly string[]) => sql<string>`ANY(${[...ids]}::uuid[])`

export const ticketRows = (db: Reader) =>
  db
    .selectFrom('ticket')
    .selectAll()
    .select([
      sql<string | null>`due_date::text`.as('due_date'),
      sql<string | null>`original_due_date::text`.as('original_due_date'),
    ])
    .$castTo<TicketRow>()

/** Oldest first. */
const requestRows = (db: Reader) =>
  db
    .selectFrom('ticket_request')
    .selectAll()
    .select(sql<string>`proposed_due_date::text`.as('proposed_due_date'))
    .orderBy('ordinal')

const heardOf = ({ status, reviewer, decidedAt, appliedSince, endedAt }: Request) => ({
  status,
  reviewer_id: reviewer.id,
  reviewer_name: reviewer.name,
  decided_at: decidedAt,
  applied_since: appliedSince,
  ended_at: endedAt,
})

const moveColumns = ({ ticket, move }: { ticket: Ticket; move: DueDateMove }) => ({
  ticket_id: ticket.id,
  n: move.n,
  from_date: move.from,
  to_date: move.to,
  at: move.at,
  cause: move.cause,
  actor_id: move.actor?.id ?? null,
  actor_name: move.actor?.name ?? null,
  reason: move.reason,
  exception_id: move.exceptionId,
  policy_version: move.policyVersion,
})

const updateColumns = ({ ticket, move, update }: Changed) => ({
  // In the order they are made, also those of one instant.
  id: uuidv7(),
  ticket_id: ticket.id,
  at: update.at,
  actor_id: update.actor?.id ?? null,
  actor_name: update.actor?.name ?? null,
  type: update.type,
  text: update.text,
  exception_id: update.exceptionId,
  due_move: move?.n ?? null,
})
