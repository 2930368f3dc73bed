import type { Clock } from '@reprieve/clock'
import type { Carrier } from '@reprieve/messaging'
import type { Outbox } from '@reprieve/outbox'
import { type BackgroundWork, RepeatedWork } from '@reprieve/service-host'
import { type Logger, observe } from '@reprieve/telemetry'
import { type RawBuilder, sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { ColumnsThread } from './adapters/columns/columns-thread.js'
import { InstanceColumnsReader } from './adapters/columns/instance-columns.reader.js'
import type { BossJobs } from './adapters/jobs/boss-jobs.js'
import { runToEnd } from './adapters/jobs/chunked-job.js'
import { CountReachJob } from './adapters/jobs/count-reach.job.js'
import { CountTicketsJob } from './adapters/jobs/count-tickets.job.js'
import { FOLLOWS_DUE, FollowExceptionsJob } from './adapters/jobs/follow-exceptions.job.js'
import { Housekeeping } from './adapters/jobs/housekeeping.js'
import { PublishReportsJob } from './adapters/jobs/publish-reports.job.js'
import { ReconcileJob } from './adapters/jobs/reconcile.job.js'
import { ReconciliationHealth } from './adapters/jobs/reconciliation-health.js'
import { RematchJob } from './adapters/jobs/rematch.job.js'
import { SyncExceptionsJob } from './adapters/jobs/sync-exceptions.job.js'
import { type FeedPlaces, TakeFeedsJob } from './adapters/jobs/take-feeds.job.js'
import { TimeFlips } from './adapters/jobs/time-flips.js'
import { IngestSubscription } from './adapters/messaging/ingest.subscription.js'
import type { FeedStore } from './adapters/postgres/feed.store.js'
import type { ForceReader } from './adapters/postgres/force.reader.js'
import { PostgresIngestStore } from './adapters/postgres/ingest.store.js'
import { InventoryLog } from './adapters/postgres/inventory-log.js'
import type { LiveQueries } from './adapters/postgres/live-queries.js'
import type { MembershipWriter } from './adapters/postgres/membership.writer.js'
import type { MembershipGate } from './adapters/postgres/membership-gate.js'
import { PostgresPositionStore } from './adapters/postgres/position.store.js'
import type { ReportRepository } from './adapters/postgres/report.repository.js'
import type { SummaryHistory } from './adapters/postgres/summary-history.js'
import type { ScopeDatabase } from './adapters/postgres/tables.js'
import { VulnerabilityRegistry } from './adapters/postgres/vulnerability.registry.js'
import type { ParsingThread } from './adapters/reports/parsing-thread.js'
import { IngestBatch } from './application/ingest/ingest-batch.js'
import type { ReportBlob } from './application/reports/report-blob.port.js'
import { FEEDS } from './domain/feeds/feed.js'
import { feedPlaces, type ScopeConfig } from './scope.config.js'

export type BackgroundArguments = Parameters<typeof scopeBackground>

const FLIP_EVERY_MS = 1_000
const SCHEDULE_EVERY_MS = 60_000
const PRUNE_EVERY_MS = 60_000
const HOUSEKEEPING_EVERY_MS = 3_600_000
const HOUR_MS = 3_600_000
// A feed that could not be taken is tried again this much later.
const FEED_AGAIN_MS = HOUR_MS
const DAY_MS = 24 * HOUR_MS

/** Everything that goes on in scope beside requests and the events of others. */
export function scopeBackground(
  jobs: BossJobs,
  database: ScopeDatabase,
  carrier: Carrier,
  clock: Clock,
  logger: Logger,
  outbox: Outbox,
  config: ScopeConfig,
  gate: MembershipGate,
  membership: MembershipWriter,
  force: ForceReader,
  reports: ReportRepository,
  blob: ReportBlob,
  thread: ParsingThread,
  queries: LiveQueries,
  feeds: FeedStore,
  columns: ColumnsThread,
  history: SummaryHistory,
): BackgroundWork[] {
  const sync = new SyncExceptionsJob(database, gate, membership, new InstanceColumnsReader(columns), clock, () =>
    jobs.kick('followExceptions', 'countReach'),
  )
  const follow = new FollowExceptionsJob(database, gate, outbox, clock)
  const reach = new CountReachJob(database, outbox, clock)
  const tickets = new CountTicketsJob(database, outbox, gate, clock)
  const rematch = new RematchJob(database, gate, membership)
  const reconcile = new ReconcileJob(database, gate, membership, outbox, clock, logger)
  const publish = new PublishReportsJob(database, reports, blob, thread, carrier, clock, logger)
  const flips = new TimeFlips(database, gate, membership, clock)
  const places: FeedPlaces = feedPlaces(config)
  const takeFeeds = new TakeFeedsJob(database, feeds, gate, queries, places, () => jobs.kick('rematch'), logger)
  const inventoryLog = new InventoryLog(database)
  const housekeeping = new Housekeeping(database, blob, clock, {
    reportMs: config.REPORT_KEPT_DAYS * DAY_MS,
    scanMs: config.SCAN_KEPT_DAYS * DAY_MS,
    membershipMs: config.MEMBERSHIP_KEPT_DAYS * DAY_MS,
  })

  jobs.handle('syncExceptions', {
    isDue: sql<boolean>`EXISTS (SELECT FROM exception WHERE live AND synced_at IS NULL)`,
    run: (signal) => runToEnd(sync, signal),
  })
  jobs.handle('followExceptions', {
    isDue: FOLLOWS_DUE,
    run: (signal) => runToEnd(follow, signal),
  })
  jobs.handle('countReach', {
    isDue: reachDue(sql`<> 'none'`),
    run: (signal) => runToEnd(reach, signal),
  })
  jobs.handle('rematch', {
    isDue: sql<boolean>`EXISTS (SELECT FROM rematch)`,
    run: async (signal) => {
      await runToEnd(rematch, signal)
      jobs.kick('countReach')
    },
  })
  jobs.handle('publishReports', {
    isDue: sql<boolean>`EXISTS (SELECT FROM report WHERE status = 'processing')`,
    run: (signal) => publish.run(signal),
  })
  jobs.handle('reconcile', {
    isDue: sql<boolean>`EXISTS (SELECT FROM reconciliation WHERE status = 'running')`,
    run: (signal) => runToEnd(reconcile, signal),
  })

  jobs.handle('countTickets', {
    isDue: sql<boolean>`(${reachDue(sql`= 'none'`)} OR EXISTS (SELECT FROM group_due)
      OR EXISTS (SELECT FROM grouping_rule WHERE recount))`,
    run: (signal) => runToEnd(tickets, signal),
  })
  jobs.handle('takeFeeds', {
    isDue: sql<boolean>`EXISTS (SELECT FROM feed_take WHERE finished_at IS NULL)`,
    run: (signal) => takeFeeds.run(signal),
  })

  const ingest = new IngestSubscription({
    carrier,
    positions: new PostgresPositionStore(database),
    ingest: new IngestBatch(
      new PostgresIngestStore(
        database,
        new VulnerabilityRegistry(database, () => jobs.kick('rematch')),
        gate,
        membership,
      ),
      clock,
      uuidv7,
    ),
    clock,
    logger,
    // Only a hint: the job that publishes them looks for itself, too.
    onReports: (ids) =>
      void reports
        .settle(clock.now(), ids)
        .catch((err: unknown) => logger.debug({ err }, 'reports are settled a little later')),
  })

  return [
    {
      start: () => jobs.start(),
      // Jobs end first: one that loses its thread would take that for a fault of its report.
      stop: () => jobs.stop().then(() => thread.stop()),
      trouble: () => jobs.trouble(),
    },
    ingest,
    new ReconciliationHealth(database, clock, config.RECONCILE_EVERY_HOURS),
    new RepeatedWork({
      name: 'what time alone changes',
      everyMs: FLIP_EVERY_MS,
      work: () => flips.run(),
      logger,
    }),
    new RepeatedWork({
      name: 'scheduling reconciliations',
      everyMs: SCHEDULE_EVERY_MS,
      work: async () => {
        if (await reconcile.startIfDue(config.RECONCILE_EVERY_HOURS * HOUR_MS)) jobs.kick('reconcile')
      },
      logger,
    }),
    new RepeatedWork({
      name: 'scheduling feeds',
      everyMs: SCHEDULE_EVERY_MS,
      work: async () => {
        const configured = FEEDS.filter((feed) => places[feed].length > 0)
        if (await feeds.startDue(configured, config.FEEDS_EVERY_HOURS * HOUR_MS, FEED_AGAIN_MS)) jobs.kick('takeFeeds')
      },
      logger,
    }),
    new RepeatedWork({
      name: 'counting again what time alone changes of groups',
      everyMs: SCHEDULE_EVERY_MS,
      work: () => tickets.recountTimeRelative(),
      logger,
    }),
    new RepeatedWork({
      name: 'housekeeping',
      everyMs: HOUSEKEEPING_EVERY_MS,
      work: () => housekeeping.run(),
      logger,
    }),
    columns,
    new RepeatedWork({
      name: 'noting the numbers of each hour',
      everyMs: SCHEDULE_EVERY_MS,
      work: () => history.note(),
      logger,
    }),
    new RepeatedWork({
      name: 'letting go of changes of the inventory',
      everyMs: PRUNE_EVERY_MS,
      work: () => inventoryLog.prune(),
      logger,
    }),
    staleness(force),
  ]
}

/** Whether something of exceptions with such an effect is to be counted. */
const reachDue = (effect: RawBuilder<unknown>) => sql<boolean>`EXISTS (SELECT FROM reach_due
  JOIN exception ON exception.key = reach_due.exception_key AND exception.effect ${effect})`

/** Tells in readiness and in numbers how long ago exceptions were heard of. */
function staleness(force: ForceReader): BackgroundWork {
  let stopObserving: (() => void) | null = null
  return {
    start() {
      stopObserving = observe('reprieve.coverage.age', {}, () => force.ageSeconds())
    },
    async stop() {
      stopObserving?.()
    },
    trouble: () => force.trouble(),
  }
}
