import type { Principal } from '@reprieve/auth'
import type { Clock } from '@reprieve/clock'
import { Outbox, outboxMigrations } from '@reprieve/outbox'
import { People, peopleMigrations } from '@reprieve/people'
import { createDatabase, dumpTables } from '@reprieve/testing'
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { ApprovalsRepository } from '../src/adapters/postgres/approvals.repository.js'
import { DoneTicketsRepository } from '../src/adapters/postgres/done-tickets.repository.js'
import { KnownExceptionsRepository } from '../src/adapters/postgres/known-exceptions.repository.js'
import type { ApprovalsTables } from '../src/adapters/postgres/tables.js'
import { DecideStep } from '../src/application/decide-step.js'
import { HandOverStep } from '../src/application/hand-over-step.js'
import { LapseApprovals } from '../src/application/lapse-approvals.js'
import { OpenApproval } from '../src/application/open-approval.js'
import { WithdrawRequest } from '../src/application/withdraw-request.js'
import { WithdrawWithTicket } from '../src/application/withdraw-with-ticket.js'
import type { ApprovalType, Person } from '../src/domain/approval.js'
import { approvalsService } from '../src/index.js'

export const RAY = { id: '0190b6a2-0000-7000-8000-0000000000a1', name: 'Ray' }
export const ANN = { id: '0190b6a2-0000-7000-8000-0000000000a2', name: 'Ann' }
export const BEN = { id: '0190b6a2-0000-7000-8000-0000000000a3', name: 'Ben' }
export const CEM = { id: '0190b6a2-0000-7000-8000-0000000000a4', name: 'Cem' }
export const MAX = { id: '0190b6a2-0000-7000-8000-0000000000a5', name: 'Max' }

export const T0 = new Date('2026-03-10T09:00:00Z')

const principal = ({ id, name }: Person): Principal => ({
  id,
  name,
  email: `${name}@reprieve.example`,
  role: 'developer',
  kind: 'person',
  permissions: new Set(),
  narrowed: false,
  tokenId: uuidv7(),
})

/** The service's database alone, without the service: for what only concurrency or SQL itself can show. */
export async function openStore() {
  const own = await createDatabase(outboxMigrations, peopleMigrations, approvalsService.migrations)
  const database = own.open<ApprovalsTables>()
  const approvals = new ApprovalsRepository(database, new Outbox())
  const exceptions = new KnownExceptionsRepository(database)
  const people = new People(database)
  const withTicket = (clock: Clock) => new WithdrawWithTicket(database, approvals, new DoneTicketsRepository(), clock)
  return {
    own,
    database,
    approvals,
    exceptions,

    withTicket,
    opener: (clock: Clock) => new OpenApproval(database, approvals, exceptions, withTicket(clock), clock),

    /** A request of Ray's that waits for these, one a step. */
    async open(
      approvers: readonly Person[],
      endsAt: Date | null = null,
      type: ApprovalType = 'approvers',
      id: string = uuidv7(),
    ): Promise<string> {
      await this.opener({ now: () => T0 }).takeIn(
        { id, requesterId: RAY.id, status: 'pendingApproval', evidenceIds: [] },
        { incarnation: 1, version: 1 },
        {
          exceptionId: id,
          type,
          name: 'Old log4j',
          requestedBy: RAY,
          requestedAt: T0,
          steps: approvers.map((approver) => ({ approver, candidateIds: [ANN.id, BEN.id, CEM.id] })),
          endsAt,
        },
      )
      return id
    },

    decide: (id: string, who: Person, approve: boolean, clock: Clock) =>
      database.transaction((tx) =>
        new DecideStep(approvals, exceptions, people, clock).decide(tx, id, principal(who), {
          approve,
          comment: approve ? null : 'no',
          step: null,
        }),
      ),

    withdraw: (id: string, clock: Clock) =>
      database.transaction((tx) =>
        new WithdrawRequest(approvals, clock).withdraw(
          tx,
          { id, requesterId: RAY.id, status: 'pendingApproval', evidenceIds: [] },
          principal(RAY),
          null,
        ),
      ),

    ticketDone: (id: string, clock: Clock) => withTicket(clock).ticketDone(id, clock.now()),

    /** By a manager, or by whoever is named. */
    handOver: (id: string, step: number, to: Person, clock: Clock, by?: Person) => {
      const taker = { ...to, active: true, kind: 'person' as const }
      return database.transaction((tx) =>
        new HandOverStep(approvals, exceptions, people, clock).handOver(
          tx,
          id,
          by === undefined ? { ...principal(MAX), permissions: new Set(['rules.manage']) } : principal(by),
          {
            step,
            toUserId: to.id,
            reason: 'on leave',
            to: taker,
            candidates: [taker],
          },
        ),
      )
    },

    lapse: (clock: Clock) => new LapseApprovals(database, approvals, clock).lapseDue(),

    async eventsOf(id: string): Promise<number> {
      const { rows } = await sql<{ n: number }>`SELECT count(*)::int AS n FROM outbox WHERE key = ${id}`.execute(
        database.db,
      )
      return rows[0]?.n ?? 0
    },

    dump: () => dumpTables(own),
  }
}

export type Store = Awaited<ReturnType<typeof openStore>>
