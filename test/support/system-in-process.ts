import type { Clock } from '@reprieve/clock'
import { type GatewayOptions, type RunningGateway, startGateway } from '@reprieve/gateway-service'
import { type Carrier, InProcessCarrier, messagingMigrations } from '@reprieve/messaging'
import type { OutboxTables } from '@reprieve/outbox'
import { startService } from '@reprieve/service-host'
import { SERVICES } from '@reprieve/standalone-service'
import { createLogger } from '@reprieve/telemetry'
import { createDatabase, type SmtpTestServer, startSmtpServer, type TestDatabase } from '@reprieve/testing'
import { Settling, WatchedCarrier } from './settling.js'

/** Every service and the gateway within the test's own process, so that it sees what they do and not only what they answer. */
export interface SystemInProcess {
  gateway: RunningGateway
  mails: SmtpTestServer
  /** Each service's own database, by the service's name, and that of the carrier's log as `messages`. */
  databases: Readonly<Record<string, TestDatabase>>
  /** Publishes records as they are, as somebody outside would. */
  publish: Carrier['publish']
  /** Resolves once everybody has handled all that was published, and nothing waits to be. */
  settled(): Promise<void>
  /** Stops the services and leaves what they wrote. */
  stop(): Promise<void>
  close(): Promise<void>
}

export interface SystemOptions {
  /** Of every service; by default the system's. */
  clock?: Clock
  limits?: NonNullable<GatewayOptions['limits']>
  /** Where everybody's lines go, all of them down to `debug`; by default nowhere. */
  log?: (line: string) => void
  /** Between looks for records that newer ones of their keys replace; by default the carrier's. */
  pruneEveryMs?: number
}

export async function startSystemInProcess(
  admin: { email: string; password: string },
  { clock, limits, log, pruneEveryMs }: SystemOptions = {},
): Promise<SystemInProcess> {
  const running: Array<() => Promise<unknown>> = []
  const stored: Array<() => Promise<unknown>> = []
  const stop = async () => {
    for (const end of running.splice(0).reverse()) await end()
  }
  const close = async () => {
    await stop()
    for (const end of stored.splice(0)) await end()
  }
  const databases: Record<string, TestDatabase> = {}
  const keep = async (name: string, ...migrations: Parameters<typeof createDatabase>) => {
    const database = await createDatabase(...migrations)
    databases[name] = database
    stored.push(() => database.drop())
    return database
  }
  const messages = await keep('messages', messagingMigrations)
  const carrier = new WatchedCarrier(
    await InProcessCarrier.open({ url: messages.url, ...(pruneEveryMs === undefined ? {} : { pruneEveryMs }) }),
  )
  running.push(() => carrier.close())
  const mails = await startSmtpServer()
  running.push(() => mails.stop())
  const logger = createLogger({
    service: 'test',
    ...(log === undefined ? { level: 'silent' } : { level: 'debug', destination: { write: log } }),
  })
  const addresses = await Promise.all(
    SERVICES.map(async (definition) => {
      const database = await keep(definition.name)
      const service = await startService(definition, {
        databaseUrl: database.url,
        carrier,
        logger,
        ...(clock === undefined ? {} : { clock }),
        checkAnswers: true,
        environment: {
          REPRIEVE_ADMIN_EMAIL: admin.email,
          REPRIEVE_ADMIN_PASSWORD: admin.password,
          SMTP_URL: mails.url,
          MAIL_FROM: 'Reprieve <reprieve@reprieve.example>',
          PUBLIC_URL: 'http://localhost',
        },
      })
      running.push(() => service.close())
      return [definition.name, service.url] as const
    }),
  )
  const gateway = await startGateway({
    services: Object.fromEntries(addresses),
    logger,
    ...(clock === undefined ? {} : { clock }),
    ...(limits === undefined ? {} : { limits }),
  })
  running.push(() => gateway.close())
  const settling = new Settling(
    carrier,
    SERVICES.flatMap(({ name }) => databases[name]?.open<OutboxTables>() ?? []),
  )
  return {
    gateway,
    mails,
    databases,
    publish: (messages) => carrier.publish(messages),
    settled: () => settling.done(),
    stop,
    close,
  }
}
