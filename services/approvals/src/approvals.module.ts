import { Module } from '@nestjs/common'
import type { Clock } from '@reprieve/clock'
import type { Database } from '@reprieve/database'
import { type Outbox, SilentOutbox } from '@reprieve/outbox'
import type { People } from '@reprieve/people'
import { BACKGROUND, CLOCK, DATABASE, LOGGER, OUTBOX, PEOPLE, RECOLLECTION, REPUBLISHERS } from '@reprieve/service-host'
import type { Logger } from '@reprieve/telemetry'
import { ApprovalsController } from './adapters/http/approvals.controller.js'
import { ApprovalsRecollection } from './adapters/messaging/approvals.recollection.js'
import { ApprovalsRepublisher } from './adapters/messaging/approvals.republisher.js'
import { ExceptionsConsumer } from './adapters/messaging/exceptions.consumer.js'
import { ScopeConsumer } from './adapters/messaging/scope.consumer.js'
import { TicketsConsumer } from './adapters/messaging/tickets.consumer.js'
import { ApprovalsRepository } from './adapters/postgres/approvals.repository.js'
import { DoneTicketsRepository } from './adapters/postgres/done-tickets.repository.js'
import { KnownExceptionsRepository } from './adapters/postgres/known-exceptions.repository.js'
import { KnownReachRepository } from './adapters/postgres/known-reach.repository.js'
import type { ApprovalsTables } from './adapters/postgres/tables.js'
import { WaitingListRepository } from './adapters/postgres/waiting-list.repository.js'
import { lapseSweep } from './adapters/timers/lapse.sweep.js'
import { DecideStep } from './application/decide-step.js'
import { HandOverStep } from './application/hand-over-step.js'
import { LapseApprovals } from './application/lapse-approvals.js'
import { OpenApproval } from './application/open-approval.js'
import { RecollectActs } from './application/recollect-acts.js'
import { WithdrawRequest } from './application/withdraw-request.js'
import { WithdrawWithTicket } from './application/withdraw-with-ticket.js'

type Db = Database<ApprovalsTables>

const onDatabase = [KnownExceptionsRepository, KnownReachRepository, WaitingListRepository]

@Module({
  controllers: [ApprovalsController, ExceptionsConsumer, ScopeConsumer, TicketsConsumer],
  providers: [
    ...onDatabase.map((Repository) => ({
      provide: Repository,
      inject: [DATABASE],
      useFactory: (database: Db) => new Repository(database),
    })),
    {
      provide: ApprovalsRepository,
      inject: [DATABASE, OUTBOX],
      useFactory: (database: Db, outbox: Outbox) => new ApprovalsRepository(database, outbox),
    },
    DoneTicketsRepository,
    {
      provide: WithdrawWithTicket,
      inject: [DATABASE, ApprovalsRepository, DoneTicketsRepository, CLOCK],
      useFactory: (db: Db, approvals: ApprovalsRepository, doneTickets: DoneTicketsRepository, clock: Clock) =>
        new WithdrawWithTicket(db, approvals, doneTickets, clock),
    },
    {
      provide: OpenApproval,
      inject: [DATABASE, ApprovalsRepository, KnownExceptionsRepository, WithdrawWithTicket, CLOCK],
      useFactory: (
        db: Db,
        approvals: ApprovalsRepository,
        exceptions: KnownExceptionsRepository,
        withTicket: WithdrawWithTicket,
        clock: Clock,
      ) => new OpenApproval(db, approvals, exceptions, withTicket, clock),
    },
    {
      provide: DecideStep,
      inject: [ApprovalsRepository, KnownExceptionsRepository, PEOPLE, CLOCK],
      useFactory: (
        approvals: ApprovalsRepository,
        exceptions: KnownExceptionsRepository,
        people: People,
        clock: Clock,
      ) => new DecideStep(approvals, exceptions, people, clock),
    },
    {
      provide: WithdrawRequest,
      inject: [ApprovalsRepository, CLOCK],
      useFactory: (approvals: ApprovalsRepository, clock: Clock) => new WithdrawRequest(approvals, clock),
    },
    {
      provide: HandOverStep,
      inject: [ApprovalsRepository, KnownExceptionsRepository, PEOPLE, CLOCK],
      useFactory: (
        approvals: ApprovalsRepository,
        exceptions: KnownExceptionsRepository,
        people: People,
        clock: Clock,
      ) => new HandOverStep(approvals, exceptions, people, clock),
    },
    {
      provide: LapseApprovals,
      inject: [DATABASE, ApprovalsRepository, CLOCK],
      useFactory: (db: Db, approvals: ApprovalsRepository, clock: Clock) => new LapseApprovals(db, approvals, clock),
    },
    {
      provide: REPUBLISHERS,
      inject: [DATABASE, ApprovalsRepository],
      useFactory: (db: Db, approvals: ApprovalsRepository) => [new ApprovalsRepublisher(db, approvals)],
    },
    {
      provide: RECOLLECTION,
      inject: [DATABASE, KnownExceptionsRepository, DoneTicketsRepository, CLOCK],
      useFactory: (db: Db, known: KnownExceptionsRepository, doneTickets: DoneTicketsRepository, clock: Clock) => {
        // All of it is published anew at the end.
        const approvals = new ApprovalsRepository(db, new SilentOutbox())
        const withTicket = new WithdrawWithTicket(db, approvals, doneTickets, clock)
        return new ApprovalsRecollection(
          new ExceptionsConsumer(new OpenApproval(db, approvals, known, withTicket, clock)),
          new RecollectActs(db, approvals),
        )
      },
    },
    {
      provide: BACKGROUND,
      inject: [LapseApprovals, LOGGER],
      useFactory: (lapses: LapseApprovals, logger: Logger) => [lapseSweep(lapses, logger)],
    },
  ],
})
export class ApprovalsModule {}
