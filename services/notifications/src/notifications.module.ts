import { Module } from '@nestjs/common'
import type { Clock } from '@reprieve/clock'
import { type Environment, readConfig } from '@reprieve/config'
import type { Database } from '@reprieve/database'
import type { Outbox } from '@reprieve/outbox'
import type { People } from '@reprieve/people'
import { BACKGROUND, CLOCK, DATABASE, ENVIRONMENT, LOGGER, OUTBOX, PEOPLE } from '@reprieve/service-host'
import type { Logger } from '@reprieve/telemetry'
import type { z } from 'zod'
import { NotificationsController } from './adapters/http/notifications.controller.js'
import { MailJobs } from './adapters/jobs/mail-jobs.js'
import { MailWorker } from './adapters/jobs/mail-worker.js'
import { SmtpMailer } from './adapters/mail/smtp-mailer.js'
import { TemplateRenderer } from './adapters/mail/template-renderer.js'
import { ApprovalsConsumer } from './adapters/messaging/approvals.consumer.js'
import { ExceptionsConsumer } from './adapters/messaging/exceptions.consumer.js'
import { DeliveryRepository } from './adapters/postgres/delivery.repository.js'
import { NoticeRepository } from './adapters/postgres/notice.repository.js'
import { NoticeList } from './adapters/postgres/notice-list.js'
import type { NotificationsTables } from './adapters/postgres/tables.js'
import { MAIL_RENDERER } from './adapters/tokens.js'
import { MailDelivery } from './application/mail-delivery.js'
import type { MailRenderer } from './application/mail-renderer.port.js'
import { NoticeBook } from './application/notice-book.js'
import { notificationsVariables } from './configuration.js'

const CONFIG = Symbol('CONFIG')
type Config = z.output<typeof notificationsVariables>
type Db = Database<NotificationsTables>

@Module({
  controllers: [ExceptionsConsumer, ApprovalsConsumer, NotificationsController],
  providers: [
    {
      provide: CONFIG,
      inject: [ENVIRONMENT],
      useFactory: (environment: Environment): Config => readConfig(notificationsVariables, environment),
    },
    {
      // Before any event is consumed: taking one in writes jobs.
      provide: MailJobs,
      inject: [DATABASE, LOGGER, CONFIG],
      useFactory: (database: Db, logger: Logger) => MailJobs.open(database, logger),
    },
    { provide: DeliveryRepository, inject: [DATABASE], useFactory: (database: Db) => new DeliveryRepository(database) },
    { provide: NoticeList, inject: [DATABASE], useFactory: (database: Db) => new NoticeList(database) },
    {
      provide: MAIL_RENDERER,
      inject: [CONFIG],
      useFactory: (config: Config) => new TemplateRenderer(config.PUBLIC_URL, config.MAIL_TEMPLATES_DIR ?? null),
    },
    {
      provide: SmtpMailer,
      inject: [CONFIG, CLOCK],
      useFactory: (config: Config, clock: Clock) =>
        new SmtpMailer({ url: config.SMTP_URL, from: config.MAIL_FROM, clock }),
    },
    {
      provide: NoticeBook,
      inject: [DATABASE, MailJobs, OUTBOX, CLOCK, LOGGER, CONFIG],
      useFactory: (database: Db, queue: MailJobs, outbox: Outbox, clock: Clock, logger: Logger, config: Config) =>
        new NoticeBook({
          database,
          store: new NoticeRepository(),
          queue,
          outbox,
          clock,
          logger,
          maxAgeMs: config.NOTICE_MAX_AGE_HOURS * 3_600_000,
        }),
    },
    {
      provide: MailDelivery,
      inject: [DeliveryRepository, PEOPLE, MAIL_RENDERER, SmtpMailer, CLOCK, LOGGER],
      useFactory: (
        deliveries: DeliveryRepository,
        people: People,
        renderer: MailRenderer,
        mailer: SmtpMailer,
        clock: Clock,
        logger: Logger,
      ) => new MailDelivery({ deliveries, people, renderer, mailer, clock, logger }),
    },
    {
      provide: BACKGROUND,
      inject: [MailJobs, MailDelivery, DeliveryRepository, SmtpMailer, LOGGER],
      useFactory: (
        jobs: MailJobs,
        delivery: MailDelivery,
        deliveries: DeliveryRepository,
        mailer: SmtpMailer,
        logger: Logger,
      ) => [new MailWorker({ jobs, delivery, deliveries, mailer, logger })],
    },
  ],
})
export class NotificationsModule {}
