import { Module, type Provider } from '@nestjs/common'
import type { Clock } from '@reprieve/clock'
import { type Environment, readConfig } from '@reprieve/config'
import type { Database } from '@reprieve/database'
import { type Outbox, SilentOutbox } from '@reprieve/outbox'
import type { People } from '@reprieve/people'
import {
  BACKGROUND,
  CLOCK,
  DATABASE,
  ENVIRONMENT,
  LOGGER,
  OUTBOX,
  PEOPLE,
  RECOLLECTION,
  REPUBLISHERS,
} from '@reprieve/service-host'
import type { Logger } from '@reprieve/telemetry'
import { ConfiguredStores } from './adapters/evidence/configured-stores.js'
import { LargeObjectStore } from './adapters/evidence/large-object.store.js'
import { mediaTypeOf } from './adapters/evidence/media-type.js'
import { EvidenceController } from './adapters/http/evidence.controller.js'
import { ExceptionsController } from './adapters/http/exceptions.controller.js'
import { ApprovalsConsumer } from './adapters/messaging/approvals.consumer.js'
import { ExceptionsRecollection } from './adapters/messaging/exceptions.recollection.js'
import { ExceptionsRepublisher } from './adapters/messaging/exceptions.republisher.js'
import { RulesConsumer } from './adapters/messaging/rules.consumer.js'
import { ScopeConsumer } from './adapters/messaging/scope.consumer.js'
import { TicketsConsumer } from './adapters/messaging/tickets.consumer.js'
import { AssignmentsRepository } from './adapters/postgres/assignments.repository.js'
import { CommentsRepository } from './adapters/postgres/comments.repository.js'
import { EvidenceRepository } from './adapters/postgres/evidence.repository.js'
import { ExceptionTableRepository } from './adapters/postgres/exception-table.repository.js'
import { ExceptionsRepository } from './adapters/postgres/exceptions.repository.js'
import { KnownQueriesRepository } from './adapters/postgres/known-queries.repository.js'
import { KnownRulesRepository } from './adapters/postgres/known-rules.repository.js'
import { KnownTicketSettingsRepository } from './adapters/postgres/known-ticket-settings.repository.js'
import { ReachRepository } from './adapters/postgres/reach.repository.js'
import type { ExceptionsTables } from './adapters/postgres/tables.js'
import { expirySweep } from './adapters/timers/expiry.sweep.js'
import { heartbeat } from './adapters/timers/heartbeat.js'
import { housekeeping } from './adapters/timers/housekeeping.js'
import { AddEvidence } from './application/add-evidence.js'
import { DeactivateException } from './application/deactivate-exception.js'
import type { EvidenceStores } from './application/evidence-store.port.js'
import { ExpireExceptions } from './application/expire-exceptions.js'
import { KeepEvidence } from './application/keep-evidence.js'
import { RecollectExceptions } from './application/recollect-exceptions.js'
import { SubmitException } from './application/submit-exception.js'
import { SweepEvidence } from './application/sweep-evidence.js'
import { TakeInApproval } from './application/take-in-approval.js'
import { TakeInTicketRequest } from './application/take-in-ticket-request.js'
import { type ExceptionsConfig, exceptionsVariables, s3Settings } from './exceptions.config.js'
import { EVIDENCE_STORES, EXCEPTIONS_CONFIG } from './tokens.js'

type Db = Database<ExceptionsTables>

const onDatabase = [
  ExceptionTableRepository,
  KnownQueriesRepository,
  KnownRulesRepository,
  KnownTicketSettingsRepository,
  ReachRepository,
  CommentsRepository,
  AssignmentsRepository,
]

const evidence: Provider[] = [
  {
    provide: EXCEPTIONS_CONFIG,
    inject: [ENVIRONMENT],
    useFactory: (environment: Environment) => readConfig(exceptionsVariables, environment),
  },
  {
    provide: EVIDENCE_STORES,
    inject: [DATABASE, EXCEPTIONS_CONFIG],
    useFactory: async (database: Db, config: ExceptionsConfig) => {
      const settings = s3Settings(config)
      // Amazon's client is read by those alone who use it: else each start takes longer by it, and each process more memory.
      const bucket = settings && new (await import('./adapters/evidence/s3.store.js')).S3Store(settings)
      return new ConfiguredStores(new LargeObjectStore(database), bucket)
    },
  },
  {
    provide: KeepEvidence,
    inject: [EVIDENCE_STORES, EvidenceRepository, CLOCK],
    useFactory: (stores: EvidenceStores, files: EvidenceRepository, clock: Clock) =>
      new KeepEvidence(stores, files, mediaTypeOf, clock),
  },
  {
    provide: AddEvidence,
    inject: [ExceptionsRepository, EvidenceRepository, CLOCK],
    useFactory: (exceptions: ExceptionsRepository, files: EvidenceRepository, clock: Clock) =>
      new AddEvidence(exceptions, files, clock),
  },
  {
    provide: SweepEvidence,
    inject: [EVIDENCE_STORES, EvidenceRepository, CLOCK],
    useFactory: (stores: EvidenceStores, files: EvidenceRepository, clock: Clock) =>
      new SweepEvidence(stores, files, clock),
  },
]

@Module({
  controllers: [
    ExceptionsController,
    EvidenceController,
    ApprovalsConsumer,
    RulesConsumer,
    ScopeConsumer,
    TicketsConsumer,
  ],
  providers: [
    ...evidence,
    ...onDatabase.map((Repository) => ({
      provide: Repository,
      inject: [DATABASE],
      useFactory: (database: Db) => new Repository(database),
    })),
    {
      provide: EvidenceRepository,
      inject: [DATABASE, OUTBOX],
      useFactory: (database: Db, outbox: Outbox) => new EvidenceRepository(database, outbox),
    },
    {
      provide: ExceptionsRepository,
      inject: [DATABASE, OUTBOX],
      useFactory: (database: Db, outbox: Outbox) => new ExceptionsRepository(database, outbox),
    },
    {
      provide: SubmitException,
      inject: [
        KnownRulesRepository,
        KnownQueriesRepository,
        PEOPLE,
        ExceptionsRepository,
        EvidenceRepository,
        AssignmentsRepository,
        CLOCK,
      ],
      useFactory: (
        rules: KnownRulesRepository,
        queries: KnownQueriesRepository,
        people: People,
        exceptions: ExceptionsRepository,
        evidence: EvidenceRepository,
        assignments: AssignmentsRepository,
        clock: Clock,
      ) => new SubmitException(rules, queries, people, exceptions, evidence, assignments, clock),
    },
    {
      provide: DeactivateException,
      inject: [ExceptionsRepository, CLOCK],
      useFactory: (exceptions: ExceptionsRepository, clock: Clock) => new DeactivateException(exceptions, clock),
    },
    {
      provide: TakeInApproval,
      inject: [DATABASE, ExceptionsRepository, CLOCK],
      useFactory: (database: Db, exceptions: ExceptionsRepository, clock: Clock) =>
        new TakeInApproval(database, exceptions, clock),
    },
    {
      provide: TakeInTicketRequest,
      inject: [DATABASE, ExceptionsRepository, EvidenceRepository, CLOCK],
      useFactory: (database: Db, exceptions: ExceptionsRepository, evidence: EvidenceRepository, clock: Clock) =>
        new TakeInTicketRequest(database, exceptions, evidence, clock),
    },
    {
      provide: ExpireExceptions,
      inject: [DATABASE, ExceptionsRepository, CLOCK],
      useFactory: (database: Db, exceptions: ExceptionsRepository, clock: Clock) =>
        new ExpireExceptions(database, exceptions, clock),
    },
    {
      provide: REPUBLISHERS,
      inject: [DATABASE, ExceptionsRepository, EvidenceRepository, CLOCK],
      useFactory: (database: Db, exceptions: ExceptionsRepository, evidence: EvidenceRepository, clock: Clock) => [
        new ExceptionsRepublisher(database, exceptions, evidence, clock),
      ],
    },
    {
      provide: RECOLLECTION,
      inject: [DATABASE, CLOCK],
      useFactory: (database: Db, clock: Clock) => {
        // All of it is published anew at the end.
        const outbox = new SilentOutbox()
        const exceptions = new ExceptionsRepository(database, outbox)
        const files = new EvidenceRepository(database, outbox)
        const expiry = new ExpireExceptions(database, exceptions, clock)
        return new ExceptionsRecollection(
          new RecollectExceptions(database, exceptions, files, expiry),
          new ApprovalsConsumer(new TakeInApproval(database, exceptions, clock)),
        )
      },
    },
    {
      provide: BACKGROUND,
      inject: [ExpireExceptions, SweepEvidence, ReachRepository, DATABASE, OUTBOX, CLOCK, LOGGER],
      useFactory: (
        expiry: ExpireExceptions,
        evidence: SweepEvidence,
        reach: ReachRepository,
        database: Db,
        outbox: Outbox,
        clock: Clock,
        logger: Logger,
      ) => [
        expirySweep(expiry, logger),
        heartbeat(database, outbox, clock, logger),
        housekeeping(evidence, reach, clock, logger),
      ],
    },
  ],
})
export class ExceptionsModule {}
