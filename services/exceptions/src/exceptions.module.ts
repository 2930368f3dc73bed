import { Module } from '@nestjs/common'
import type { Clock } from '@reprieve/clock'
import type { Database } from '@reprieve/database'
import type { Outbox } from '@reprieve/outbox'
import type { People } from '@reprieve/people'
import { BACKGROUND, CLOCK, DATABASE, LOGGER, OUTBOX, PEOPLE, REPUBLISHERS } from '@reprieve/service-host'
import type { Logger } from '@reprieve/telemetry'
import { ExceptionsController } from './adapters/http/exceptions.controller.js'
import { ApprovalsConsumer } from './adapters/messaging/approvals.consumer.js'
import { ExceptionsRepublisher } from './adapters/messaging/exceptions.republisher.js'
import { RulesConsumer } from './adapters/messaging/rules.consumer.js'
import { ScopeConsumer } from './adapters/messaging/scope.consumer.js'
import { CommentsRepository } from './adapters/postgres/comments.repository.js'
import { ExceptionTableRepository } from './adapters/postgres/exception-table.repository.js'
import { ExceptionsRepository } from './adapters/postgres/exceptions.repository.js'
import { KnownQueriesRepository } from './adapters/postgres/known-queries.repository.js'
import { KnownRulesRepository } from './adapters/postgres/known-rules.repository.js'
import { ReachRepository } from './adapters/postgres/reach.repository.js'
import type { ExceptionsTables } from './adapters/postgres/tables.js'
import { expirySweep } from './adapters/timers/expiry.sweep.js'
import { heartbeat } from './adapters/timers/heartbeat.js'
import { DeactivateException } from './application/deactivate-exception.js'
import { ExpireExceptions } from './application/expire-exceptions.js'
import { SubmitException } from './application/submit-exception.js'
import { TakeInApproval } from './application/take-in-approval.js'

type Db = Database<ExceptionsTables>

const onDatabase = [
  ExceptionTableRepository,
  KnownQueriesRepository,
  KnownRulesRepository,
  ReachRepository,
  CommentsRepository,
]

@Module({
  controllers: [ExceptionsController, ApprovalsConsumer, RulesConsumer, ScopeConsumer],
  providers: [
    ...onDatabase.map((Repository) => ({
      provide: Repository,
      inject: [DATABASE],
      useFactory: (database: Db) => new Repository(database),
    })),
    {
      provide: ExceptionsRepository,
      inject: [DATABASE, OUTBOX],
      useFactory: (database: Db, outbox: Outbox) => new ExceptionsRepository(database, outbox),
    },
    {
      provide: SubmitException,
      inject: [KnownRulesRepository, KnownQueriesRepository, PEOPLE, ExceptionsRepository, CLOCK],
      useFactory: (
        rules: KnownRulesRepository,
        queries: KnownQueriesRepository,
        people: People,
        exceptions: ExceptionsRepository,
        clock: Clock,
      ) => new SubmitException(rules, queries, people, exceptions, clock),
    },
    {
      provide: DeactivateException,
      inject: [ExceptionsRepository, CLOCK],
      useFactory: (exceptions: ExceptionsRepository, clock: Clock) => new DeactivateException(exceptions, clock),
    },
    {
      provide: TakeInApproval,
      inject: [DATABASE, ExceptionsRepository],
      useFactory: (database: Db, exceptions: ExceptionsRepository) => new TakeInApproval(database, exceptions),
    },
    {
      provide: ExpireExceptions,
      inject: [DATABASE, ExceptionsRepository, CLOCK],
      useFactory: (database: Db, exceptions: ExceptionsRepository, clock: Clock) =>
        new ExpireExceptions(database, exceptions, clock),
    },
    {
      provide: REPUBLISHERS,
      inject: [DATABASE, ExceptionsRepository],
      useFactory: (database: Db, exceptions: ExceptionsRepository) => [new ExceptionsRepublisher(database, exceptions)],
    },
    {
      provide: BACKGROUND,
      inject: [ExpireExceptions, DATABASE, OUTBOX, CLOCK, LOGGER],
      useFactory: (expiry: ExpireExceptions, database: Db, outbox: Outbox, clock: Clock, logger: Logger) => [
        expirySweep(expiry, logger),
        heartbeat(database, outbox, clock, logger),
      ],
    },
  ],
})
export class ExceptionsModule {}
