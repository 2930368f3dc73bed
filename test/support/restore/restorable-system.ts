import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Database, migrate } from '@reprieve/database'
import { PostgresCluster } from '@reprieve/embedded-postgres'
import { type RunningGateway, startGateway } from '@reprieve/gateway-service'
import { InProcessCarrier, messagingMigrations } from '@reprieve/messaging'
import type { OutboxTables } from '@reprieve/outbox'
import { type RunningService, SERVICE_NAMES, type ServiceName, startService } from '@reprieve/service-host'
import { SERVICES } from '@reprieve/standalone-service'
import { createLogger, type Logger } from '@reprieve/telemetry'
import { freePort, type SmtpTestServer, startSmtpServer } from '@reprieve/testing'
import { Settling, WatchedCarrier } from '../settling.js'
import { PASSWORD } from '../standalone.js'

export const ADMIN = 'admin@reprieve.example'
export const POSTGRES_PASSWORD = 'restore'

interface Kept {
  url: string
  database: Database<OutboxTables>
}

/** Every service on a PostgreSQL of its own, each of which can be stopped and started again on another database while the others go on. */
export class RestorableSystem {
  readonly postgres: PostgresCluster
  readonly mails: SmtpTestServer
  readonly folder: string
  readonly #carrier: WatchedCarrier
  readonly #logger: Logger
  readonly #ports: ReadonlyMap<ServiceName, number>
  readonly #running = new Map<ServiceName, RunningService>()
  readonly #kept = new Map<ServiceName, Kept>()
  #gateway: RunningGateway | null = null

  private constructor(
    folder: string,
    postgres: PostgresCluster,
    carrier: WatchedCarrier,
    mails: SmtpTestServer,
    ports: ReadonlyMap<ServiceName, number>,
    logger: Logger,
  ) {
    this.folder = folder
    this.postgres = postgres
    this.#carrier = carrier
    this.mails = mails
    this.#ports = ports
    this.#logger = logger
  }

  /** @param log gets every line from `warn` up */
  static async start(log: (line: string) => void): Promise<RestorableSystem> {
    const folder = await mkdtemp(join(tmpdir(), 'reprieve-restore-'))
    // The server may run as another user than ours.
    await chmod(folder, 0o755)
    const postgres = await PostgresCluster.start({
      folder: join(folder, 'postgres'),
      password: POSTGRES_PASSWORD,
      // What is written while a backup is taken has to be there at its end.
      settings: { max_connections: '200', wal_keep_size: '1GB', fsync: 'off' },
    })
    await postgres.execute([...SERVICE_NAMES, 'messages'].map((name) => `CREATE DATABASE ${name}`))
    await migrate(postgres.url('messages'), [messagingMigrations])
    const logger = createLogger({ service: 'restore', level: 'warn', destination: { write: log } })
    const carrier = new WatchedCarrier(await InProcessCarrier.open({ url: postgres.url('messages'), log: logger }))
    const ports = new Map<ServiceName, number>()
    for (const name of SERVICE_NAMES) ports.set(name, await freePort())
    const system = new RestorableSystem(folder, postgres, carrier, await startSmtpServer(), ports, logger)
    await Promise.all(SERVICE_NAMES.map((name) => system.startOn(name, postgres.url(name))))
    system.#gateway = await startGateway({
      port: await freePort(),
      services: Object.fromEntries([...ports].map(([name, port]) => [name, `http://127.0.0.1:${port}`])),
      logger,
      limits: { requestsPerSecond: 100_000, requestsBurst: 100_000 },
    })
    return system
  }

  get url(): string {
    return this.#gateway?.url ?? ''
  }

  /** Starts a service that is stopped; on the port that it had. */
  async startOn(name: ServiceName, databaseUrl: string): Promise<void> {
    const definition = SERVICES.find((service) => service.name === name)
    const port = this.#ports.get(name)
    if (definition === undefined || port === undefined) throw new Error(`there is no ${name}`)
    const service = await startService(definition, {
      databaseUrl,
      carrier: this.#carrier,
      logger: this.#logger,
      port,
      environment: {
        REPRIEVE_ADMIN_EMAIL: ADMIN,
        REPRIEVE_ADMIN_PASSWORD: PASSWORD,
        SMTP_URL: this.mails.url,
        MAIL_FROM: 'Reprieve <reprieve@reprieve.example>',
        PUBLIC_URL: 'http://localhost',
      },
    })
    this.#running.set(name, service)
    await this.#kept.get(name)?.database.close()
    this.#kept.set(name, { url: databaseUrl, database: new Database({ url: databaseUrl, applicationName: 'test' }) })
  }

  async stop(name: ServiceName): Promise<void> {
    const service = this.#running.get(name)
    this.#running.delete(name)
    await service?.close()
  }

  databaseUrl(name: ServiceName): string {
    return this.#kept.get(name)?.url ?? ''
  }

  /** Resolves once everybody has handled all that was published, and nothing waits to be. */
  settled(): Promise<void> {
    return new Settling(
      this.#carrier,
      [...this.#kept.values()].map(({ database }) => database),
    ).done()
  }

  get deadLettered(): number {
    return this.#carrier.progress().deadLettered
  }

  async remove(): Promise<void> {
    await this.#gateway?.close()
    await Promise.all([...this.#running.keys()].map((name) => this.stop(name)))
    await Promise.all([...this.#kept.values()].map(({ database }) => database.close()))
    await this.#carrier.close()
    await this.mails.stop()
    await this.postgres.stop()
    await rm(this.folder, { recursive: true, force: true })
  }
}
