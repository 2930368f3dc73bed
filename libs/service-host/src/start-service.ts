import { Module } from '@nestjs/common'
import { ModuleRef, NestFactory } from '@nestjs/core'
import { UnknownElementException } from '@nestjs/core/errors/exceptions/index.js'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { type Clock, systemClock } from '@reprieve/clock'
import type { Environment } from '@reprieve/config'
import { TOPICS, type TopicContract, type TopicName } from '@reprieve/contracts'
import { Database, type MigrationSet, migrate, migrationStateOf, migrationStates } from '@reprieve/database'
import { createHttpAdapter, idempotencyMigrations, prepareHttp, WriteTransactions } from '@reprieve/http-kit'
import { type Carrier, MessagingServer } from '@reprieve/messaging'
import { Outbox, OutboxRelay, outboxMigrations, pruneInbox, recollects } from '@reprieve/outbox'
import { People, PeoplePrincipals, PeopleReplica, peopleMigrations } from '@reprieve/people'
import type { Logger } from '@reprieve/telemetry'
import type { FastifyInstance } from 'fastify'
import { decodeEvent } from './decode-event.js'
import type { BackgroundWork, Recollection, Republisher, ServiceDefinition } from './definition.js'
import { type DiagnosticSources, diagnosticsController } from './diagnostics.js'
import { type HealthSources, type Readiness, readiness, serving } from './health.js'
import { HEALTH_PATHS, serveHealth } from './health-routes.js'
import { type HostTables, hostModule } from './host.module.js'
import { nestLog } from './nest-log.js'
import { patiently } from './patiently.js'
import { REDRIVES_TOPIC, readRedrive } from './read-redrive.js'
import { recollect } from './recollect.js'
import { republicationController } from './republication.js'
import { SchemaBehind, schemaTrouble } from './schema.js'
import { measureCall, measureCycle, measureRequests, observeService } from './service-metrics.js'
import { BACKGROUND, RECOLLECTION, REPUBLISHERS } from './tokens.js'
import { WaitingServer } from './waiting-server.js'

export interface StartOptions {
  databaseUrl: string
  carrier: Carrier
  logger: Logger
  environment: Environment
  clock?: Clock
  host?: string
  /** 0, the default, takes a free one. */
  port?: number
  maxConnections?: number
  /** False: it waits until something else has migrated its database. Default true. */
  migrate?: boolean
  /** Holds every answer against its route's schema. For tests. */
  checkAnswers?: boolean
  /** Gives up waiting for PostgreSQL or Kafka. */
  signal?: AbortSignal
}

export interface RunningService {
  name: string
  url: string
  readiness(): Promise<Readiness>
  /**
   * Stops in order: no new work, what is in flight finishes, events that wait stay in the outbox.
   * @param leavingMs how long it goes on answering first, for as long as clients are connected, while it tells that it goes. Default 0
   */
  close(leavingMs?: number): Promise<void>
}

const PRUNE_EVERY_MS = 10 * 60_000
const LOOPBACK = '127.0.0.1'

/** The topics a service publishes on. */
export const topicsOf = (name: string): TopicName[] =>
  (Object.keys(TOPICS) as TopicName[]).filter((topic) => TOPICS[topic].owner === name)

/** Those of its topics that carry all of something, which it can publish again. */
export const republishableTopics = (name: string): TopicName[] =>
  topicsOf(name).filter((topic) => {
    const { retentionMs, republished }: TopicContract = TOPICS[topic]
    return retentionMs === 'compacted' || republished === true
  })

/**
 * Starts one service: waits for what it needs and says so, brings its database up to date (or waits for it to be), checks its topics,
 * serves HTTP, consumes and publishes events. Resolves once it is ready to work.
 */
export async function startService(definition: ServiceDefinition, options: StartOptions): Promise<RunningService> {
  const host = options.host ?? LOOPBACK
  // Until it listens itself: on a busy machine groups take long to join. Where the port is not chosen nobody can ask yet.
  const waiting = options.port ? await WaitingServer.listen(host, options.port) : null
  const opened: Array<() => Promise<unknown>> = []
  try {
    return await startBehind(waiting, opened, definition, options, host)
  } catch (error) {
    for (const close of opened.reverse()) {
      await close().catch((err: unknown) => options.logger.warn({ err }, 'what was started could not be stopped'))
    }
    await waiting?.close()
    throw error
  }
}

/** @param opened gets how to close what was opened so far, for where it fails */
async function startBehind(
  waiting: WaitingServer | null,
  opened: Array<() => Promise<unknown>>,
  definition: ServiceDefinition,
  options: StartOptions,
  host: string,
): Promise<RunningService> {
  const { logger, carrier } = options
  const clock = options.clock ?? systemClock
  await prepareSurroundings(definition, options, waiting)

  const database = new Database<HostTables>({
    url: options.databaseUrl,
    applicationName: `reprieve-${definition.name}`,
    ...(options.maxConnections === undefined ? {} : { maxConnections: options.maxConnections }),
    onIdleFault: (err) => logger.warn({ err }, 'a database connection broke'),
  })
  opened.push(() => database.close())
  const outbox = new Outbox()
  const relay = new OutboxRelay({
    url: options.databaseUrl,
    publisher: carrier,
    outbox,
    onFault: (err) => logger.error({ err }, 'events cannot be published; they wait in the outbox'),
    onRecovery: () => logger.info({}, 'events are published again'),
    onCycle: (outcome, events) => measureCycle(definition.name, outcome, events),
  })
  let diagnostic: DiagnosticSources | null = null
  const writes = new WriteTransactions<HostTables>(database, clock)
  const people = new People(database)
  const replica = new PeopleReplica(database, clock)

  @Module({
    imports: [
      hostModule({
        database,
        clock,
        outbox,
        carrier,
        logger,
        environment: options.environment,
        writes,
        people,
        replica,
      }),
      definition.module,
    ],
    controllers: [
      ...republicationController(republishableTopics(definition.name)),
      diagnosticsController(definition.name, () => diagnostic),
    ],
  })
  class RootModule {}

  const app = await NestFactory.create<NestFastifyApplication>(RootModule, createHttpAdapter({ log: logger }), {
    bodyParser: false,
    logger: nestLog(logger),
    abortOnError: false,
  })
  opened.push(() => app.close())
  const messaging = new MessagingServer({
    carrier,
    service: definition.name,
    decode: decodeEvent,
    redrives: { topic: REDRIVES_TOPIC, read: readRedrive },
    log: logger,
    onCall: (call) => measureCall(definition.name, call),
  })
  opened.push(() => messaging.close())
  const background = provided<readonly BackgroundWork[]>(app, BACKGROUND, [])
  const stateOf = migrationStates(migrationsOf(definition))
  const schema = () => stateOf(database.pool)
  const sources: HealthSources = { schema, carrier, relay, subscriptions: () => messaging.statuses(), background }
  const subscriptions = () => [...messaging.statuses(), ...background.flatMap((work) => work.statuses?.() ?? [])]
  diagnostic = { ...sources, database, subscriptions, service: definition.name, clock }
  let stopping = false
  const unlessStopping = (examine: (sources: HealthSources) => Promise<Readiness>) => async (): Promise<Readiness> =>
    stopping ? { ready: false, troubles: ['stopping'] } : examine(sources)
  const currentReadiness = unlessStopping(readiness)

  prepareHttp(app, {
    principals: new PeoplePrincipals(database, clock),
    log: logger,
    stored: writes,
    checkAnswers: options.checkAnswers ?? false,
    open: HEALTH_PATHS,
  })
  serveHealth(app, { all: currentReadiness, requests: unlessStopping(serving) })
  messaging.mount(app)
  measureRequests(definition.name, app)
  await recollectFirst(options, waiting, {
    service: definition.name,
    database,
    outbox,
    recollection: provided<Recollection | null>(app, RECOLLECTION, null),
    republishers: provided<readonly Republisher[]>(app, REPUBLISHERS, []),
  })
  await app.startAllMicroservices()
  await waiting?.close()
  await app.listen(options.port ?? 0, host)
  relay.start()
  opened.push(() => relay.stop())
  const stopObserving = observeService(definition.name, { database, relay, subscriptions })
  opened.push(async () => stopObserving())
  for (const work of background) {
    opened.push(() => work.stop())
    await work.start()
  }
  const pruning = setInterval(() => {
    Promise.all([writes.prune(), pruneInbox(database)]).catch((err: unknown) => logger.warn({ err }, 'pruning failed'))
  }, PRUNE_EVERY_MS)
  const url = await app.getUrl()
  logger.info({ url }, `${definition.name} is ready`)

  return {
    name: definition.name,
    url,
    readiness: currentReadiness,
    async close(leavingMs = 0) {
      stopping = true
      clearInterval(pruning)
      for (const work of background) work.ending?.()
      const http = app.getHttpAdapter().getInstance() as unknown as FastifyInstance
      await http.leave(leavingMs)
      stopObserving()
      // Requests in flight still use what is stopped after them.
      await http.close()
      await Promise.all(background.map((work) => work.stop()))
      // Before the application's destroy hooks take away what handlers in flight still use.
      await messaging.close()
      await app.close()
      await relay.stop()
      await database.close()
      logger.info({}, `${definition.name} has stopped`)
    },
  }
}

/** All that has to be in a service's database. */
export const migrationsOf = ({ migrations }: ServiceDefinition): MigrationSet[] => [
  outboxMigrations,
  idempotencyMigrations,
  peopleMigrations,
  migrations,
]

/** What a service's module may provide, or not. (The application's own `get` would log that as an error.) */
function provided<T>(app: NestFastifyApplication, token: symbol, otherwise: T): T {
  try {
    return app.get(ModuleRef).get<T>(token, { strict: false })
  } catch (error) {
    if (error instanceof UnknownElementException) return otherwise
    throw error
  }
}

/** Before a restored service answers or consumes anything: it would tell of what is long over. Health probes are answered meanwhile. */
async function recollectFirst(
  { carrier, logger, signal }: StartOptions,
  waiting: WaitingServer | null,
  parts: Omit<Parameters<typeof recollect>[0], 'carrier' | 'logger' | 'signal'>,
): Promise<void> {
  if (!(await patiently('PostgreSQL', () => recollects(parts.database.pool), { logger, signal }))) return
  waiting?.because('it takes in again what was published after the backup of its database')
  await patiently('messaging', () => recollect({ ...parts, carrier, logger, signal }), { logger, signal })
}

/** Waits as long as it takes for PostgreSQL and the carrier until tables and topics are as they must be. */
async function prepareSurroundings(
  definition: ServiceDefinition,
  options: StartOptions,
  waiting: WaitingServer | null,
): Promise<void> {
  const { logger, signal } = options
  const sets = migrationsOf(definition)
  const patience = { logger, signal, because: (reason: string) => waiting?.because(reason) }
  await patiently(
    'PostgreSQL',
    async () => {
      if (options.migrate === false) return await expectSchema(options.databaseUrl, sets)
      const applied = await migrate(options.databaseUrl, sets)
      if (applied.length > 0) logger.info({ applied: applied.length }, 'the database is up to date')
    },
    patience,
  )
  await patiently(
    'messaging',
    () =>
      options.carrier.ensureTopics(
        (Object.keys(TOPICS) as TopicName[]).map((name) => ({
          name,
          partitions: TOPICS[name].partitions,
          retentionMs: TOPICS[name].retentionMs,
        })),
      ),
    patience,
  )
}

async function expectSchema(databaseUrl: string, sets: readonly MigrationSet[]): Promise<void> {
  const trouble = schemaTrouble(await migrationStateOf(databaseUrl, sets))
  if (trouble !== null) throw new SchemaBehind(trouble)
}
