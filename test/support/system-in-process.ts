import { approvalsService } from '@reprieve/approvals-service'
import { directoryService } from '@reprieve/directory-service'
import { exceptionsService } from '@reprieve/exceptions-service'
import { type RunningGateway, startGateway } from '@reprieve/gateway-service'
import { InProcessCarrier, messagingMigrations } from '@reprieve/messaging'
import { notificationsService } from '@reprieve/notifications-service'
import { rulesService } from '@reprieve/rules-service'
import { scopeService } from '@reprieve/scope-service'
import { startService } from '@reprieve/service-host'
import { createLogger } from '@reprieve/telemetry'
import { createDatabase, type SmtpTestServer, startSmtpServer } from '@reprieve/testing'

const SERVICES = [
  directoryService,
  rulesService,
  exceptionsService,
  approvalsService,
  scopeService,
  notificationsService,
]

/** Every service and the gateway within the test's own process, so that it sees what they do and not only what they answer. */
export interface SystemInProcess {
  gateway: RunningGateway
  mails: SmtpTestServer
  close(): Promise<void>
}

export async function startSystemInProcess(admin: { email: string; password: string }): Promise<SystemInProcess> {
  const ends: Array<() => Promise<unknown>> = []
  const close = async () => {
    for (const end of ends.reverse()) await end()
  }
  const messages = await createDatabase(messagingMigrations)
  ends.push(() => messages.drop())
  const carrier = await InProcessCarrier.open({ url: messages.url })
  ends.push(() => carrier.close())
  const mails = await startSmtpServer()
  ends.push(() => mails.stop())
  const logger = createLogger({ service: 'test', level: 'silent' })
  const running = await Promise.all(
    SERVICES.map(async (definition) => {
      const database = await createDatabase()
      ends.push(() => database.drop())
      const service = await startService(definition, {
        databaseUrl: database.url,
        carrier,
        logger,
        environment: {
          REPRIEVE_ADMIN_EMAIL: admin.email,
          REPRIEVE_ADMIN_PASSWORD: admin.password,
          SMTP_URL: mails.url,
          MAIL_FROM: 'Reprieve <reprieve@reprieve.example>',
          PUBLIC_URL: 'http://localhost',
        },
      })
      ends.push(() => service.close())
      return [definition.name, service.url] as const
    }),
  )
  const gateway = await startGateway({ services: Object.fromEntries(running), logger })
  ends.push(() => gateway.close())
  return { gateway, mails, close }
}
