import type { Reader, Tx } from '../adapters/postgres/tables.js'
import type { GroupKey } from '../domain/grouping.js'
import type { Tally } from '../domain/tally.js'
import type { Changed, DueDateMove, Request, Ticket, Update } from '../domain/ticket.js'

/** What scope last told of a ticket's instances. */
export interface Counts {
  tally: Tally
  closed: number
  /** Null: nothing yet. */
  asOf: Date | null
}

export interface TicketRecord {
  ticket: Ticket
  counts: Counts
}

/** Of an event: which life of its owner's database, and the how-manieth change of its subject. */
export interface Version {
  incarnation: number
  version: number
}

export interface LockedTicket extends TicketRecord {
  counted: Version
  /** What the other system last said of it. */
  sourceSaid: Readonly<Record<string, string | null>> | null
}

export interface LockedRequest {
  request: Request
  told: Version
}

/** Somebody else has just asked from this ticket. */
export class RequestWaitsError extends Error {
  override readonly name = 'RequestWaitsError'
}

/** Another request of a ticket has one of these files. */
export class EvidenceUsedError extends Error {
  override readonly name = 'EvidenceUsedError'
}

/** What a new ticket has beside what it says. */
export interface NewTicket {
  change: Changed
  counts?: Counts & Version
  sourceSaid?: Readonly<Record<string, string | null>>
}

/** Tickets with all that happened to them, and their events. */
export interface Tickets {
  find(id: string): Promise<TicketRecord | null>
  /** In the order of the ids; unknown ones are left out. */
  findAll(ids: readonly string[], db?: Reader): Promise<TicketRecord[]>
  /** Of each ticket, oldest first. */
  requestsOf(ticketIds: readonly string[], db?: Reader): Promise<Map<string, Request[]>>
  /** What people read of each exception, oldest first. */
  updatesOf(exceptionIds: readonly string[], db?: Reader): Promise<Map<string, Update[]>>

  lock(tx: Tx, id: string): Promise<LockedTicket | null>
  /** In one order, whoever else takes several at once. */
  lockAll(tx: Tx, ids: readonly string[]): Promise<LockedTicket[]>
  /** The ticket of another system's key, and the right to make it. */
  lockSource(tx: Tx, source: string, key: string): Promise<LockedTicket | null>
  /** Those that an older version of the policy governs; what others hold is left to them. */
  lockBehindPolicy(tx: Tx, policyVersion: number, most: number): Promise<LockedTicket[]>
  /** The next ones by id that a policy could move. */
  governedAfter(after: string, most: number): Promise<TicketRecord[]>
  /** The id of each group's ticket; null where there is none. */
  findGroups(tx: Tx, groups: ReadonlyArray<{ ruleId: string; key: GroupKey }>): Promise<Array<string | null>>
  /** Whether `exceptions` has told of it. */
  isTold(exceptionId: string): Promise<boolean>
  /** How much each reviewer has to do. */
  loads(tx: Reader, ids: readonly string[]): Promise<Map<string, { waiting: number; lastAssignedAt: Date | null }>>
  /** Whoever assigns a reviewer waits for the others that do. */
  takeTurn(tx: Tx): Promise<void>
  lockRequest(tx: Tx, exceptionId: string): Promise<LockedRequest | null>
  moves(tx: Tx, ticketId: string): Promise<DueDateMove[]>
  requests(tx: Tx, ticketId: string): Promise<Request[]>

  add(tx: Tx, tickets: readonly NewTicket[]): Promise<void>
  /** Keeps changes of locked tickets, several of one in their order. */
  record(tx: Tx, changes: readonly Changed[]): Promise<void>
  /** @throws RequestWaitsError, EvidenceUsedError */
  addRequest(tx: Tx, request: Request): Promise<void>
  saveRequest(tx: Tx, request: Request, told: Version): Promise<void>
  /** Marks those of a ticket that wait or are in force. */
  markTicketDone(tx: Tx, ticketId: string, at: Date): Promise<void>
  saveSourceSaid(tx: Tx, ticketId: string, said: Readonly<Record<string, string | null>>): Promise<void>
  saveCounts(tx: Tx, counts: ReadonlyArray<Counts & Version & { ticketId: string }>): Promise<void>
  /** That these were held against a version of the policy, moved or not. */
  savePolicyVersion(tx: Tx, ticketIds: readonly string[], policyVersion: number): Promise<void>
}
