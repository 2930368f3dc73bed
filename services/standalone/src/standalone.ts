import { migrate } from '@reprieve/database'
import { type RunningGateway, startGateway } from '@reprieve/gateway-service'
import { InProcessCarrier, messagingMigrations } from '@reprieve/messaging'
import { startService } from '@reprieve/service-host'
import type { Logger } from '@reprieve/telemetry'
import type { DataFolder } from './data-folder.js'
import { type Databases, startDatabases } from './databases.js'
import { type MailCatcher, startMailCatcher } from './mail-catcher/index.js'
import { SERVICES } from './services.js'

export interface StandaloneParts {
  folder: DataFolder
  port: number
  smtpPort: number
  mailPort: number
  adminEmail: string
  /** Given at the first start only; later ones keep what is there. */
  adminPassword: string
  /** Log lines name the service they are of. */
  loggerOf: (service: string) => Logger
  onStep: (text: string) => void
}

export interface RunningStandalone {
  url: string
  mailUrl: string
  stop(): Promise<void>
}

const MESSAGES = 'messages'
const LOOPBACK = '127.0.0.1'
// All services in one process on a small machine: PostgreSQL's default of a hundred connections must do for all.
const CONNECTIONS_PER_SERVICE = 10

/** Starts PostgreSQL, the in-process carrier, the mail catcher, every service and the gateway, in this order; stops in the opposite one. */
export async function startStandalone(parts: StandaloneParts): Promise<RunningStandalone> {
  const { onStep } = parts
  const logger = parts.loggerOf('standalone')
  const started: Array<() => Promise<void>> = []
  const stop = async () => {
    for (const end of started.splice(0).reverse()) {
      await end().catch((err: unknown) => logger.error({ err }, 'a part did not stop in order'))
    }
  }
  try {
    onStep('PostgreSQL')
    const databases: Databases = await startDatabases(
      parts.folder,
      [...SERVICES.map(({ name }) => name), MESSAGES],
      (line) => logger.debug({ part: 'postgresql' }, line),
    )
    started.push(() => databases.stop())

    onStep('Messages and mail')
    await migrate(databases.urlOf(MESSAGES), [messagingMigrations])
    const carrier = await InProcessCarrier.open({ url: databases.urlOf(MESSAGES), log: logger })
    started.push(() => carrier.close())
    const mail: MailCatcher = await startMailCatcher({
      smtpPort: parts.smtpPort,
      httpPort: parts.mailPort,
      onLog: (line) => logger.debug({ part: 'mail' }, line),
    })
    started.push(() => mail.close())

    onStep('Services')
    const url = `http://localhost:${parts.port}`
    // All of them settle before anything is taken back: none may still be starting on a database that stops.
    const starts = await Promise.allSettled(
      SERVICES.map((definition) =>
        startService(definition, {
          databaseUrl: databases.urlOf(definition.name),
          maxConnections: CONNECTIONS_PER_SERVICE,
          carrier,
          logger: parts.loggerOf(definition.name),
          environment: {
            REPRIEVE_ADMIN_EMAIL: parts.adminEmail,
            REPRIEVE_ADMIN_PASSWORD: parts.adminPassword,
            REPRIEVE_KEY_ENCRYPTION_SECRET: databases.keyEncryptionSecret,
            SMTP_URL: mail.smtpUrl,
            MAIL_FROM: 'Reprieve <reprieve@reprieve.example>',
            PUBLIC_URL: url,
          },
        }),
      ),
    )
    const running = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []))
    started.push(async () => {
      await Promise.all(running.map((service) => service.close()))
    })
    const failed = starts.find((start) => start.status === 'rejected')
    if (failed !== undefined) throw failed.reason

    onStep('Gateway')
    const gateway: RunningGateway = await startGateway({
      host: LOOPBACK,
      port: parts.port,
      services: Object.fromEntries(running.map((service) => [service.name, service.url])),
      logger: parts.loggerOf('gateway'),
    })
    started.push(() => gateway.close())
    return { url, mailUrl: mail.url, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
