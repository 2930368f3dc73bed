import { Module, type Provider } from '@nestjs/common'
import type { Clock } from '@reprieve/clock'
import { type Environment, readConfig } from '@reprieve/config'
import type { Carrier } from '@reprieve/messaging'
import type { Outbox } from '@reprieve/outbox'
import { InterpretingMatcher } from '@reprieve/query'
import {
  BACKGROUND,
  type BackgroundWork,
  CARRIER,
  CLOCK,
  DATABASE,
  ENVIRONMENT,
  LOGGER,
  OUTBOX,
  REPUBLISHERS,
} from '@reprieve/service-host'
import type { Logger } from '@reprieve/telemetry'
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { InstancesController } from './adapters/http/instances.controller.js'
import { QueriesController } from './adapters/http/queries.controller.js'
import { ReportsController } from './adapters/http/reports.controller.js'
import { BossJobs } from './adapters/jobs/boss-jobs.js'
import { runToEnd } from './adapters/jobs/chunked-job.js'
import { CountReachJob } from './adapters/jobs/count-reach.job.js'
import { FollowExceptionsJob } from './adapters/jobs/follow-exceptions.job.js'
import { PublishReportsJob } from './adapters/jobs/publish-reports.job.js'
import { RematchJob } from './adapters/jobs/rematch.job.js'
import { SyncExceptionsJob } from './adapters/jobs/sync-exceptions.job.js'
import { ExceptionsConsumer } from './adapters/messaging/exceptions.consumer.js'
import { IngestSubscription } from './adapters/messaging/ingest.subscription.js'
import { ScopeRepublisher } from './adapters/messaging/scope.republisher.js'
import { ExceptionReader } from './adapters/postgres/exception.reader.js'
import { ExceptionStore } from './adapters/postgres/exception.store.js'
import { ForceReader } from './adapters/postgres/force.reader.js'
import { PostgresIngestStore } from './adapters/postgres/ingest.store.js'
import { InstanceReader } from './adapters/postgres/instance.reader.js'
import { LiveQueries } from './adapters/postgres/live-queries.js'
import { MembershipWriter } from './adapters/postgres/membership.writer.js'
import { MembershipGate } from './adapters/postgres/membership-gate.js'
import { PostgresPositionStore } from './adapters/postgres/position.store.js'
import { PreviewReader } from './adapters/postgres/preview.reader.js'
import { PostgresReportBlob } from './adapters/postgres/report.blob.js'
import { ReportRepository } from './adapters/postgres/report.repository.js'
import { SavedQueryRepository } from './adapters/postgres/saved-query.repository.js'
import { SummaryReader } from './adapters/postgres/summary.reader.js'
import type { ScopeDatabase } from './adapters/postgres/tables.js'
import { VulnerabilityRegistry } from './adapters/postgres/vulnerability.registry.js'
import { ParsingThread } from './adapters/reports/parsing-thread.js'
import { IngestBatch } from './application/ingest/ingest-batch.js'
import type { Jobs } from './application/jobs.port.js'
import type { ReportBlob } from './application/reports/report-blob.port.js'
import { type ScopeConfig, scopeVariables } from './scope.config.js'
import { JOBS, REPORT_BLOB, SCOPE_CONFIG } from './tokens.js'

const reports: Provider[] = [
  {
    provide: ReportRepository,
    useFactory: (database: ScopeDatabase) => new ReportRepository(database),
    inject: [DATABASE],
  },
  {
    provide: REPORT_BLOB,
    useFactory: (database: ScopeDatabase, clock: Clock) => new PostgresReportBlob(database, clock),
    inject: [DATABASE, CLOCK],
  },
  { provide: ParsingThread, useFactory: () => new ParsingThread() },
]

const readers: Provider[] = [
  {
    provide: ForceReader,
    useFactory: (database: ScopeDatabase, clock: Clock, config: ScopeConfig) =>
      new ForceReader(database, clock, {
        staleAfterMs: config.STALE_AFTER_SECONDS * 1_000,
        lapses: config.STALE_COVERAGE_LAPSES,
      }),
    inject: [DATABASE, CLOCK, SCOPE_CONFIG],
  },
  {
    provide: InstanceReader,
    useFactory: (database: ScopeDatabase, force: ForceReader) => new InstanceReader(database, force),
    inject: [DATABASE, ForceReader],
  },
  {
    provide: SummaryReader,
    useFactory: (database: ScopeDatabase, force: ForceReader) => new SummaryReader(database, force),
    inject: [DATABASE, ForceReader],
  },
  {
    provide: PreviewReader,
    useFactory: (database: ScopeDatabase, force: ForceReader) => new PreviewReader(database, force),
    inject: [DATABASE, ForceReader],
  },
  ...[ExceptionReader, SavedQueryRepository].map((reader) => ({
    provide: reader,
    useFactory: (database: ScopeDatabase) => new reader(database),
    inject: [DATABASE],
  })),
]

const membership: Provider[] = [
  { provide: LiveQueries, useFactory: () => new LiveQueries(new InterpretingMatcher()) },
  {
    provide: MembershipGate,
    useFactory: (database: ScopeDatabase, queries: LiveQueries, clock: Clock) =>
      new MembershipGate(database, queries, clock),
    inject: [DATABASE, LiveQueries, CLOCK],
  },
  {
    provide: MembershipWriter,
    useFactory: (queries: LiveQueries, outbox: Outbox) => new MembershipWriter(queries, outbox),
    inject: [LiveQueries, OUTBOX],
  },
  {
    provide: ExceptionStore,
    useFactory: (database: ScopeDatabase, outbox: Outbox, clock: Clock, jobs: Jobs) =>
      new ExceptionStore(database, outbox, clock, jobs),
    inject: [DATABASE, OUTBOX, CLOCK, JOBS],
  },
]

const jobs: Provider[] = [
  {
    provide: JOBS,
    useFactory: (database: ScopeDatabase, logger: Logger) => new BossJobs(database, logger),
    inject: [DATABASE, LOGGER],
  },
  {
    provide: BACKGROUND,
    useFactory: (
      runner: BossJobs,
      database: ScopeDatabase,
      gate: MembershipGate,
      writer: MembershipWriter,
      outbox: Outbox,
      clock: Clock,
      carrier: Carrier,
      force: ForceReader,
      reports: ReportRepository,
      blob: ReportBlob,
      thread: ParsingThread,
      logger: Logger,
    ): BackgroundWork[] => {
      const sync = new SyncExceptionsJob(database, gate, writer, outbox)
      const follow = new FollowExceptionsJob(database, gate, outbox)
      const reach = new CountReachJob(database, outbox, clock)
      const rematch = new RematchJob(database, gate, writer)
      const publish = new PublishReportsJob(database, reports, blob, thread, carrier, clock, logger)
      runner.handle('syncExceptions', {
        isDue: sql<boolean>`EXISTS (SELECT FROM exception WHERE live AND synced_at IS NULL)`,
        run: async (signal) => {
          await runToEnd(sync, signal)
          runner.kick('countReach')
        },
      })
      runner.handle('publishReports', {
        isDue: sql<boolean>`EXISTS (SELECT FROM report WHERE status = 'processing')`,
        run: (signal) => publish.run(signal),
      })
      runner.handle('followExceptions', {
        isDue: sql<boolean>`EXISTS (SELECT FROM aftermath)`,
        run: (signal) => runToEnd(follow, signal),
      })
      runner.handle('countReach', {
        isDue: sql<boolean>`EXISTS (SELECT FROM reach_due)`,
        run: (signal) => runToEnd(reach, signal),
      })
      runner.handle('rematch', {
        isDue: sql<boolean>`EXISTS (SELECT FROM rematch)`,
        run: async (signal) => {
          await runToEnd(rematch, signal)
          runner.kick('countReach')
        },
      })
      const registry = new VulnerabilityRegistry(database, () => runner.kick('rematch'))
      const store = new PostgresIngestStore(database, registry, gate, writer)
      const ingest = new IngestSubscription({
        carrier,
        positions: new PostgresPositionStore(database),
        ingest: new IngestBatch(store, clock, uuidv7),
        clock,
        onReports: (ids) => {
          // Only a hint: the job looks for itself, too.
          reports.settle(clock.now(), ids).catch((err: unknown) => logger.debug({ err }, 'reports are settled later'))
        },
      })
      return [
        {
          start: () => runner.start(),
          // Jobs end first: one that loses its thread would take that for a fault of its report.
          stop: () => runner.stop().then(() => thread.stop()),
          trouble: () => runner.trouble(),
        },
        ingest,
        { start() {}, async stop() {}, trouble: () => force.trouble() },
      ]
    },
    inject: [
      JOBS,
      DATABASE,
      MembershipGate,
      MembershipWriter,
      OUTBOX,
      CLOCK,
      CARRIER,
      ForceReader,
      ReportRepository,
      REPORT_BLOB,
      ParsingThread,
      LOGGER,
    ],
  },
]

/** Everything that scope is made of. */
@Module({
  controllers: [InstancesController, QueriesController, ReportsController, ExceptionsConsumer],
  providers: [
    {
      provide: SCOPE_CONFIG,
      useFactory: (environment: Environment) => readConfig(scopeVariables, environment),
      inject: [ENVIRONMENT],
    },
    ...membership,
    ...readers,
    ...reports,
    ...jobs,
    {
      provide: REPUBLISHERS,
      useFactory: (database: ScopeDatabase, clock: Clock) => [new ScopeRepublisher(database, clock)],
      inject: [DATABASE, CLOCK],
    },
  ],
  exports: [REPUBLISHERS, BACKGROUND],
})
export class ScopeModule {}
