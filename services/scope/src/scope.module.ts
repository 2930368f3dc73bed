import { Module, type Provider } from '@nestjs/common'
import type { Clock } from '@reprieve/clock'
import { type Environment, readConfig } from '@reprieve/config'
import { BatchEngine } from '@reprieve/correlation'
import type { Outbox } from '@reprieve/outbox'
import { BACKGROUND, CARRIER, CLOCK, DATABASE, ENVIRONMENT, LOGGER, OUTBOX, REPUBLISHERS } from '@reprieve/service-host'
import type { Logger } from '@reprieve/telemetry'
import type { ColumnsSetup } from './adapters/columns/columns-protocol.js'
import { ColumnsThread } from './adapters/columns/columns-thread.js'
import { InstanceColumnsReader } from './adapters/columns/instance-columns.reader.js'
import { FeedsController } from './adapters/http/feeds.controller.js'
import { InstancesController } from './adapters/http/instances.controller.js'
import { OperationsController } from './adapters/http/operations.controller.js'
import { QueriesController } from './adapters/http/queries.controller.js'
import { ReportsController } from './adapters/http/reports.controller.js'
import { BossJobs } from './adapters/jobs/boss-jobs.js'
import { CoverageRepublisher } from './adapters/messaging/coverage.republisher.js'
import { ExceptionsConsumer } from './adapters/messaging/exceptions.consumer.js'
import { IngestRedrivesConsumer } from './adapters/messaging/ingest-redrives.consumer.js'
import { ScopeRepublisher } from './adapters/messaging/scope.republisher.js'
import { TicketCountsRepublisher } from './adapters/messaging/ticket-counts.republisher.js'
import { TicketsConsumer } from './adapters/messaging/tickets.consumer.js'
import { ExceptionReader } from './adapters/postgres/exception.reader.js'
import { ExceptionStore } from './adapters/postgres/exception.store.js'
import { FeedStore } from './adapters/postgres/feed.store.js'
import { ForceReader } from './adapters/postgres/force.reader.js'
import { InstanceReader } from './adapters/postgres/instance.reader.js'
import { InstanceTicketsReader } from './adapters/postgres/instance-tickets.reader.js'
import { LiveQueries } from './adapters/postgres/live-queries.js'
import { MembershipWriter } from './adapters/postgres/membership.writer.js'
import { MembershipGate } from './adapters/postgres/membership-gate.js'
import { OperationsReader } from './adapters/postgres/operations.reader.js'
import { PreviewReader } from './adapters/postgres/preview.reader.js'
import { PostgresReportBlob } from './adapters/postgres/report.blob.js'
import { ReportRepository } from './adapters/postgres/report.repository.js'
import { SavedQueryRepository } from './adapters/postgres/saved-query.repository.js'
import { SummaryReader } from './adapters/postgres/summary.reader.js'
import { SummaryHistory } from './adapters/postgres/summary-history.js'
import type { ScopeDatabase } from './adapters/postgres/tables.js'
import { TicketStore } from './adapters/postgres/ticket.store.js'
import { ParsingThread } from './adapters/reports/parsing-thread.js'
import type { Jobs } from './application/jobs.port.js'
import { type BackgroundArguments, scopeBackground } from './background.js'
import { type ScopeConfig, scopeVariables } from './scope.config.js'
import { JOBS, REPORT_BLOB, SCOPE_CONFIG } from './tokens.js'

const reports: Provider[] = [
  {
    provide: ReportRepository,
    useFactory: (database: ScopeDatabase, outbox: Outbox) => new ReportRepository(database, outbox),
    inject: [DATABASE, OUTBOX],
  },
  {
    provide: REPORT_BLOB,
    useFactory: (database: ScopeDatabase, clock: Clock) => new PostgresReportBlob(database, clock),
    inject: [DATABASE, CLOCK],
  },
  { provide: ParsingThread, useFactory: () => new ParsingThread() },
]

// A list is rather a moment old than this much later.
const COLUMNS_PATIENCE_MS = 200

/** The thread has a connection of its own to the same database. */
function columnsSetup(database: ScopeDatabase, config: ScopeConfig): ColumnsSetup | null {
  const { connectionString } = database.pool.options
  if (config.COLUMNS_MEMORY_MIB === 0 || connectionString === undefined) return null
  return {
    connectionString,
    memoryBytes: config.COLUMNS_MEMORY_MIB * 2 ** 20,
    fromInstances: config.COLUMNS_FROM_INSTANCES,
    patienceMs: COLUMNS_PATIENCE_MS,
  }
}

const readers: Provider[] = [
  {
    provide: ColumnsThread,
    useFactory: (database: ScopeDatabase, config: ScopeConfig, logger: Logger) =>
      new ColumnsThread(columnsSetup(database, config), logger),
    inject: [DATABASE, SCOPE_CONFIG, LOGGER],
  },
  {
    provide: InstanceColumnsReader,
    useFactory: (thread: ColumnsThread) => new InstanceColumnsReader(thread),
    inject: [ColumnsThread],
  },
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
    useFactory: (database: ScopeDatabase, force: ForceReader, columns: InstanceColumnsReader) =>
      new InstanceReader(database, force, columns),
    inject: [DATABASE, ForceReader, InstanceColumnsReader],
  },
  {
    provide: InstanceTicketsReader,
    useFactory: (database: ScopeDatabase, instances: InstanceReader, clock: Clock) =>
      new InstanceTicketsReader(database, instances, clock),
    inject: [DATABASE, InstanceReader, CLOCK],
  },
  {
    provide: SummaryReader,
    useFactory: (database: ScopeDatabase, force: ForceReader, columns: InstanceColumnsReader) =>
      new SummaryReader(database, force, columns),
    inject: [DATABASE, ForceReader, InstanceColumnsReader],
  },
  {
    provide: SummaryHistory,
    useFactory: (database: ScopeDatabase, summaries: SummaryReader, clock: Clock) =>
      new SummaryHistory(database, summaries, clock),
    inject: [DATABASE, SummaryReader, CLOCK],
  },
  {
    provide: PreviewReader,
    useFactory: (database: ScopeDatabase, force: ForceReader, columns: InstanceColumnsReader) =>
      new PreviewReader(database, force, columns),
    inject: [DATABASE, ForceReader, InstanceColumnsReader],
  },
  ...[ExceptionReader, SavedQueryRepository, OperationsReader].map((reader) => ({
    provide: reader,
    useFactory: (database: ScopeDatabase) => new reader(database),
    inject: [DATABASE],
  })),
]

const membership: Provider[] = [
  { provide: LiveQueries, useFactory: () => new LiveQueries(new BatchEngine()) },
  {
    provide: MembershipGate,
    useFactory: (database: ScopeDatabase, queries: LiveQueries, clock: Clock) =>
      new MembershipGate(database, queries, clock),
    inject: [DATABASE, LiveQueries, CLOCK],
  },
  {
    provide: MembershipWriter,
    useFactory: (gate: MembershipGate, queries: LiveQueries, outbox: Outbox) =>
      new MembershipWriter(gate, queries, outbox),
    inject: [MembershipGate, LiveQueries, OUTBOX],
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
    provide: TicketStore,
    useFactory: (database: ScopeDatabase, clock: Clock, jobs: Jobs) => new TicketStore(database, clock, jobs),
    inject: [DATABASE, CLOCK, JOBS],
  },
  {
    provide: FeedStore,
    useFactory: (database: ScopeDatabase, clock: Clock, outbox: Outbox) => new FeedStore(database, clock, outbox),
    inject: [DATABASE, CLOCK, OUTBOX],
  },
  {
    provide: JOBS,
    useFactory: (database: ScopeDatabase, logger: Logger) => new BossJobs(database, logger),
    inject: [DATABASE, LOGGER],
  },
  {
    provide: BACKGROUND,
    useFactory: (...parts: BackgroundArguments) => scopeBackground(...parts),
    inject: [
      JOBS,
      DATABASE,
      CARRIER,
      CLOCK,
      LOGGER,
      OUTBOX,
      SCOPE_CONFIG,
      MembershipGate,
      MembershipWriter,
      ForceReader,
      ReportRepository,
      REPORT_BLOB,
      ParsingThread,
      LiveQueries,
      FeedStore,
      ColumnsThread,
      SummaryHistory,
    ],
  },
]

/** Everything that scope is made of. */
@Module({
  controllers: [
    InstancesController,
    QueriesController,
    ReportsController,
    OperationsController,
    FeedsController,
    ExceptionsConsumer,
    TicketsConsumer,
    IngestRedrivesConsumer,
  ],
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
      useFactory: (database: ScopeDatabase, clock: Clock) => [
        new ScopeRepublisher(database, clock),
        new TicketCountsRepublisher(database, clock),
        new CoverageRepublisher(database, clock),
      ],
      inject: [DATABASE, CLOCK],
    },
  ],
  exports: [REPUBLISHERS, BACKGROUND],
})
export class ScopeModule {}
